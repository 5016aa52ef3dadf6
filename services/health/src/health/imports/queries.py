"""Every statement that touches what an import left in samples, but for those of reading and undoing it."""

from collections.abc import Sequence
from uuid import UUID

from asyncpg import Connection

from health.imports.model import Aside, SeriesCount, Told
from health.samples import merge
from health.samples.parts import SEVERAL

MOST_ACCEPTED = 5_000

SERIES = """
    SELECT metric.code AS metric, source.source_id,
           coalesce(source.name, concat_ws(' · ', source.app, source.device)) AS source,
           span.read, span.inserted, span.updated, span.first_at, span.last_at
    FROM import_series AS span
    JOIN series ON series.user_id = $1 AND series.series_id = span.series_id
    JOIN source ON source.user_id = $1 AND source.source_id = series.source_id
    JOIN metric USING (metric_id)
    WHERE span.import_id = (SELECT import_id FROM import WHERE user_id = $1 AND id = $2)
    ORDER BY metric.metric_id, source.source_id
"""

TOLD = """
    SELECT id, file, format, bytes, records, seconds, kept, coalesce(zone, 'UTC') AS zone,
           coalesce(inserted, 0)::bigint AS inserted, coalesce(updated, 0)::bigint AS updated, first_at, last_at
    FROM import CROSS JOIN LATERAL (
        SELECT sum(inserted) AS inserted, sum(updated) AS updated, min(first_at) AS first_at, max(last_at) AS last_at
        FROM import_series AS span WHERE span.import_id = import.import_id
    ) AS summed
    WHERE import_id = $1
"""

ASIDE = """
    SELECT quarantine_id AS id, metric.code AS metric, metric.unit, series.source_id, at, duration_s, value
    FROM quarantine
    JOIN series ON series.user_id = $1 AND series.series_id = quarantine.series_id
    JOIN metric USING (metric_id)
    WHERE quarantine.user_id = $1 AND quarantine_id > $3
      AND quarantine.import_id = (SELECT import_id FROM import WHERE user_id = $1 AND id = $2)
    ORDER BY quarantine_id LIMIT $4
"""

TAKE_ASIDE = f"""
    WITH taken AS (
        DELETE FROM quarantine WHERE quarantine_id IN (
            SELECT quarantine_id FROM quarantine
            WHERE user_id = $1 AND import_id = $2 AND coalesce(quarantine_id = ANY ($3::bigint[]), true)
            ORDER BY quarantine_id LIMIT $4
        )
        RETURNING series_id, at, duration_s, offset_min, value
    ), copied AS (
        INSERT INTO staged (stream, at, until, value, offset_min)
        SELECT series_id, at, at + make_interval(secs => duration_s), value, offset_min FROM taken
    )
    SELECT series_id, {SEVERAL} AS several, count(*) AS count
    FROM taken JOIN series USING (series_id) JOIN metric USING (metric_id)
    WHERE series.user_id = $1
    GROUP BY series_id, metric.kind
"""  # noqa: S608 - made of a constant

LEFT_ASIDE = "SELECT count(*) FROM quarantine WHERE user_id = $1 AND import_id = $2"


async def series(db: Connection, user_id: UUID, import_id: UUID) -> list[SeriesCount]:
    return [SeriesCount(**row) for row in await db.fetch(SERIES, user_id, import_id)]


async def told(db: Connection, import_id: int) -> Told:
    row = await db.fetchrow(TOLD, import_id)
    if row is None:
        raise LookupError(import_id)
    return Told(**row)


async def aside(db: Connection, user_id: UUID, import_id: UUID, after: int, limit: int) -> list[Aside]:
    """Values set aside, one more than ``limit``."""
    return [Aside(**row) for row in await db.fetch(ASIDE, user_id, import_id, after, limit + 1)]


async def accept(db: Connection, user_id: UUID, import_id: int, ids: Sequence[int] | None) -> tuple[int, int]:
    """Write values set aside as the import's own, so that undo takes them back too; how many, and how many are left."""
    await merge.lock(db, user_id)
    await merge.stage(db, b"")
    taken = await db.fetch(TAKE_ASIDE, user_id, import_id, ids, MOST_ACCEPTED)
    if taken:
        series = {row["series_id"]: row["series_id"] for row in taken}
        known = [merge.Rule(stream=row["series_id"], key=row["series_id"], several=row["several"]) for row in taken]
        await merge.merge(db, user_id, await merge.sift(db, known), series, import_id=import_id)
    left = await db.fetchval(LEFT_ASIDE, user_id, import_id)
    return sum(row["count"] for row in taken), int(left)
