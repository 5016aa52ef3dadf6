"""What workouts add up to: by week, month, year, sport or muscle, and by date."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

import msgspec
from asyncpg import Connection, Record

from chassis.problems import FieldError, InvalidValue

Group = Literal["week", "month", "year", "sport", "muscle"]
MOST_WEEKS = 1_200
MOST_DATES = 1_100
MOST_SPORTS = 200
FIRST, LAST = date(1949, 12, 30), date(2199, 12, 31)

SUMS = """count(*)::integer AS workouts, coalesce(sum(duration_s), 0) AS duration_s,
        coalesce(sum(moving_s), 0) AS moving_s, coalesce(sum(distance_m), 0) AS distance_m,
        coalesce(sum(ascent_m), 0) AS ascent_m, coalesce(sum(volume_load_kg), 0) AS volume_load_kg,
        coalesce(sum(sets), 0)::float8 AS sets, coalesce(sum(load), 0) AS load"""

SCOPE = "user_id = $1 AND on_date BETWEEN $2 AND $3 AND ($4::text IS NULL OR sport = $4)"

BY_PERIOD = f"""
    SELECT CASE $5 WHEN 'week' THEN on_date - (extract(isodow FROM on_date)::integer - $6 + 7) % 7
                   ELSE date_trunc($5, on_date::timestamp)::date END AS key, {SUMS}
    FROM workout WHERE {SCOPE} GROUP BY key
"""  # noqa: S608 - the only text put in is the constants above

BY_SPORT = f"""
    SELECT sport AS key, {SUMS} FROM workout WHERE {SCOPE} GROUP BY sport
    ORDER BY sum(duration_s) DESC, sum(sets) DESC, sport LIMIT {MOST_SPORTS}
"""  # noqa: S608 - the same

BY_MUSCLE = f"""
    SELECT muscle AS key, count(*)::integer AS workouts, coalesce(sum(of_muscle.sets::float8), 0) AS sets,
           coalesce(sum(of_muscle.volume_load_kg), 0) AS volume_load_kg
    FROM workout_muscle AS of_muscle
    WHERE user_id = $1 AND on_date BETWEEN $2 AND $3
      AND ($4::text IS NULL OR workout_id IN (SELECT workout_id FROM workout WHERE {SCOPE}))
    GROUP BY muscle
"""  # noqa: S608 - the same

TOTAL = f"SELECT {SUMS} FROM workout WHERE {SCOPE}"  # noqa: S608 - the same

CALENDAR = """
    SELECT on_date, count(*)::integer AS workouts, sum(duration_s) AS duration_s,
           coalesce(sum(distance_m), 0) AS distance_m, sum(volume_load_kg) AS volume_load_kg,
           coalesce(sum(load), 0) AS load, array_agg(DISTINCT sport ORDER BY sport) AS sports
    FROM workout WHERE user_id = $1 AND on_date BETWEEN $2 AND $3 GROUP BY on_date ORDER BY on_date
"""

TODAY = """
    SELECT local_date($1, now()) AS today, coalesce(
        (SELECT first_day_of_week FROM known_user WHERE user_id = $1), 1)::integer AS first_day,
        (SELECT on_date FROM workout WHERE user_id = $1 ORDER BY on_date LIMIT 1) AS began
