"""A message may come twice; its effects may not. And nothing is done any more for a user who is gone."""

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from asyncpg import Connection
from prometheus_client import Counter

from contracts.events import Event, UserDeleted, UserErased

E = TypeVar("E", bound=Event)

TOGETHER = "SELECT pg_advisory_xact_lock_shared(8)"
ALONE = "SELECT pg_advisory_xact_lock(8)"
"""Who erases waits for messages being handled and holds up later ones, so that none writes what was just erased."""

REMEMBER = """
    WITH given AS (
        SELECT event_id, user_id FROM unnest($2::uuid[], $3::uuid[]) AS given (event_id, user_id)
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
        INSERT INTO erased (user_id) SELECT DISTINCT unnest($1::uuid[]) ORDER BY 1 ON CONFLICT DO NOTHING
    ), unsent AS (
        DELETE FROM outbox WHERE user_id = ANY ($1::uuid[]) AND name <> ALL ($2::text[]) RETURNING 1
    )
    SELECT count(*) FROM unsent
"""

PRUNE = "DELETE FROM inbox WHERE handled_at < now() - interval '30 days'"

LAST_WORDS = (UserDeleted, UserErased)
"""Events that travel after a user is gone: asked again, a service answers again."""

HANDLED = Counter("inbox_handled_total", "Events acted upon.", ("consumer",))
REPEATED = Counter(
    "inbox_repeated_total", "Events that had been handled before, or were about a user who is gone.", ("consumer",)
)


async def unseen(db: Connection, consumer: str, events: Sequence[E]) -> list[E]:
    """Return those of the events that are new to this consumer, remembering them in the same transaction."""
    given = {event.event_id: event for event in events}
    users = [None if isinstance(event, LAST_WORDS) else event.user_id for event in given.values()]
    await db.execute(ALONE if any(isinstance(event, UserDeleted) for event in events) else TOGETHER)
    rows = await db.fetch(REMEMBER, consumer, list(given), users)
    new = {row["event_id"] for row in rows}
    fresh = [event for event_id, event in given.items() if event_id in new]
    HANDLED.labels(consumer).inc(len(fresh))
    REPEATED.labels(consumer).inc(len(events) - len(fresh))
    return fresh


async def erase(db: Connection, user_ids: Sequence[UUID]) -> int:
    """Leave a tombstone for each user and take back their events that have not left; returns how many."""
    return int(await db.fetchval(ERASE, user_ids, [event.name() for event in LAST_WORDS]))
