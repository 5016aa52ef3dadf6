"""What is kept of streams beside the recordings."""

from uuid import UUID

from asyncpg import Connection, Record

EFFORTS = """
    SELECT kind, size, value, at_s FROM workout_effort WHERE user_id = $1 AND workout_id = $2 ORDER BY kind, size
"""

FILE = """
    SELECT sha256, file, format FROM recording
    WHERE user_id = $1 AND workout_id = $2 AND sha256 IS NOT NULL AND ($3::uuid IS NULL OR recording_id = $3)
    ORDER BY created_at, recording_id LIMIT 1
"""


async def efforts(db: Connection, user_id: UUID, workout_id: UUID) -> list[Record]:
    """The best stretches of a workout."""
    return await db.fetch(EFFORTS, user_id, workout_id)


async def file(db: Connection, user_id: UUID, workout_id: UUID, recording_id: UUID | None) -> Record | None:
    """The original of a recording; of the first that has one, if none is named."""
    return await db.fetchrow(FILE, user_id, workout_id, recording_id)
