"""Every statement that writes day summaries, and the one that says which day it is."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from asyncpg import Connection

from analytics.days.model import Touched
from chassis import known_users
from chassis.known_users import Ask
from chassis.problems import Unavailable
from contracts.events import DaySummarised

LOCK = """
    SELECT user_id, local_date(user_id, now()) AS today,
           pg_advisory_xact_lock(hashtextextended(user_id::text, 0)) AS locked
    FROM (SELECT DISTINCT user_id FROM unnest($1::uuid[]) AS given (user_id) ORDER BY user_id) AS given
"""

KEEP = """
    WITH newest AS (
        SELECT DISTINCT ON (user_id, metric, on_date) *
        FROM unnest($1::uuid[], $2::text[], $3::date[], $4::text[], $5::float8[], $6::float8[], $7::float8[],
                    $8::integer[], $9::text[], $10::jsonb[], $11::bigint[])
             AS given (user_id, metric, on_date, kind, value, min, max, n, unit, sources, version)
        ORDER BY user_id, metric, on_date, version DESC
    )
    INSERT INTO known_day AS old (user_id, metric, on_date, kind, value, min, max, n, unit, sources, version)
    SELECT user_id, metric, on_date, kind, value, min, max, n, unit, sources, version FROM newest
    ON CONFLICT (user_id, metric, on_date) DO UPDATE
    SET kind = excluded.kind, value = excluded.value, min = excluded.min, max = excluded.max, n = excluded.n,
        unit = excluded.unit, sources = excluded.sources, version = excluded.version
    WHERE old.version < excluded.version
    RETURNING user_id, metric, on_date
"""

ERASE = """
    WITH gone AS (DELETE FROM known_day WHERE user_id = ANY ($1::uuid[]) RETURNING 1)
    SELECT count(*) FROM gone
"""

TODAY = "SELECT local_date($1, now())"


async def lock(db: Connection, user_ids: Iterable[UUID]) -> dict[UUID, date]:
    """Let nobody else change these users' days until the transaction ends; returns which day it is for each.

    Findings rest on many days: two messages judged side by side would each miss what the other brings.
    """
    return {row["user_id"]: row["today"] for row in await db.fetch(LOCK, list(user_ids))}


async def keep(db: Connection, events: Sequence[DaySummarised]) -> list[Touched]:
    """Store the newest state of each day; returns those that changed. Older and repeated ones change nothing."""
    columns = zip(*(_row(e) for e in events), strict=True)
    return [Touched(**row) for row in await db.fetch(KEEP, *columns)]


def _row(e: DaySummarised) -> tuple[Any, ...]:
    sources = msgspec.json.encode(e.sources).decode()
    return e.user_id, e.metric, e.on_date, e.kind, e.value, e.min, e.max, e.n, e.unit, sources, e.version


async def erase(db: Connection, user_ids: Sequence[UUID]) -> int:
    return int(await db.fetchval(ERASE, user_ids))


async def today(db: Connection, user_id: UUID, ask: Ask) -> date:
    """The date it is for the user; in UTC while nobody can say where that is."""
    with suppress(Unavailable):
        await known_users.find(db, ask, user_id=user_id)
    found: date = await db.fetchval(TODAY, user_id)
    return found
