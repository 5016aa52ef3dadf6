"""What a bike has done in twenty years is added up while its owner waits."""

import statistics
import time

import pytest
from services.workout.tests import make

pytestmark = pytest.mark.anyio

FILL = """
    WITH made AS (
        INSERT INTO workout (workout_id, user_id, sport, started_at, on_date, duration_s, moving_s, distance_m)
        SELECT gen_random_uuid(), $1, 'cycling', timestamptz '2006-01-01' + make_interval(days => number),
               date '2006-01-01' + number, 3600, 3000, 20000
        FROM generate_series(1, 7300) AS number RETURNING workout_id
    )
    INSERT INTO workout_gear (workout_id, gear_id, user_id) SELECT workout_id, $2::uuid, $1 FROM made
"""
OTHERS = """
    WITH made AS (
        INSERT INTO workout (workout_id, user_id, sport, started_at, on_date, duration_s, distance_m)
        SELECT gen_random_uuid(), gen_random_uuid(), 'cycling', timestamptz '2020-01-01', date '2020-01-01', 3600, 20000
        FROM generate_series(1, 5000) RETURNING workout_id, user_id
    ), bike AS (
        INSERT INTO gear (gear_id, user_id, kind, name, sports)
        SELECT gen_random_uuid(), user_id, 'bike', 'Bike', '{}' FROM made RETURNING gear_id, user_id
    )
    INSERT INTO workout_gear (workout_id, gear_id, user_id)
    SELECT workout_id, gear_id, user_id FROM made JOIN bike USING (user_id)
"""


@pytest.fixture(scope="module")
async def newcomers(workout):
    """The planner knows people with one workout each, and nobody like the one who asks."""
    await workout.db.execute(OTHERS)
    await workout.db.execute("ANALYZE workout, workout_gear, gear")


@pytest.mark.usefixtures("newcomers")
async def test_twenty_years_of_one_bike(workout):
    person = make.Person(workout)
    services = [{"name": f"Service {n}", "every_m": 1e6, "last_on": f"20{n:02}-01-01"} for n in range(6, 16)]
    bike = (
        await person.ask("POST", "/gear", json={"kind": "bike", "name": "Old", "services": services}, status=201)
    ).json()
    chain = {"kind": "component", "name": "Chain", "part_of": bike["id"], "fitted_on": "2010-01-01"}
    await person.ask("POST", "/gear", json=chain, status=201)
    async with workout.runtime.worker.acquire() as db:
        await db.execute(FILL, person.id, bike["id"])
    taken = []
    for _ in range(20):
        begun = time.perf_counter()
        found = (await person.ask("GET", "/gear", status=200)).json()["items"]
        taken.append(time.perf_counter() - begun)
    assert [(one["name"], one["workouts"]) for one in found] == [("Chain", 5840), ("Old", 7300)]
    assert statistics.quantiles(taken, n=20)[-1] < 0.25, sorted(taken)
