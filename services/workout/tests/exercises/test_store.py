"""What the sets of logs are kept by."""

import asyncio
from uuid import uuid4

import pytest
from services.workout.tests.make import Person

from workout.exercises.store import codes_for, shown

pytestmark = pytest.mark.anyio

OWN = """
    SELECT exercise_id::text, name, measure, assisted, equipment, import_id FROM exercise
    WHERE user_id = $1 ORDER BY name
"""


async def test_known_names_make_nothing(workout):
    user_id = uuid4()
    found = await codes_for(workout.db, user_id, ["Squat (Barbell)", "Bench Press (Barbell)"], 1)
    assert found == {"Squat (Barbell)": "barbell-squat", "Bench Press (Barbell)": "barbell-bench-press-medium-grip"}
    assert await workout.db.fetch(OWN, user_id) == []
    assert await codes_for(workout.db, user_id, [], 1) == {}


async def test_unknown_names_become_own_exercises_once(workout):
    user_id = uuid4()
    logged = [
        "Curious Curl (Cable)",
        "CURIOUS curl (cable)",
        " Curious  Curl (Cable)",
        "Odd Dip (Assisted)",
        "Beach Run",
    ]
    found = await codes_for(workout.db, user_id, logged, 7)
    rows = await workout.db.fetch(OWN, user_id)
    assert [(row["measure"], row["assisted"], row["equipment"], row["import_id"]) for row in rows] == [
        ("distance", False, None, 7),
        ("weight_reps", False, "cable", 7),
        ("weight_reps", True, None, 7),
    ]
    assert set(found) == set(logged)
    assert len({found[name] for name in logged[:3]}) == 1
    assert set(found.values()) == {row["exercise_id"] for row in rows}
    assert await codes_for(workout.db, user_id, logged, 8) == found
    assert len(await workout.db.fetch(OWN, user_id)) == 3


async def test_own_ones_go_before_the_catalogue(workout):
    person = Person(workout)
    mine = (await person.ask("POST", "/exercises", json={"name": "squat (BARBELL)"}, status=201)).json()
    assert await codes_for(workout.db, person.id, ["Squat (Barbell)"], None) == {"Squat (Barbell)": mine["id"]}
    assert await codes_for(workout.db, uuid4(), ["Squat (Barbell)"], None) == {"Squat (Barbell)": "barbell-squat"}


async def test_two_imports_at_once_make_it_once(workout):
    user_id = uuid4()
    logged = [f"Something new {number}" for number in range(50)]
    one, other = await asyncio.gather(
        codes_for(workout.db, user_id, logged, 1), codes_for(workout.db, user_id, reversed(logged), 2)
    )
    assert one == other
    assert len(await workout.db.fetch(OWN, user_id)) == 50


@pytest.mark.parametrize("name", ["", "   ", "\x00", "\ud800", "a\x00b", "x" * 10_000, "ﷺ" * 300, "🏋️" * 200, "a\nb"])
async def test_hostile_names_are_kept_as_something(workout, name):
    user_id = uuid4()
    found = await codes_for(workout.db, user_id, [name], 1)
    row = await workout.db.fetchrow(OWN, user_id)
    assert found == {name: row["exercise_id"]}
    assert row["name"] == shown(name)
    assert 1 <= len(row["name"]) <= 200
    answer = await Person(workout, user_id).ask("GET", f"/exercises/{row['exercise_id']}", status=200)
    assert answer.json()["name"] == row["name"]
