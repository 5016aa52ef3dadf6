"""Every statement that touches sources and their priorities."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from asyncpg import Connection

from health.sources.model import Setting, Source

RANKED = """
    SELECT series.user_id, series.metric_id, series.series_id, series.source_id, effective.source_id AS effective_id,
           coalesce(effective.name, concat_ws(' · ', effective.app, nullif(effective.device, effective.app))) AS name,
           own.ignored OR effective.ignored AS ignored,
           dense_rank() OVER (
               PARTITION BY series.user_id, ordered_as
               ORDER BY of_metric.position, overall.position,
                        CASE effective.device_kind
                            WHEN 'manual' THEN 0 WHEN 'watch' THEN 1 WHEN 'ring' THEN 2 WHEN 'band' THEN 2
                            WHEN 'phone' THEN 3 WHEN 'scale' THEN 4 WHEN 'app' THEN 4 ELSE 5
                        END,
                        effective.source_id
           )::integer AS rank
    FROM series JOIN metric USING (metric_id)
    CROSS JOIN LATERAL (SELECT CASE metric.kind WHEN 3 THEN 46 ELSE metric_id END) AS as_metric (ordered_as)
    JOIN source AS own ON own.user_id = series.user_id AND own.source_id = series.source_id
    JOIN source AS effective
        ON effective.user_id = own.user_id AND effective.source_id = coalesce(own.merged_into, own.source_id)
    LEFT JOIN source_priority AS of_metric
        ON of_metric.user_id = series.user_id AND of_metric.metric_id = ordered_as
        AND of_metric.source_id = effective.source_id
    LEFT JOIN source_priority AS overall
        ON overall.user_id = series.user_id AND overall.metric_id = 0 AND overall.source_id = effective.source_id
    WHERE series.user_id = ANY ($1::uuid[])
"""
"""Every series of the users ``$1`` and how much its source is believed there: rank 1 before 2.

A query of its own, for use as a CTE. A merged source has the rank and the name of the one it counts as. Sources in the
order the user gave for the metric come first, then those in the order for all metrics, then the others by device.
Stages make a night together: all sleep metrics follow the order given for ``sleep_duration`` (46).
"""

LIST = """
    SELECT source.source_id AS id, source.app, source.device, source.device_kind,
           coalesce(source.name, concat_ws(' · ', source.app, nullif(source.device, source.app))) AS name,
           source.ignored, source.merged_into, min(first.at) AS first_at, max(last.at) AS last_at,
           coalesce(array_agg(metric.code ORDER BY metric.metric_id) FILTER (WHERE first.at IS NOT NULL), '{}')
               AS metrics
    FROM source
    LEFT JOIN series ON series.user_id = source.user_id AND series.source_id = source.source_id
    LEFT JOIN metric USING (metric_id)
    LEFT JOIN LATERAL (
        SELECT at FROM sample WHERE sample.series_id = series.series_id ORDER BY at LIMIT 1
    ) AS first ON true
    LEFT JOIN LATERAL (
        SELECT at FROM sample WHERE sample.series_id = series.series_id ORDER BY at DESC LIMIT 1
    ) AS last ON true
    WHERE source.user_id = $1
    GROUP BY source.source_id
    ORDER BY source.source_id
"""

STATED = """
    SELECT source_id, name, ignored, merged_into FROM source WHERE user_id = $1 AND app <> 'manual'
"""

IDS = "SELECT source_id FROM source WHERE user_id = $1"

STATE = """
    UPDATE source SET name = given.name, ignored = given.ignored, merged_into = given.merged_into
    FROM unnest($2::integer[], $3::text[], $4::boolean[], $5::integer[])
         AS given (source_id, name, ignored, merged_into)
    WHERE source.user_id = $1 AND source.source_id = given.source_id
