"""Every statement that writes samples. Readers of them are in ``read.py``.

A sample has no owner of its own: each statement reaches it through a series of the user.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from asyncpg import Connection

from contracts.events import SampleRecorded
from health.catalogue.model import Metric
from health.readers.batch import Origin
from health.samples.parts import BESIDE, NUMBERED, OWN, PERIODS, PIECES, SEVERAL, WRITE, dirty

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('samples ' || $1::uuid::text, 0))"

LOCK_ALL = """
    SELECT pg_advisory_xact_lock(hashtextextended('samples ' || user_id::text, 0))
    FROM unnest($1::uuid[]) AS owner (user_id)
"""


def _find_series(occupied: str) -> str:
    return f"""
        SELECT series.series_id, EXISTS (SELECT FROM erased WHERE user_id = $1) AS gone,
               coalesce(source.name, concat_ws(' · ', source.app, nullif(source.device, source.app))) AS source,
               {occupied} AS occupied
        FROM unnest($2::text[], $3::text[], $4::smallint[]) WITH ORDINALITY AS given (app, device, metric_id, place)
        LEFT JOIN source ON source.user_id = $1 AND source.app = given.app
            AND source.device IS NOT DISTINCT FROM given.device
        LEFT JOIN series ON series.user_id = $1 AND series.metric_id = given.metric_id
            AND series.source_id = source.source_id
        ORDER BY given.place
    """  # noqa: S608 - one of the two texts below


FIND_SERIES = _find_series("false")
FIND_OCCUPIED = _find_series("""EXISTS (
    SELECT FROM sample WHERE sample.series_id = series.series_id AND sample.at BETWEEN $5 AND $6
)""")
"""Planning this takes some milliseconds more."""

MAKE_SERIES = """
    WITH given AS (
        SELECT DISTINCT app, device, device_kind, metric_id
        FROM unnest($2::text[], $3::text[], $4::smallint[], $5::text[]) AS given (app, device, metric_id, device_kind)
    ), made AS (
        INSERT INTO source AS old (user_id, app, device, device_kind, import_id)
        SELECT DISTINCT ON (app, device) $1, app, device, device_kind, $6::integer FROM given
        ORDER BY app, device, device_kind = 'unknown'
        ON CONFLICT (user_id, app, device) DO UPDATE SET device_kind = excluded.device_kind
        WHERE old.device_kind = 'unknown' AND excluded.device_kind <> 'unknown'
        RETURNING source_id, app, device
    ), named AS (
        SELECT source_id, app, device FROM made
        UNION
        SELECT source_id, app, device FROM source WHERE user_id = $1
    )
    INSERT INTO series (user_id, metric_id, source_id, import_id)
    SELECT DISTINCT $1, given.metric_id, named.source_id, $6::integer
    FROM given JOIN named ON named.app = given.app AND named.device IS NOT DISTINCT FROM given.device
    ON CONFLICT (user_id, metric_id, source_id) DO NOTHING
"""

SENT = f"""
    WITH given AS (
        SELECT series_id, {SEVERAL} AS several, to_timestamp(at) AS at, duration_s, value, offset_min, place
        FROM unnest($3::integer[], $4::float8[], $5::integer[], $6::float8[], $7::smallint[])
             WITH ORDINALITY AS given (series_id, at, duration_s, value, offset_min, place)
        JOIN series USING (series_id) JOIN metric USING (metric_id)
        WHERE series.user_id = $1
    ), wanted AS (
        SELECT DISTINCT ON (series_id, at, own_length, own_value)
               series_id, several, at, duration_s, value, offset_min, own_length, own_value
        FROM (SELECT *, {OWN} FROM given) AS given
        ORDER BY series_id, at, own_length, own_value, place DESC
    ), beside AS {BESIDE}, touched AS MATERIALIZED {NUMBERED}, {WRITE}, {PERIODS}, {PIECES}, {dirty()}
    SELECT series_id, count(*) FILTER (WHERE NOT changes) AS inserted, count(*) FILTER (WHERE changes) AS updated,
           min(at) AS first_at, max(at) AS last_at, min(value) AS min, max(value) AS max,
           (array_agg(value ORDER BY at DESC, n DESC))[1] AS last, max(n) AS largest_n
    FROM touched GROUP BY series_id
"""  # noqa: S608 - the same
"""Like ``merge.MERGE``, of samples that have been checked already and came as arrays."""

FOLLOW = f"""
    WITH {PERIODS}, piece AS (
        SELECT series_id, zone, since, till, to_timestamp(first) - before AS first,
               to_timestamp(last) + interval '15 minutes' - interval '1 us' AS last
        FROM unnest($2::integer[], $3::float8[], $4::float8[]) AS given (series_id, first, last)
        JOIN period USING (series_id)
    ), {dirty()}, lengths AS (
        UPDATE series SET longest_s = longer.longest_s
        FROM unnest($5::integer[], $6::integer[]) AS longer (series_id, longest_s)
        WHERE series.user_id = $1 AND series.series_id = longer.series_id AND series.longest_s < longer.longest_s
    )
    INSERT INTO outbox (event_id, user_id, name, body, trace)
    SELECT event_id, user_id, name, body, $11
    FROM unnest($7::uuid[], $8::uuid[], $9::text[], $10::bytea[]) AS given (event_id, user_id, name, body)
