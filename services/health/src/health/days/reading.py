"""Where the samples of a day lie, and the statements that read them.

A local date is a stretch of time in each time zone the user had: seldom more than one. A sample belongs to the date of
its start, by the zone at that instant. What covers time on a date may have begun before it, and ends after it.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from datetime import date, datetime
from itertools import chain, groupby
from typing import NamedTuple
from uuid import UUID

import msgspec
from asyncpg import Connection, Record

from health.catalogue.table import BY_ID
from health.days.arbitrate import SECOND, Track, share
from health.days.model import SLEEP_ID, SLEEP_IDS, Figures, Key, rounded
from health.sources.queries import RANKED

YEARS = range(1900, 2200)
"""No sample lies outside, and no date there can be planned."""

ZONES = """
    SELECT user_id, zone, since, lead(since, 1, 'infinity') OVER (PARTITION BY user_id ORDER BY since, said) AS until
    FROM (
        SELECT user_id, zone, since, true AS said FROM known_zone WHERE user_id = ANY ($1::uuid[])
        UNION ALL
        SELECT user_id, 'UTC', '-infinity', false FROM unnest($1::uuid[]) AS asked (user_id)
    ) AS known
"""
"""From when until when the users ``$1`` had a zone, as ``local_date`` sees it; a query of its own, for use as a CTE."""

PLAN = f"""
    WITH zone AS ({ZONES}), ranked AS ({RANKED}), wanted AS (
        SELECT * FROM unnest($2::uuid[], $3::smallint[], $4::date[])
                      WITH ORDINALITY AS wanted (user_id, metric_id, on_date, number)
    ), span AS (
        SELECT user_id, on_date, greatest(since, on_date::timestamp AT TIME ZONE zone) AS since,
               least(until, (on_date + 1)::timestamp AT TIME ZONE zone) AS until
        FROM (SELECT DISTINCT user_id, on_date FROM wanted) AS day JOIN zone USING (user_id)
        WHERE since < (on_date + 1)::timestamp AT TIME ZONE zone AND until > on_date::timestamp AT TIME ZONE zone
    ), day AS (
        SELECT user_id, on_date, min(since) AS since, max(until) AS until,
               array_agg(date_part('epoch', since) ORDER BY since) AS starts,
               array_agg(date_part('epoch', until) ORDER BY since) AS ends
        FROM span WHERE since < until GROUP BY user_id, on_date
    ), reach AS (
        SELECT user_id, CASE WHEN metric_id = ANY ($6::smallint[]) THEN $5 ELSE metric_id END AS metric_id,
               max(longest_s) * interval '1 second' AS longest
        FROM series WHERE user_id = ANY ($1::uuid[]) GROUP BY 1, 2
    ), around AS (
        SELECT wanted.number, wanted.on_date, wanted.metric_id, user_id, day.starts, day.ends,
               day.since - margin - longest AS since, day.until + margin + longest AS until
        FROM wanted JOIN day USING (user_id, on_date) JOIN reach USING (user_id, metric_id)
        CROSS JOIN LATERAL (
            SELECT CASE wanted.metric_id WHEN $5 THEN interval '48 hours' ELSE interval '2 hours' END
        ) AS known (margin)
    )
    SELECT number - 1 AS number, around.on_date, ranked.metric_id, ranked.series_id, ranked.rank, ranked.name,
           zone.zone, greatest(around.since, zone.since) AS since, least(around.until, zone.until) AS until,
           around.starts, around.ends
    FROM around
    JOIN ranked ON ranked.user_id = around.user_id AND NOT ranked.ignored
        AND CASE WHEN ranked.metric_id = ANY ($6::smallint[]) THEN $5 ELSE ranked.metric_id END = around.metric_id
    JOIN zone ON zone.user_id = around.user_id AND zone.since < around.until AND zone.until > around.since
    ORDER BY number, ranked.rank
"""  # noqa: S608 - the only texts put in are constants

GIVEN = """unnest($1::integer[], $2::date[], $3::smallint[], $4::integer[], $5::integer[], $6::text[],
                $7::timestamptz[], $8::timestamptz[])
         AS read (number, on_date, metric_id, series_id, rank, zone, since, until)"""

THERE = """at, n, duration_s, value, (at AT TIME ZONE read.zone)::date = read.on_date AS mine
        FROM sample
        WHERE sample.series_id = read.series_id AND sample.at >= read.since AND sample.at < read.until
"""

READ = f"""
    FROM {GIVEN}
    CROSS JOIN LATERAL (SELECT {THERE} OFFSET 0) AS sample