"""

PRIORITY = "SELECT metric_id, source_id FROM source_priority WHERE user_id = $1 ORDER BY metric_id, position"

FORGET_PRIORITY = "DELETE FROM source_priority WHERE user_id = $1"

SET_PRIORITY = """
    INSERT INTO source_priority (user_id, metric_id, source_id, position)
    SELECT $1, metric_id, source_id, position
    FROM unnest($2::smallint[], $3::integer[], $4::smallint[]) AS given (metric_id, source_id, position)
"""

KNOWN = """(
        SELECT series_id, on_date FROM day_source UNION ALL SELECT series_id, on_date FROM dirty_day
    ) AS known"""
"""Days that something is said of, or was; those in the queue too, since one who summarises may just be taking them out,
and does so by the order from before. Days of records are queued as they are, for the same reason."""

AGAIN = """again AS (
        INSERT INTO dirty_record (user_id, on_date)
        SELECT DISTINCT user_id, on_date FROM dirty_record WHERE user_id = $1
    )"""

DIRTY_METRICS = f"""
    WITH {AGAIN}
    INSERT INTO dirty_day (series_id, on_date)
    SELECT DISTINCT ON (series.metric_id, known.on_date) series.series_id, known.on_date
    FROM series JOIN {KNOWN} USING (series_id)
    WHERE series.user_id = $1 AND (0 = ANY ($2::smallint[]) OR series.metric_id = ANY ($2::smallint[]))
    ORDER BY series.metric_id, known.on_date, series.series_id
"""  # noqa: S608 - the only texts put in are constants
"""Queue every day of these metrics (of all, if 0 is among them) that any source says something of."""

DIRTY_SOURCES = f"""
    WITH {AGAIN}
    INSERT INTO dirty_day (series_id, on_date)
    SELECT DISTINCT ON (series.metric_id, known.on_date) series.series_id, known.on_date
    FROM series JOIN {KNOWN} USING (series_id)
    WHERE series.user_id = $1 AND series.source_id = ANY ($2::integer[])
    ORDER BY series.metric_id, known.on_date, series.series_id
"""  # noqa: S608 - the only texts put in are constants
"""Queue every day that one of these sources says something of."""

Orders = dict[int, list[int]]
"""By metric id, 0 for all metrics: source ids, the most believed first."""


async def select(db: Connection, user_id: UUID) -> list[Source]:
    return [Source(**row) for row in await db.fetch(LIST, user_id)]


async def stated(db: Connection, user_id: UUID) -> dict[int, Setting]:
    """What is said of each of the user's sources."""
    rows = await db.fetch(STATED, user_id)
    return {
        row["source_id"]: Setting(
            id=row["source_id"], name=row["name"], ignored=row["ignored"], merged_into=row["merged_into"]
        )
        for row in rows
    }


async def ids(db: Connection, user_id: UUID) -> set[int]:
    return {row["source_id"] for row in await db.fetch(IDS, user_id)}


async def state(db: Connection, user_id: UUID, settings: Sequence[Setting]) -> None:
    """Replace what is said of these sources."""
    columns = zip(*((one.id, one.name, one.ignored, one.merged_into) for one in settings), strict=True)
    await db.execute(STATE, user_id, *columns)


async def priority(db: Connection, user_id: UUID) -> Orders:
    found: Orders = {}
    for metric_id, source_id in await db.fetch(PRIORITY, user_id):
        found.setdefault(metric_id, []).append(source_id)
    return found


async def set_priority(db: Connection, user_id: UUID, orders: Orders) -> None:
    """Replace all of the user's orders."""
    await db.execute(FORGET_PRIORITY, user_id)
    rows = [
        (metric_id, source_id, position)
        for metric_id, order in orders.items()
        for position, source_id in enumerate(order)
    ]
    if rows:
        await db.execute(SET_PRIORITY, user_id, *zip(*rows, strict=True))


async def dirty_metrics(db: Connection, user_id: UUID, metric_ids: Iterable[int]) -> None:
    await db.execute(DIRTY_METRICS, user_id, list(metric_ids))


async def dirty_sources(db: Connection, user_id: UUID, source_ids: Iterable[int]) -> None:
    await db.execute(DIRTY_SOURCES, user_id, list(source_ids))
