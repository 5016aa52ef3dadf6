"""What becomes of workouts when their user goes, moves, or is said to be otherwise."""

from collections.abc import Sequence
from uuid import UUID

from asyncpg import Connection

from imports import queries as imports
from workout.workouts import queries

ERASE = """
    WITH streams AS (
        DELETE FROM recording_stream
        WHERE recording_id IN (SELECT recording_id FROM recording WHERE user_id = ANY ($1::uuid[])) RETURNING 1
    ),
    recordings AS (DELETE FROM recording WHERE user_id = ANY ($1::uuid[]) RETURNING 1),
    apart AS (DELETE FROM kept_apart WHERE user_id = ANY ($1::uuid[]) RETURNING 1),
    deleted AS (DELETE FROM deleted_recording WHERE user_id = ANY ($1::uuid[]) RETURNING 1),
    again AS (DELETE FROM brought_again WHERE user_id = ANY ($1::uuid[]) RETURNING 1),
    loose AS (DELETE FROM loose_original WHERE user_id = ANY ($1::uuid[]) RETURNING 1),
    restored AS (DELETE FROM restored WHERE user_id = ANY ($1::uuid[]) RETURNING 1),
    undone AS (DELETE FROM undone_part WHERE user_id = ANY ($1::uuid[]) RETURNING 1),
    sets AS (DELETE FROM workout_set WHERE user_id = ANY ($1::uuid[]) RETURNING 1),
    by_exercise AS (DELETE FROM workout_exercise WHERE user_id = ANY ($1::uuid[]) RETURNING 1),
    by_muscle AS (DELETE FROM workout_muscle WHERE user_id = ANY ($1::uuid[]) RETURNING 1),
    efforts AS (DELETE FROM workout_effort WHERE user_id = ANY ($1::uuid[]) RETURNING 1),
    edits AS (DELETE FROM workout_edit WHERE user_id = ANY ($1::uuid[]) RETURNING 1),
    used AS (DELETE FROM workout_gear WHERE user_id = ANY ($1::uuid[]) RETURNING 1),
    dirty AS (DELETE FROM dirty_workout WHERE user_id = ANY ($1::uuid[]) RETURNING 1),
    workouts AS (DELETE FROM workout WHERE user_id = ANY ($1::uuid[]) RETURNING 1),
    exercises AS (DELETE FROM exercise WHERE user_id = ANY ($1::uuid[]) RETURNING 1),
    routines AS (DELETE FROM routine WHERE user_id = ANY ($1::uuid[]) RETURNING 1),
    thresholds AS (DELETE FROM threshold WHERE user_id = ANY ($1::uuid[]) RETURNING 1),
    zones AS (DELETE FROM privacy_zone WHERE user_id = ANY ($1::uuid[]) RETURNING 1),
    gears AS (DELETE FROM gear WHERE user_id = ANY ($1::uuid[]) RETURNING 1),
    told AS (DELETE FROM told_record WHERE user_id = ANY ($1::uuid[]) RETURNING 1)
    SELECT (SELECT count(*) FROM streams) + (SELECT count(*) FROM recordings) + (SELECT count(*) FROM apart)
         + (SELECT count(*) FROM deleted) + (SELECT count(*) FROM again) + (SELECT count(*) FROM loose)
         + (SELECT count(*) FROM restored) + (SELECT count(*) FROM undone)
         + (SELECT count(*) FROM sets) + (SELECT count(*) FROM by_exercise) + (SELECT count(*) FROM by_muscle)
         + (SELECT count(*) FROM efforts) + (SELECT count(*) FROM edits) + (SELECT count(*) FROM used)
         + (SELECT count(*) FROM dirty) + (SELECT count(*) FROM workouts) + (SELECT count(*) FROM exercises)
         + (SELECT count(*) FROM routines) + (SELECT count(*) FROM thresholds) + (SELECT count(*) FROM zones)
         + (SELECT count(*) FROM gears) + (SELECT count(*) FROM told)
"""

MOVE = """
    INSERT INTO dirty_workout (user_id, workout_id)
    SELECT user_id, workout_id FROM workout
    WHERE user_id = ANY ($1::uuid[]) AND on_date <> local_date(user_id, started_at)
"""

RECKON = """
    INSERT INTO dirty_workout (user_id, workout_id)
    SELECT user_id, workout_id FROM workout
    WHERE user_id = ANY ($1::uuid[]) AND max_heart_rate IS NOT NULL AND load_method IS DISTINCT FROM 'power'
"""

BODY = frozenset({"birth_date", "sex"})
"""What the load by heart rate asks of the user."""


async def erase(db: Connection, user_ids: Sequence[UUID]) -> int:
    """Delete all that these users have here; whoever writes for one of them waits, and then finds them gone."""
    for user_id in sorted(user_ids):
        await queries.lock_gone(db, user_id)
    return int(await db.fetchval(ERASE, user_ids)) + await imports.erase(db, user_ids)


async def move(db: Connection, user_ids: Sequence[UUID]) -> None:
    """Queue the workouts whose date the new time zones change."""
    for user_id in sorted(user_ids):
        await queries.lock_gone(db, user_id)
    await db.execute(MOVE, user_ids)


async def reckon(db: Connection, user_ids: Sequence[UUID]) -> None:
    """Queue the workouts whose load another birth date or sex may change: those with a heart rate and without power."""
    for user_id in sorted(user_ids):
        await queries.lock_gone(db, user_id)
    await db.execute(RECKON, user_ids)
