"""What becomes of health data when its user goes or moves."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from asyncpg import Connection

from health.days import queries as days
from health.records.model import SOURCE
from health.samples import queries as samples
from imports import queries as imports

SERIES = "SELECT series_id FROM series WHERE user_id = ANY ($1::uuid[])"

ERASE = """
    WITH records AS (DELETE FROM health_record WHERE user_id = ANY ($1::uuid[]) RETURNING 1),
    summaries AS (DELETE FROM day_summary WHERE user_id = ANY ($1::uuid[]) RETURNING 1),
    entered AS (DELETE FROM dirty_record WHERE user_id = ANY ($1::uuid[]) RETURNING 1),
    dirty AS (DELETE FROM dirty_day WHERE series_id = ANY ($2::integer[]) RETURNING 1),
    said AS (DELETE FROM day_source WHERE series_id = ANY ($2::integer[]) RETURNING 1),
    measured AS (DELETE FROM sample WHERE series_id = ANY ($2::integer[]) RETURNING 1),
    before AS (DELETE FROM sample_before WHERE series_id = ANY ($2::integer[]) RETURNING 1),
    touched AS (DELETE FROM import_series WHERE series_id = ANY ($2::integer[]) RETURNING 1),
    aside AS (DELETE FROM quarantine WHERE user_id = ANY ($1::uuid[]) RETURNING 1),
    believed AS (DELETE FROM source_priority WHERE user_id = ANY ($1::uuid[]) RETURNING 1),
    trained AS (DELETE FROM workout_sample WHERE user_id = ANY ($1::uuid[]) RETURNING 1),
    elsewhere AS (DELETE FROM import_elsewhere WHERE user_id = ANY ($1::uuid[]) RETURNING 1),
    rows AS (DELETE FROM series WHERE user_id = ANY ($1::uuid[]) RETURNING 1),
    sources AS (DELETE FROM source WHERE user_id = ANY ($1::uuid[]) RETURNING 1)
    SELECT (SELECT count(*) FROM records) + (SELECT count(*) FROM summaries) + (SELECT count(*) FROM entered)
         + (SELECT count(*) FROM dirty) + (SELECT count(*) FROM said) + (SELECT count(*) FROM measured)
         + (SELECT count(*) FROM before) + (SELECT count(*) FROM touched) + (SELECT count(*) FROM aside)
         + (SELECT count(*) FROM believed) + (SELECT count(*) FROM trained) + (SELECT count(*) FROM elsewhere)
         + (SELECT count(*) FROM rows) + (SELECT count(*) FROM sources)
"""

MOVE_RECORDS = """
    INSERT INTO dirty_record (user_id, on_date)
    SELECT DISTINCT user_id, date
    FROM health_record CROSS JOIN LATERAL (VALUES (on_date), (local_date(user_id, at))) AS was_or_is (date)
    WHERE user_id = ANY ($1::uuid[]) AND (on_date <> local_date(user_id, at) OR sleep_duration IS NOT NULL)
    UNION
    SELECT user_id, on_date + days FROM dirty_record CROSS JOIN generate_series(-2, 2) AS around (days)
    WHERE user_id = ANY ($1::uuid[])
"""

MOVE_SAMPLES = """
    WITH mine AS (
        SELECT series_id FROM series WHERE user_id = ANY ($1::uuid[])
    ), marked AS (
        INSERT INTO dirty_day (series_id, on_date, bulk)
        SELECT DISTINCT series_id, on_date + days, true
        FROM (
            SELECT series_id, on_date FROM day_source WHERE series_id IN (TABLE mine)
            UNION ALL SELECT series_id, on_date FROM dirty_day WHERE series_id IN (TABLE mine)
        ) AS known CROSS JOIN generate_series(-2, 2) AS around (days)
    )
    DELETE FROM sample WHERE series_id IN (
        SELECT series_id FROM series JOIN source USING (user_id, source_id) JOIN metric USING (metric_id)
        WHERE user_id = ANY ($1::uuid[]) AND app = $2 AND device IS NULL AND kind = 3
    )
"""


async def erase(db: Connection, user_ids: Sequence[UUID]) -> int:
    """Delete all that these users have here; what is being written at this moment, the next drain sweeps away."""
    await days.lock(db)
    return await erase_now(db, user_ids)


async def erase_now(db: Connection, user_ids: Iterable[UUID]) -> int:
    """Like ``erase``, by whoever holds the lock already."""
    gone = sorted(user_ids)
    await samples.lock_all(db, gone)
    series = [row["series_id"] for row in await db.fetch(SERIES, gone)]
    return int(await db.fetchval(ERASE, gone, series)) + await imports.erase(db, gone)


async def move(db: Connection, user_ids: Sequence[UUID]) -> None:
    """Make every day dirty to which the new time zones bring samples or from which they take some.

    An old date and a new one are at most two days apart, so no sample has to be read. Under the locks: what is written
    at this moment by the old zones is either seen here or, being a record, put right when it is summarised. Nights
    that were entered lie at local noon, which has moved: they are made anew from their records.
    """
    await days.lock(db)
    await samples.lock_all(db, user_ids)
    await db.execute(MOVE_RECORDS, user_ids)
    await db.execute(MOVE_SAMPLES, user_ids, SOURCE)
