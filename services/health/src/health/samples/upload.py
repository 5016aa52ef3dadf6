"""Bodies of ``POST /samples``: JSON as rows or columns, one series or several, or NDJSON; plain or gzipped.

What is well formed is decoded straight into its Structs, some 0.3 us a sample. Only where that fails is each sample
decoded alone, to say of each bad one what is wrong with it.
"""

import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TypeVar

import msgspec
from msgspec import UNSET, Raw

from chassis import bodies, field_errors
from chassis.bodies import JSON
from chassis.problems import BadRequest, TooLarge, UnsupportedMediaType
from health.catalogue import units
from health.catalogue.model import Metric
from health.catalogue.table import BY_CODE
from health.samples import model
from health.samples.model import At, Columns, Duration, Head, Mixed, Rejected, Sample, Series

LARGEST = 16 * 1024 * 1024
"""Bytes of a body, before and after it is unpacked."""
NDJSON = frozenset({"application/x-ndjson", "application/ndjson", "application/jsonl"})

HUGE = 1e300

T = TypeVar("T")

_ROW = msgspec.json.Decoder(Sample)
_AT = msgspec.json.Decoder(At)
_VALUE = msgspec.json.Decoder(float)
_DURATION = msgspec.json.Decoder(Duration)


class NewSamples(Series[Sample, At, float, Duration], frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Samples of one metric from one source. `{"series": […]}` holds several of these at once."""


class Line(Head, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of NDJSON that says everything."""

    at: At
    value: float
    duration_s: Duration = 0


_LINE = msgspec.json.Decoder(Line)
_STRICT = msgspec.json.Decoder(NewSamples)
_STRICT_MIXED = msgspec.json.Decoder(Mixed[Sample, At, float, Duration])
_LOOSE = Series[Raw, Raw, Raw, Raw]
_LOOSE_MIXED = Mixed[Raw, Raw, Raw, Raw]
_BAD = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class Block(msgspec.Struct):
    """Good samples of one series in columns, as the database takes them."""

    head: Head
    place: Sequence[int]
    """Of each sample among all that were sent."""
    at: list[float]
    """Seconds since 1970."""
    offset_min: list[int | None]
    """East of UTC, where the client said more than Z."""
    duration_s: list[int]
    value: list[float]


class Checked(msgspec.Struct, frozen=True):
    """A block whose values are canonical and possible."""

    head: Head
    metric: Metric
    block: Block


class Upload(msgspec.Struct, frozen=True):
    """What was sent."""

    sent: int
    checked: list[Checked]
    rejected: list[Rejected]


def unpacked(body: bytes, encoding: str) -> bytes:
    """The body without its Content-Encoding; TooLarge before more than ``LARGEST`` bytes come out of it."""
    if encoding in {"", "identity"}:
        return body
    if encoding != "gzip":
        raise UnsupportedMediaType("a body may be encoded by gzip only")
    out = bytearray()
    try:
        while body:
            stream = zlib.decompressobj(wbits=31)
            out += stream.decompress(body, LARGEST + 1 - len(out))
            if len(out) > LARGEST or stream.unconsumed_tail:
                raise TooLarge(f"unpacked, a body may have {LARGEST:,} bytes")
            if not stream.eof:
                raise BadRequest("the gzip body ended early")
            body = stream.unused_data
    except zlib.error:
        raise BadRequest("the body is not gzip") from None
    return bytes(out)


def read(body: bytes, content_type: str) -> Upload:
    """Decode and check everything; InvalidValue for a body that is none, ``rejected`` for single samples."""
    rejected: list[Rejected] = []
    if content_type == JSON:
        blocks = list(_of_json(body, rejected))
    elif content_type in NDJSON:
        blocks = list(_of_lines(body, rejected))
    else:
        raise UnsupportedMediaType(f"send {JSON} or application/x-ndjson")
    sent = sum(len(block.at) for block in blocks) + len(rejected)
    if sent > model.MOST:
        raise TooLarge(f"at most {model.MOST:,} samples a request")
    checked = [found for block in blocks if (found := _checked(block, rejected))]
    rejected.sort(key=lambda one: one.index)
    return Upload(sent, checked, rejected)


def _of_json(body: bytes, rejected: list[Rejected]) -> Iterator[Block]:
    mixed = body.lstrip()[:200].split(b":", 1)[0].strip(b'{ \t\r\n"') == b"series"
    try:
        sent = _STRICT_MIXED.decode(body).series if mixed else [_STRICT.decode(body)]
    except _BAD:
        yield from _loosely(body, rejected, mixed=mixed)
        return
    first = 0
    for series in sent:
        block = _block(series, first)
        first += len(block.at)
        yield block


def _block(series: Series[Sample, At, float, Duration], first: int) -> Block:
    if isinstance(series.samples, Columns):
        given = series.samples
        at, value = given.at, given.value
        duration = [0] * len(at) if given.duration_s is UNSET else given.duration_s
    else:
        at = [row.at for row in series.samples]
        value = [row.value for row in series.samples]
        duration = [row.duration_s for row in series.samples]
    return Block(series, range(first, first + len(at)), *_instants(at), duration, value)


def _instants(at: Sequence[At]) -> tuple[list[float], list[int | None]]:
    """Seconds since 1970, and minutes east of UTC."""
    told = [one for one in at if isinstance(one, datetime)]
    if len(told) == len(at):
        return [one.timestamp() for one in told], [None if one.tzinfo is UTC else _offset(one) for one in told]
    return [_seconds(one) for one in at], [_offset(one) if isinstance(one, datetime) else None for one in at]


def _seconds(at: At) -> float:
    """Rounded to PostgreSQL's microseconds, so that what differs here differs there."""
    return at.timestamp() if isinstance(at, datetime) else round(at, 6)


def _offset(at: datetime) -> int | None:
    offset = at.utcoffset()
    return round(offset.total_seconds() / 60) if offset else None


def _loosely(body: bytes, rejected: list[Rejected], *, mixed: bool) -> Iterator[Block]:
    """Decode each sample alone. Whatever is wrong around them refuses the whole body."""
    sent = bodies.decode(body, _LOOSE_MIXED).series if mixed else [bodies.decode(body, _LOOSE)]
    first = 0
    for series in sent:
        rows = _rows_of_columns(series.samples) if isinstance(series.samples, Columns) else series.samples
        good, places = _each(rows, _row, rejected, first)
        yield _block_of_rows(series, good, places)
        first += len(rows)


def _rows_of_columns(given: Columns[Raw, Raw, Raw]) -> list[tuple[Raw, Raw, Raw]]:
    durations = [Raw(b"0")] * len(given.at) if given.duration_s is UNSET else given.duration_s
    return list(zip(given.at, given.value, durations, strict=True))


def _row(raw: Raw | tuple[Raw, Raw, Raw]) -> Sample:
    if isinstance(raw, tuple):
        at, value, duration_s = raw
        return Sample(at=_AT.decode(at), value=_VALUE.decode(value), duration_s=_DURATION.decode(duration_s))
    return _ROW.decode(raw)


def _each(
    given: Iterable[T], decode: Callable[[T], Sample], rejected: list[Rejected], first: int
) -> tuple[list[Sample], list[int]]:
    good, places = list[Sample](), list[int]()
    for place, raw in enumerate(given, first):
        try:
            good.append(decode(raw))
            places.append(place)
        except _BAD as error:
            rejected.append(Rejected(place, _reason(error)))
    return good, places


def _reason(error: Exception) -> str:
    if not isinstance(error, msgspec.ValidationError):
        return "is not valid JSON"
    found = field_errors.of_exception(error)
    return f"{found.pointer.removeprefix('/')}: {found.detail}".removeprefix(": ")


def _block_of_rows(head: Head, rows: Sequence[Sample], places: Sequence[int]) -> Block:
    seconds, offsets = _instants([row.at for row in rows])
    return Block(head, places, seconds, offsets, [row.duration_s for row in rows], [row.value for row in rows])


def _of_lines(body: bytes, rejected: list[Rejected]) -> Iterator[Block]:
    lines = [line for line in body.splitlines() if line.strip()]
    if not lines:
        raise BadRequest("a body is needed")
    if len(lines) > model.MOST + 1:
        raise TooLarge(f"at most {model.MOST:,} samples a request")
    if not _is_head(lines[0]):
        yield from _of_whole_lines(lines, rejected)
        return
    rows, places = _each(lines[1:], _ROW.decode, rejected, 0)
    yield _block_of_rows(bodies.decode(lines[0], Head), rows, places)


def _is_head(line: bytes) -> bool:
    try:
        members = msgspec.json.decode(line, type=dict[str, Raw])
    except _BAD:
        raise BadRequest("the first line is not a JSON object") from None
    return not members.keys() & {"at", "value"}


def _of_whole_lines(lines: Sequence[bytes], rejected: list[Rejected]) -> Iterator[Block]:
    found: dict[tuple[model.Source, str, str | None], tuple[list[Line], list[int]]] = {}
    for place, text in enumerate(lines):
        try:
            line = _LINE.decode(text)
        except _BAD as error:
            rejected.append(Rejected(place, _reason(error)))
            continue
        rows, places = found.setdefault((line.source, line.metric, line.unit), ([], []))
        rows.append(line)
        places.append(place)
    if len(found) > model.MOST_SERIES:
        raise TooLarge(f"at most {model.MOST_SERIES} series a request")
    for rows, places in found.values():
        seconds, offsets = _instants([row.at for row in rows])
        yield Block(rows[0], places, seconds, offsets, [row.duration_s for row in rows], [row.value for row in rows])


def _checked(block: Block, rejected: list[Rejected]) -> Checked | None:
    """The block in canonical units, without what cannot be stored."""
    metric = BY_CODE.get(block.head.metric)
    conversion = units.conversion(metric, block.head.unit) if metric else None
    if metric is None or conversion is None:
        reason = "no such metric" if metric is None else f"the unit is not one of {metric.code}"
        rejected += [Rejected(place, reason) for place in block.place]
        return None
    if conversion != units.SAME:
        block.value = [conversion.apply(value) for value in block.value]
    if bad := {place: reason for place, reason in enumerate(_reasons(block, metric)) if reason}:
        rejected += [Rejected(block.place[place], reason) for place, reason in bad.items()]
        _drop(block, bad.keys())
    return Checked(block.head, metric, block) if block.at else None


def _reasons(block: Block, metric: Metric) -> Iterator[str | None]:
    """What is wrong with each sample; nothing at all is yielded where the extremes are good."""
    if not block.at:
        return
    low = -HUGE if metric.min is None else metric.min
    high = HUGE if metric.max is None else metric.max
    if low <= min(block.value) and max(block.value) <= high and _is_possible(min(block.at), max(block.at)):
        return
    for at, value in zip(block.at, block.value, strict=True):
        if not _is_possible(at, at):
            yield "at: must lie between 1900 and 2099"
        elif not low <= value <= high:
            yield f"value: must be between {low:g} and {high:g} {metric.unit}"
        else:
            yield None


def _is_possible(first: float, last: float) -> bool:
    return first >= model.EARLIEST and last < model.LATEST


def _drop(block: Block, bad: Collection[int]) -> None:
    kept = [place for place in range(len(block.at)) if place not in bad]
    block.place = [block.place[place] for place in kept]
    block.at = [block.at[place] for place in kept]
    block.offset_min = [block.offset_min[place] for place in kept]
    block.duration_s = [block.duration_s[place] for place in kept]
    block.value = [block.value[place] for place in kept]