"""  # noqa: S608 - the same
"""What has to happen when samples were copied in: their days, their lengths, their events."""

MATCHING = """
    SELECT sample.series_id, sample.at, sample.n, sample.duration_s
    FROM series
    JOIN source ON source.user_id = series.user_id AND source.source_id = series.source_id
    JOIN sample USING (series_id)
    WHERE series.user_id = $1 AND series.metric_id = $2 AND source.app <> 'manual'
      AND ($3::integer IS NULL OR series.source_id = $3) AND sample.at >= $4 AND sample.at < $5
"""

COUNT = f"SELECT count(*) FROM ({MATCHING} LIMIT $6) AS found"  # noqa: S608 - the same

DELETE = f"""
    WITH touched AS MATERIALIZED ({MATCHING}), gone AS (
        DELETE FROM sample USING touched
        WHERE sample.series_id = touched.series_id AND sample.at = touched.at AND sample.n = touched.n
          AND sample.at >= $4 AND sample.at < $5
        RETURNING 1
    ), forgotten AS (
        DELETE FROM sample_before AS old USING touched
        WHERE old.series_id = touched.series_id AND old.at = touched.at AND old.n = touched.n
    ), {PERIODS}, {PIECES}, {dirty()}
    SELECT count(*) FROM gone
"""  # noqa: S608 - the same

MOST_SOURCES = 1_000
"""Of one user; a file that names more is not what it says it is."""

COUNT_SOURCES = "SELECT count(*) FROM source WHERE user_id = $1"


class Found(NamedTuple):
    """A series, what the user calls its source, and whether it has samples between the instants asked about."""

    series_id: int
    source: str
    occupied: bool


class Touched(msgspec.Struct, frozen=True, kw_only=True):
    """What a request wrote into one series."""

    series_id: int
    inserted: int
    updated: int
    first_at: datetime
    last_at: datetime
    min: float
    max: float
    last: float
    largest_n: int = 0


async def lock(db: Connection, user_id: UUID) -> None:
    """Nobody else writes samples of this user until the transaction ends."""
    await db.execute(LOCK, user_id)


async def lock_all(db: Connection, user_ids: Iterable[UUID]) -> None:
    """Like ``lock``, of several users; in their order, so that two who do so cannot wait for each other."""
    await db.execute(LOCK_ALL, sorted(user_ids))


async def find_or_make_series(
    db: Connection,
    user_id: UUID,
    origins: Sequence[Origin],
    metrics: Sequence[Metric],
    *,
    import_id: int | None = None,
    between: tuple[datetime, datetime] | None = None,
) -> list[Found]:
    """The series of (source, metric), in the order asked; what is missing is made. Unauthorized if the user is gone."""
    asked = ([o.app for o in origins], [o.device for o in origins], [m.metric_id for m in metrics])
    find = (FIND_OCCUPIED, user_id, *asked, *between) if between else (FIND_SERIES, user_id, *asked)
    found = await db.fetch(*find)
    if any(row["gone"] for row in found):
        from chassis.problems import Unauthorized  # noqa: PLC0415 - what reads files loads no web, 60 MB, until then

        raise Unauthorized("the account is gone")
    if any(row["series_id"] is None for row in found):
        await db.execute(MAKE_SERIES, user_id, *asked, [o.device_kind for o in origins], import_id)
        if await db.fetchval(COUNT_SOURCES, user_id) > MOST_SOURCES:
            from health.samples.refusals import TooManySources  # noqa: PLC0415 - the same

            raise TooManySources(f"a user may have {MOST_SOURCES:,}")
        found = await db.fetch(*find)
    return [Found(row["series_id"], row["source"], row["occupied"]) for row in found]


async def write(db: Connection, user_id: UUID, columns: Sequence[Sequence[object]]) -> list[Touched]:
    """Write samples that are not stored yet: series id, seconds since 1970, length, canonical value, offset.

    Where ``largest_n`` is beyond ``model.LARGEST_N``, they were too many at one instant, and must not be committed.
    """
    return [Touched(**row) for row in await db.fetch(SENT, user_id, None, *columns)]


async def copy(db: Connection, rows: bytes) -> None:
    """Copy samples in as they are, in PostgreSQL's binary form: none of them may be stored yet.

    The series are of the user, as ``find_or_make_series`` found them in this transaction: COPY cannot ask again.
    """
    columns = ["series_id", "at", "n", "duration_s", "offset_min", "value"]
    await db.copy_to_table("sample", source=once(rows), columns=columns, format="binary")


async def follow(
    db: Connection,
    user_id: UUID,
    pieces: Sequence[tuple[int, float, float]],
    lengths: Mapping[int, int],
    events: Sequence[SampleRecorded],
) -> None:
    """After ``copy``: queue the days of pieces (series id, first and last quarter of an hour), tell the others."""
    columns = (*zip(*pieces, strict=True), list(lengths), list(lengths.values()))
    from outbox import store  # noqa: PLC0415 - the same

    await db.execute(FOLLOW, user_id, *columns, *store.columns(events))


async def delete(
    db: Connection, user_id: UUID, metric_id: int, source_id: int | None, first: datetime, end: datetime, *, most: int
) -> int | None:
    """Delete samples and queue their days; None, and nothing is deleted, if there are more than ``most``."""
    asked = (user_id, metric_id, source_id, first, end)
    if await db.fetchval(COUNT, *asked, most + 1) > most:
        return None
    return int(await db.fetchval(DELETE, *asked))


async def once(rows: bytes) -> AsyncIterator[bytes]:
    """As COPY wants it."""
    yield rows
