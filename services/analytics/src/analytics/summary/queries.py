"""The statement behind the summary."""

from datetime import date
from uuid import UUID

from asyncpg import Connection

from analytics.summary.model import Latest, MetricSummary

METRICS = """
    WITH RECURSIVE code (metric) AS (
        SELECT min(metric) FROM known_day WHERE user_id = $1
        UNION ALL
        SELECT (SELECT min(metric) FROM known_day WHERE user_id = $1 AND metric > code.metric)
        FROM code WHERE code.metric IS NOT NULL
    )
    SELECT code.metric, latest.unit, latest.kind, latest.value AS latest_value, latest.on_date AS latest_on,
           average_7_days, average_28_days, days_7, days_28, recent.min, recent.max
    FROM code
    CROSS JOIN LATERAL (
        SELECT unit, kind, value, on_date FROM known_day
        WHERE user_id = $1 AND metric = code.metric AND value IS NOT NULL AND on_date <= $2
        ORDER BY on_date DESC LIMIT 1
    ) AS latest
    CROSS JOIN LATERAL (
        SELECT avg(value) FILTER (WHERE on_date > $2 - 7) AS average_7_days, avg(value) AS average_28_days,
               count(*) FILTER (WHERE on_date > $2 - 7) AS days_7, count(*) AS days_28,
               min(CASE WHEN kind IN ('additive', 'sleep') THEN value ELSE coalesce(known_day.min, value) END) AS min,
               max(CASE WHEN kind IN ('additive', 'sleep') THEN value ELSE coalesce(known_day.max, value) END) AS max
        FROM known_day
        WHERE user_id = $1 AND metric = code.metric AND value IS NOT NULL AND on_date BETWEEN $2 - 27 AND $2
    ) AS recent
    ORDER BY code.metric
"""


async def metrics(db: Connection, user_id: UUID, today: date) -> list[MetricSummary]:
    """Each of the user's metrics that has a value up to today: one look at the index each, however many years."""
    return [
        MetricSummary(
            latest=Latest(row["latest_value"], row["latest_on"]),
            **{key: value for key, value in row.items() if not key.startswith("latest_")},
        )
        for row in await db.fetch(METRICS, user_id, today)
    ]
