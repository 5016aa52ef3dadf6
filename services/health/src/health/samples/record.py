"""What a request sent, written down and told."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from asyncpg import Connection

import outbox
from chassis import ids
from chassis.problems import FieldError, InvalidValue
from contracts.events import Cause, SampleRecorded
from health.readers.batch import Origin
from health.samples import packing, queries
from health.samples.model import LARGEST_N, Source, Written
from health.samples.queries import Touched
from health.samples.refusals import Crowded
from health.samples.upload import Block, Checked, Upload

MOST_TOLD = 50
"""Bad samples that a refusal names."""


CHUNK = 5_000
"""Samples of a statement that looks for each whether it is stored."""

Columns = tuple[list[int], list[float], list[int], list[float], list[int | None]]
"""Series id, seconds since 1970, length, value, offset."""


class Part(NamedTuple):
    """Samples, and the series they go to."""

    checked: Checked
    series_id: int
    source: str
    occupied: bool

    @property
    def block(self) -> Block:
        return self.checked.block


async def record(db: Connection, user_id: UUID, upload: Upload, *, partial: bool) -> Written:
    """Store what is not stored yet, and tell the others; InvalidValue where a sample is bad and all are asked for."""
    if upload.rejected and not partial:
        raise _refusal(upload)
    touched = await _write(db, user_id, upload.checked) if upload.checked else []
    inserted, updated = sum(each.inserted for each in touched), sum(each.updated for each in touched)
    return Written(
        inserted=inserted,
        updated=updated,
        unchanged=upload.sent - len(upload.rejected) - inserted - updated,
        rejected=upload.rejected,
    )


def _refusal(upload: Upload) -> InvalidValue:
    return InvalidValue(
        f"{len(upload.rejected):,} of {upload.sent:,} samples are bad, so none is stored; ?partial=true keeps the rest",
        errors=[FieldError(bad.reason, f"/samples/{bad.index}") for bad in upload.rejected[:MOST_TOLD]],
    )


async def _write(db: Connection, user_id: UUID, checked: list[Checked]) -> list[Touched]:
    await queries.lock(db, user_id)
    found = await queries.find_or_make_series(
        db,
        user_id,
        [_origin(one.head.source) for one in checked],
        [one.metric for one in checked],
        between=_between(checked),
    )
    parts = [Part(one, *where) for one, where in zip(checked, found, strict=True)]
    if _all_new(parts):
        return await _copy(db, user_id, parts)
    touched = _by_series([each for some in _chunks(parts) for each in await _write_chunk(db, user_id, some)])
    await outbox.add(db, *_events(user_id, touched, parts))
    return touched


async def _write_chunk(db: Connection, user_id: UUID, columns: Columns) -> list[Touched]:
    touched = await queries.write(db, user_id, columns)
    if any(each.largest_n > LARGEST_N for each in touched):
        raise Crowded(f"at most {LARGEST_N + 1:,} of one metric and source")
    return touched


def _all_new(parts: Sequence[Part]) -> bool:
    """Whether nothing is stored between the first and the last of them, and each has an instant of its own."""
    return (
        not any(part.occupied for part in parts)
        and len({part.series_id for part in parts}) == len(parts)
        and all(len(set(part.block.at)) == len(part.block.at) for part in parts)
    )


async def _copy(db: Connection, user_id: UUID, parts: Sequence[Part]) -> list[Touched]:
    """What nobody has said yet needs no lookup: it goes in as fast as PostgreSQL takes it."""
    await queries.copy(db, packing.rows((part.series_id, part.block) for part in parts))
    touched = [packing.touched(part.series_id, part.block) for part in parts]
    pieces = [(part.series_id, *piece) for part in parts for piece in packing.pieces(part.checked.metric, part.block)]
    lengths = {part.series_id: max(part.block.duration_s) for part in parts}
    await queries.follow(db, user_id, pieces, lengths, _events(user_id, touched, parts))
    return touched


def _chunks(parts: Sequence[Part]) -> Iterator[Columns]:
    """The samples as columns, so many that a statement is far from its time limit."""
    for part in parts:
        block = part.block
        for start in range(0, len(block.at), CHUNK):
            some = slice(start, start + CHUNK)
            at = block.at[some]
            yield (
                [part.series_id] * len(at),
                at,
                block.duration_s[some],
                block.value[some],
                block.offset_min[some],
            )


def _by_series(touched: Iterable[Touched]) -> list[Touched]:
    """What several statements did to a series, taken together."""
    found: dict[int, Touched] = {}
    for new in touched:
        old = found.get(new.series_id, new)
        found[new.series_id] = new if old is new else _together(old, new)
    return list(found.values())


def _together(old: Touched, new: Touched) -> Touched:
    return Touched(
        series_id=new.series_id,
        inserted=old.inserted + new.inserted,
        updated=old.updated + new.updated,
        first_at=min(old.first_at, new.first_at),
        last_at=max(old.last_at, new.last_at),
        min=min(old.min, new.min),
        max=max(old.max, new.max),
        last=new.last if new.last_at >= old.last_at else old.last,
    )


def _between(checked: list[Checked]) -> tuple[datetime, datetime]:
    """The first and the last instant, widened to what PostgreSQL may round them to."""
    first, last = min(min(one.block.at) for one in checked), max(max(one.block.at) for one in checked)
    return datetime.fromtimestamp(first - 1, UTC), datetime.fromtimestamp(last + 1, UTC)


def _origin(source: Source) -> Origin:
    return Origin(source.app, source.device, source.device_kind)


def _events(user_id: UUID, touched: Iterable[Touched], parts: Iterable[Part]) -> list[SampleRecorded]:
    cause = Cause("upload", ids.new())
    of_series = {part.series_id: part for part in parts}
    return [_event(user_id, cause, each, of_series[each.series_id]) for each in touched]


def _event(user_id: UUID, cause: Cause, touched: Touched, part: Part) -> SampleRecorded:
    return SampleRecorded(
        user_id=user_id,
        version=1,
        source=part.source,
        metric=part.checked.metric.code,
        unit=part.checked.metric.unit,
        first_at=touched.first_at,
        last_at=touched.last_at,
        n=touched.inserted + touched.updated,
        min=touched.min,
        max=touched.max,
        last=touched.last,
        cause=cause,
    )
