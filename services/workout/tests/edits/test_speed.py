"""Edits of the longest recordings: answered before anybody wonders."""

import time

import pytest
from services.workout.tests.make import Person
from services.workout.tests.streams.rides import a_ride, record

pytestmark = pytest.mark.anyio

RECORDS = 100_000
ENOUGH_S = 2.0
EDITS = (
    {"kind": "crop", "from_s": 1_000, "to_s": 99_000},
    {"kind": "cut", "from_s": 40_000, "to_s": 41_000},
    {"kind": "drop_outliers", "channel": "heart_rate", "max": 158},
    {"kind": "split", "at_s": 50_000},
)


@pytest.fixture(scope="module")
async def long_ride(workout):
    """More than a day, a record a second, of a user of one's own."""
    alice = Person(workout)
    return alice, await record(alice, a_ride(RECORDS - 1))


async def taken(person, path, edit):
    """Seconds at the socket that it takes to make an edit, and to undo it."""
    began = time.perf_counter()
    await person.ask("POST", path, json=edit, status=201)
    made = time.perf_counter()
    await person.ask("DELETE", f"{path}/1", status=204)
    return made - began, time.perf_counter() - made


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit["kind"])
async def test_made_and_undone(long_ride, edit):
    """The better of a few rounds counts: the machine may be busy with something else."""
    alice, workout_id = long_ride
    made_s = undone_s = float("inf")
    for _ in range(3):
        if max(made_s, undone_s) > ENOUGH_S:
            last = await taken(alice, f"/workouts/{workout_id}/edits", edit)
            made_s, undone_s = min(made_s, last[0]), min(undone_s, last[1])
    print(f"{edit['kind']} of {RECORDS:,} records: {made_s:.2f} s, undone in {undone_s:.2f} s")
    assert max(made_s, undone_s) <= ENOUGH_S
