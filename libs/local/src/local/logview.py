"""``logs``: the files of all processes as one readable stream."""

import contextlib
import os
import re
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

TIMES = ("timestamp", "time", "ts")
EVENTS = ("event", "message", "msg")
SILENT = {"level", "service", "logger", "severity", "pid", "domain", "file", "line", "mfa", *TIMES, *EVENTS}
RECENT = 20
STAMP = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d{3,6})(?: UTC|\+00:00)")
"""How lines of PostgreSQL, and of RabbitMQ before it has read its settings, begin."""


class Line(msgspec.Struct, frozen=True, order=True):
    """One printed line; the time sorts it among the others."""

    at: float
    text: str


def render(process: str, raw: bytes, now: float) -> Line:
    """A JSON record as ``time process level event key=value``; anything else as it is, after the process's name."""
    try:
        record = msgspec.json.decode(raw, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError):
        text = raw.decode(errors="replace").rstrip()
        stamp = STAMP.match(text)
        return Line(
            _instant({"time": "{} {}+00:00".format(*stamp.groups())}, now) if stamp else now, f"{process:<16} {text}"
        )
    at = _instant(record, now)
    level = str(record.get("level", record.get("severity", ""))).lower()[:7]
    fields = " ".join(f"{key}={_short(value)}" for key, value in record.items() if key not in SILENT)
    clock = datetime.fromtimestamp(at).astimezone().strftime("%H:%M:%S.%f")[:-3]
    return Line(at, f"{clock} {process:<16} {level:<7} {_first(record, EVENTS)} {fields}".rstrip())


def follow(folder: Path, *, pause_s: float = 0.3) -> Generator[str, None, None]:
    """The last records of every file, by time, then what comes; new and emptied files are noticed."""
    files: dict[Path, BinaryIO] = {}
    most: int | None = RECENT
    with contextlib.ExitStack() as closing:
        while True:
            for path in sorted(folder.glob("*.log")):
                if path not in files or not _is_same(path, files[path]):
                    files[path] = closing.enter_context(path.open("rb"))
            lines = [line for path, file in files.items() if path.exists() for line in _last(_read(path, file), most)]
            yield from (line.text for line in sorted(lines))
            most = None
            if not lines:
                time.sleep(pause_s)


def _last(lines: Iterator[Line], most: int | None) -> Iterable[Line]:
    return lines if most is None else deque(lines, maxlen=most)


def _read(path: Path, file: BinaryIO) -> Iterator[Line]:
    """Whole lines since the last look; a line without a time of its own stands where its predecessor does."""
    if path.stat().st_size < file.tell():
        file.seek(0)
    at = path.stat().st_mtime
    while raw := file.readline():
        if not raw.endswith(b"\n"):
            file.seek(-len(raw), 1)
            return
        if raw.strip():
            line = render(path.stem, raw, at)
            at = line.at
            yield line


def _is_same(path: Path, file: BinaryIO) -> bool:
    return path.stat().st_ino == os.fstat(file.fileno()).st_ino


def _instant(record: Mapping[str, Any], now: float) -> float:
    value = _first(record, TIMES)
    if isinstance(value, int | float):
        return float(value)
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return now
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def _first(record: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((record[name] for name in names if name in record), "")


def _short(value: object) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return f'"{text}"' if " " in text else text