"""

SAID = f"""
    SELECT number, rank, metric_id, said.*
    FROM (SELECT * FROM {GIVEN} ORDER BY number, rank) AS read
    CROSS JOIN LATERAL (
        SELECT array_agg((date_part('epoch', at) * 1000000)::bigint) AS at, array_agg(duration_s) AS duration_s,
               array_agg(value) AS value, array_agg(mine) AS mine
        FROM (SELECT {THERE} ORDER BY at, n) AS sample
        HAVING count(*) > 0
    ) AS said
    ORDER BY number, rank
"""  # noqa: S608 - the only texts put in are constants

ADDED = f"""
    SELECT number, count(*)::integer AS n, round(sum(value ORDER BY at, n)::numeric, 6)::float8 AS value,
           min(value) AS min, max(value) AS max,
           (SELECT sum(date_part('epoch', upper(span) - lower(span))) FROM unnest(range_agg(
               tstzrange(at, at + duration_s * interval '1 second')
           )) AS covered (span)) AS covered_s
    {READ} WHERE mine GROUP BY number
"""  # noqa: S608 - the same

SLOTS = f"""
    SELECT number, floor(date_part('epoch', at) / metric.slot_s)::bigint AS slot, rank, count(*) AS n,
           sum(value) AS sum, min(value) AS min, max(value) AS max,
           (max(ARRAY[date_part('epoch', at), series_id, value]) FILTER (WHERE metric.day_aggregate = 'last')) AS last
    {READ} JOIN metric USING (metric_id) WHERE mine GROUP BY 1, 2, 3
"""

CHOSEN = f"""
    WITH slot AS ({SLOTS}), won AS (
        SELECT DISTINCT ON (number, slot) * FROM slot ORDER BY number, slot, rank
    )
    SELECT number, sum(n)::integer AS n, round((sum(sum) / sum(n))::numeric, 6)::float8 AS avg, min(min) AS min,
           max(max) AS max, round((max(last))[3]::numeric, 6)::float8 AS last, count(slot) AS slots,
           array_agg(DISTINCT rank) AS ranks
    FROM won GROUP BY number
"""  # noqa: S608 - the same

KEEP_SOURCES = f"""
    WITH dirty AS (
        SELECT * FROM unnest($2::uuid[], $3::integer[], $4::date[]) AS dirty (user_id, series_id, on_date)
    ), zone AS ({ZONES}), fresh AS (
        SELECT dirty.series_id, dirty.on_date, count(*)::integer AS n, sum(value) AS sum, min(value) AS min,
               max(value) AS max, (max(ARRAY[date_part('epoch', at), n, value]))[3] AS last
        FROM dirty
        JOIN zone ON zone.user_id = dirty.user_id
            AND since < (dirty.on_date + 2)::timestamp AT TIME ZONE 'UTC'
            AND until > (dirty.on_date - 1)::timestamp AT TIME ZONE 'UTC'
        CROSS JOIN LATERAL (
            SELECT at, n, value FROM sample
            WHERE sample.series_id = dirty.series_id AND at >= since AND at < until
              AND at >= (dirty.on_date::timestamp AT TIME ZONE zone) - interval '2 hours'
              AND at < ((dirty.on_date + 1)::timestamp AT TIME ZONE zone) + interval '2 hours'
              AND (at AT TIME ZONE zone)::date = dirty.on_date
            OFFSET 0
        ) AS sample
        GROUP BY dirty.series_id, dirty.on_date
    ), gone AS (
        DELETE FROM day_source AS old USING dirty
        WHERE old.series_id = dirty.series_id AND old.on_date = dirty.on_date
          AND NOT EXISTS (SELECT FROM fresh WHERE fresh.series_id = old.series_id AND fresh.on_date = old.on_date)
    )
    INSERT INTO day_source AS old (series_id, on_date, n, sum, min, max, last)
    SELECT series_id, on_date, n, sum, min, max, last FROM fresh
    ON CONFLICT (series_id, on_date) DO UPDATE
    SET n = excluded.n, sum = excluded.sum, min = excluded.min, max = excluded.max, last = excluded.last
    WHERE (old.n, old.sum, old.min, old.max, old.last)
          IS DISTINCT FROM (excluded.n, excluded.sum, excluded.min, excluded.max, excluded.last)
