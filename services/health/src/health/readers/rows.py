"""Collects what a parser finds into batches, and holds it to their rules."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import BinaryIO

import msgspec

from health.readers.batch import Batch, Issue, Origin, Reader, Reading, Stream
from health.readers.clock import Clock, Instant
from imports import Broken

LONGEST = timedelta(days=7)
LARGEST = 1e12
ISSUES = 1_000
"""Told one by one of a whole file; the rest is only counted."""

STREAMS = 5_000
NAMES = 500
"""Of unknown things, told apart."""
HOURS = 1 / 3600
"""Factor of sleep: its length in seconds -> hours."""


class Rows:
    """One for a whole upload, also over the parts of an archive: stream numbers go on through all of it."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.clock = Clock(reading.zone)
        self.part: str | None = None
        self.name = reading.name
        self.before = 0
        """Bytes of the parts already done."""
        self.total = 0
        """Bytes of all parts, when there are parts."""
        self._numbers: dict[Stream, int] = {}
        self._told: Counter[tuple[str, str | None]] = Counter()
        self._total = 0
        self._untold: Counter[tuple[str, str, str | None]] = Counter()
        self._lines: list[str] = []
        self._names: set[str] = set()
        self._batch = Batch()
        self.all = 0

    def origin(self, default: Origin) -> Origin:
        """As the user calls it, unless the device is known: two devices must not become one source."""
        if self.reading.source and default.device is None:
            return Origin(app=self.reading.source, device_kind=default.device_kind)
        return default

    def put(self, stream: Stream, start: Instant, value: float | None, until: datetime | None = None) -> None:
        """ValueError says why it cannot be stored."""
        if value is None:
            text = r"\N"
        elif -LARGEST < value < LARGEST:
            text = repr(float(value))
        else:
            raise ValueError("not a number that can be stored")
        end = r"\N"
        if until is not None:
            if not timedelta(0) <= until - start.at <= LONGEST:
                raise ValueError("it ends before it starts, or lasts longer than a week")
            end = until.isoformat()
        number = self._number(stream)
        offset = r"\N" if start.offset_min is None else start.offset_min
        self._lines.append(f"{number}\t{start.at.isoformat()}\t{end}\t{text}\t{offset}\n")

    def _number(self, stream: Stream) -> int:
        number = self._numbers.get(stream)
        if number is None:
            if len(self._numbers) >= STREAMS:
                raise ValueError(f"more than {STREAMS:,} different sources and metrics in one file")
            number = self._numbers[stream] = len(self._numbers)
            self._batch.streams.append(stream)
        return number

    def adopt(self, batch: Batch, numbers: list[int]) -> Batch:
        """A batch of a reader that counts its streams by itself, with the numbers that they have here."""
        fresh = len(self._batch.streams)
        numbers += [self._number(stream) for stream in batch.streams]
        streams, self._batch.streams = self._batch.streams[fresh:], self._batch.streams[:fresh]
        rows = batch.rows
        if any(place != number for place, number in enumerate(numbers)):
            lines = (line.partition(b"\t") for line in rows.splitlines(keepends=True))
            rows = b"".join(b"%d\t%b" % (numbers[int(number)], rest) for number, _, rest in lines)
        return msgspec.structs.replace(
            batch, rows=rows, streams=streams, part=self.part, done=self.before + batch.done, total=self.total
        )

    def length(self, stream: Stream, start: Instant, until: datetime) -> None:
        """A sample whose value is its length; one without length says nothing."""
        if until > start.at:
            self.put(stream, start, None, until)
        elif until < start.at:
            raise ValueError("it ends before it starts")

    def unknown(self, name: str, count: int = 1) -> None:
        if name not in self._names:
            if len(self._names) >= NAMES:
                name = "others"
            self._names.add(name)
        self._batch.unknown[name] = self._batch.unknown.get(name, 0) + count

    def kept(self, name: str, count: int = 1) -> None:
        self._batch.kept[name] = self._batch.kept.get(name, 0) + count

    def bad(self, line: int | None, error: object) -> None:
        self.issue("bad-line", f"{error}"[:200], line=line)

    def warn(self, code: str, detail: str, line: int | None = None) -> None:
        self.issue(code, detail, line=line, error=False)

    def issue(self, code: str, detail: str, *, line: int | None = None, error: bool = True) -> None:
        kind = "error" if error else "warning"
        key = (code, self.part)
        if self._told[key] < self.reading.limits.issues and self._total < ISSUES:
            self._told[key] += 1
            self._total += 1
            self._batch.issues.append(Issue(kind, code, detail, self.part, line))  # type: ignore[arg-type]  # a Literal
        else:
            self._untold[kind, code, self.part] += 1

    @property
    def full(self) -> bool:
        return len(self._lines) >= self.reading.limits.rows

    @property
    def pending(self) -> bool:
        found = self._batch
        return bool(self._lines or found.unknown or found.kept or found.issues or self._untold)

    def take(self, file: BinaryIO | None = None) -> Batch:
        """The batch so far; the next one begins."""
        taken, self._batch = self._batch, Batch()
        taken.rows = "".join(self._lines).encode()
        taken.n = len(self._lines)
        taken.done = self.before + (file.tell() if file and not file.closed else 0)
        taken.part = self.part
        taken.total = self.total
        self.all += taken.n
        self._lines.clear()
        for (kind, code, part), count in self._untold.items():
            taken.issues.append(Issue(kind, code, "and more of the same kind", part, count=count))  # type: ignore[arg-type]
        self._untold.clear()
        return taken

    def end_part(self) -> None:
        """What is to be said of a part once it is read."""
        if self.clock.twice:
            self.warn(
                "double-hour", f"{self.clock.twice} times lie in an hour that clocks showed twice: the first is meant"
            )
            self.clock.twice = 0


Parse = Callable[[BinaryIO, Rows], Iterator[Batch]]
"""What each format gives: yields `rows.take(file)` whenever rows are full, and leaves the rest in them."""


def reader(parse: Parse) -> Reader:
    """A whole upload of one format. What was read of a broken file is yielded before it is called broken."""

    def read(file: BinaryIO, reading: Reading) -> Iterator[Batch]:
        rows = Rows(reading)
        try:
            yield from parse(file, rows)
        except Broken:
            rows.end_part()
            if rows.pending:
                yield rows.take(file)
            raise
        rows.end_part()
        yield rows.take(file)

    return read
