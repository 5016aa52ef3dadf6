"""What is left of users who are gone: nothing."""

from collections.abc import Sequence
from uuid import UUID

from asyncpg import Connection

from analytics.days import queries as days
from analytics.insights import queries as insights


async def erase(db: Connection, user_ids: Sequence[UUID]) -> int:
    """Delete all rows of these users; returns how many."""
    return await days.erase(db, user_ids) + await insights.erase(db, user_ids)
