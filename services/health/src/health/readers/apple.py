"""Apple Health's export.xml: by a pattern as long as it looks as Apple writes it, by a parser from there on."""

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from health.readers.apple_pieces import Pieces, Unusual, last_cut, root_of
from health.readers.apple_streams import LINE, Streams, line_of, with_offset
from health.readers.batch import Batch, Reading
from imports import Broken, xml

PIECE = 128 << 10
LONGEST = 16 << 20
"""Of what is waited for: the root, or the end of a piece."""
FIRST = 10_000
"""Rows of the first batch. Each has twice as many as the one before, up to the limit: nobody waits long for work."""
ROOT, END = b"<HealthData>", b"</HealthData>"
BOUNDS = xml.Bounds(depth=32, elements=1_000_000_000)


def read(file: BinaryIO, reading: Reading, *, size: int = PIECE) -> Iterator[Batch]:
    """The batches of an export, of which a piece of so many bytes is in memory at a time."""
    return _Export(file, reading, size).batches()


class _Export:
    def __init__(self, file: BinaryIO, reading: Reading, size: int) -> None:
        self.file = file
        self.size = size
        self.most = reading.limits.rows
        self.size_of_next = min(FIRST, self.most)
        self.streams = Streams(reading)
        self.rows: list[bytes] = []
        self.done = 0
        self.line = 1

    def batches(self) -> Iterator[Batch]:
        try:
            yield from self._fast()
        except Broken:
            self.streams.finish()
            yield self._batch()
            raise
        self.streams.finish()
        yield self._batch()

    def _fast(self) -> Iterator[Batch]:
        """Whole top-level elements at a time; whatever is unusual, and all that follows, goes to the parser."""
        pieces, left, begun, over = Pieces(self.streams), b"", False, False
        while len(left) < LONGEST:
            block = _read(self.file, self.size)
            left, over = left + block, not block
            cut = len(left) if over else last_cut(left)
            try:
                start = 0 if begun else root_of(left)
                if not over and not 0 <= start < cut:
                    continue
                if start < 0 or (over and not left.rstrip().endswith(END)):
                    break
                pieces.take(left[start:cut], self.rows)
            except Unusual:
                break
            self.line += left.count(b"\n", 0, cut)
            self.done += cut
            yield from self._full()
            if over:
                return
            left, begun = left[cut:], True
        yield from self._slow(left, begun=begun)

    def _slow(self, left: bytes, *, begun: bool) -> Iterator[Batch]:
        target = _Records(self.streams, self.rows, expects_root=not begun)
        opened = ROOT if begun else b""

        def blocks() -> Iterator[bytes]:
            for block in _blocks(opened + left, self.file):
                yield block
                target.line += block.count(b"\n")

        target.line = self.line
        self.done -= len(opened)
        for length in xml.parse(blocks(), target, BOUNDS, first_line=self.line):
            self.done += length
            yield from self._full()

    def _full(self) -> Iterator[Batch]:
        while len(self.rows) >= self.size_of_next:
            yield self._batch()

    def _batch(self) -> Batch:
        rows = self.rows[: self.size_of_next]
        del self.rows[: self.size_of_next]
        self.size_of_next = min(2 * self.size_of_next, self.most)
        return self.streams.batch(b"".join(rows), len(rows), self.done)


class _Records:
    """What the parser tells, as rows."""

    def __init__(self, streams: Streams, rows: list[bytes], *, expects_root: bool) -> None:
        self.streams = streams
        self.rows = rows
        self.line = 1
        """At the beginning of the block that is being parsed."""
        self._expects_root = expects_root
        self._inside = 0
        self._depth = 0
        self._at = ""
        self._kept = False
        """Whether the last row is of the last record."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if tag == "Record":
            if not self._inside:  # those inside a correlation come again at top level
                self._record(attributes)
        elif tag == "Correlation":
            self._inside += 1
        elif tag == "MetadataEntry":
            if attributes.get("key") == "HKTimeZone":
                self._zone(attributes.get("value", ""))
        elif tag == "ExportDate":
            self.streams.saw_export(attributes.get("value", ""))
        elif self._depth == 2:
            self.streams.saw_element(tag)
        elif self._depth == 1 and self._expects_root and tag != "HealthData":
            raise Broken(f"It is no export of Apple Health: its root is “{tag[:60]}”, not “HealthData”.")
        if "startDate" in attributes:
            self._at = attributes["startDate"][:10]

    def end(self, tag: str) -> None:
        self._depth -= 1
        if tag == "Correlation":
            self._inside -= 1
        elif tag == "Record":
            self._kept = False

    def _zone(self, name: str) -> None:
        self.streams.saw_zone(name, self._at)
        if self._kept and self.rows:
            self.rows[-1] = with_offset(self.rows[-1], name)

    def _record(self, attributes: Mapping[str, str]) -> None:
        before = len(self.rows)
        self._add(attributes)
        self._kept = len(self.rows) > before

    def _add(self, attributes: Mapping[str, str]) -> None:
        said = attributes.get
        kind, source, unit, value = said("type", ""), said("sourceName", ""), said("unit"), said("value", "")
        at, until = said("startDate", ""), said("endDate", "")
        number = self.streams.plain.get((kind, source, unit)) if at <= self.streams.late else None
        if number and LINE.fullmatch(f"{at}\t{until}\t{value}"):
            self.rows.append(line_of(number, at, until, value).encode())
        elif row := self.streams.row(kind, source, said("device", ""), unit, at, until, value, self.line):
            self.rows.append(row.encode())


def _read(file: BinaryIO, size: int) -> bytes:
    """So many bytes unless the file ends: the same file gives the same pieces, however it is served."""
    block = file.read(size)
    while block and len(block) < size and (more := file.read(size - len(block))):
        block += more
    return block


def _blocks(begun: bytes, file: BinaryIO) -> Iterator[bytes]:
    for at in range(0, len(begun), xml.BLOCK):
        yield begun[at : at + xml.BLOCK]
    while block := _read(file, xml.BLOCK):
        yield block
