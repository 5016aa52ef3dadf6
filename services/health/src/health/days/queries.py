"""Every statement that touches day summaries and dirty days.

Whoever summarises holds a lock: one at a time, so that no summary is replaced by an older one. Those
who change what a day rests on (erasure, time zones) hold it too, so that none is made behind their backs.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from asyncpg import Connection, Record

import outbox
from health.days import model
from health.days.model import Day

LARGEST = 500
"""Days taken at once."""

TRY_LOCK = "SELECT pg_try_advisory_xact_lock(hashtext('dirty_day'))"
LOCK = "SELECT pg_advisory_xact_lock(hashtext('dirty_day'))"

TAKE = """
    WITH taken AS (
        DELETE FROM dirty_day WHERE id IN (SELECT id FROM dirty_day ORDER BY id LIMIT $1) RETURNING user_id, on_date
    )
    SELECT DISTINCT user_id, on_date FROM taken
"""

RECORDS_OF_DAYS = """unnest($1::uuid[], $2::date[]) AS day (user_id, on_date)
        JOIN health_record AS record
        ON record.user_id = day.user_id AND record.on_date = day.on_date
        AND record.at >= (day.on_date - 1)::timestamp AT TIME ZONE 'UTC'
        AND record.at < (day.on_date + 2)::timestamp AT TIME ZONE 'UTC'"""

SWEEP = """
    DELETE FROM health_record WHERE user_id IN (SELECT user_id FROM erased WHERE user_id = ANY ($1::uuid[]))
"""

REBUCKET = f"""
    UPDATE health_record AS moved SET on_date = local_date(moved.user_id, moved.at)
    WHERE (moved.user_id, moved.id) IN (
        SELECT record.user_id, record.id FROM {RECORDS_OF_DAYS}
        WHERE record.on_date <> local_date(record.user_id, record.at)
    )
    RETURNING moved.user_id, moved.on_date
"""  # noqa: S608 - the only text put in is the constant above

SUMMARISE = f"""
    WITH entry AS (
        SELECT record.user_id, record.on_date, metric.metric_id, metric.kind, metric.day_aggregate, given.value,
               row_number() OVER (
                   PARTITION BY record.user_id, record.on_date, metric.metric_id
                   ORDER BY CASE metric.kind WHEN 3 THEN record.created_at ELSE record.at END DESC, record.id DESC
               ) AS place
        FROM {RECORDS_OF_DAYS}
        CROSS JOIN LATERAL (VALUES
            ('steps', record.steps), ('sleep_duration', record.sleep_duration), ('weight', record.weight),
            ('resting_heart_rate', record.resting_heart_rate), ('heart_rate', record.heart_rate),
            ('bp_systolic', record.bp_systolic), ('bp_diastolic', record.bp_diastolic),
            ('blood_glucose', record.blood_glucose), ('body_temperature', record.body_temperature)
        ) AS given (code, value)
        JOIN metric USING (code)
        WHERE given.value IS NOT NULL
    ), fresh AS (
        SELECT user_id, metric_id, on_date, min(value) AS min, max(value) AS max, count(*)::integer AS n,
               CASE day_aggregate
                   WHEN 'sum' THEN sum(value ORDER BY place)
                   WHEN 'avg' THEN avg(value ORDER BY place)
                   ELSE max(value) FILTER (WHERE place = 1)
               END AS value
        FROM entry WHERE kind <> 3 OR place = 1
        GROUP BY user_id, metric_id, on_date, day_aggregate
    ), changed AS (
        INSERT INTO day_summary AS old (user_id, metric_id, on_date, value, min, max, n, sources, version)
        SELECT user_id, metric_id, on_date, fresh.value, fresh.min, fresh.max, coalesce(fresh.n, 0),
               CASE WHEN fresh.n > 0 THEN ARRAY['manual'] ELSE '{{}}' END, 1
        FROM unnest($1::uuid[], $2::date[]) AS day (user_id, on_date) CROSS JOIN metric
        LEFT JOIN fresh USING (user_id, metric_id, on_date)
        LEFT JOIN day_summary AS known USING (user_id, metric_id, on_date)
        WHERE (fresh.value, fresh.min, fresh.max, coalesce(fresh.n, 0))
              IS DISTINCT FROM (known.value, known.min, known.max, coalesce(known.n, 0))
        ON CONFLICT (user_id, metric_id, on_date) DO UPDATE
        SET value = excluded.value, min = excluded.min, max = excluded.max, n = excluded.n,
            sources = excluded.sources, version = old.version + 1, updated_at = now()
        RETURNING *
    )
    SELECT user_id, code AS metric, unit, kind, on_date, value, min, max, n, sources, version
    FROM changed JOIN metric USING (metric_id)
"""  # noqa: S608 - the same

SELECT = """
    SELECT user_id, code AS metric, unit, kind, on_date, value, min, max, n, sources, version
    FROM day_summary JOIN metric USING (metric_id)
    WHERE user_id = $1 AND on_date BETWEEN $2 AND $3 AND value IS NOT NULL
      AND (cardinality($4::text[]) = 0 OR code = ANY ($4::text[]))
    ORDER BY on_date, code
"""

CHANGED_SINCE = """
    SELECT user_id, code AS metric, unit, kind, on_date, value, min, max, n, sources, version
    FROM day_summary JOIN metric USING (metric_id)
    WHERE updated_at >= coalesce($1::timestamptz, '-infinity')
"""

Key = tuple[UUID, date]


async def try_lock(db: Connection) -> bool:
    """Be the one who summarises until the transaction ends, unless someone is."""
    return bool(await db.fetchval(TRY_LOCK))


async def lock(db: Connection) -> None:
    """Wait until nobody summarises, and let nobody until the transaction ends."""
    await db.execute(LOCK)


async def take(db: Connection) -> set[Key]:
    """Take dirty days out of the queue, oldest first."""
    return {(row["user_id"], row["on_date"]) for row in await db.fetch(TAKE, LARGEST)}


async def sweep(db: Connection, user_ids: Iterable[UUID]) -> None:
    """Delete what a write that ran beside an erasure has left of those users who are gone."""
    await db.execute(SWEEP, list(user_ids))


async def rebucket(db: Connection, days: Iterable[Key]) -> set[Key]:
    """Put records of these days where the user's time zones say; returns the days that gained some."""
    return {(row["user_id"], row["on_date"]) for row in await db.fetch(REBUCKET, *zip(*days, strict=True))}


async def summarise(db: Connection, days: Iterable[Key]) -> list[Day]:
    """Make the summaries of these days anew from the records; returns those that came out differently."""
    return [_day(row) for row in await db.fetch(SUMMARISE, *zip(*days, strict=True))]


async def select(db: Connection, user_id: UUID, from_: date, to: date, metrics: Sequence[str]) -> list[Day]:
    """The user's summaries between two dates, oldest first; of all metrics, if none is named."""
    return [_day(row) for row in await db.fetch(SELECT, user_id, from_, to, metrics)]


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
    return Day(**{**row, "kind": model.KINDS[row["kind"]], "sources": tuple(row["sources"])})
