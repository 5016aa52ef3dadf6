"""Columns of a request as PostgreSQL's binary COPY takes them, and what else follows from them."""

import struct
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from health.catalogue.model import SLEEP, Metric
from health.samples.queries import Touched
from health.samples.upload import Block

EPOCH_S = datetime(2000, 1, 1, tzinfo=UTC).timestamp()
"""From which PostgreSQL counts microseconds."""
QUARTER_S = 900
DAY_S = 86_400

HEAD = b"PGCOPY\n\xff\r\n\0" + struct.pack("!ii", 0, 0)
END = struct.pack("!h", -1)
ROW = struct.Struct("!h ii iq ih ii i id")
ROW_WITH_OFFSET = struct.Struct("!h ii iq ih ii ih id")
"""The number of columns; then length and value of series_id, at, n, duration_s, offset_min (or -1: null), value."""
AT, DURATION, OFFSET = 14, 32, 40
"""Where in a row these begin; the value is at the end."""


def rows(blocks: Iterable[tuple[int, Block]]) -> bytes:
    """A binary COPY of blocks of (series id, samples), each with the number 0."""
    return b"".join((HEAD, *(part for series_id, block in blocks for part in _parts(series_id, block)), END))


def _parts(series_id: int, block: Block) -> Iterator[bytes]:
    """Rows with an offset are longer than those without, so each kind goes by itself."""
    known = [place for place, offset in enumerate(block.offset_min) if offset is not None]
    if not known:
        yield _packed(series_id, block.at, block.duration_s, block.value, None)
        return
    unknown = [place for place, offset in enumerate(block.offset_min) if offset is None]
    offsets = [offset for offset in block.offset_min if offset is not None]
    for places, told in ((known, offsets), (unknown, None)):
        yield _packed(
            series_id,
            [block.at[place] for place in places],
            [block.duration_s[place] for place in places],
            [block.value[place] for place in places],
            told,
        )


def _packed(
    series_id: int, at: list[float], duration_s: list[int], value: list[float], offset_min: list[int] | None
) -> bytes:
    """One row as often as needed, and every column laid over it byte by byte: a tenth of packing row by row."""
    count = len(at)
    micros = [round((one - EPOCH_S) * 1e6) for one in at]
    columns = [(AT, 8, struct.pack(f"!{count}q", *micros)), (-8, 8, struct.pack(f"!{count}d", *value))]
    if any(duration_s):
        columns.append((DURATION, 4, struct.pack(f"!{count}i", *duration_s)))
    row = ROW.pack(6, 4, series_id, 8, 0, 2, 0, 4, 0, -1, 8, 0)
    if offset_min is not None:
        row = ROW_WITH_OFFSET.pack(6, 4, series_id, 8, 0, 2, 0, 4, 0, 2, 0, 8, 0)
        columns.append((OFFSET, 2, struct.pack(f"!{count}h", *offset_min)))
    packed = bytearray(row * count)
    for start, width, column in columns:
        for byte in range(width):
            packed[start % len(row) + byte :: len(row)] = column[byte::width]
    return bytes(packed)


def pieces(metric: Metric, block: Block) -> Iterable[tuple[float, float]]:
    """First and last quarter of an hour of the samples, in seconds since 1970; a night's go on to the day after."""
    after = DAY_S if metric.kind == SLEEP else 0
    if not any(block.duration_s):
        quarters = {at // QUARTER_S for at in block.at}
        return [(quarter * QUARTER_S, quarter * QUARTER_S + after) for quarter in quarters]
    ends = {
        (at // QUARTER_S, (at + duration_s) // QUARTER_S)
        for at, duration_s in zip(block.at, block.duration_s, strict=True)
    }
    return [(first * QUARTER_S, last * QUARTER_S + after) for first, last in ends]


def touched(series_id: int, block: Block) -> Touched:
    """What a block comes to when all of it is new."""
    first, last = min(block.at), max(block.at)
    return Touched(
        series_id=series_id,
        inserted=len(block.at),
        updated=0,
        first_at=datetime.fromtimestamp(first, UTC),
        last_at=datetime.fromtimestamp(last, UTC),
        min=min(block.value),
        max=max(block.value),
        last=block.value[block.at.index(last)],
    )
