"""A new list of thresholds, and from when on it says something else."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from asyncpg import Connection

from workout.thresholds import queries
from workout.thresholds.model import Thresholds
from workout.workouts.queries import lock


async def replace(db: Connection, user_id: UUID, items: Sequence[Thresholds]) -> None:
    """Keep these thresholds; the workouts for which others hold now are made anew by the worker."""
    await lock(db, user_id)
    before = await queries.select(db, user_id)
    since = first_difference(before, items)
    if since is not None:
        await queries.replace(db, user_id, items)
        await queries.mark(db, user_id, since)


def first_difference(before: Sequence[Thresholds], after: Sequence[Thresholds]) -> date | None:
    """The date from which something else holds; None when nothing changes."""
    changed = set(before) ^ set(after)
    return min((each.since for each in changed), default=None)
