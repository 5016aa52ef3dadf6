"""Statements about imports that only this service has."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from asyncpg import Connection

WORKOUTS = """
    SELECT workout_id FROM recording
    WHERE user_id = $1 AND import_id = (SELECT import_id FROM import WHERE user_id = $1 AND id = $2)
    GROUP BY workout_id ORDER BY max(started_at) DESC, workout_id LIMIT $3
"""

TOLD = "SELECT id, format, bytes, records, seconds, counts, error, lies_at FROM import WHERE import_id = $1"

REMEMBER_UNDONE = """
    INSERT INTO undone_part (user_id, import_id)
    SELECT user_id, import_id FROM unnest($1::uuid[], $2::uuid[]) AS given (user_id, import_id)
    WHERE NOT EXISTS (SELECT FROM import WHERE import.user_id = given.user_id AND import.id = given.import_id)
      AND NOT EXISTS (SELECT FROM erased WHERE erased.user_id = given.user_id)
    ON CONFLICT DO NOTHING
    RETURNING user_id, import_id
"""

UNDONE = """
    SELECT import_id FROM undone_part
    WHERE (user_id, import_id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))
"""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What an import came to."""

    id: UUID
    format: str | None
    bytes: int
    records: int
    seconds: float
    counts: dict[str, int]
    error: str | None
    lies_at: str | None


async def workouts(db: Connection, user_id: UUID, import_id: UUID, most: int) -> list[UUID]:
    """That recordings of an import belong to, the newest first."""
    return [row["workout_id"] for row in await db.fetch(WORKOUTS, user_id, import_id, most)]


async def told(db: Connection, import_id: int) -> Told:
    row = await db.fetchrow(TOLD, import_id)
    if row is None:
        raise LookupError(import_id)
    return Told(**{**row, "counts": msgspec.json.decode(row["counts"])})


async def remember_undone(db: Connection, parts: Sequence[tuple[UUID, UUID]]) -> set[tuple[UUID, UUID]]:
    """Those, by user and id, that are not known here are never to be read; which they are."""
    rows = await db.fetch(REMEMBER_UNDONE, *zip(*parts, strict=True))
    return {(row["user_id"], row["import_id"]) for row in rows}


async def undone(db: Connection, parts: Sequence[tuple[UUID, UUID]]) -> set[UUID]:
    """Which of these have been taken back before they were known here."""
    return {row["import_id"] for row in await db.fetch(UNDONE, *zip(*parts, strict=True))}