"""  # noqa: S608 - the same


class Read(NamedTuple):
    """A stretch of one series that may say something of a day; ``number`` is the place of its key."""

    number: int
    on_date: date
    metric_id: int
    series_id: int
    rank: int
    zone: str
    since: datetime
    until: datetime


class Plan(msgspec.Struct, frozen=True):
    """Where to read what is said of some days."""

    keys: Sequence[Key]
    reads: Sequence[Read]
    names: dict[int, dict[int, str]]
    """By the place of a key and by rank, what the source is called; only of those who may say something."""
    spans: dict[int, Sequence[tuple[int, int]]]
    """By the place of a key, the stretches of time that its date consists of, in microseconds."""

    def length_s(self, number: int) -> float:
        """Of the date: 23 or 25 hours when the clocks change."""
        return sum(until - since for since, until in self.spans[number]) / SECOND

    def is_contested(self, number: int) -> bool:
        """Whether more than one source may say something."""
        return len(self.names[number]) > 1


class Dirty(NamedTuple):
    """A date on which samples of a series have changed."""

    user_id: UUID
    metric_id: int
    series_id: int
    on_date: date


async def keep_sources(db: Connection, dirty: Collection[Dirty]) -> None:
    """Make what each of these series says of its date anew."""
    users, _, series, dates = zip(*dirty, strict=True)
    await db.execute(KEEP_SOURCES, set(users), users, series, dates)


async def plan(db: Connection, keys: Sequence[Key]) -> Plan:
    """Find out where the samples that matter for these days lie."""
    made = Plan(keys, [], defaultdict(dict), {})
    reads: list[Read] = []
    users = {key.user_id for key in keys}
    for row in await db.fetch(PLAN, users, *zip(*keys, strict=True), SLEEP_ID, list(SLEEP_IDS)):
        number = row["number"]
        reads.append(Read(*(row[name] for name in Read._fields)))
        made.names[number][row["rank"]] = row["name"]
        made.spans[number] = [
            (round(since * SECOND), round(until * SECOND))
            for since, until in zip(row["starts"], row["ends"], strict=True)
        ]
    return msgspec.structs.replace(made, reads=reads)


async def added(db: Connection, of: Plan, numbers: set[int]) -> dict[int, Figures]:
    """What additive metrics come to on days of one source."""
    return {
        row["number"]: Figures(
            value=row["value"],
            min=row["min"],
            max=row["max"],
            n=row["n"],
            coverage=share(row["covered_s"] or 0, of.length_s(row["number"])),
            sources=tuple(of.names[row["number"]].values()),
        )
        for row in await _fetch(db, ADDED, of, numbers)
    }


async def chosen(db: Connection, of: Plan, numbers: set[int]) -> dict[int, Figures]:
    """What sampled and point metrics come to: in each slot the most believed source that says anything."""
    made = {}
    for row in await _fetch(db, CHOSEN, of, numbers):
        number = row["number"]
        metric = BY_ID[of.keys[number].metric_id]
        names = of.names[number]
        made[number] = Figures(
            value=rounded(row[metric.day_aggregate]),
            min=row["min"],
            max=row["max"],
            n=row["n"],
            coverage=share(row["slots"] * metric.slot_s, of.length_s(number)) if metric.slot_s else None,
            sources=tuple(dict.fromkeys(names[rank] for rank in sorted(row["ranks"]))),
        )
    return made


async def slots(db: Connection, of: Plan) -> list[Record]:
    """What each source says in each slot of a sampled metric."""
    return await _fetch(db, f"{SLOTS} ORDER BY slot, rank", of, set(range(len(of.keys))))


async def said(db: Connection, of: Plan, numbers: set[int]) -> AsyncIterator[tuple[int, list[Record]]]:
    """All that is said around each of these days, by source and metric; the most believed first."""
    group: list[Record] = []
    async for row in db.cursor(SAID, *_columns(of, numbers), prefetch=64):
        if group and group[0]["number"] != row["number"]:
            yield group[0]["number"], group
            group = []
        group.append(row)
    if group:
        yield group[0]["number"], group


async def all_said(db: Connection, of: Plan) -> list[Record]:
    """Like ``said``, of all days at once and outside a transaction."""
    return await _fetch(db, SAID, of, set(range(len(of.keys))))


def tracks(rows: Iterable[Record], names: dict[int, str]) -> list[Track]:
    """What was read of one additive or point metric; what counts as one source is one."""
    made: list[Track] = []
    for rank, group in groupby(rows, key=lambda row: int(row["rank"])):
        first, *others = group
        columns = [first[name] for name in ("at", "duration_s", "value", "mine")]
        if others:
            every = (
                zip(*(row[name] for name in ("at", "duration_s", "value", "mine")), strict=True)
                for row in (first, *others)
            )
            columns = [list(column) for column in zip(*sorted(chain.from_iterable(every)), strict=True)]
        made.append(Track(names[rank], *columns))
    return made


async def _fetch(db: Connection, statement: str, of: Plan, numbers: set[int]) -> list[Record]:
    return await db.fetch(statement, *_columns(of, numbers)) if numbers else []


def _columns(of: Plan, numbers: set[int]) -> list[Sequence[object]]:
    reads = [read for read in of.reads if read.number in numbers]
    return list(zip(*reads, strict=True)) if reads else [()] * len(Read._fields)
