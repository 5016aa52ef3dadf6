"""Every statement that touches routines, and what was done by them."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec
from asyncpg import Connection, Record

from chassis.pages import Cursor
from workout.routines.model import Body, NewRoutine, Routine
from workout.routines.progression import Done

RECENT = timedelta(days=90)
"""For the estimated maximum: who has not lifted for longer takes what they lifted last."""
MOST_SESSIONS = 500
"""That rules look back on."""

COLUMNS = "routine_id, version, name, body, created_at, updated_at"

LIST = f"""
    SELECT {COLUMNS} FROM routine WHERE user_id = $1 AND (created_at, routine_id) < ($2, $3)
    ORDER BY created_at DESC, routine_id DESC LIMIT $4
"""  # noqa: S608 - the only text put in is the constant above
FIND = f"SELECT {COLUMNS} FROM routine WHERE user_id = $1 AND routine_id = $2"  # noqa: S608 - the same
LOCK = f"{FIND} FOR UPDATE"
COUNT = "SELECT count(*) FROM routine WHERE user_id = $1"

INSERT = f"""
    INSERT INTO routine (user_id, routine_id, name, body) VALUES ($1, $2, $3, $4::text::jsonb) RETURNING {COLUMNS}
"""  # noqa: S608 - the same

REPLACE = f"""
    UPDATE routine SET version = version + 1, updated_at = now(), name = $3, body = $4::text::jsonb
    WHERE user_id = $1 AND routine_id = $2
    RETURNING {COLUMNS}
"""  # noqa: S608 - the same

DELETE = "DELETE FROM routine WHERE user_id = $1 AND routine_id = $2"

LAST_DAY = """
    SELECT routine_day FROM workout
    WHERE user_id = $1 AND routine_id = $2 AND routine_day IS NOT NULL
    ORDER BY started_at DESC, workout_id DESC LIMIT 1
"""

HISTORY = """
    WITH session AS (
        SELECT workout_id, routine_day, started_at, own_sets FROM workout
        WHERE user_id = $1 AND routine_id = $2 AND routine_day = ANY ($3::smallint[]) AND NOT live
        ORDER BY started_at DESC LIMIT $4
    )
    SELECT routine_day, started_at, exercise, array_agg(reps ORDER BY position) AS reps,
           array_agg(weight_kg ORDER BY position) AS weight_kg, array_agg(duration_s ORDER BY position) AS duration_s,
           array_agg(distance_m ORDER BY position) AS distance_m
    FROM session JOIN workout_set USING (workout_id)
    WHERE workout_set.user_id = $1 AND kind <> 'warm_up' AND (recording_id IS NULL) = own_sets
    GROUP BY workout_id, routine_day, started_at, exercise
    ORDER BY started_at, workout_id
"""

MAXIMA = """
    SELECT exercise, coalesce(
               max(e1rm_kg) FILTER (WHERE started_at >= $3::timestamptz),
               (array_agg(e1rm_kg ORDER BY started_at DESC))[1]
           ) AS e1rm_kg
    FROM workout_exercise WHERE user_id = $1 AND exercise = ANY ($2::text[]) AND e1rm_kg IS NOT NULL
    GROUP BY exercise
"""


class Past(NamedTuple):
    """The sets of one exercise in one session, warm-ups left out."""

    day: int
    started_at: datetime
    exercise: str
    sets: list[Done]


async def select(db: Connection, user_id: UUID, after: Cursor, limit: int) -> list[Routine]:
    """The user's routines, newest first; one more than ``limit``, if there is one."""
    return [_of_row(row) for row in await db.fetch(LIST, user_id, after.at, after.id, limit + 1)]


async def find(db: Connection, user_id: UUID, routine_id: UUID) -> Routine | None:
    row = await db.fetchrow(FIND, user_id, routine_id)
    return _of_row(row) if row else None


async def lock(db: Connection, user_id: UUID, routine_id: UUID) -> Routine | None:
    """Like ``find``, and nobody else changes it until the transaction ends."""
    row = await db.fetchrow(LOCK, user_id, routine_id)
    return _of_row(row) if row else None


async def count(db: Connection, user_id: UUID) -> int:
    found: int = await db.fetchval(COUNT, user_id)
    return found


async def insert(db: Connection, user_id: UUID, routine_id: UUID, given: NewRoutine) -> Routine:
    [row] = await db.fetch(INSERT, user_id, routine_id, given.name, _body(given))
    return _of_row(row)


async def replace(db: Connection, user_id: UUID, routine_id: UUID, given: NewRoutine) -> Routine:
    """Keep what it is now, as a new version."""
    [row] = await db.fetch(REPLACE, user_id, routine_id, given.name, _body(given))
    return _of_row(row)


async def delete(db: Connection, user_id: UUID, routine_id: UUID) -> None:
    """Its workouts stay."""
    await db.execute(DELETE, user_id, routine_id)


async def last_day(db: Connection, user_id: UUID, routine_id: UUID) -> int | None:
    """Which day of it was begun last."""
    found: int | None = await db.fetchval(LAST_DAY, user_id, routine_id)
    return found


async def history(db: Connection, user_id: UUID, routine_id: UUID, days: Collection[int]) -> list[Past]:
    """What was done on these days of it, oldest first."""
    rows = await db.fetch(HISTORY, user_id, routine_id, list(days), MOST_SESSIONS)
    return [
        Past(
            row["routine_day"],
            row["started_at"],
            row["exercise"],
            list(map(Done, row["reps"], row["weight_kg"], row["duration_s"], row["distance_m"])),
        )
        for row in rows
    ]


async def maxima(db: Connection, user_id: UUID, exercises: Collection[str], now: datetime) -> dict[str, float]:
    """The estimated one-repetition maximum of each exercise: the best of late, else the last."""
    rows = await db.fetch(MAXIMA, user_id, list(exercises), now - RECENT)
    return {row["exercise"]: row["e1rm_kg"] for row in rows}


def _body(given: NewRoutine) -> str:
    return msgspec.json.encode(Body(notes=given.notes, days=given.days)).decode()


def _of_row(row: Record) -> Routine:
    body = msgspec.json.decode(row["body"], type=Body)
    return Routine(
        id=row["routine_id"],
        version=row["version"],
        name=row["name"],
        notes=body.notes,
        days=body.days,
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )
