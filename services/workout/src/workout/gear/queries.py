"""Every statement that touches gear, and what was used in which workout."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from asyncpg import Connection, Record

from chassis.pages import Cursor
from contracts import ids
from workout.gear.model import Kept, NewGear, Service, Use, Uses

FIELDS = (
    """kind, name, brand, model, notes, sports, part_of, fitted_on, retired_on, start_distance_m, start_s, services"""
)
COLUMNS = f"gear_id, version, created_at, {FIELDS}"

COUNT = "SELECT count(*) FROM gear WHERE user_id = $1"

ADD = f"""
    INSERT INTO gear (user_id, gear_id, {FIELDS})
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14::text::jsonb)
    RETURNING {COLUMNS}
"""  # noqa: S608 - the only texts put in are the constants above

CHANGE = f"""
    UPDATE gear
    SET version = version + 1, kind = $3, name = $4, brand = $5, model = $6, notes = $7, sports = $8, part_of = $9,
        fitted_on = $10, retired_on = $11, start_distance_m = $12, start_s = $13, services = $14::text::jsonb
    WHERE user_id = $1 AND gear_id = $2
    RETURNING {COLUMNS}
"""  # noqa: S608 - the same

DELETE = """
    WITH unused AS (
        DELETE FROM workout_gear WHERE user_id = $1 AND gear_id = $2 RETURNING workout_id
    ), alone AS (
        UPDATE gear SET part_of = NULL, version = version + 1 WHERE user_id = $1 AND part_of = $2
    ), marked AS (
        INSERT INTO dirty_workout (user_id, workout_id) SELECT $1, workout_id FROM unused
    )
    DELETE FROM gear WHERE user_id = $1 AND gear_id = $2
"""

FIND = f"SELECT {COLUMNS} FROM gear WHERE user_id = $1 AND gear_id = $2"  # noqa: S608 - the same
LOCK = f"{FIND} FOR UPDATE"

HAS_PARTS = "SELECT EXISTS (SELECT FROM gear WHERE user_id = $1 AND part_of = $2)"

LIST = f"""
    SELECT {COLUMNS} FROM gear
    WHERE user_id = $1 AND (created_at, gear_id) < ($2, $3)
      AND ($4::text IS NULL OR kind = $4) AND ($5::boolean IS NULL OR (coalesce(retired_on <= $6, false)) = $5)
    ORDER BY created_at DESC, gear_id DESC LIMIT $7
"""  # noqa: S608 - the same

OF_WORKOUT = f"""
    SELECT {COLUMNS} FROM gear JOIN workout_gear USING (user_id, gear_id)
    WHERE user_id = $1 AND workout_id = $2 ORDER BY created_at DESC, gear_id DESC
"""  # noqa: S608 - the same

USES = """
    WITH asked AS (
        SELECT gear_id, since FROM unnest($2::uuid[], $3::date[]) AS asked (gear_id, since)
    ), used AS MATERIALIZED (
        SELECT gear_id, workout_id, user_id, '-infinity'::date AS first, 'infinity'::date AS last
        FROM workout_gear WHERE user_id = $1 AND gear_id = ANY ($2::uuid[])
        UNION ALL
        SELECT piece.gear_id, link.workout_id, link.user_id, coalesce(piece.fitted_on, '-infinity'),
               coalesce(piece.retired_on, 'infinity')
        FROM gear AS piece JOIN workout_gear AS link ON link.user_id = piece.user_id AND link.gear_id = piece.part_of
        WHERE piece.user_id = $1 AND piece.gear_id = ANY ($2::uuid[])
    ), done AS MATERIALIZED (
        SELECT DISTINCT used.gear_id, used.workout_id, on_date, distance_m, seconds
        FROM used CROSS JOIN LATERAL (
            SELECT user_id, on_date, distance_m, coalesce(moving_s, duration_s) AS seconds FROM workout
            WHERE workout.workout_id = used.workout_id OFFSET 0
        ) AS workout
        WHERE workout.user_id = $1 AND on_date BETWEEN first AND last
    )
    SELECT asked.gear_id, asked.since, count(*) AS workouts, coalesce(sum(distance_m), 0) AS distance_m,
           coalesce(sum(seconds), 0) AS seconds, max(on_date) AS last_on
    FROM asked JOIN done ON done.gear_id = asked.gear_id AND on_date > coalesce(asked.since, '-infinity')
    GROUP BY asked.gear_id, asked.since
