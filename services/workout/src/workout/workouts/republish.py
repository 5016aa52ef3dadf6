"""Tell the others again of workouts, as they are."""

from collections.abc import Sequence
from datetime import datetime

from asyncpg import Connection, Record

import outbox
from contracts.events import MuscleVolume, WorkoutChanged

BATCH = 1_000

CHANGED_SINCE = """
    SELECT workout_id, user_id, version, sport, title, started_at, on_date, duration_s, moving_s, distance_m, ascent_m,
           energy_kcal, average_heart_rate, max_heart_rate, average_power, weighted_power, rpe, load, load_method, sets,
           reps, volume_load_kg
    FROM workout WHERE updated_at >= coalesce($1::timestamptz, '-infinity')
"""

MUSCLES = """
    SELECT workout_id, muscle, sets, volume_load_kg FROM workout_muscle
    WHERE workout_id = ANY ($1::uuid[]) AND user_id = ANY ($2::uuid[]) ORDER BY workout_id, muscle
"""


async def republish(db: Connection, since: datetime | None) -> int:
    """Put the state of every workout that changed since then into the outbox again; returns how many."""
    count = 0
    batch: list[Record] = []
    async for row in db.cursor(CHANGED_SINCE, since, prefetch=BATCH):
        batch.append(row)
        if len(batch) == BATCH:
            count += await _tell(db, batch)
            batch = []
    return count + await _tell(db, batch)


async def _tell(db: Connection, rows: Sequence[Record]) -> int:
    if not rows:
        return 0
    found = await db.fetch(MUSCLES, [row["workout_id"] for row in rows], list({row["user_id"] for row in rows}))
    muscles = dict[object, list[MuscleVolume]]()
    for row in found:
        muscles.setdefault(row["workout_id"], []).append(
            MuscleVolume(row["muscle"], row["sets"], row["volume_load_kg"])
        )
    await outbox.add(
        db, *(WorkoutChanged(**dict(row), muscles=tuple(muscles.get(row["workout_id"], ()))) for row in rows)
    )
    return len(rows)