"""


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    """What some workouts come to."""

    workouts: int = 0
    duration_s: float = 0.0
    moving_s: float = 0.0
    distance_m: float = 0.0
    ascent_m: float = 0.0
    volume_load_kg: float = 0.0
    sets: float = 0.0
    """Warm-ups included; of muscles without them, half where they only help."""
    load: float = 0.0


class OfKey(Sums, frozen=True, kw_only=True):
    """What those of one period, sport or muscle come to."""

    key: str
    """First date of the period, or the sport, or the muscle."""
    previous: Sums | None = None
    """Of sports and muscles: in the period before."""


class OfMuscle(msgspec.Struct, frozen=True, kw_only=True):
    """What one muscle got."""

    muscle: str
    sets: float
    volume_load_kg: float


class Stats(msgspec.Struct, frozen=True, kw_only=True):
    """Totals between two dates, both included, beside those of as many days before."""

    group: Group
    from_: date = msgspec.field(name="from")
    to: date
    items: Sequence[OfKey]
    total: Sums
    muscles: Sequence[OfMuscle]
    previous_from: date
    previous_to: date
    previous: Sums


class OfDate(msgspec.Struct, frozen=True, kw_only=True):
    """What was done on a date."""

    on_date: date
    workouts: int
    duration_s: float
    distance_m: float
    volume_load_kg: float
    load: float
    sports: Sequence[str]


class Calendar(msgspec.Struct, frozen=True):
    """The dates on which something was done, oldest first."""

    items: Sequence[OfDate]


async def stats(
    db: Connection, user_id: UUID, group: Group, from_: date | None, to: date | None, sport: str | None
) -> Stats:
    """Totals; without dates the last 12 weeks or months, all years, or 28 days."""
    (row,) = await db.fetch(TODAY, user_id)
    to = min(max(to or row["today"], FIRST), LAST)
    from_ = max(from_ or _default(group, to, row), FIRST)
    days = (to - from_).days + 1
    if days < 1 or (group == "week" and days > 7 * MOST_WEEKS):
        raise InvalidValue(errors=[FieldError(f"must lie before `to`, at most {MOST_WEEKS} weeks", "?from")])
    before = max(from_ - timedelta(days), FIRST - timedelta(1)), from_ - timedelta(1)
    scope = (user_id, from_, to, sport)
    then = (user_id, *before, sport)
    muscles = await db.fetch(BY_MUSCLE, *scope)
    items = await _items(db, group, scope, then, muscles, row["first_day"])
    return Stats(
        group=group,
        from_=from_,
        to=to,
        items=items,
        total=await _total(db, scope),
        muscles=[
            OfMuscle(muscle=one["key"], sets=one["sets"], volume_load_kg=one["volume_load_kg"])
            for one in sorted(muscles, key=lambda one: (-one["sets"], one["key"]))
        ],
        previous_from=before[0],
        previous_to=before[1],
        previous=await _total(db, then),
    )


async def calendar(db: Connection, user_id: UUID, from_: date | None, to: date | None) -> Calendar:
    """The dates between two on which something was done; without dates the last 31 days."""
    (row,) = await db.fetch(TODAY, user_id)
    to = min(max(to or row["today"], FIRST), LAST)
    from_ = max(from_ or to - timedelta(30), FIRST)
    if not 0 <= (to - from_).days < MOST_DATES:
        raise InvalidValue(errors=[FieldError(f"must lie before `to`, at most {MOST_DATES} days", "?from")])
    return Calendar([OfDate(**each) for each in await db.fetch(CALENDAR, user_id, from_, to)])


async def _total(db: Connection, scope: tuple[object, ...]) -> Sums:
    (row,) = await db.fetch(TOTAL, *scope)
    return Sums(**row)


async def _items(
    db: Connection,
    group: Group,
    scope: tuple[object, ...],
    then: tuple[object, ...],
    muscles: Sequence[Record],
    first_day: int,
) -> list[OfKey]:
    if group in {"sport", "muscle"}:
        statement = BY_SPORT if group == "sport" else BY_MUSCLE
        now = muscles if group == "muscle" else await db.fetch(statement, *scope)
        before = {one["key"]: one for one in await db.fetch(statement, *then)}
        return [_of_key(one, before.get(one["key"])) for one in sorted(now, key=_largest_first)]
    found = {one["key"]: one for one in await db.fetch(BY_PERIOD, *scope, group, first_day)}
    starts = _periods(group, scope[1], scope[2], first_day)  # type: ignore[arg-type]  # the two dates of a scope
    return [_of_key(found[start]) if start in found else OfKey(key=start.isoformat()) for start in starts]


def _of_key(row: Record, before: Record | None = None) -> OfKey:
    values = {name: value for name, value in row.items() if name != "key"}
    previous = Sums(**{name: value for name, value in before.items() if name != "key"}) if before else None
    return OfKey(key=str(row["key"]), previous=previous, **values)


def _largest_first(row: Record) -> tuple[float, float, str]:
    return -(row.get("duration_s") or 0.0), -row["sets"], row["key"]


def _periods(group: Group, from_: date, to: date, first_day: int) -> Iterator[date]:
    """First dates of all periods that some of these days are in."""
    at = _begins(group, from_, first_day)
    while at <= to:
        yield at
        at = _next(group, at)


def _begins(group: Group, day: date, first_day: int) -> date:
    if group == "week":
        return day - timedelta((day.isoweekday() - first_day) % 7)
    return day.replace(day=1) if group == "month" else day.replace(month=1, day=1)


def _next(group: Group, day: date) -> date:
    if group == "week":
        return day + timedelta(7)
    if group == "month":
        return date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return date(day.year + 1, 1, 1)


def _default(group: Group, to: date, row: Record) -> date:
    if group == "week":
        return _begins("week", to, row["first_day"]) - timedelta(7 * 11)
    if group == "month":
        return date(to.year - 1 + to.month // 12, to.month % 12 + 1, 1)
    if group == "year":
        return min(row["began"] or to, to).replace(month=1, day=1)
    return to - timedelta(27)
