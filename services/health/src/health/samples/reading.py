"""Every statement that reads samples. Only raw points and hours touch them; the others are made of day summaries."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec
from asyncpg import Connection

from health.samples.model import Aggregate, Point
from health.samples.parts import ZONES
from health.sources.queries import RANKED

MOST_SHAPED = 200_000
"""Points that are looked at to find the shape of a curve."""

SPAN = f"""
    WITH {ZONES}
    SELECT coalesce($2::timestamptz, (
               SELECT $4::date::timestamp AT TIME ZONE zone FROM zone
               WHERE $4::date::timestamp AT TIME ZONE zone < until ORDER BY since LIMIT 1
           )) AS first,
           coalesce($3::timestamptz, (
               SELECT ($5::date + 1)::timestamp AT TIME ZONE zone FROM zone
               WHERE ($5::date + 1)::timestamp AT TIME ZONE zone < until ORDER BY since LIMIT 1
           )) AS end,
           coalesce($4::date, local_date($1, $2)) AS from_date,
           coalesce($5::date, local_date($1, $3 - interval '1 us')) AS to_date
"""  # noqa: S608 - the only texts put in are constants

RAW = """
    SELECT sample.at, sample.duration_s, sample.value, series.source_id
    FROM series JOIN sample USING (series_id)
    WHERE series.user_id = $1 AND series.metric_id = $2 AND ($3::integer IS NULL OR series.source_id = $3)
      AND sample.at >= $4 AND sample.at < $5
    ORDER BY sample.at, series.series_id, sample.n LIMIT $6
"""

EXTREMES = f"""
    WITH found AS ({RAW}), placed AS (
        SELECT *, width_bucket(extract(epoch FROM at), extract(epoch FROM $4::timestamptz),
                               extract(epoch FROM $5::timestamptz), $7) AS bucket
        FROM found
    ), ordered AS (
        SELECT *, row_number() OVER (PARTITION BY bucket ORDER BY value, at) AS lowest,
               row_number() OVER (PARTITION BY bucket ORDER BY value DESC, at) AS highest
        FROM placed
    )
    SELECT at, duration_s, value, source_id, (SELECT count(*) FROM found) AS looked_at
    FROM ordered WHERE lowest = 1 OR highest = 1 ORDER BY at
"""  # noqa: S608 - the only texts put in are constants
"""Of each of ``$7`` equal pieces of time the lowest and the highest point."""

HOURS = f"""
    WITH {ZONES}, ranked AS ({RANKED.replace("$1::uuid[]", "ARRAY[$1::uuid]")}
    ), of_source AS (
        SELECT date_trunc('hour', sample.at, zone.zone) AS hour, ranked.rank, min(sample.value) AS min,
               max(sample.value) AS max, avg(sample.value) AS avg, sum(sample.value) AS sum, count(*) AS n
        FROM ranked JOIN sample USING (series_id)
        JOIN zone ON sample.at >= zone.since AND sample.at < zone.until
        WHERE ranked.metric_id = $2 AND sample.at >= $4 AND sample.at < $5
          AND CASE WHEN $3::integer IS NULL THEN NOT ranked.ignored ELSE ranked.source_id = $3 END
        GROUP BY hour, ranked.rank
    )
    SELECT DISTINCT ON (hour) hour, min, max, avg, sum, n FROM of_source ORDER BY hour, rank LIMIT $6
"""  # noqa: S608 - the same
"""Each hour as the best source tells it that says anything of it."""

DAYS = """
    SELECT CASE $5::text
               WHEN 'day' THEN on_date
               WHEN 'month' THEN date_trunc('month', on_date)::date
               ELSE on_date - (extract(isodow FROM on_date)::integer - coalesce(
                   (SELECT first_day_of_week FROM known_user WHERE user_id = $1), 1) + 7) % 7
           END AS first,
           min(min) AS min, max(max) AS max, avg(value) AS avg, sum(value) AS sum, sum(n)::bigint AS n
    FROM day_summary
    WHERE user_id = $1 AND metric_id = $2 AND on_date BETWEEN $3 AND $4 AND value IS NOT NULL
    GROUP BY first ORDER BY first LIMIT $6
"""


class Span(msgspec.Struct, frozen=True):
    """A piece of time, in instants (``end`` is outside) and in the user's dates (``to_date`` is inside)."""

    first: datetime
    end: datetime
    from_date: date
    to_date: date


async def span(db: Connection, user_id: UUID, from_: datetime | date, to: datetime | date) -> Span:
    """Dates begin and end at the user's midnights."""
    first, from_date = (from_, None) if isinstance(from_, datetime) else (None, from_)
    end, to_date = (to, None) if isinstance(to, datetime) else (None, to)
    row = await db.fetchrow(SPAN, user_id, first, end, from_date, to_date)
    assert row is not None, "a SELECT without FROM"  # noqa: S101 - for the type checker
    return Span(**row)


async def raw(
    db: Connection, user_id: UUID, metric_id: int, source_id: int | None, asked: Span, limit: int
) -> list[Point]:
    rows = await db.fetch(RAW, user_id, metric_id, source_id, asked.first, asked.end, limit)
    return [Point(*row) for row in rows]


async def extremes(
    db: Connection, user_id: UUID, metric_id: int, source_id: int | None, asked: Span, pieces: int
) -> list[Point] | None:
    """The lowest and highest points of so many pieces of time; None when there are too many samples to look at."""
    rows = await db.fetch(EXTREMES, user_id, metric_id, source_id, asked.first, asked.end, MOST_SHAPED + 1, pieces)
    if rows and rows[0]["looked_at"] > MOST_SHAPED:
        return None
    return [Point(at, duration_s, value, source_id) for at, duration_s, value, source_id, _ in rows]


async def hours(
    db: Connection, user_id: UUID, metric_id: int, source_id: int | None, asked: Span, *, adds_up: bool, limit: int
) -> list[Aggregate]:
    rows = await db.fetch(HOURS, user_id, metric_id, source_id, asked.first, asked.end, limit)
    return [
        Aggregate(f"{hour:%Y-%m-%dT%H:%M:%SZ}", low, high, avg, total if adds_up else None, n)
        for hour, low, high, avg, total, n in rows
    ]


async def days(
    db: Connection, user_id: UUID, metric_id: int, asked: Sequence[date], resolution: str, *, adds_up: bool, limit: int
) -> list[Aggregate]:
    """Day summaries, or what weeks and months of them come to."""
    rows = await db.fetch(DAYS, user_id, metric_id, *asked, resolution, limit)
    return [
        Aggregate(day.isoformat(), low, high, avg, total if adds_up else None, n)
        for day, low, high, avg, total, n in rows
    ]
