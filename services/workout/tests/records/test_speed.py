"""Records are asked anew each time: quick enough for twenty years of them."""

import statistics
import time

import pytest
from services.workout.tests import make

from workout.records import queries, tell

pytestmark = pytest.mark.anyio

FILL = """
    WITH made AS (
        INSERT INTO workout (workout_id, user_id, sport, started_at, on_date, duration_s, moving_s, distance_m,
                             ascent_m)
        SELECT gen_random_uuid(), $1, CASE number % 3 WHEN 0 THEN 'running' WHEN 1 THEN 'cycling'
                   ELSE 'strength_training' END,
               timestamptz '2006-01-01' + make_interval(days => number), date '2006-01-01' + number,
               3600, 3000 + number % 600, 5000 + number % 9000, number % 400
        FROM generate_series(1, 7300) AS number
        RETURNING workout_id, sport, started_at, on_date
    ), efforts AS (
        INSERT INTO workout_effort (workout_id, kind, size, user_id, sport, started_at, value, at_s)
        SELECT workout_id, kind, size, $1, sport, started_at, 100 + random() * 1000, 0
        FROM made CROSS JOIN (
            SELECT 'distance', unnest(ARRAY[400, 1000, 1609, 5000, 10000, 21097, 42195])
            UNION ALL SELECT 'power', unnest(ARRAY[5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600])
        ) AS effort (kind, size) WHERE sport <> 'strength_training'
    )
    INSERT INTO workout_exercise (workout_id, exercise, user_id, started_at, on_date, sets, reps, volume_load_kg,
                                  e1rm_kg, best_weight_kg, best_reps, best_set_volume_kg)
    SELECT workout_id, exercise, $1, started_at, on_date, 4, 32, 3000, 60 + random() * 60, 50 + random() * 50, 10,
           500 + random() * 400
    FROM made CROSS JOIN unnest(ARRAY['squat', 'bench', 'row', 'press', 'curl', 'deadlift']) AS exercise
    WHERE sport = 'strength_training'
"""


@pytest.fixture(scope="module")
async def veteran(workout):
    """Someone who has trained every day for twenty years."""
    person = make.Person(workout)
    await workout.db.execute(FILL, person.id)
    await workout.db.execute("ANALYZE workout, workout_effort, workout_exercise")
    return person


@pytest.mark.parametrize(
    "path",
    [
        "/records?exercise=squat",
        "/records?sport=running",
        "/records/history?exercise=squat&kind=e1rm",
        "/records/history?sport=cycling&kind=power%201200",
        "/records/history?sport=running&kind=farthest",
    ],
)
async def test_p95(veteran, path):
    await veteran.ask("GET", path, status=200)
    taken = []
    for _ in range(20):
        begun = time.perf_counter()
        await veteran.ask("GET", path, status=200)
        taken.append(time.perf_counter() - begun)
    assert statistics.quantiles(taken, n=20)[-1] < 0.1, sorted(taken)


async def plan(db, statement, *arguments):
    return "\n".join(row[0] for row in await db.fetch(f"EXPLAIN {statement}", *arguments))


async def test_each_statement_reads_one_users_rows_by_an_index(workout, veteran):
    async with workout.runtime.worker.acquire() as db:
        found = await db.fetch("SELECT workout_id FROM workout WHERE user_id = $1 LIMIT 5", veteran.id)
        plans = [
            await plan(db, queries.BEST_OF_EXERCISE, veteran.id, "squat"),
            await plan(db, queries.BEST_OF_SPORT, veteran.id, "running"),
        ]
        async with db.transaction():
            begun = time.perf_counter()
            await tell.tell(db, veteran.id, [row["workout_id"] for row in found])
            assert time.perf_counter() - begun < 0.5
    for text in plans:
        assert "Seq Scan on workout_" not in text, text
    assert "workout_effort_by_user" in plans[1]
