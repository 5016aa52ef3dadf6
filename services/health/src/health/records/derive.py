"""Make samples of the source ``manual`` from what was entered.

The samples of a date are a function of its records and of nothing else: made anew whenever one of them changes, by the
worker, since one statement then serves many users. The source is written by nobody but whoever holds the lock of
``days``, so the lock on a user's samples is not needed here: an entry has no length and bears on no other date.
"""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from asyncpg import Connection

from health.days.reading import ZONES, Dirty
from health.records.model import SOURCE

RECORDS_OF_DAYS = """unnest($1::uuid[], $2::date[]) AS day (user_id, on_date)
        JOIN health_record AS record
        ON record.user_id = day.user_id AND record.on_date = day.on_date
        AND record.at >= (day.on_date - 1)::timestamp AT TIME ZONE 'UTC'
        AND record.at < (day.on_date + 2)::timestamp AT TIME ZONE 'UTC'"""

REBUCKET = f"""
    UPDATE health_record AS moved SET on_date = local_date(moved.user_id, moved.at)
    WHERE (moved.user_id, moved.id) IN (
        SELECT record.user_id, record.id FROM {RECORDS_OF_DAYS}
        WHERE record.on_date <> local_date(record.user_id, record.at)
    )
    RETURNING moved.user_id, moved.on_date
"""  # noqa: S608 - the only text put in is the constant above

ENTRIES = f"""
    SELECT record.user_id, record.id, record.on_date, record.at, record.created_at, metric.metric_id, metric.kind,
           given.value
    FROM {RECORDS_OF_DAYS}
    CROSS JOIN LATERAL (VALUES
        ('steps', record.steps), ('sleep_duration', record.sleep_duration), ('weight', record.weight),
        ('resting_heart_rate', record.resting_heart_rate), ('heart_rate', record.heart_rate),
        ('bp_systolic', record.bp_systolic), ('bp_diastolic', record.bp_diastolic),
        ('blood_glucose', record.blood_glucose), ('body_temperature', record.body_temperature)
    ) AS given (code, value)
    JOIN metric USING (code)
    WHERE given.value IS NOT NULL
"""  # noqa: S608 - the same

MAKE_SERIES = f"""
    WITH needed AS (
        SELECT DISTINCT user_id, metric_id FROM ({ENTRIES}) AS entry
    ), known AS (
        SELECT user_id, source_id FROM source WHERE user_id = ANY ($1::uuid[]) AND app = $3 AND device IS NULL
    ), made AS (
        INSERT INTO source (user_id, app, device_kind)
        SELECT DISTINCT user_id, $3, 'manual' FROM needed WHERE user_id NOT IN (SELECT user_id FROM known)
        ON CONFLICT (user_id, app, device) DO UPDATE SET app = excluded.app
        RETURNING user_id, source_id
    )
    INSERT INTO series (user_id, metric_id, source_id)
    SELECT user_id, metric_id, source_id FROM needed JOIN (TABLE known UNION TABLE made) AS source USING (user_id)
    WHERE (user_id, metric_id, source_id) NOT IN (
        SELECT user_id, metric_id, source_id FROM series WHERE user_id = ANY ($1::uuid[])
    )
    ON CONFLICT DO NOTHING
"""  # noqa: S608 - the same

MAKE_SAMPLES = f"""
    WITH zone AS ({ZONES}), manual AS (
        SELECT series.user_id, metric_id, series_id FROM series JOIN source USING (user_id, source_id)
        WHERE series.user_id = ANY ($1::uuid[]) AND app = $3 AND device IS NULL
    ), entry AS ({ENTRIES}), placed AS (
        SELECT user_id, metric_id, on_date, value, id, created_at, kind, CASE kind WHEN 3 THEN coalesce((
                   SELECT noon FROM zone
                   CROSS JOIN LATERAL (SELECT (on_date + time '12:00') AT TIME ZONE zone AS noon) AS midday
                   WHERE zone.user_id = entry.user_id AND since <= noon AND noon < until ORDER BY noon LIMIT 1
               ), at) ELSE at END AS at
        FROM entry
    ), numbered AS (
        SELECT user_id, metric_id, at, value, kind, row_number() OVER (
                   PARTITION BY user_id, metric_id, CASE kind WHEN 3 THEN on_date END, CASE WHEN kind <> 3 THEN at END
                   ORDER BY CASE kind WHEN 3 THEN created_at END DESC, CASE kind WHEN 1 THEN id END, id DESC
               ) - 1 AS n
        FROM placed
    ), wanted AS (
        SELECT series_id, at, n::smallint AS n, value FROM numbered JOIN manual USING (user_id, metric_id)
        WHERE n = 0 OR kind = 1
    ), stale AS (
        SELECT manual.series_id, sample.at, sample.n
        FROM unnest($1::uuid[], $2::date[]) AS day (user_id, on_date)
        JOIN manual USING (user_id)
        JOIN zone ON zone.user_id = day.user_id AND zone.since < (day.on_date + 2)::timestamp AT TIME ZONE 'UTC'
            AND zone.until > (day.on_date - 1)::timestamp AT TIME ZONE 'UTC'
        CROSS JOIN LATERAL (
            SELECT at, n FROM sample
            WHERE sample.series_id = manual.series_id AND at >= zone.since AND at < zone.until
              AND at >= (day.on_date - 1)::timestamp AT TIME ZONE 'UTC'
              AND at < (day.on_date + 2)::timestamp AT TIME ZONE 'UTC'
              AND (at AT TIME ZONE zone.zone)::date = day.on_date
            OFFSET 0
        ) AS sample
        WHERE NOT EXISTS (
            SELECT FROM wanted
            WHERE wanted.series_id = manual.series_id AND wanted.at = sample.at AND wanted.n = sample.n
        )
    ), deleted AS (
        DELETE FROM sample USING stale
        WHERE sample.series_id = stale.series_id AND sample.at = stale.at AND sample.n = stale.n
    ), kept AS (
        INSERT INTO sample AS old (series_id, at, n, duration_s, value)
        SELECT series_id, at, n, 0, value FROM wanted
        ON CONFLICT (series_id, at, n) DO UPDATE SET value = excluded.value WHERE old.value <> excluded.value
    )
    SELECT user_id, metric_id, series_id, on_date
    FROM unnest($1::uuid[], $2::date[]) AS day (user_id, on_date) JOIN manual USING (user_id)
"""  # noqa: S608 - the same

OfDay = tuple[UUID, date]


async def rebucket(db: Connection, days: Iterable[OfDay]) -> set[OfDay]:
    """Put records of these days where the user's time zones say; returns the days that gained some."""
    return {(row["user_id"], row["on_date"]) for row in await db.fetch(REBUCKET, *zip(*days, strict=True))}


async def derive(db: Connection, days: Iterable[OfDay]) -> set[Dirty]:
    """Make the samples of these days anew from their records; returns the days that may have changed."""
    users, dates = zip(*days, strict=True)
    await db.execute(MAKE_SERIES, users, dates, SOURCE)
    return {Dirty(**row) for row in await db.fetch(MAKE_SAMPLES, users, dates, SOURCE)}
