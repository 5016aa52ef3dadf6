"""Every statement that reads what leaves: pages of workouts, and all that belongs to those of a page."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from asyncpg import Connection, Record

from workout.export import lines

ONE = """
    SELECT workout_id, sport, title, notes, rpe, started_at, offset_min, duration_s, moving_s, distance_m, ascent_m,
           descent_m, energy_kcal, average_heart_rate, max_heart_rate, average_power, max_power, weighted_power,
           average_cadence, average_speed, max_speed, own_sets, laps
    FROM workout WHERE user_id = $1 AND workout_id = $2
"""

PAGE = """
    SELECT workout_id, started_at FROM workout
    WHERE user_id = $1 AND (started_at, workout_id) > ($2, $3) ORDER BY started_at, workout_id LIMIT $4
"""

RECORDINGS = """
    SELECT recording_id, workout_id, fingerprint, format, source, device, sport, sub_sport, title, notes, rpe,
           started_at, offset_min, duration_s, partial, totals, derived, legs, laps, joined, score, reasons, file,
           sha256, position, dated, extra
    FROM recording WHERE user_id = $1 AND workout_id = ANY ($2::uuid[]) ORDER BY workout_id, created_at, recording_id
"""

STREAMS = """
    SELECT recording_id, channel, n, data FROM recording_stream
    WHERE recording_id IN (SELECT recording_id FROM recording WHERE user_id = $1 AND recording_id = ANY ($2::uuid[]))
    ORDER BY recording_id, channel
"""

SETS = """
    SELECT set_id, workout_id, recording_id, position, exercise, kind, reps, weight_kg, duration_s, distance_m, rpe,
           superset, rest_s, done_at, notes, planned
    FROM workout_set WHERE user_id = $1 AND workout_id = ANY ($2::uuid[]) ORDER BY workout_id, recording_id, position
"""

GEAR = """
    SELECT workout_id, gear_id, name FROM workout_gear JOIN gear USING (user_id, gear_id)
    WHERE user_id = $1 AND workout_id = ANY ($2::uuid[]) ORDER BY workout_id, name, gear_id
"""

SAID = """
    SELECT workout_id, said.created_at, given, own_sets, live, routine.routine_id,
           CASE WHEN routine.routine_id IS NOT NULL THEN routine_day END AS routine_day
    FROM workout AS said LEFT JOIN routine ON routine.user_id = $1 AND routine.routine_id = said.routine_id
    WHERE said.user_id = $1 AND workout_id = ANY ($2::uuid[])
"""
"""A routine that is gone is of no more use."""

EDITS = """
    SELECT workout_id, number, kind, params, created_at FROM workout_edit
    WHERE user_id = $1 AND workout_id = ANY ($2::uuid[]) ORDER BY workout_id, number
"""

KEPT_GEAR = "SELECT gear_id FROM gear WHERE user_id = $1"
KEPT_ROUTINES = "SELECT routine_id FROM routine WHERE user_id = $1"

EXERCISES = "SELECT exercise_id::text AS code, name FROM exercise WHERE user_id = $1"

ORIGINALS = """
    SELECT DISTINCT sha256 FROM recording WHERE user_id = $1 AND sha256 IS NOT NULL ORDER BY sha256
"""

AS_KEPT = {
    lines.EXERCISES: """
        SELECT jsonb_strip_nulls(jsonb_build_object(
            'id', exercise_id, 'created_at', created_at, 'name', name, 'category', category, 'equipment', equipment,
            'measure', measure, 'assisted', assisted, 'primary_muscles', primary_muscles,
            'secondary_muscles', secondary_muscles,
            'instructions', coalesce(string_to_array(instructions, E'\\n'), '{}')
        )) AS row FROM exercise WHERE user_id = $1 ORDER BY created_at, lower(name)
    """,
    lines.GEAR: """
        SELECT jsonb_strip_nulls(jsonb_build_object('id', gear_id)
                                 || to_jsonb(gear) - '{user_id,gear_id,import_id,version}'::text[]) AS row
        FROM gear WHERE user_id = $1 ORDER BY created_at, name, gear_id
    """,
    lines.ROUTINES: """
        SELECT jsonb_build_object('id', routine_id, 'created_at', created_at, 'name', name) || body AS row
        FROM routine WHERE user_id = $1 ORDER BY created_at, routine_id
    """,
    lines.THRESHOLDS: """
        SELECT jsonb_strip_nulls(to_jsonb(threshold) - 'user_id') AS row
        FROM threshold WHERE user_id = $1 ORDER BY since
    """,
    lines.ZONES: """
        SELECT jsonb_build_object('id', zone_id, 'name', name, 'lat', lat, 'lon', lon, 'radius_m', radius_m) AS row
        FROM privacy_zone WHERE user_id = $1 ORDER BY name, lat, lon, radius_m, zone_id
    """,
    lines.DELETED: """
        SELECT jsonb_build_object('fingerprint', encode(fingerprint, 'hex')) AS row
        FROM deleted_recording WHERE user_id = $1 AND length(fingerprint) = 32 ORDER BY fingerprint
    """,
    lines.APART: """
        WITH told AS (
            SELECT coalesce(one_id.workout_id::text, encode(one, 'hex')) AS one,
                   coalesce(other_id.workout_id::text, encode(other, 'hex')) AS other
            FROM kept_apart
            LEFT JOIN workout AS one_id ON one_id.user_id = $1
                AND one_id.workout_id = CASE length(one) WHEN 16 THEN encode(one, 'hex')::uuid END
            LEFT JOIN workout AS other_id ON other_id.user_id = $1
                AND other_id.workout_id = CASE length(other) WHEN 16 THEN encode(other, 'hex')::uuid END
            WHERE kept_apart.user_id = $1
        )
        SELECT jsonb_build_object('one', one, 'other', other) AS row FROM told
        WHERE length(one) > 32 AND length(other) > 32 ORDER BY one, other
    """,
}
"""Each row as it stands in its part; a pair of which a workout is gone is left out."""


class Kept(NamedTuple):
    gear: set[UUID]
    routines: set[UUID]


START = (datetime(1, 1, 2, tzinfo=UTC), UUID(int=0))


async def kept(db: Connection, user_id: UUID) -> Kept:
    """Which gear and routines there are to be named."""
    gear, routines = await db.fetch(KEPT_GEAR, user_id), await db.fetch(KEPT_ROUTINES, user_id)
    return Kept({row["gear_id"] for row in gear}, {row["routine_id"] for row in routines})


async def said(db: Connection, user_id: UUID, workout_ids: Sequence[UUID]) -> list[Record]:
    return await db.fetch(SAID, user_id, workout_ids)


async def edits(db: Connection, user_id: UUID, workout_ids: Sequence[UUID]) -> list[Record]:
    return await db.fetch(EDITS, user_id, workout_ids)


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
