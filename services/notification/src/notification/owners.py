"""One writer at a time for each user, and what is left of a user who goes: nothing."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from asyncpg import Connection

LOCK = """
    SELECT pg_advisory_xact_lock(key)
    FROM (SELECT DISTINCT hashtextextended(user_id::text, 5) AS key FROM unnest($1::uuid[]) AS given (user_id)
          ORDER BY key) AS keys
"""

ERASE = """
    WITH notifications AS (DELETE FROM notification WHERE user_id = ANY ($1::uuid[]) RETURNING 1),
    "values" AS (DELETE FROM recorded_value WHERE user_id = ANY ($1::uuid[]) RETURNING 1),
    contacts AS (DELETE FROM contact WHERE user_id = ANY ($1::uuid[]) RETURNING 1)
    SELECT (SELECT count(*) FROM notifications) + (SELECT count(*) FROM "values") + (SELECT count(*) FROM contacts)
"""


async def lock(db: Connection, user_ids: Iterable[UUID]) -> None:
    """Wait for the other writers of these users, until the transaction ends; what they wrote is seen from here on."""
    await db.execute(LOCK, list(user_ids))


async def erase(db: Connection, user_ids: Sequence[UUID]) -> int:
    """Delete everything of these users; who waits for the lock meanwhile finds their tombstones."""
    await lock(db, user_ids)
    return int(await db.fetchval(ERASE, user_ids))
