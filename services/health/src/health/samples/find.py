"""What ``GET /samples`` answers: the right statement for the resolution, the asked unit, the asked number of points."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, TypeVar
from uuid import UUID

import msgspec
from asyncpg import Connection
from msgspec import Meta

from chassis import shape
from chassis.problems import FieldError, InvalidValue
from health.catalogue import units
from health.catalogue.model import ADDITIVE, SLEEP, Metric
from health.catalogue.table import BY_CODE
from health.catalogue.units import Conversion
from health.samples import model, reading
from health.samples.model import Aggregate, Aggregates, Point, Points, Resolution

DEFAULT = timedelta(days=7)
YEARS = range(1900, 2101)

T = TypeVar("T", Point, Aggregate)


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """The parameters, understood."""

    metric: Metric
    conversion: Conversion
    unit: str
    source_id: int | None
    from_: datetime | date
    to: datetime | date
    resolution: Resolution
    points: int | None

    @property
    def adds_up(self) -> bool:
        return self.metric.kind in {ADDITIVE, SLEEP}


def metric_of(code: str) -> Metric:
    """InvalidValue for a metric outside the catalogue."""
    if metric := BY_CODE.get(code):
        return metric
    raise _bad("metric", "no such metric; see /metrics-catalogue")


def moment(name: str, text: str) -> datetime | date:
    """A date, or an instant with its offset; InvalidValue for anything else."""
    try:
        if len(text) == 10:
            found: datetime | date = date.fromisoformat(text)
        else:
            found = msgspec.convert(text.replace(" ", "+"), Annotated[datetime, Meta(tz=True)])
    except (ValueError, msgspec.ValidationError):
        raise _bad(name, "must be a date, or an RFC 3339 instant with its offset") from None
    if found.year not in YEARS:
        raise _bad(name, "must lie between 1900 and 2100")
    return found


def moments(from_: str | None, to: str | None) -> tuple[datetime | date, datetime | date]:
    """Both ends; the last week, where none is given."""
    end = moment("to", to) if to else datetime.now(UTC)
    start = moment("from", from_) if from_ else end - DEFAULT
    return start, end


def both(from_: str | None, to: str | None) -> tuple[datetime | date, datetime | date]:
    """Both ends, which have to be given: nothing is deleted by a default."""
    if not from_ or not to:
        raise InvalidValue(
            errors=[FieldError("is missing", f"?{name}") for name, text in (("from", from_), ("to", to)) if not text]
        )
    return moment("from", from_), moment("to", to)


def question(
    metric: str,
    from_: str | None,
    to: str | None,
    source: int | None,
    resolution: Resolution,
    unit: str | None,
    points: int | None,
) -> Question:
    found = metric_of(metric)
    conversion = units.conversion(found, unit)
    if conversion is None:
        raise _bad("unit", f"must be one of {', '.join(units.accepted(found))}")
    if source is not None and resolution not in {"raw", "hour"}:
        raise _bad("source", "goes with the resolutions raw and hour; days are made of all sources")
    start, end = moments(from_, to)
    return Question(
        metric=found,
        conversion=conversion,
        unit=unit or found.unit,
        source_id=source,
        from_=start,
        to=end,
        resolution=resolution,
        points=points,
    )


async def find(db: Connection, user_id: UUID, asked: Question) -> Points | Aggregates:
    """At most 10,000 points; InvalidValue when there are more and ``points`` does not say to choose."""
    code, unit, undo = asked.metric.code, asked.unit, asked.conversion.undo
    if asked.resolution == "raw":
        points = _few(await _points(db, user_id, asked))
        if asked.conversion != units.SAME:
            points = [Point(one.at, one.duration_s, undo(one.value), one.source_id) for one in points]
        return Points(metric=code, unit=unit, items=points)
    found = _few(await _aggregates(db, user_id, asked))
    if asked.conversion != units.SAME:
        found = [_converted(one, undo) for one in found]
    return Aggregates(metric=code, unit=unit, resolution=asked.resolution, items=found)


def _few(items: list[T]) -> list[T]:
    if len(items) > model.MOST_POINTS:
        raise _too_many()
    return items


async def _aggregates(db: Connection, user_id: UUID, asked: Question) -> list[Aggregate]:
    metric_id, limit = asked.metric.metric_id, model.MOST_POINTS + 1
    if asked.resolution == "hour":
        span = await reading.span(db, user_id, asked.from_, asked.to)
        hours = await reading.hours(db, user_id, metric_id, asked.source_id, span, adds_up=asked.adds_up, limit=limit)
        return _shaped(hours, asked)
    dates = await _dates(db, user_id, asked)
    days = await reading.days(db, user_id, metric_id, dates, asked.resolution, adds_up=asked.adds_up, limit=limit)
    return _shaped(days, asked)


async def _dates(db: Connection, user_id: UUID, asked: Question) -> tuple[date, date]:
    if isinstance(asked.from_, datetime) or isinstance(asked.to, datetime):
        span = await reading.span(db, user_id, asked.from_, asked.to)
        return span.from_date, span.to_date
    return asked.from_, asked.to


async def _points(db: Connection, user_id: UUID, asked: Question) -> list[Point]:
    metric_id, source_id = asked.metric.metric_id, asked.source_id
    span = await reading.span(db, user_id, asked.from_, asked.to)
    found = await reading.raw(db, user_id, metric_id, source_id, span, model.MOST_POINTS + 1)
    if len(found) <= model.MOST_POINTS or asked.points is None:
        return _shaped(found, asked)
    looked_at = await reading.extremes(db, user_id, metric_id, source_id, span, asked.points * 2)
    if looked_at is None:
        raise _too_many()
    return _shaped(looked_at, asked)


def _shaped(found: list[T], asked: Question) -> list[T]:
    if asked.points is None or len(found) <= asked.points:
        return found
    x = [_x(item) for item in found]
    y = [_y(item) for item in found]
    return [found[place] for place in shape.chosen(x, y, asked.points)]


def _x(item: Point | Aggregate) -> float:
    at = item.at if isinstance(item, Point) else datetime.fromisoformat(item.from_)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def _y(item: Point | Aggregate) -> float:
    value = item.value if isinstance(item, Point) else item.avg if item.sum is None else item.sum
    return 0.0 if value is None else value


def _converted(item: Aggregate, undo: Callable[[float], float]) -> Aggregate:
    low, high, avg, total = (
        None if value is None else undo(value) for value in (item.min, item.max, item.avg, item.sum)
    )
    return Aggregate(item.from_, low, high, avg, total, item.n)


def _too_many() -> InvalidValue:
    return InvalidValue(
        f"more than {model.MOST_POINTS:,} points: ask for a shorter time, a coarser resolution, or fewer points",
        errors=[
            FieldError("too fine for this much time", "?resolution"),
            FieldError("says how many to choose", "?points"),
        ],
    )


def _bad(name: str, detail: str) -> InvalidValue:
    return InvalidValue(errors=[FieldError(detail, f"?{name}")])
