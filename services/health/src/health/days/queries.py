"""Every statement that touches day summaries and the queues they are made from; ``reading`` has those on samples.

Whoever summarises holds a lock: one at a time, so that no summary is replaced by an older one. Those
who change what a day rests on (erasure, time zones) hold it too, so that none is made behind their backs.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec
from asyncpg import Connection, Record

import outbox
from health.catalogue.table import BY_CODE, BY_ID
from health.days import model
from health.days.model import Day, Figures, Key
from health.days.reading import Dirty

LARGEST = 500
"""Days taken at once, of each queue."""

TRY_LOCK = "SELECT pg_try_advisory_xact_lock(hashtext('dirty_day'))"
LOCK = "SELECT pg_advisory_xact_lock(hashtext('dirty_day'))"

TAKE_RECORDS = """
    WITH taken AS (
        DELETE FROM dirty_record WHERE id IN (SELECT id FROM dirty_record ORDER BY id LIMIT $1)
        RETURNING user_id, on_date
    )
    SELECT DISTINCT user_id, on_date FROM taken
"""

TAKE = """
    WITH taken AS (
        DELETE FROM dirty_day WHERE id IN (SELECT id FROM dirty_day ORDER BY bulk, id LIMIT $1)
        RETURNING series_id, on_date
    )
    SELECT DISTINCT user_id, metric_id, series_id, on_date FROM taken LEFT JOIN series USING (series_id)
"""

GONE = "SELECT user_id FROM erased WHERE user_id = ANY ($1::uuid[])"

KEEP = """
    WITH fresh AS (
        SELECT user_id, metric_id, on_date, value, min, max, n, coverage,
               ARRAY(SELECT jsonb_array_elements_text(sources::jsonb)) AS sources
        FROM unnest($1::uuid[], $2::smallint[], $3::date[], $4::float8[], $5::float8[], $6::float8[], $7::integer[],
                    $8::real[], $9::text[])
             AS given (user_id, metric_id, on_date, value, min, max, n, coverage, sources)
    ), changed AS (
        INSERT INTO day_summary AS old (user_id, metric_id, on_date, value, min, max, n, coverage, sources, version)
        SELECT user_id, metric_id, on_date, fresh.value, fresh.min, fresh.max, fresh.n, fresh.coverage, fresh.sources, 1
        FROM fresh LEFT JOIN day_summary AS known USING (user_id, metric_id, on_date)
        WHERE (fresh.value, fresh.min, fresh.max, fresh.n, fresh.coverage, fresh.sources)
              IS DISTINCT FROM (known.value, known.min, known.max, coalesce(known.n, 0), known.coverage,
                                coalesce(known.sources, '{}'))
        ON CONFLICT (user_id, metric_id, on_date) DO UPDATE
        SET value = excluded.value, min = excluded.min, max = excluded.max, n = excluded.n,
            coverage = excluded.coverage, sources = excluded.sources, version = old.version + 1, updated_at = now()
        RETURNING user_id, metric_id, on_date, value, min, max, n, coverage, sources, version
    )
    SELECT * FROM changed
"""

COLUMNS = "user_id, metric_id, on_date, value, min, max, n, coverage, sources, version"

SELECT = f"""
    SELECT {COLUMNS} FROM day_summary
    WHERE user_id = $1 AND metric_id = ANY ($4::smallint[]) AND on_date BETWEEN $2 AND $3 AND value IS NOT NULL
"""  # noqa: S608 - the only text put in is the constant above

CHANGED_SINCE = f"""
    SELECT {COLUMNS} FROM day_summary WHERE updated_at >= coalesce($1::timestamptz, '-infinity')
"""  # noqa: S608 - the same

TODAY = "SELECT local_date($1, now())"


async def try_lock(db: Connection) -> bool:
    """Be the one who summarises until the transaction ends, unless someone is."""
    return bool(await db.fetchval(TRY_LOCK))


async def lock(db: Connection) -> None:
    """Wait until nobody summarises, and let nobody until the transaction ends."""
    await db.execute(LOCK)


async def take_records(db: Connection, most: int) -> set[tuple[UUID, date]]:
    """Take days out of the queue of those whose records have changed, oldest first."""
    return {(row["user_id"], row["on_date"]) for row in await db.fetch(TAKE_RECORDS, most)}


async def take(db: Connection, most: int) -> tuple[set[Dirty], int]:
    """Take days out of the queue of those whose samples have changed; and how many, those of lost series included."""
    rows = await db.fetch(TAKE, most)
    return {Dirty(**row) for row in rows if row["user_id"]}, len(rows)


async def gone(db: Connection, user_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the users who have been erased."""
    return {row["user_id"] for row in await db.fetch(GONE, list(user_ids))}


async def keep(db: Connection, made: Mapping[Key, Figures]) -> list[Day]:
    """Store what days come to; returns those that came out differently."""
    rows = [
        (*key, f.value, f.min, f.max, f.n, f.coverage, msgspec.json.encode(f.sources).decode())
        for key, f in sorted(made.items())
    ]
    return [_day(row) for row in await db.fetch(KEEP, *zip(*rows, strict=True))]


async def select(db: Connection, user_id: UUID, from_: date, to: date, metrics: Sequence[str]) -> list[Day]:
    """The user's summaries between two dates, oldest first; of all metrics, if none is named."""
    wanted = [BY_CODE[code].metric_id for code in metrics if code in BY_CODE] if metrics else list(BY_ID)
    found = [_day(row) for row in await db.fetch(SELECT, user_id, from_, to, wanted)]
    return sorted(found, key=lambda day: (day.on_date, day.metric))


async def today(db: Connection, user_id: UUID) -> date:
    """The user's local date now."""
    found: date = await db.fetchval(TODAY, user_id)
    return found


async def republish(db: Connection, since: datetime | None) -> int:
    """Tell the others again of every summary that changed since then; returns how many."""
    count = 0
    batch: list[Day] = []
    async for row in db.cursor(CHANGED_SINCE, since, prefetch=1_000):
        batch.append(_day(row))
        if len(batch) == 1_000:
            count += await _tell(db, batch)
            batch = []
    return count + await _tell(db, batch)


async def _tell(db: Connection, days: Sequence[Day]) -> int:
    await outbox.add(db, *map(model.event, days))
    return len(days)


def _day(row: Record) -> Day:
    metric = BY_ID[row["metric_id"]]
    return Day(
        user_id=row["user_id"],
        metric=metric.code,
        unit=metric.unit,
        kind=model.KINDS[metric.kind],
        on_date=row["on_date"],
        value=row["value"],
        min=row["min"],
        max=row["max"],
        n=row["n"],
        coverage=None if row["coverage"] is None else round(row["coverage"], 4),
        sources=tuple(row["sources"]),
        version=row["version"],
    )
