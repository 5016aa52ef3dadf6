"""A message may come twice; its effects may not. And nothing is done any more for a user who is gone."""

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from asyncpg import Connection
from prometheus_client import Counter

from contracts.events import Event

E = TypeVar("E", bound=Event)

REMEMBER = """
    WITH given AS (
        SELECT DISTINCT event_id, user_id FROM unnest($2::uuid[], $3::uuid[]) AS given (event_id, user_id)
    ), remembered AS (
        INSERT INTO inbox (consumer, event_id)
        SELECT $1, event_id FROM given ORDER BY event_id
        ON CONFLICT DO NOTHING
        RETURNING event_id
    )
    SELECT event_id FROM remembered JOIN given USING (event_id)
    WHERE NOT EXISTS (SELECT FROM erased WHERE erased.user_id = given.user_id)
"""

ERASE = """
    WITH gone AS (
        INSERT INTO erased (user_id) SELECT unnest($1::uuid[]) ON CONFLICT DO NOTHING
    ), unsent AS (
        DELETE FROM outbox WHERE user_id = ANY ($1::uuid[]) AND name NOT LIKE 'user.%' RETURNING 1
    )
    SELECT count(*) FROM unsent
"""

PRUNE = "DELETE FROM inbox WHERE handled_at < now() - interval '30 days'"

HANDLED = Counter("inbox_handled_total", "Events acted upon.", ("consumer",))
REPEATED = Counter(
    "inbox_repeated_total", "Events that had been handled before, or were about a user who is gone.", ("consumer",)
)


async def unseen(db: Connection, consumer: str, events: Sequence[E]) -> list[E]:
    """Return those of the events that are new to this consumer, remembering them in the same transaction."""
    rows = await db.fetch(REMEMBER, consumer, [e.event_id for e in events], [e.user_id for e in events])
    left = {row["event_id"] for row in rows}
    fresh = [e for e in events if e.event_id in left and not left.discard(e.event_id)]  # type: ignore[func-returns-value]
    HANDLED.labels(consumer).inc(len(fresh))
    REPEATED.labels(consumer).inc(len(events) - len(fresh))
    return fresh


async def erase(db: Connection, user_ids: Sequence[UUID]) -> int:
    """Leave a tombstone for each user and take back their events that have not left; returns how many."""
    return int(await db.fetchval(ERASE, user_ids))
