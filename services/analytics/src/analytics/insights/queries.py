"""Every statement that touches insights."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from asyncpg import Connection, Record

from analytics.insights.model import FOUND_DAYS, Finding, Insight
from contracts.events import Evidence

VALUES = """
    SELECT DISTINCT user_id, metric, on_date, value, unit
    FROM unnest($1::uuid[], $2::text[], $3::date[], $4::date[]) AS wanted (user_id, metric, first_on, last_on)
    JOIN known_day USING (user_id, metric)
    WHERE on_date BETWEEN first_on AND last_on AND value IS NOT NULL
"""

SETTLE = """
    WITH judged AS (
        SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[], $5::text[], $6::text[], $7::jsonb[],
                             $8::boolean[])
                      AS judged (user_id, id, rule, on_date, title, body, evidence, recent)
    ), withdrawn AS (
        UPDATE insight SET withdrawn = true, version = version + 1
        FROM judged
        WHERE insight.user_id = judged.user_id AND insight.id = judged.id AND judged.title IS NULL
        AND NOT insight.withdrawn
    ), found AS (
        INSERT INTO insight AS old (user_id, id, rule, on_date, title, body, evidence, version, withdrawn, found_at)
        SELECT user_id, id, rule, on_date, title, body, evidence, 1, false, now() FROM judged
        WHERE title IS NOT NULL
        AND (recent OR EXISTS (SELECT FROM insight WHERE insight.user_id = judged.user_id AND insight.id = judged.id))
        ON CONFLICT (user_id, id) DO UPDATE
        SET title = excluded.title, body = excluded.body, evidence = excluded.evidence, version = old.version + 1,
            withdrawn = false, found_at = CASE WHEN old.withdrawn THEN excluded.found_at ELSE old.found_at END
        WHERE old.withdrawn OR (old.title, old.body, old.evidence)
                               IS DISTINCT FROM (excluded.title, excluded.body, excluded.evidence)
        RETURNING user_id, id, rule, on_date, title, body, evidence, version, found_at
    )
    SELECT * FROM found WHERE found_at = now()
"""

PAGE = """
    SELECT id, rule, on_date, title, body, evidence, version, found_at FROM insight
    WHERE user_id = $1 AND NOT withdrawn AND (on_date, id) < ($2, $3)
    ORDER BY on_date DESC, id DESC LIMIT $4
"""

NEWEST = """
    SELECT id, rule, on_date, title, body, evidence, version, found_at FROM insight
    WHERE user_id = $1 AND NOT withdrawn AND on_date > $2
    ORDER BY on_date DESC, id DESC LIMIT $3
"""

ERASE = """
    WITH gone AS (DELETE FROM insight WHERE user_id = ANY ($1::uuid[]) RETURNING 1)
    SELECT count(*) FROM gone
"""

EVIDENCE = msgspec.json.Decoder(tuple[Evidence, ...])


class Wanted(msgspec.Struct, frozen=True):
    """Days of a metric of a user, both ends included."""

    user_id: UUID
    metric: str
    first_on: date
    last_on: date


class Value(msgspec.Struct, frozen=True):
    """What a metric came to on a day."""

    user_id: UUID
    metric: str
    on_date: date
    value: float
    unit: str


class Judged(msgspec.Struct, frozen=True):
    """What a rule says of a day now: a finding or nothing."""

    user_id: UUID
    id: UUID
    rule: str
    on_date: date
    recent: bool
    """May be found anew; else only what was found before is kept up to date."""
    finding: Finding | None


class Appeared(Insight, frozen=True, kw_only=True):
    """An insight that is new or has come back, and whose it is."""

    user_id: UUID


async def values(db: Connection, wanted: Collection[Wanted]) -> list[Value]:
    """All values of the wanted days; days without one are left out."""
    columns = zip(*((w.user_id, w.metric, w.first_on, w.last_on) for w in wanted), strict=True)
    return [Value(**row) for row in await db.fetch(VALUES, *columns)]


async def settle(db: Connection, judged: Sequence[Judged]) -> list[Appeared]:
    """Make the table say what the rules say, once a transaction; returns the insights that are new or came back."""
    columns = zip(*(_row(each) for each in judged), strict=True)
    return [Appeared(**_decoded(row)) for row in await db.fetch(SETTLE, *columns)]


def _row(judged: Judged) -> tuple[Any, ...]:
    found = judged.finding
    texts = (found.title, found.body, msgspec.json.encode(found.evidence).decode()) if found else (None, None, None)
    return judged.user_id, judged.id, judged.rule, judged.on_date, *texts, judged.recent


def _decoded(row: Record) -> dict[str, Any]:
    return dict(row) | {"evidence": EVIDENCE.decode(row["evidence"])}


async def page(db: Connection, user_id: UUID, before: tuple[date, UUID], limit: int) -> list[Insight]:
    """The user's insights older than ``before``, newest day first."""
    return [Insight(**_decoded(row)) for row in await db.fetch(PAGE, user_id, *before, limit)]


async def newest(db: Connection, user_id: UUID, today: date, limit: int) -> list[Insight]:
    """The user's insights about the last 28 days, newest day first."""
    rows = await db.fetch(NEWEST, user_id, today - timedelta(FOUND_DAYS), limit)
    return [Insight(**_decoded(row)) for row in rows]


async def erase(db: Connection, user_ids: Sequence[UUID]) -> int:
    return int(await db.fetchval(ERASE, user_ids))