"""
"""Each workout is looked up by its id, and its owner asked afterwards: a planner that takes the user's workouts for few
would read all of them again for each."""

TODAY = "SELECT local_date($1, now())"

TAKE = """
    INSERT INTO workout_gear (workout_id, gear_id, user_id)
    SELECT workout_id, gear_id, $1
    FROM workout JOIN gear ON gear.user_id = $1 AND workout.sport = ANY (gear.sports)
    WHERE workout.user_id = $1 AND workout_id = ANY ($2::uuid[])
      AND coalesce(fitted_on <= on_date, true) AND coalesce(retired_on > on_date, true)
      AND NOT EXISTS (SELECT FROM workout_gear AS link WHERE link.user_id = $1 AND link.workout_id = workout.workout_id)
    ON CONFLICT DO NOTHING
    RETURNING workout_id
"""


async def count(db: Connection, user_id: UUID) -> int:
    return int(await db.fetchval(COUNT, user_id))


async def add(db: Connection, user_id: UUID, new: NewGear) -> Kept:
    row = await db.fetchrow(ADD, user_id, ids.new(), *_values(new))
    return _kept(row) if row else _never()


async def change(db: Connection, user_id: UUID, kept: Kept) -> Kept:
    """Write it as it is now; it exists, since its caller has locked it."""
    row = await db.fetchrow(CHANGE, user_id, kept.id, *_values(kept))
    return _kept(row) if row else _never()


async def delete(db: Connection, user_id: UUID, gear_id: UUID) -> None:
    """Take it out of its workouts, which follow in the background, and its components off it."""
    await db.execute(DELETE, user_id, gear_id)


async def find(db: Connection, user_id: UUID, gear_id: UUID, *, lock: bool = False) -> Kept | None:
    row = await db.fetchrow(LOCK if lock else FIND, user_id, gear_id)
    return _kept(row) if row else None


async def has_parts(db: Connection, user_id: UUID, gear_id: UUID) -> bool:
    return bool(await db.fetchval(HAS_PARTS, user_id, gear_id))


async def page(
    db: Connection, user_id: UUID, after: Cursor, limit: int, *, kind: str | None, retired: bool | None, today: date
) -> list[Kept]:
    """Newest first, one more than ``limit``."""
    rows = await db.fetch(LIST, user_id, after.at, after.id, kind, retired, today, limit + 1)
    return [_kept(row) for row in rows]


async def of_workout(db: Connection, user_id: UUID, workout_id: UUID) -> list[Kept]:
    return [_kept(row) for row in await db.fetch(OF_WORKOUT, user_id, workout_id)]


async def uses(db: Connection, user_id: UUID, asked: Sequence[tuple[UUID, date | None]]) -> Uses:
    """What gear has done, each after the day asked about."""
    columns = zip(*asked, strict=True) if asked else ((), ())
    rows = await db.fetch(USES, user_id, *columns)
    return {
        (row["gear_id"], row["since"]): Use(row["workouts"], row["distance_m"], row["seconds"], row["last_on"])
        for row in rows
    }


async def today(db: Connection, user_id: UUID) -> date:
    """The date where the user is."""
    found: date = await db.fetchval(TODAY, user_id)
    return found


async def take(db: Connection, user_id: UUID, workout_ids: Iterable[UUID]) -> set[UUID]:
    """Give new workouts the gear of their sport that is in use, where nothing is said; returns those that got some."""
    return {row["workout_id"] for row in await db.fetch(TAKE, user_id, list(workout_ids))}


def _values(gear: NewGear) -> tuple[Any, ...]:
    return (
        *(gear.kind, gear.name, gear.brand, gear.model, gear.notes, gear.sports, gear.part_of, gear.fitted_on),
        *(gear.retired_on, gear.start_distance_m, gear.start_s, msgspec.json.encode(gear.services).decode()),
    )


def _kept(row: Record) -> Kept:
    values = dict(row)
    services = msgspec.json.decode(values.pop("services"), type=tuple[Service, ...])
    sports = tuple(values.pop("sports"))
    return Kept(id=values.pop("gear_id"), services=services, sports=sports, **values)


def _never() -> Kept:
    raise LookupError("a row that was written is not there")
