"""What becomes of health data when its user goes or moves."""

from collections.abc import Sequence
from uuid import UUID

from asyncpg import Connection

from health.days import queries as days

ERASE = """
    WITH records AS (DELETE FROM health_record WHERE user_id = ANY ($1::uuid[]) RETURNING 1),
    summaries AS (DELETE FROM day_summary WHERE user_id = ANY ($1::uuid[]) RETURNING 1),
    dirty AS (DELETE FROM dirty_day WHERE user_id = ANY ($1::uuid[]) RETURNING 1)
    SELECT (SELECT count(*) FROM records) + (SELECT count(*) FROM summaries) + (SELECT count(*) FROM dirty)
"""

MOVE = """
    INSERT INTO dirty_day (user_id, on_date)
    SELECT DISTINCT user_id, on_date FROM health_record
    WHERE user_id = ANY ($1::uuid[]) AND on_date <> local_date(user_id, at)
"""


async def erase(db: Connection, user_ids: Sequence[UUID]) -> int:
    """Delete all that these users have here; what is being written at this moment, the next drain sweeps away."""
    await days.lock(db)
    return int(await db.fetchval(ERASE, user_ids))


async def move(db: Connection, user_ids: Sequence[UUID]) -> None:
    """Make every day dirty from which the new time zones take a record away.

    Under the lock: a record written at this moment by the old zones is summarised after the new ones are there.
    """
    await days.lock(db)
    await db.execute(MOVE, user_ids)
