"""Take back what an import wrote, piece by piece, so that everything is as if it had never been.

Rows it made go; rows it replaced come back, unless a later import has replaced them again: then that import's memory of
what was before takes over this one's. What the user has written or deleted since stays as the user left it.
"""

from datetime import datetime
from uuid import UUID

from asyncpg import Connection

from health.days import queries as days
from health.export import restore
from health.samples import merge
from health.samples.parts import PERIODS, PIECES, dirty
from imports.model import Claimed

LARGEST = 50_000
"""Rows of one transaction."""

NEXT_SERIES = """
    SELECT span.series_id, span.first_at, span.last_at
    FROM import_series AS span JOIN series ON series.user_id = $1 AND series.series_id = span.series_id
    WHERE span.import_id = $2 ORDER BY span.series_id LIMIT 1
"""

NEXT_PIECE = """
    SELECT min(at) AS first_at, max(at) AS last_at
    FROM (
        SELECT at FROM sample WHERE series_id = $2 AND at BETWEEN $3 AND $4 AND import_id = $1 ORDER BY at LIMIT $5
    ) AS found
"""

TAKE_BACK = f"""
    WITH old AS (
        DELETE FROM sample_before AS old
        WHERE import_id = $2 AND series_id = $3 AND at BETWEEN $4 AND $5 AND EXISTS (
            SELECT FROM sample
            WHERE series_id = $3 AND at BETWEEN $4 AND $5 AND at = old.at AND n = old.n AND sample.import_id = $2
        )
        RETURNING at, n, duration_s, offset_min, old_import_id, value
    ), restored AS (
        UPDATE sample
        SET duration_s = old.duration_s, offset_min = old.offset_min, value = old.value, import_id = old.old_import_id
        FROM old
        WHERE sample.series_id = $3 AND sample.at BETWEEN $4 AND $5 AND sample.at = old.at AND sample.n = old.n
    ), removed AS (
        DELETE FROM sample
        WHERE series_id = $3 AND at BETWEEN $4 AND $5 AND import_id = $2 AND NOT EXISTS (
            SELECT FROM sample_before AS kept
            WHERE kept.import_id = $2 AND kept.series_id = $3 AND kept.at = sample.at AND kept.n = sample.n
        )
        RETURNING at, duration_s
    ), touched AS MATERIALIZED (
        SELECT $3::integer AS series_id, at, duration_s FROM removed
        UNION ALL SELECT $3::integer, at, duration_s FROM old
    ), {PERIODS}, {PIECES}, {dirty("true")}
    UPDATE import_series SET first_at = $5 WHERE import_id = $2 AND series_id = $3
"""  # noqa: S608 - the only text put in is the constant above

HAND_ON = """
    WITH mine AS MATERIALIZED (
        SELECT series_id, at, n, duration_s, offset_min, old_import_id, value FROM sample_before
        WHERE import_id = $1 AND series_id = $2 ORDER BY at, n LIMIT $3
    ), taken AS (
        UPDATE sample_before AS later
        SET duration_s = mine.duration_s, offset_min = mine.offset_min, value = mine.value,
            old_import_id = mine.old_import_id
        FROM mine
        WHERE later.old_import_id = $1 AND later.series_id = $2 AND later.at = mine.at AND later.n = mine.n
          AND later.import_id IS DISTINCT FROM mine.old_import_id
    ), its_own AS (
        DELETE FROM sample_before AS later USING mine
        WHERE later.old_import_id = $1 AND later.series_id = $2 AND later.at = mine.at AND later.n = mine.n
          AND later.import_id = mine.old_import_id
    ), gone AS (
        DELETE FROM sample_before AS old USING mine
        WHERE old.import_id = $1 AND old.series_id = $2 AND old.at = mine.at AND old.n = mine.n
        RETURNING 1
    )
    SELECT count(*) FROM gone
"""

FORGET_SERIES = """
    WITH later AS (
        DELETE FROM sample_before WHERE old_import_id = $2 AND series_id = $3
    ), span AS (
        DELETE FROM import_series WHERE import_id = $2 AND series_id = $3
    )
    UPDATE series SET longest_s = coalesce((SELECT max(duration_s) FROM sample WHERE sample.series_id = $3), 0)
    WHERE user_id = $1 AND series_id = $3 AND longest_s > 0
"""

