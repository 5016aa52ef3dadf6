"""Every statement that reads what leaves: pages of workouts, and all that belongs to those of a page."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from asyncpg import Connection, Record

PAGE = """
    SELECT workout_id, sport, title, notes, rpe, started_at, offset_min, duration_s, moving_s, distance_m, ascent_m,
           descent_m, energy_kcal, average_heart_rate, max_heart_rate, average_power, max_power, weighted_power,
           average_cadence, average_speed, max_speed, given::text <> '{}' AS said, own_sets, laps,
           EXISTS (SELECT FROM workout_edit AS edit WHERE edit.user_id = $1 AND edit.workout_id = workout.workout_id)
               AS edited
    FROM workout WHERE user_id = $1 AND (started_at, workout_id) > ($2, $3) ORDER BY started_at, workout_id LIMIT $4
"""
ONE = PAGE.replace("(started_at, workout_id) > ($2, $3) ORDER BY started_at, workout_id LIMIT $4", "workout_id = $2")

RECORDINGS = """
    SELECT recording_id, workout_id, fingerprint, format, source, device, sport, sub_sport, title, notes, rpe,
           started_at, offset_min, duration_s, partial, totals, derived, legs, laps, joined
    FROM recording WHERE user_id = $1 AND workout_id = ANY ($2::uuid[]) ORDER BY workout_id, created_at, recording_id
"""

STREAMS = """
    SELECT recording_id, channel, n, data FROM recording_stream
    WHERE recording_id IN (SELECT recording_id FROM recording WHERE user_id = $1 AND recording_id = ANY ($2::uuid[]))
"""

SETS = """
    SELECT workout_id, recording_id, exercise, kind, reps, weight_kg, duration_s, distance_m, rpe, superset, rest_s,
           notes
    FROM workout_set WHERE user_id = $1 AND workout_id = ANY ($2::uuid[]) ORDER BY workout_id, recording_id, position
"""

GEAR = """
    SELECT workout_id, name FROM workout_gear JOIN gear USING (user_id, gear_id)
    WHERE user_id = $1 AND workout_id = ANY ($2::uuid[]) ORDER BY workout_id, name
"""

EXERCISES = "SELECT exercise_id::text AS code, name FROM exercise WHERE user_id = $1"

ORIGINALS = """
    SELECT DISTINCT sha256 FROM recording WHERE user_id = $1 AND sha256 IS NOT NULL ORDER BY sha256
"""

AS_KEPT = {
    "gear.jsonl": """
        SELECT to_jsonb(gear) - 'user_id' - 'import_id' AS row FROM gear WHERE user_id = $1 ORDER BY gear_id
    """,
    "routines.jsonl": "SELECT to_jsonb(routine) - 'user_id' AS row FROM routine WHERE user_id = $1 ORDER BY routine_id",
    "exercises.jsonl": """
        SELECT to_jsonb(exercise) - 'user_id' - 'import_id' AS row FROM exercise WHERE user_id = $1 ORDER BY exercise_id
    """,
    "thresholds.jsonl": """
        SELECT to_jsonb(threshold) - 'user_id' AS row FROM threshold WHERE user_id = $1 ORDER BY since
    """,
    "privacy-zones.jsonl": """
        SELECT to_jsonb(privacy_zone) - 'user_id' AS row FROM privacy_zone WHERE user_id = $1 ORDER BY zone_id
    """,
    "edits.jsonl": """
        SELECT to_jsonb(workout_edit) - 'user_id' AS row
        FROM workout_edit WHERE user_id = $1 ORDER BY workout_id, number
    """,
}
"""What no importer needs, but its owner may want."""

START = (datetime(1, 1, 2, tzinfo=UTC), UUID(int=0))


async def page(db: Connection, user_id: UUID, after: tuple[datetime, UUID], limit: int) -> list[Record]:
    """The oldest first."""
    return await db.fetch(PAGE, user_id, *after, limit)


async def one(db: Connection, user_id: UUID, workout_id: UUID) -> Record | None:
    return await db.fetchrow(ONE, user_id, workout_id)


async def recordings(db: Connection, user_id: UUID, workout_ids: Sequence[UUID]) -> list[Record]:
    return await db.fetch(RECORDINGS, user_id, workout_ids)


async def streams(db: Connection, user_id: UUID, recording_ids: Sequence[UUID]) -> list[Record]:
    return await db.fetch(STREAMS, user_id, recording_ids)


async def sets(db: Connection, user_id: UUID, workout_ids: Sequence[UUID]) -> list[Record]:
    return await db.fetch(SETS, user_id, workout_ids)


async def gear(db: Connection, user_id: UUID, workout_ids: Sequence[UUID]) -> list[Record]:
    return await db.fetch(GEAR, user_id, workout_ids)


async def exercises(db: Connection, user_id: UUID) -> dict[str, str]:
    """Names of the user's own."""
    return {row["code"]: row["name"] for row in await db.fetch(EXERCISES, user_id)}


async def originals(db: Connection, user_id: UUID) -> list[str]:
    return [row["sha256"] for row in await db.fetch(ORIGINALS, user_id)]


async def as_kept(db: Connection, user_id: UUID, name: str) -> list[bytes]:
    """Rows as JSON."""
    return [row["row"].encode() for row in await db.fetch(AS_KEPT[name], user_id)]
