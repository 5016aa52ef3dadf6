"""Log records of several programs as lines a person reads."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import logfiles, logview


@pytest.fixture
def stream(tmp_path: Path) -> Iterator[Iterator[str]]:
    with contextlib.closing(logview.follow(tmp_path, pause_s=0.01)) as lines:
        yield lines


def a_record(**changes: object) -> bytes:
    return json.dumps({"timestamp": "2026-11-22T10:00:00.5Z", "level": "info", "event": "started"} | changes).encode()


@pytest.mark.parametrize(
    ("raw", "end"),
    [
        (a_record(port=8000), "health           info    started port=8000"),
        (b'{"time":"2026-11-22T10:00:00Z","level":"warn","message":"late"}', "health           warn    late"),
        (b'{"time":"2026-11-22 10:00:00.1+00:00","level":"info","msg":"up"}', "health           info    up"),
        (a_record(path="/a b", at=[1]), 'started path="/a b" at=[1]'),
        (b"2026-11-22 10:00:00.246 UTC [7] LOG:  ready\n", "2026-11-22 10:00:00.246 UTC [7] LOG:  ready"),
        (b"Traceback (most recent call last):\n", "health           Traceback (most recent call last):"),
        (b"\xff\xfe", "health           \ufffd\ufffd"),
    ],
)
def test_lines(raw: bytes, end: str) -> None:
    assert logview.render("health", raw, 0).text.endswith(end)


def test_the_last_records_are_merged_by_time_then_new_ones_follow(tmp_path: Path, stream: Iterator[str]) -> None:
    a, b = tmp_path / "a.log", tmp_path / "b.log"
    a.write_bytes(b"".join(a_record(timestamp=f"2026-11-22T10:00:{2 * n:02}Z", n=2 * n) + b"\n" for n in range(25)))
    b.write_bytes(
        b"".join(a_record(timestamp=f"2026-11-22T10:00:{2 * n + 1:02}Z", n=2 * n + 1) + b"\n" for n in range(25))
    )
    assert [int(next(stream).rsplit("=")[-1]) for _ in range(40)] == list(range(10, 50))
    with a.open("ab") as file:
        file.write(a_record(event="later") + b"\n")
    assert "later" in next(stream)


def test_an_emptied_file_is_followed_from_its_start(tmp_path: Path, stream: Iterator[str]) -> None:
    path = tmp_path / "a.log"
    path.write_bytes((a_record() + b"\n") * 3)
    assert [next(stream) for _ in range(3)]
    logfiles.bound_all(tmp_path, largest=10)
    with path.open("ab") as file:
        file.write(a_record(event="again") + b"\n")
    assert "again" in next(stream)
    assert path.with_suffix(".log.1").exists()


def test_files_of_the_last_run_are_kept_once(tmp_path: Path) -> None:
    for text in ("first", "second"):
        (tmp_path / "a.log").write_text(text)
        logfiles.rotate_all(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a.log.1"]
    assert (tmp_path / "a.log.1").read_text() == "second"