FORGET_QUARANTINE = """
    WITH gone AS (
        DELETE FROM quarantine WHERE quarantine_id IN (
            SELECT quarantine_id FROM quarantine WHERE user_id = $1 AND import_id = $2 LIMIT $3
        )
        RETURNING 1
    )
    SELECT count(*) FROM gone
"""

EMPTY = """
    SELECT series_id, EXISTS (SELECT FROM dirty_day WHERE dirty_day.series_id = series.series_id) AS dirty
    FROM series
    WHERE user_id = $1 AND import_id = $2
      AND NOT EXISTS (SELECT FROM sample WHERE sample.series_id = series.series_id)
      AND NOT EXISTS (SELECT FROM import_series AS span WHERE span.series_id = series.series_id)
      AND NOT EXISTS (SELECT FROM quarantine WHERE quarantine.user_id = $1 AND quarantine.series_id = series.series_id)
"""

REMOVE_SERIES = """
    WITH summed AS (
        DELETE FROM day_source WHERE series_id = ANY ($2::integer[])
    )
    DELETE FROM series WHERE user_id = $1 AND series_id = ANY ($2::integer[])
"""

HAND_ON_SERIES = """
    UPDATE series SET import_id = (SELECT min(import_id) FROM import_series WHERE series_id = series.series_id)
    WHERE user_id = $1 AND import_id = $2
"""

REMOVE_SOURCES = """
    DELETE FROM source
    WHERE user_id = $1 AND import_id = $2 AND name IS NULL AND NOT ignored AND merged_into IS NULL
      AND NOT EXISTS (SELECT FROM series WHERE series.user_id = $1 AND series.source_id = source.source_id)
      AND NOT EXISTS (SELECT FROM source_priority AS place
                      WHERE place.user_id = $1 AND place.source_id = source.source_id)
      AND NOT EXISTS (SELECT FROM source AS other WHERE other.user_id = $1 AND other.merged_into = source.source_id)
"""

HAND_ON_SOURCES = """
    UPDATE source SET import_id = (
        SELECT CASE WHEN count(*) = count(import_id) THEN min(import_id) END FROM series
        WHERE series.user_id = $1 AND series.source_id = source.source_id
    )
    WHERE user_id = $1 AND import_id = $2
"""


async def undo(db: Connection, claimed: Claimed) -> bool:
    """Take back one piece; True when nothing is left of the import. Safe to go on after any interruption."""
    user_id, import_id = claimed.user_id, claimed.import_id
    span = await db.fetchrow(NEXT_SERIES, user_id, import_id)
    if span:
        await merge.lock(db, user_id)
        await _of_series(db, user_id, import_id, span["series_id"], span["first_at"], span["last_at"])
        return False
    if await db.fetchval(FORGET_QUARANTINE, user_id, import_id, LARGEST):
        return False
    if not await restore.take_back(db, user_id, import_id):
        return False
    return await _clear(db, user_id, import_id)


async def _of_series(
    db: Connection, user_id: UUID, import_id: int, series_id: int, first_at: datetime, last_at: datetime
) -> None:
    piece = await db.fetchrow(NEXT_PIECE, import_id, series_id, first_at, last_at, LARGEST)
    if piece and piece["first_at"] is not None:
        await db.execute(TAKE_BACK, user_id, import_id, series_id, piece["first_at"], piece["last_at"])
    elif not await db.fetchval(HAND_ON, import_id, series_id, LARGEST):
        await db.execute(FORGET_SERIES, user_id, import_id, series_id)


async def _clear(db: Connection, user_id: UUID, import_id: int) -> bool:
    """Remove series and sources that nothing is left of, once their days have been made anew."""
    await days.lock(db)
    await merge.lock(db, user_id)
    empty = await db.fetch(EMPTY, user_id, import_id)
    if any(row["dirty"] for row in empty):
        return False
    await db.execute(REMOVE_SERIES, user_id, [row["series_id"] for row in empty])
    await db.execute(HAND_ON_SERIES, user_id, import_id)
    await db.execute(REMOVE_SOURCES, user_id, import_id)
    await db.execute(HAND_ON_SOURCES, user_id, import_id)
    return True
