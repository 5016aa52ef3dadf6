"""The recordings of a workout, as they are shown."""

from uuid import UUID

import msgspec
from asyncpg import Connection, Record

from workout.recordings import candidates, queries
from workout.recordings.fusion import Fused, fuse
from workout.recordings.model import Recording, Recordings
from workout.workouts import queries as workouts
from workout.workouts import reading
from workout.workouts.detail import WorkoutNotFound


async def of_workout(db: Connection, user_id: UUID, workout_id: UUID) -> Recordings:
    """All of them, the main one first; WorkoutNotFound when there is no such workout."""
    workout = await workouts.find(db, user_id, workout_id)
    if workout is None:
        raise WorkoutNotFound
    rows = await queries.of_workout(db, user_id, workout_id)
    others = await candidates.of_workout(db, user_id, workout, rows)
    if not rows:
        return Recordings([], others)
    fused = fuse([reading.as_recorded(row) for row in await reading.recordings(db, user_id, [workout_id])])
    rows.sort(key=lambda row: row["recording_id"] != fused.main)
    return Recordings([_shown(row, fused) for row in rows], others)


def _shown(row: Record, fused: Fused) -> Recording:
    gives = sorted(what for what, chosen in fused.chosen.items() if chosen == row["recording_id"])
    return Recording(
        id=row["recording_id"],
        source=row["source"],
        device=row["device"],
        format=row["format"],
        file=row["file"],
        stored=row["sha256"] is not None,
        import_id=row["import_uuid"],
        sport=row["sport"],
        title=row["title"],
        started_at=row["started_at"],
        dated=row["dated"],
        duration_s=row["duration_s"],
        distance_m=row["distance_m"],
        partial=row["partial"],
        channels=row["channels"],
        sets=row["set_count"],
        gives=gives,
        because={what: fused.reasons[what] for what in gives if what in fused.reasons},
        joined=row["joined"],
        score=row["score"],
        reasons=msgspec.json.decode(row["reasons"], type=list[str]),
    )
