"""Every statement that reads what is exported: in pages, each short, each naming the owner."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

import structlog
from asyncpg import Connection, Pool, Record

from chassis.database import connected
from chassis.problems import OUTAGE
from health.export.lines import Columns
from health.readers.batch import DeviceKind
from health.records.model import SOURCE, HealthRecord
from health.records.queries import COLUMNS, of_row

log = structlog.get_logger()

PAGE = 20_000
RECORDS_PAGE = 1_000
PAUSES_S = (0.2, 0.5, 1, 2, 4)
BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
FORMAT = "fitmesh"
"""What an import of an archive is called; what it brought stands in the next export by itself."""

SOURCES = """
    SELECT source_id, app, device, device_kind, name, ignored, merged_into FROM source
    WHERE user_id = $1 ORDER BY source_id
"""

PRIORITIES = """
    SELECT code, array_agg(source_id ORDER BY position, source_id) AS sources
    FROM source_priority LEFT JOIN metric USING (metric_id)
    WHERE user_id = $1 GROUP BY metric_id, code ORDER BY metric_id
"""

SERIES = """
    SELECT series_id, code, source_id, EXISTS (SELECT FROM sample WHERE sample.series_id = series.series_id) AS filled,
           EXISTS (
               SELECT FROM quarantine WHERE quarantine.user_id = $1 AND quarantine.series_id = series.series_id
           ) AS aside
    FROM series JOIN source USING (user_id, source_id) JOIN metric USING (metric_id)
    WHERE user_id = $1 AND NOT (app = $2 AND device IS NULL)
    ORDER BY code COLLATE "C", source_id
"""

RECORDS = f"""
    SELECT {COLUMNS} FROM health_record WHERE user_id = $1 AND (at, id) > ($2, $3) ORDER BY at, id LIMIT $4
"""  # noqa: S608 - the only text put in is the constant above


def _in_columns(rows: str, order: str) -> str:
    return f"""
    SELECT max(at) AS last_at, array_agg((extract(epoch FROM at) * 1000000)::bigint ORDER BY {order}) AS at_us,
           array_agg(duration_s ORDER BY {order}) AS duration_s,
           array_agg(value + 0.0::float8 ORDER BY {order}) AS value,
           array_agg(offset_min ORDER BY {order}) AS offset_min
    FROM ({rows}) AS page
"""  # noqa: S608 - the texts put in are the constants below


SAMPLES = _in_columns(
    """
        SELECT at, duration_s, value, offset_min FROM sample
        WHERE series_id = (SELECT series_id FROM series WHERE user_id = $1 AND series_id = $2) AND at > $3
        ORDER BY at FETCH FIRST $4 ROWS WITH TIES
    """,
    order="at, duration_s, value",
)
"""Without the number that tells samples of one instant apart: length and value do that too, and they alone last."""

ASIDE = _in_columns(
    """
        SELECT DISTINCT at, duration_s, value, offset_min FROM quarantine
        WHERE user_id = $1 AND series_id = $2 AND at > $3
        ORDER BY at FETCH FIRST $4 ROWS WITH TIES
    """,
    order="at, duration_s, value, offset_min",
)

IMPORTS = """
    SELECT sha256, file, bytes, format, source, mapping, state, created_at, stored FROM import
    WHERE user_id = $1 AND state IN ('finished', 'partial', 'failed', 'cancelled') AND format IS DISTINCT FROM $2
    ORDER BY created_at, sha256, file COLLATE "C", import_id
"""


class SourceRow(NamedTuple):
    source_id: int
    app: str
    device: str | None
    device_kind: DeviceKind
    name: str | None
    ignored: bool
    merged_into: int | None


class SeriesRow(NamedTuple):
    series_id: int
    code: str
    source_id: int
    filled: bool
    aside: bool


class ImportRow(NamedTuple):
    sha256: str
    file: str
    bytes: int
    format: str | None
    source: str | None
    mapping: str | None
    state: str
    created_at: datetime
    stored: bool


async def sources(db: Connection, user_id: UUID) -> list[SourceRow]:
    return [SourceRow(*row) for row in await db.fetch(SOURCES, user_id)]


async def priorities(db: Connection, user_id: UUID) -> list[tuple[str | None, list[int]]]:
    """Code of a metric, or None for all, and its sources in their order."""
    return [(row["code"], row["sources"]) for row in await db.fetch(PRIORITIES, user_id)]


async def series(db: Connection, user_id: UUID) -> list[SeriesRow]:
    """All but those that are made from records."""
    return [SeriesRow(*row) for row in await db.fetch(SERIES, user_id, SOURCE)]


async def imports(db: Connection, user_id: UUID) -> list[ImportRow]:
    """Those that came to an end and were not taken back."""
    return [ImportRow(*row) for row in await db.fetch(IMPORTS, user_id, FORMAT)]


async def records(pool: Pool, user_id: UUID) -> AsyncGenerator[list[HealthRecord]]:
    """All records, oldest first; no connection is held between two pages."""
    at, record_id = BEGINNING, UUID(int=0)
    while True:
        rows = await _page(pool, RECORDS, user_id, at, record_id, RECORDS_PAGE)
        if rows:
            yield [of_row(row) for row in rows]
        if len(rows) < RECORDS_PAGE:
            return
        at, record_id = rows[-1]["at"], rows[-1]["id"]


async def samples(pool: Pool, statement: str, user_id: UUID, series_id: int) -> AsyncGenerator[Columns]:
    """All samples of a series, or those set aside, oldest first."""
    last_at = BEGINNING
    while True:
        (row,) = await _page(pool, statement, user_id, series_id, last_at, PAGE)
        if row["last_at"] is None:
            return
        columns = Columns(row["at_us"], row["duration_s"], row["value"], row["offset_min"])
        yield columns
        if len(columns.at_us) < PAGE:
            return
        last_at = row["last_at"]


async def _page(pool: Pool, statement: str, *values: object) -> list[Record]:
    """An outage of a few seconds only delays: what was sent already is not to be for nothing."""
    for pause_s in PAUSES_S:
        try:
            async with connected(pool) as db:
                return await db.fetch(statement, *values)
        except OUTAGE as error:
            log.info("export.waits", error=type(error).__name__)
            await asyncio.sleep(pause_s)
    async with connected(pool) as db:
        return await db.fetch(statement, *values)
