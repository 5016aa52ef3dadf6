"""Workouts one by one: made, found, deleted. Whoever writes about a user's workouts holds that user's lock."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from asyncpg import Connection, Record

import outbox
from chassis.problems import Unauthorized
from contracts.events import WorkoutDeleted
from workout.workouts.model import Given, WorkoutItem

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('workouts ' || $1::uuid::text, 0))"

IS_GONE = "SELECT EXISTS (SELECT FROM erased WHERE user_id = $1)"

CREATE = """
    INSERT INTO workout (workout_id, user_id, version, sport, started_at, on_date, duration_s, given, own_sets, live,
                         routine_id, routine_day)
    SELECT workout_id, $1, 0, sport, started_at, local_date($1, started_at), duration_s, given::jsonb, own_sets, live,
           routine_id, routine_day
    FROM unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::float8[], $6::text[], $7::boolean[], $8::boolean[],
                $9::uuid[], $10::smallint[])
         AS given (workout_id, sport, started_at, duration_s, given, own_sets, live, routine_id, routine_day)
"""

SAY = """
    UPDATE workout SET given = $3::text::jsonb, live = $4, own_sets = $5 WHERE user_id = $1 AND workout_id = $2
"""

ITEM = """workout_id, version, sport, title, started_at, offset_min, on_date, duration_s, moving_s, distance_m,
        ascent_m, descent_m, energy_kcal, average_heart_rate, max_heart_rate, average_power, max_power, weighted_power,
        average_cadence, average_speed, max_speed, rpe, load, load_method, sets, reps, volume_load_kg, start_lat,
        start_lon, live"""

FIND = f"""
    SELECT {ITEM}, notes, given, formulas, laps, own_sets, routine_id, routine_day, created_at, updated_at
    FROM workout WHERE user_id = $1 AND workout_id = $2
"""  # noqa: S608 - the only text put in is the constant above

DELETE = """
    WITH gone AS (
        DELETE FROM workout WHERE user_id = $1 AND workout_id = ANY ($2::uuid[]) RETURNING workout_id, version
    ),
    barred AS (
        INSERT INTO deleted_recording (user_id, fingerprint, import_id)
        SELECT user_id, fingerprint, import_id FROM recording WHERE user_id = $1 AND workout_id = ANY ($2::uuid[])
        ON CONFLICT DO NOTHING
    ),
    loose AS (
        INSERT INTO loose_original (user_id, sha256)
        SELECT DISTINCT user_id, sha256 FROM recording
        WHERE user_id = $1 AND workout_id = ANY ($2::uuid[]) AND sha256 IS NOT NULL
        ON CONFLICT DO NOTHING
    ),
    streams AS (
        DELETE FROM recording_stream WHERE recording_id IN (
            SELECT recording_id FROM recording WHERE user_id = $1 AND workout_id = ANY ($2::uuid[])
        )
    ),
    recordings AS (DELETE FROM recording WHERE user_id = $1 AND workout_id = ANY ($2::uuid[])),
    sets AS (DELETE FROM workout_set WHERE user_id = $1 AND workout_id = ANY ($2::uuid[])),
    by_exercise AS (DELETE FROM workout_exercise WHERE user_id = $1 AND workout_id = ANY ($2::uuid[])),
    by_muscle AS (DELETE FROM workout_muscle WHERE user_id = $1 AND workout_id = ANY ($2::uuid[])),
    efforts AS (DELETE FROM workout_effort WHERE user_id = $1 AND workout_id = ANY ($2::uuid[])),
    edits AS (DELETE FROM workout_edit WHERE user_id = $1 AND workout_id = ANY ($2::uuid[])),
    used AS (DELETE FROM workout_gear WHERE user_id = $1 AND workout_id = ANY ($2::uuid[]))
    SELECT workout_id, version FROM gone
"""

IS_RECORDED = "SELECT EXISTS (SELECT FROM recording WHERE user_id = $1 AND workout_id = $2)"

KNOWN_GEAR = "SELECT gear_id FROM gear WHERE user_id = $1 AND gear_id = ANY ($2::uuid[])"

SET_GEAR = """
    WITH gone AS (
        DELETE FROM workout_gear WHERE user_id = $1 AND workout_id = $2 AND gear_id <> ALL ($3::uuid[])
    )
    INSERT INTO workout_gear (workout_id, gear_id, user_id) SELECT $2, gear_id, $1 FROM unnest($3::uuid[]) AS gear_id
    ON CONFLICT DO NOTHING
