"""The one way of files' samples into the database: staged, sifted, bound and merged, in the caller's transaction.

What can be done without knowing what is stored is done before the user's lock: ``stage`` copies a batch, ``sift`` makes
canonical, checked, sorted rows of it. Under the ``lock`` its streams are bound to series, and ``merge`` writes what is
not stored yet. The same samples again, in whatever order and pieces, write nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from asyncpg import Connection

from health.catalogue.table import BY_CODE
from health.readers.batch import Stream
from health.samples import queries
from health.samples.model import LARGEST_N, LONGEST_S
from health.samples.parts import BESIDE, NUMBERED, OWN, PERIODS, PIECES, SEVERAL, WRITE, dirty
from health.samples.queries import lock

__all__ = ("Counts", "Rule", "Sifted", "bind", "lock", "merge", "rules", "sift", "stage")

EXAMPLES = 100
"""Unusual values that are told one by one, for each series and write."""

HAS_STAGED = "SELECT to_regclass('pg_temp.sifted') IS NOT NULL"

MAKE_STAGED = """
    CREATE TEMPORARY TABLE staged (
        stream integer NOT NULL,
        at timestamptz NOT NULL,
        until timestamptz,
        value double precision,
        offset_min smallint
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE sifted (
        key integer NOT NULL,
        at timestamptz NOT NULL,
        value double precision NOT NULL,
        duration_s integer NOT NULL,
        n smallint,
        offset_min smallint
    ) ON COMMIT DELETE ROWS;
    COMMENT ON COLUMN sifted.key IS 'the number of the first stream of the series';
    COMMENT ON COLUMN sifted.n IS 'among what its series says of the instant; null of what is out of its bounds'
"""

SIFT = f"""
    WITH given AS (
        SELECT key, several, at, length_s, round(length_s)::integer AS duration_s,
               CASE WHEN of_length THEN length_s * factor ELSE value * factor END + shift AS value,
               offset_min, place, min, max, usual_min, usual_max
        FROM (
            SELECT stream, at, value, offset_min, ctid AS place,
                   coalesce(date_part('epoch', until - at), 0) AS length_s
            FROM staged OFFSET 0
        ) AS staged
        LEFT JOIN unnest($1::integer[], $2::integer[], $3::boolean[], $4::float8[], $5::float8[], $6::boolean[],
                         $7::float8[], $8::float8[], $9::float8[], $10::float8[])
                  AS rule (stream, key, several, factor, shift, of_length, min, max, usual_min, usual_max)
             USING (stream)
        OFFSET 0
    ), checked AS MATERIALIZED (
        SELECT key, several, at, duration_s, value, offset_min, place, CASE
                   WHEN value < 'Infinity' AND value > '-Infinity' AND length_s BETWEEN 0 AND {LONGEST_S}
                        AND at >= '1900-01-01 00:00:00+00' AND at < '2100-01-01 00:00:00+00'
                   THEN coalesce(value >= min, true) AND coalesce(value <= max, true)
               END AS fits,
               value < usual_min OR value > usual_max AS unusual
        FROM given WHERE key IS NOT NULL
    ), of_all AS MATERIALIZED (
        SELECT key, count(*) AS read, count(*) FILTER (WHERE NOT fits) AS quarantined,
               count(*) FILTER (WHERE fits IS NULL) AS refused, count(*) FILTER (WHERE fits AND at > now()) AS future,
               count(*) FILTER (WHERE fits AND unusual) AS unusual,
               min(at) FILTER (WHERE fits) AS first_at, max(at) FILTER (WHERE fits) AS last_at
        FROM checked GROUP BY key
    ), wanted AS (
        SELECT DISTINCT ON (key, at, own_length, own_value)
               key, at, value, duration_s, offset_min, own_length, own_value
        FROM (SELECT *, {OWN} FROM checked WHERE fits) AS fitting
        ORDER BY key, at, own_length, own_value, place DESC
    ), kept AS (
        INSERT INTO sifted (key, at, value, duration_s, offset_min, n)
        SELECT key, at, value, duration_s, offset_min, n
        FROM (
            SELECT *, row_number() OVER (PARTITION BY key, at ORDER BY own_length, own_value) - 1 AS n FROM wanted
        ) AS numbered
        WHERE n <= {LARGEST_N}
    ), aside AS (
        INSERT INTO sifted (key, at, value, duration_s, offset_min)
        SELECT DISTINCT key, at, value, duration_s, offset_min
        FROM checked WHERE NOT fits AND EXISTS (SELECT FROM of_all WHERE quarantined > 0)
    ), example AS (
        SELECT key, (array_agg(date_part('epoch', at) ORDER BY place))[:{EXAMPLES}] AS unusual_at,
               (array_agg(value ORDER BY place))[:{EXAMPLES}] AS unusual_value
        FROM checked WHERE fits AND unusual AND EXISTS (SELECT FROM of_all AS found WHERE found.unusual > 0)
        GROUP BY key
    )
    SELECT key, read, quarantined, refused, future, unusual, coalesce(unusual_at, '{{}}') AS unusual_at,
           coalesce(unusual_value, '{{}}') AS unusual_value, first_at, last_at
    FROM of_all LEFT JOIN example USING (key)
"""  # noqa: S608 - made of constants
"""Of rows with one key the last counts. EXISTS: where nothing is unusual, rows are not even looked through.

OFFSET keeps each expression from being computed as often as it is used, and the planner from taking an outer join for
an inner one, of which it would expect a handful of rows.
"""

MERGE = f"""
    WITH bound AS MATERIALIZED (
        SELECT given.*, {SEVERAL} AS several, met.since, met.till
        FROM unnest($3::integer[], $4::integer[], $5::bigint[], $6::bigint[], $7::timestamptz[], $8::timestamptz[])
             AS given (key, series_id, read, quarantined, first_at, last_at)
        JOIN series USING (series_id) JOIN metric USING (metric_id) CROSS JOIN LATERAL (
            SELECT min(at) AS since, max(at) AS till FROM sample
            WHERE sample.series_id = given.series_id AND at BETWEEN given.first_at AND given.last_at
        ) AS met
        WHERE series.user_id = $1
    ), wanted AS (
        SELECT series_id, several, at, duration_s, value, offset_min, {OWN}
        FROM sifted JOIN bound USING (key)
        WHERE n IS NOT NULL AND since IS NOT NULL AND at BETWEEN since AND till
    ), beside AS {BESIDE}, alone AS (
        SELECT series_id, at, duration_s, value, offset_min, NULL::integer AS old_duration_s,
               NULL::smallint AS old_offset_min, NULL::integer AS old_import_id, NULL::float8 AS old_value,
               false AS changes, n
        FROM sifted JOIN bound USING (key)
        WHERE n IS NOT NULL AND (at BETWEEN since AND till) IS NOT TRUE
    ), touched AS MATERIALIZED (
        SELECT * FROM alone
        UNION ALL
        SELECT * FROM {NUMBERED} AS numbered WHERE n <= {LARGEST_N}
    ), {WRITE}, {PERIODS}, {PIECES}, {dirty("$2 IS NOT NULL")}, kept AS (
        INSERT INTO sample_before (import_id, series_id, at, n, duration_s, offset_min, old_import_id, value)
        SELECT $2, series_id, at, n, old_duration_s, old_offset_min, old_import_id, old_value
        FROM touched WHERE changes AND $2 IS NOT NULL AND old_import_id IS DISTINCT FROM $2
          AND EXISTS (SELECT FROM of_touched WHERE updated > 0)
        ON CONFLICT (import_id, series_id, at, n) DO NOTHING
    ), aside AS (
        INSERT INTO quarantine (user_id, import_id, series_id, at, duration_s, offset_min, value)
        SELECT $1, $2, series_id, at, duration_s, offset_min, value
        FROM sifted JOIN bound USING (key)
        WHERE n IS NULL AND $2 IS NOT NULL AND EXISTS (SELECT FROM bound WHERE quarantined > 0)
        ON CONFLICT (import_id, series_id, at, duration_s, value) DO NOTHING
    ), noted AS (
        INSERT INTO import_series AS old (import_id, series_id, first_at, last_at, read, inserted, updated)
        SELECT $2, series_id, first_at, last_at, read, coalesce(inserted, 0), coalesce(updated, 0)
        FROM bound LEFT JOIN of_touched USING (series_id) WHERE $2 IS NOT NULL AND first_at IS NOT NULL
        ON CONFLICT (import_id, series_id) DO UPDATE
        SET first_at = least(old.first_at, excluded.first_at), last_at = greatest(old.last_at, excluded.last_at),
            read = old.read + excluded.read, inserted = old.inserted + excluded.inserted,
            updated = old.updated + excluded.updated
    )
    SELECT key, series_id, coalesce(inserted, 0) AS inserted, coalesce(updated, 0) AS updated
    FROM bound LEFT JOIN of_touched USING (series_id)
"""  # noqa: S608 - the same
"""From ``since`` to ``till`` a series has samples already, where the new ones are: seldom anything. Only the rows there
(``wanted``) are looked up; the others (``alone``) go in as they were sifted.
"""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """How rows of a stream become samples of a metric."""

    stream: int
    key: int
    """The number of the first stream of the same series."""
    several: bool
    factor: float = 1.0
    shift: float = 0.0
    of_length: bool = False
    min: float | None = None
    max: float | None = None
    usual_min: float | None = None
    usual_max: float | None = None


class Sifted(msgspec.Struct, frozen=True, kw_only=True):
    """What the rows of one series are, before any is written."""

    key: int
    read: int
    quarantined: int
    """Out of the metric's bounds: kept aside, not stored."""
    refused: int
    """No sample at all: no number, shorter than nothing or longer than a week, before 1900 or after 2099."""
    future: int
    """Stored, but they start later than now."""
    unusual: int
    """Stored, but outside of what is usual."""
    unusual_at: list[float]
    """Of the first hundred, in seconds since 1970."""
    unusual_value: list[float]
    first_at: datetime | None
    last_at: datetime | None
    """Of those that are stored."""


class Counts(Sifted, frozen=True, kw_only=True):
    """What became of the rows of one series."""

    inserted: int
    updated: int

    @property
    def unchanged(self) -> int:
        """Repeats of what is stored, or of each other."""
        return self.read - self.inserted - self.updated - self.quarantined - self.refused


def rules(streams: Sequence[Stream]) -> list[Rule]:
    """Of the streams of a file, in their order. Streams of metrics outside the catalogue are a bug: KeyError."""
    keys: dict[tuple[str, str | None, str], int] = {}
    made = []
    for number, stream in enumerate(streams):
        metric = BY_CODE[stream.metric]
        made.append(
            Rule(
                stream=number,
                key=keys.setdefault((stream.origin.app, stream.origin.device, stream.metric), number),
                several=metric.several,
                factor=stream.factor,
                shift=stream.shift,
                of_length=stream.of_length,
                min=None if stream.accepted else metric.min,
                max=None if stream.accepted else metric.max,
                usual_min=metric.usual_min,
                usual_max=metric.usual_max,
            )
        )
    return made


async def stage(db: Connection, rows: bytes) -> None:
    """Copy a batch of rows into the temporary table of this connection; they are gone after the transaction."""
    if not await db.fetchval(HAS_STAGED):
        await db.execute(MAKE_STAGED)
    await db.copy_to_table(
        "staged", source=queries.once(rows), columns=["stream", "at", "until", "value", "offset_min"]
    )


async def sift(db: Connection, known: Iterable[Rule]) -> list[Sifted]:
    """Make samples of what is staged, each once; rows of streams without a rule are left out."""
    columns = zip(*map(msgspec.structs.astuple, known), strict=True)
    return [Sifted(**row) for row in await db.fetch(SIFT, *columns)]


async def bind(db: Connection, user_id: UUID, streams: Sequence[Stream], *, import_id: int | None) -> list[int]:
    """The series of each stream; sources and series that are missing are made."""
    metrics = [BY_CODE[stream.metric] for stream in streams]
    found = await queries.find_or_make_series(db, user_id, [s.origin for s in streams], metrics, import_id=import_id)
    return [where.series_id for where in found]


async def merge(
    db: Connection,
    user_id: UUID,
    sifted: Sequence[Sifted],
    series: Sequence[int] | Mapping[int, int],
    import_id: int | None,
) -> dict[int, Counts]:
    """Write what is sifted and not stored yet, with its dirty days; ``series`` by key, counts by series."""
    columns = (
        [one.key for one in sifted],
        [series[one.key] for one in sifted],
        [one.read for one in sifted],
        [one.quarantined for one in sifted],
        [one.first_at for one in sifted],
        [one.last_at for one in sifted],
    )
    of_key = {one.key: msgspec.structs.asdict(one) for one in sifted}
    return {
        row["series_id"]: Counts(**of_key[row["key"]], inserted=row["inserted"], updated=row["updated"])
        for row in await db.fetch(MERGE, user_id, import_id, *columns)
    }
