"""Samples for other services: any number of them, a page at a time."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from uuid import UUID

from asyncpg import Pool, Record

from chassis.database import connected

PAGE = 5_000

SERIES = """
    SELECT series_id, source_id FROM series
    WHERE user_id = $1 AND metric_id = $2 AND (cardinality($3::integer[]) = 0 OR source_id = ANY ($3::integer[]))
    ORDER BY source_id
"""

NEXT = f"""
    SELECT (date_part('epoch', at) * 1000000)::bigint AS at_us, duration_s, value, at, n
    FROM sample
    WHERE series_id = $1 AND at >= $2 AND (at, n) > ($2, $3::smallint) AND at < $4
    ORDER BY at, n LIMIT {PAGE}
"""  # noqa: S608 - the only text put in is the constant above


async def pages(
    pool: Pool, user_id: UUID, metric_id: int, from_: datetime, to: datetime, source_ids: Sequence[int]
) -> AsyncIterator[tuple[int, list[tuple[int, int, float]]]]:
    """Source and (microseconds, seconds, value) of up to 5,000 samples, source after source, oldest first.

    No connection is held between pages, so a slow reader keeps nobody waiting.
    """
    async with connected(pool) as db:
        series = await db.fetch(SERIES, user_id, metric_id, source_ids)
    for series_id, source_id in series:
        after, n = from_, -1
        while rows := await _page(pool, series_id, after, n, to):
            yield source_id, [(row["at_us"], row["duration_s"], row["value"]) for row in rows]
            if len(rows) < PAGE:
                break
            after, n = rows[-1]["at"], rows[-1]["n"]


async def _page(pool: Pool, series_id: int, after: datetime, n: int, to: datetime) -> list[Record]:
    async with connected(pool) as db:
        return await db.fetch(NEXT, series_id, after, n, to)
