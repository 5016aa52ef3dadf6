"""What many workouts come to, kept in a fixed number of statements."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

import msgspec
from asyncpg import Connection

from workout.workouts.figures import FIELDS, Made
from workout.workouts.model import LoadMethod
from workout.workouts.strength import Summed

KEEP = """
    UPDATE workout
    SET version = version + 1, updated_at = now(), digest = made.digest, formulas = made.formulas::jsonb,
        laps = made.laps::jsonb,
        sport = made.sport, title = made.title, notes = made.notes, rpe = made.rpe, started_at = made.started_at,
        offset_min = made.offset_min, on_date = made.on_date, duration_s = made.duration_s,
        moving_s = made.moving_s, distance_m = made.distance_m, ascent_m = made.ascent_m,
        descent_m = made.descent_m, energy_kcal = made.energy_kcal, average_heart_rate = made.average_heart_rate,
        max_heart_rate = made.max_heart_rate, average_power = made.average_power, max_power = made.max_power,
        weighted_power = made.weighted_power, average_cadence = made.average_cadence,
        average_speed = made.average_speed, max_speed = made.max_speed, load = made.load,
        load_method = made.load_method, sets = made.sets, reps = made.reps, volume_load_kg = made.volume_load_kg,
        start_lat = made.start_lat, start_lon = made.start_lon
    FROM unnest($2::uuid[], $3::bytea[], $4::text[], $5::text[], $6::text[], $7::text[], $8::float8[],
                $9::timestamptz[], $10::smallint[], $11::date[], $12::float8[], $13::float8[], $14::float8[],
                $15::float8[], $16::float8[], $17::float8[], $18::float8[], $19::float8[], $20::float8[], $21::float8[],
                $22::float8[], $23::float8[], $24::float8[], $25::float8[], $26::float8[], $27::text[], $28::integer[],
                $29::integer[], $30::float8[], $31::float8[], $32::float8[], $33::text[])
         AS made (workout_id, digest, formulas, sport, title, notes, rpe, started_at, offset_min, on_date, duration_s,
                  moving_s, distance_m, ascent_m, descent_m, energy_kcal, average_heart_rate, max_heart_rate,
                  average_power, max_power, weighted_power, average_cadence, average_speed, max_speed, load,
                  load_method, sets, reps, volume_load_kg, start_lat, start_lon, laps)
    WHERE workout.user_id = $1 AND workout.workout_id = made.workout_id
    RETURNING workout.workout_id, workout.version
"""

NOTE = """
    UPDATE workout SET digest = noted.digest FROM unnest($2::uuid[], $3::bytea[]) AS noted (workout_id, digest)
    WHERE workout.user_id = $1 AND workout.workout_id = noted.workout_id
"""

CLEAR = """
    WITH exercises AS (DELETE FROM workout_exercise WHERE user_id = $1 AND workout_id = ANY ($2::uuid[])),
    muscles AS (DELETE FROM workout_muscle WHERE user_id = $1 AND workout_id = ANY ($2::uuid[]))
    DELETE FROM workout_effort WHERE user_id = $1 AND workout_id = ANY ($2::uuid[])
"""

EXERCISES = """
    INSERT INTO workout_exercise (workout_id, exercise, user_id, started_at, on_date, sets, reps, volume_load_kg,
                                  e1rm_kg, best_weight_kg, best_reps, best_set_volume_kg, longest_s, farthest_m)
    SELECT workout_id, exercise, $1, workout.started_at, workout.on_date, made.sets, made.reps, made.volume_load_kg,
           e1rm_kg, best_weight_kg, best_reps, best_set_volume_kg, longest_s, farthest_m
    FROM unnest($2::uuid[], $3::text[], $4::integer[], $5::integer[], $6::float8[], $7::float8[], $8::float8[],
                $9::integer[], $10::float8[], $11::float8[], $12::float8[])
         AS made (workout_id, exercise, sets, reps, volume_load_kg, e1rm_kg, best_weight_kg, best_reps,
                  best_set_volume_kg, longest_s, farthest_m)
    JOIN workout USING (workout_id) WHERE workout.user_id = $1
"""

MUSCLES = """
    INSERT INTO workout_muscle (workout_id, muscle, user_id, on_date, sets, volume_load_kg)
    SELECT workout_id, muscle, $1, workout.on_date, made.sets, made.volume_load_kg
    FROM unnest($2::uuid[], $3::text[], $4::float8[], $5::float8[]) AS made (workout_id, muscle, sets, volume_load_kg)
    JOIN workout USING (workout_id) WHERE workout.user_id = $1
"""

EFFORTS = """
    INSERT INTO workout_effort (workout_id, kind, size, user_id, sport, started_at, value, at_s)
    SELECT workout_id, kind, size, $1, workout.sport, workout.started_at, made.value, made.at_s
    FROM unnest($2::uuid[], $3::text[], $4::integer[], $5::float8[], $6::float8[])
         AS made (workout_id, kind, size, value, at_s)
    JOIN workout USING (workout_id) WHERE workout.user_id = $1
"""


class Whole(NamedTuple):
    """A workout as it comes out, before its version is known."""

    workout_id: UUID
    made: Made
    summed: Summed
    on_date: date
    load: float | None
    load_method: LoadMethod | None
    formulas: Mapping[str, str]
    shown: bytes
    """Digest of all that is shown of it, but for its gear."""
    digest: bytes


async def note(db: Connection, user_id: UUID, digests: Mapping[UUID, bytes]) -> None:
    """Keep what is shown now of workouts that have just been stored."""
    await db.execute(NOTE, user_id, list(digests), list(digests.values()))


async def keep(db: Connection, user_id: UUID, wholes: Sequence[Whole]) -> dict[UUID, int]:
    """Store workouts that have come out differently, with all that is made of them; returns their new versions."""
    rows = await db.fetch(KEEP, user_id, *zip(*map(_row, wholes), strict=True))
    await db.execute(CLEAR, user_id, [one.workout_id for one in wholes])
    await _insert(
        db,
        user_id,
        EXERCISES,
        [
            (
                *(one.workout_id, name, of.sets, of.reps, of.volume_load_kg, of.e1rm_kg, of.best_weight_kg),
                *(of.best_reps, of.best_set_volume_kg, of.longest_s, of.farthest_m),
            )
            for one in wholes
            for name, of in one.summed.exercises.items()
        ],
    )
    await _insert(
        db,
        user_id,
        MUSCLES,
        [
            (one.workout_id, muscle, of.sets, of.volume_load_kg)
            for one in wholes
            for muscle, of in one.summed.muscles.items()
        ],
    )
    await _insert(
        db,
        user_id,
        EFFORTS,
        [(one.workout_id, best.kind, best.size, best.value, best.at_s) for one in wholes for best in one.made.efforts],
    )
    return {row["workout_id"]: row["version"] for row in rows}


async def _insert(db: Connection, user_id: UUID, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
    if rows:
        await db.execute(statement, user_id, *zip(*rows, strict=True))


def _row(one: Whole) -> tuple[object, ...]:
    made = one.made
    return (
        *(one.workout_id, one.digest, msgspec.json.encode(one.formulas).decode(), made.sport, made.title, made.notes),
        *(made.rpe, made.started_at, made.offset_min, one.on_date, made.duration_s),
        *(made.values[name] for name in FIELDS),
        *(one.load, one.load_method, one.summed.sets, one.summed.reps, one.summed.volume_load_kg),
        *(made.derived.start_lat, made.derived.start_lon, msgspec.json.encode(made.laps).decode()),
    )
