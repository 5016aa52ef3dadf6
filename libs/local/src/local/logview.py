"""``logs``: the files of all processes as one readable stream."""

import os
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

TIMES = ("timestamp", "time", "ts")
EVENTS = ("event", "message", "msg")
SILENT = {"level", "service", "logger", "severity", "pid", "domain", *TIMES, *EVENTS}
RECENT = 20


class Line(msgspec.Struct, frozen=True, order=True):
    """One printed line; the time sorts it among the others."""

    at: float
    text: str


def render(process: str, raw: bytes, now: float) -> Line:
    """A JSON record as ``time process level event key=value``; anything else as it is, after the process's name."""
    try:
        record = msgspec.json.decode(raw, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return Line(now, f"{process:<16} {raw.decode(errors='replace').rstrip()}")
    at = _instant(record, now)
    level = str(record.get("level", record.get("severity", ""))).lower()[:7]
    fields = " ".join(f"{key}={_short(value)}" for key, value in record.items() if key not in SILENT)
    clock = datetime.fromtimestamp(at).astimezone().strftime("%H:%M:%S.%f")[:-3]
    return Line(at, f"{clock} {process:<16} {level:<7} {_first(record, EVENTS)} {fields}".rstrip())


def follow(folder: Path, *, pause_s: float = 0.3) -> Iterator[str]:
    """The last records of every file, by time, then what comes; new and emptied files are noticed."""
    files: dict[Path, BinaryIO] = {}
    yield from _recent(folder, files)
    while True:
        for path in sorted(folder.glob("*.log")):
            if path not in files or not _is_same(path, files[path]):
                files[path] = path.open("rb")
        lines = [line for path, file in files.items() for line in _read(path, file)]
        yield from (line.text for line in sorted(lines))
        if not lines:
            time.sleep(pause_s)


def _recent(folder: Path, files: dict[Path, BinaryIO]) -> Iterator[str]:
    lines: list[Line] = []
    for path in sorted(folder.glob("*.log")):
        files[path] = path.open("rb")
        lines += list(_read(path, files[path]))[-RECENT:]
    yield from (line.text for line in sorted(lines))


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
