"""``status``: what runs, and how much memory it takes."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psutil

from local import records


class Row(msgspec.Struct, frozen=True):
    """One process with its children."""

    name: str
    pid: int
    state: str
    restarts: int
    memory_mb: float


def read(folder: Path) -> list[Row]:
    return [_row(record) for record in records.read_all(folder)]


def render(rows: list[Row]) -> Iterator[str]:
    """A table; the memory of shared pages is counted once over all of them (PSS), where the system tells."""
    yield f"{'process':<20} {'pid':>8} {'state':<9} {'restarts':>8} {'memory MB':>10}"
    for row in rows:
        yield f"{row.name:<20} {row.pid:>8} {row.state:<9} {row.restarts:>8} {row.memory_mb:>10.1f}"
    yield f"{'all':<20} {'':>8} {'':<9} {'':>8} {sum(row.memory_mb for row in rows):>10.1f}"


def _row(record: records.Record) -> Row:
    process = record.find()
    if process is None:
        return Row(record.name, record.pid, "ended", record.restarts, 0)
    # The supervisor is everybody's parent: only its own memory is its row.
    children = [] if record.name == records.SUPERVISOR else records.descendants(process)
    memory = sum(_memory_mb(one) for one in (process, *children))
    return Row(record.name, record.pid, process.status(), record.restarts, memory)


def _memory_mb(process: psutil.Process) -> float:
    try:
        found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{process.pid}/smaps_rollup").read_text(), re.MULTILINE)
        if found:
            return int(found[1]) / 1024
    except OSError:
        pass
    try:
        rss: int = process.memory_info().rss
        return rss / 2**20
    except psutil.Error:
        return 0
