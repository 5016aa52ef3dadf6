"""Every statement that turns workouts into samples: one each, of the time spent, from a source of its own.

That source is one among others: where a watch has counted the same minutes, the order of sources decides who counts.
Energy is left alone, since what a body burned is told by samples.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from asyncpg import Connection

from health.samples.parts import PERIODS, PIECES, dirty

KNOWN = "SELECT workout_id, version FROM workout_sample WHERE user_id = $1 AND workout_id = ANY ($2::uuid[])"

TAKE_AWAY = f"""
    WITH gone AS (
        DELETE FROM sample USING workout_sample AS old
        WHERE old.user_id = $1 AND old.workout_id = ANY ($2::uuid[])
          AND sample.series_id = old.series_id AND sample.at = old.at AND sample.n = old.n
        RETURNING sample.series_id, sample.at, sample.duration_s
    ), touched AS MATERIALIZED (
        SELECT gone.series_id, metric.kind, gone.at, gone.duration_s
        FROM gone JOIN series USING (series_id) JOIN metric USING (metric_id) WHERE series.user_id = $1
    ), {PERIODS}, {PIECES}, {dirty()}
    SELECT count(*) FROM gone
"""  # noqa: S608 - the only texts put in are the constants above

PUT = f"""
    WITH given AS (
        SELECT workout_id, version, at, duration_s, minutes
        FROM unnest($3::uuid[], $4::bigint[], $5::timestamptz[], $6::integer[], $7::float8[])
             AS given (workout_id, version, at, duration_s, minutes)
    ), there AS (
        SELECT DISTINCT ON (workout_id) workout_id, sample.n
        FROM given JOIN sample ON series_id = $2 AND sample.at = given.at AND sample.duration_s = given.duration_s
            AND sample.value = given.minutes
        WHERE NOT EXISTS (
            SELECT FROM workout_sample AS other
            WHERE other.user_id = $1 AND other.series_id = $2 AND other.at = sample.at AND other.n = sample.n
              AND other.workout_id <> ALL ($3::uuid[])
        )
        ORDER BY workout_id, sample.n
    ), fresh AS (
        SELECT given.*, coalesce((SELECT max(n) + 1 FROM sample WHERE series_id = $2 AND sample.at = given.at), 0)
                        + row_number() OVER (PARTITION BY at ORDER BY workout_id) - 1 AS n
        FROM given WHERE at IS NOT NULL AND workout_id NOT IN (SELECT workout_id FROM there)
    ), touched AS MATERIALIZED (
        SELECT series_id, metric.kind, workout_id, at, n::smallint AS n, duration_s, minutes
        FROM fresh CROSS JOIN series JOIN metric USING (metric_id)
        WHERE series.user_id = $1 AND series.series_id = $2
    ), written AS (
        INSERT INTO sample (series_id, at, n, duration_s, value)
        SELECT series_id, at, n, duration_s, minutes FROM touched
    ), lengths AS (
        UPDATE series SET longest_s = longer.duration_s
        FROM (SELECT max(duration_s) AS duration_s FROM touched) AS longer
        WHERE series.user_id = $1 AND series.series_id = $2 AND series.longest_s < longer.duration_s
    ), {PERIODS}, {PIECES}, {dirty()}
    INSERT INTO workout_sample AS old (user_id, workout_id, version, series_id, at, n)
    SELECT $1, given.workout_id, given.version, CASE WHEN given.at IS NOT NULL THEN $2::integer END, given.at,
           coalesce(there.n, touched.n)
    FROM given LEFT JOIN there USING (workout_id) LEFT JOIN touched USING (workout_id)
    ON CONFLICT (user_id, workout_id) DO UPDATE
    SET version = excluded.version, series_id = excluded.series_id, at = excluded.at, n = excluded.n
"""  # noqa: S608 - the same
"""What a sample of an archive says already is taken over, not said twice."""


class Spell(NamedTuple):
    """The time that a workout took; nothing of a workout that is gone."""

    workout_id: UUID
    version: int
    at: datetime | None = None
    duration_s: int | None = None
    minutes: float | None = None


async def known(db: Connection, user_id: UUID, workout_ids: Sequence[UUID]) -> dict[UUID, int]:
    """The versions of those of the workouts that have been heard of."""
    return {row["workout_id"]: row["version"] for row in await db.fetch(KNOWN, user_id, workout_ids)}


async def put(db: Connection, user_id: UUID, series_id: int | None, spells: Sequence[Spell]) -> None:
    """Say of each workout what holds now, and nothing else."""
    await db.execute(TAKE_AWAY, user_id, [spell.workout_id for spell in spells])
    await db.execute(PUT, user_id, series_id, *zip(*spells, strict=True))
