"""An archive of this service itself, as ``GET /health-data/export`` makes it; ``export/model.py`` describes it.

Anybody may have written it, so the whole of it is checked before anything of it is read in: what is damaged or not well
formed leaves nothing behind. Whose data it was does not stand in it, and would not matter.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import BinaryIO, TypeVar

import msgspec

from health.catalogue.table import BY_CODE
from health.export.checking import LARGEST_MANIFEST, Checked, check, decoded, lines, ordered
from health.export.model import (
    IMPORTS,
    MANIFEST,
    MOST_ORIGINALS,
    ORIGINALS,
    PRIORITIES,
    RECORDS,
    SOURCES,
    Original,
    Priority,
    Restored,
    Samples,
)
from health.readers.batch import Batch, Origin, Reading, Stream
from health.records.model import HealthRecord
from imports import Broken
from imports.unpack import Archive, Bomb, Bounds

MOST_RECORDS = 5_000
"""Of a batch."""
NOTHING = r"\N"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

T = TypeVar("T", bound=msgspec.Struct)


class _Said(msgspec.Struct):
    format: str


def format_of(archive: Archive) -> str | None:
    """What its manifest says that it is, if it has one of ours."""
    member = next((each for each in archive.members if each.name == MANIFEST), None)
    if member is None:
        return None
    try:
        with archive.open(member) as file:
            said = msgspec.json.decode(file.read(LARGEST_MANIFEST), type=_Said)
    except Bomb:
        raise
    except (Broken, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return said.format


def read(file: BinaryIO, reading: Reading) -> Iterator[Batch]:
    """Check all of it, then read it: sources first, so that they keep their order."""
    limits = reading.limits
    bounds = Bounds(files=MOST_ORIGINALS, unpacked_bytes=limits.unpacked_bytes, ratio=limits.ratio)
    with Archive(file, bounds) as archive:
        checked = yield from check(archive, limits.line_bytes, datetime.now(UTC))
    with Archive(file, bounds) as archive:
        yield from _Restoring(archive, checked, reading).batches()


class _Restoring:
    """Makes batches of what has been checked."""

    def __init__(self, archive: Archive, checked: Checked, reading: Reading) -> None:
        self._archive = archive
        self._checked = checked
        self._limits = reading.limits
        self._members = {each.name: each for each in archive.members}
        self._numbers: dict[tuple[str, int, bool], int] = {}
        self._done = checked.done

    def batches(self) -> Iterator[Batch]:
        """All of them."""
        known = self._checked.sources
        priorities = [
            line for line in self._lines(PRIORITIES, Priority) if line.metric is None or line.metric in BY_CODE
        ]
        self._done += self._size(SOURCES) + self._size(PRIORITIES)
        yield self._batch(SOURCES, carries=Restored(sources=known, priorities=priorities))
        yield from self._in_pieces(RECORDS, HealthRecord, lambda some: Restored(records=some))
        for name in ordered(self._checked.parts):
            if self._checked.holds_samples(name):
                yield from self._samples(name)
        yield from self._originals()

    def _lines(self, name: str, kind: type[T]) -> Iterator[T]:
        decoder = msgspec.json.Decoder(kind)
        with self._archive.open(self._members[name]) as file:
            for number, line in enumerate(lines(file, name, self._limits.line_bytes), 1):
                yield decoded(line, decoder, f"line {number:,} of “{name}”")

    def _size(self, name: str) -> int:
        return self._checked.parts[name].bytes

    def _batch(self, name: str, rows: Sequence[str] = (), *, n: int = 0, carries: Restored | None = None) -> Batch:
        return Batch(
            rows="".join(rows).encode(), n=n, carries=carries, part=name, done=self._done, total=self._checked.total
        )

    def _in_pieces(self, name: str, kind: type[T], carrying: Callable[[list[T]], Restored]) -> Iterator[Batch]:
        some: list[T] = []
        for item in self._lines(name, kind):
            some.append(item)
            if len(some) == MOST_RECORDS:
                yield self._batch(name, carries=carrying(some))
                some = []
        self._done += self._size(name)
        yield self._batch(name, carries=carrying(some))

    def _samples(self, name: str) -> Iterator[Batch]:
        rows: list[str] = []
        fresh: list[Stream] = []
        unknown = 0
        for line in self._lines(name, Samples):
            if line.metric not in BY_CODE:
                unknown += len(line.at_us)
                continue
            key = (line.metric, line.source, line.accepted)
            if key not in self._numbers:
                self._numbers[key] = len(self._numbers)
                fresh.append(self._stream(line))
            rows += _rows(self._numbers[key], line)
            if len(rows) > self._limits.rows - len(line.at_us):
                batch = self._batch(name, rows, n=len(rows))
                batch.streams, fresh, rows = fresh, [], []
                yield batch
        self._done += self._size(name)
        batch = self._batch(name, rows, n=len(rows))
        batch.streams = fresh
        batch.unknown = {line.metric: unknown} if unknown else {}
        yield batch

    def _stream(self, line: Samples) -> Stream:
        source = self._checked.sources[line.source]
        return Stream(line.metric, Origin(source.app, source.device, source.device_kind), accepted=line.accepted)

    def _originals(self) -> Iterator[Batch]:
        """A batch for each file, with all imports of it."""
        found = sorted(self._lines(IMPORTS, Original), key=lambda each: each.sha256)
        self._done += self._size(IMPORTS)
        for sha256, same in groupby(found, key=lambda each: each.sha256):
            name = ORIGINALS + sha256
            self._done += self._size(name) if name in self._checked.parts else 0
            yield self._batch(IMPORTS, carries=Restored(originals=list(same)))


def _rows(number: int, line: Samples) -> Iterator[str]:
    durations = line.duration_s or [0] * len(line.at_us)
    offsets = line.offset_min or [None] * len(line.at_us)
    for at_us, duration_s, value, offset in zip(line.at_us, durations, line.value, offsets, strict=True):
        at = EPOCH + timedelta(microseconds=at_us)
        until = (at + timedelta(seconds=duration_s)).isoformat() if duration_s else NOTHING
        yield f"{number}\t{at.isoformat()}\t{until}\t{value!r}\t{NOTHING if offset is None else offset}\n"