"""


class AccountGone(Unauthorized):
    """The account is gone."""


class New(msgspec.Struct, frozen=True, kw_only=True):
    """A workout to be made: all else ``remake`` finds out."""

    workout_id: UUID
    sport: str = "generic"
    started_at: datetime
    duration_s: float = 0.0
    given: Given = Given()
    own_sets: bool = False
    live: bool = False
    routine_id: UUID | None = None
    routine_day: int | None = None


async def lock(db: Connection, user_id: UUID) -> None:
    """Be the one who writes of this user's workouts until the transaction ends; AccountGone if there is none left."""
    await lock_gone(db, user_id)
    if await is_gone(db, user_id):
        raise AccountGone


async def lock_gone(db: Connection, user_id: UUID) -> None:
    """Like ``lock``, of a user who may be gone."""
    await db.execute(LOCK, user_id)


async def is_gone(db: Connection, user_id: UUID) -> bool:
    """Whether the account has been deleted."""
    return bool(await db.fetchval(IS_GONE, user_id))


async def create(db: Connection, user_id: UUID, workouts: Sequence[New]) -> None:
    """Make workouts of version 0, which ``remake`` then fills in and tells of, in the same transaction."""
    rows = [
        (
            *(one.workout_id, one.sport, one.started_at, one.duration_s, msgspec.json.encode(one.given).decode()),
            *(one.own_sets, one.live, one.routine_id, one.routine_day),
        )
        for one in workouts
    ]
    if rows:
        await db.execute(CREATE, user_id, *zip(*rows, strict=True))


async def say(db: Connection, user_id: UUID, workout_id: UUID, given: Given, *, live: bool, own_sets: bool) -> None:
    """Keep what the user says of a workout; ``remake`` makes figures of it."""
    await db.execute(SAY, user_id, workout_id, msgspec.json.encode(given).decode(), live, own_sets)


async def find(db: Connection, user_id: UUID, workout_id: UUID) -> Record | None:
    """One workout with what the user said of it."""
    return await db.fetchrow(FIND, user_id, workout_id)


async def delete(db: Connection, user_id: UUID, workout_ids: Iterable[UUID]) -> int:
    """Delete workouts with all that belongs to them and tell the others; returns how many there were.

    Recordings that are to stay must have been given to another workout before: no later import brings the others back.
    """
    gone = await db.fetch(DELETE, user_id, list(workout_ids))
    told = [
        WorkoutDeleted(user_id=user_id, version=row["version"] + 1, workout_id=row["workout_id"])
        for row in gone
        if row["version"]
    ]
    await outbox.add(db, *told)
    return len(gone)


async def is_recorded(db: Connection, user_id: UUID, workout_id: UUID) -> bool:
    """Whether a recording belongs to it."""
    return bool(await db.fetchval(IS_RECORDED, user_id, workout_id))


async def unknown_gear(db: Connection, user_id: UUID, gear_ids: Iterable[UUID]) -> set[UUID]:
    """Those that are not the user's."""
    asked = set(gear_ids)
    return asked - {row["gear_id"] for row in await db.fetch(KNOWN_GEAR, user_id, list(asked))} if asked else set()


async def set_gear(db: Connection, user_id: UUID, workout_id: UUID, gear_ids: Iterable[UUID]) -> None:
    """Say anew what was used."""
    await db.execute(SET_GEAR, user_id, workout_id, list(set(gear_ids)))


def item(row: Record) -> WorkoutItem:
    """A row as lists show it."""
    values = {name: row[name] for name in COPIED}
    at = (row["start_lat"], row["start_lon"]) if row["start_lat"] is not None else None
    return WorkoutItem(id=row["workout_id"], set_count=row["sets"], start=at, **values)


COPIED = tuple(set(WorkoutItem.__struct_fields__) - {"id", "set_count", "start"})
