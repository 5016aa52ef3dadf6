"""The user's workouts, a page at a time: filtered, and in the order asked for."""

import base64
import binascii
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal, NamedTuple
from uuid import UUID

import msgspec
from asyncpg import Connection, Record
from msgspec import Meta

from chassis.pages import Page
from chassis.problems import FieldError, InvalidValue
from workout.workouts import queries
from workout.workouts.model import WorkoutItem

FIRST, LAST = date(1949, 12, 30), date(9999, 12, 31)
EARTH_M = 6_371_008.8

COLUMN = {
    "started_at": "started_at",
    "distance": "coalesce(distance_m, 0)",
    "duration": "duration_s",
    "moving": "coalesce(moving_s, 0)",
    "ascent": "coalesce(ascent_m, 0)",
    "energy": "coalesce(energy_kcal, 0)",
    "load": "coalesce(load, 0)",
    "volume": "volume_load_kg",
    "speed": "coalesce(average_speed, 0)",
}
"""By what a list can be sorted; where nobody says how much, it counts as nothing."""
Sort = Literal[
    "started_at",
    "-started_at",
    "distance",
    "-distance",
    "duration",
    "-duration",
    "moving",
    "-moving",
    "ascent",
    "-ascent",
    "energy",
    "-energy",
    "load",
    "-load",
    "volume",
    "-volume",
    "speed",
    "-speed",
]

WHERE = f"""user_id = $1 AND on_date BETWEEN $2 AND $3
      AND started_at >= ($2::date - 1)::timestamp AT TIME ZONE 'UTC'
      AND started_at < ($3::date + 2)::timestamp AT TIME ZONE 'UTC'
      AND ($4::text IS NULL OR sport = $4)
      AND ($5::text IS NULL OR workout_id IN (
          SELECT workout_id FROM workout_exercise WHERE user_id = $1 AND exercise = $5
      ))
      AND ($6::text IS NULL OR title ILIKE $6 OR notes ILIKE $6)
      AND ($7::float8 IS NULL OR distance_m >= $7)
      AND ($8::float8 IS NULL OR (
          start_lat BETWEEN $8 - degrees($10 / {EARTH_M}) AND $8 + degrees($10 / {EARTH_M})
          AND 2 * {EARTH_M} * asin(least(1, sqrt(
              sind((start_lat - $8) / 2) ^ 2
              + cosd($8) * cosd(start_lat) * sind((start_lon - $9) / 2) ^ 2
          ))) <= $10
      ))"""  # noqa: S608 - the only number put in is the constant above


def statement(sort: str) -> str:
    """The list in one order; ``$11`` and ``$12`` are where the page before ended, ``$13`` is how many."""
    column, down = COLUMN[sort.lstrip("-")], sort.startswith("-")
    order, side = ("DESC", "<") if down else ("ASC", ">")
    kind = "timestamptz" if column == "started_at" else "float8"
    return f"""
        SELECT {queries.ITEM} FROM workout
        WHERE {WHERE} AND ($11::{kind} IS NULL OR ({column}, workout_id) {side} ($11, $12))
        ORDER BY {column} {order}, workout_id {order} LIMIT $13
    """  # noqa: S608 - made of constants


STATEMENTS = {way + name: statement(way + name) for name in COLUMN for way in ("", "-")}


class Near(NamedTuple):
    """A circle in which workouts begin."""

    lat: Annotated[float, Meta(ge=-90, le=90)]
    lon: Annotated[float, Meta(ge=-180, le=180)]
    radius_m: Annotated[float, Meta(gt=0, le=1_000_000)]


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which workouts."""

    from_: date = FIRST
    to: date = LAST
    sport: str | None = None
    exercise: str | None = None
    search: str | None = None
    """In title or notes, whatever the case of its letters."""
    min_distance_m: float | None = None
    near: Near | None = None


class Ended(msgspec.Struct, frozen=True, array_like=True):
    """Where the page before ended."""

    sort: str
    value: Annotated[datetime, Meta(tz=True)] | float
    id: UUID


async def page(
    db: Connection, user_id: UUID, wanted: Wanted, sort: str, limit: int, cursor: str | None
) -> Page[WorkoutItem]:
    """A page of the list; InvalidValue if the cursor is not one of this order."""
    ended = _ended(cursor, sort) if cursor is not None else None
    rows = await select(db, user_id, wanted, sort, limit + 1, ended)
    items = [queries.item(row) for row in rows[:limit]]
    return Page(items, _cursor(rows[limit - 1], sort) if len(rows) > limit else None)


async def select(
    db: Connection, user_id: UUID, wanted: Wanted, sort: str, limit: int, ended: Ended | None = None
) -> Sequence[Record]:
    """Rows of the list, at most ``limit``."""
    pattern = None if wanted.search is None else f"%{_literal(wanted.search)}%"
    found: Sequence[Record] = await db.fetch(
        STATEMENTS[sort],
        *(user_id, max(wanted.from_, FIRST), min(wanted.to, LAST), wanted.sport, wanted.exercise, pattern),
        *(wanted.min_distance_m, *(wanted.near or (None, None, None))),
        *((ended.value, ended.id) if ended else (None, None)),
        limit,
    )
    return found


def near(text: str) -> Near:
    """``lat,lon,radius_m`` as a query parameter says it."""
    try:
        return msgspec.convert([float(part) for part in text.split(",")], Near)
    except (ValueError, msgspec.ValidationError):
        detail = "must be latitude,longitude,metres: `52.52,13.40,2000`"
        raise InvalidValue(errors=[FieldError(detail, "?near")]) from None


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _ended(cursor: str, sort: str) -> Ended:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        ended = msgspec.json.decode(text, type=Ended)
        if ended.sort == sort and isinstance(ended.value, datetime) == sort.endswith("started_at"):
            return ended
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        pass
    raise InvalidValue(errors=[FieldError("is not a cursor of this list", "?cursor")])


def _cursor(row: Record, sort: str) -> str:
    name = sort.lstrip("-")
    value = row[VALUE[name]] or 0.0
    ended = Ended(sort, value, row["workout_id"])
    return base64.urlsafe_b64encode(msgspec.json.encode(ended)).rstrip(b"=").decode()


VALUE = {
    "started_at": "started_at",
    "distance": "distance_m",
    "duration": "duration_s",
    "moving": "moving_s",
    "ascent": "ascent_m",
    "energy": "energy_kcal",
    "load": "load",
    "volume": "volume_load_kg",
    "speed": "average_speed",
}
"""The columns behind ``COLUMN``."""
