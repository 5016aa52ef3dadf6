"""A workout that goes on: sets added, taken back and corrected, in any order and from several sides."""

import asyncio
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import uuid4

import pytest
from services.workout.tests.make import BENCH, Person, a_set

from workout.exercises.catalogue import BY_CODE
from workout.workouts.strength import Lift, Trait, summed

pytestmark = pytest.mark.anyio

SQUAT = "barbell-squat"
ASSISTED = next(code for code, known in BY_CODE.items() if known.assisted)


async def begun(person, **changes):
    started_at = datetime.now(UTC) - timedelta(hours=1)
    body = {"live": True, "started_at": started_at.isoformat()} | changes
    return (await person.ask("POST", "/workouts", json=body, status=201)).json()


async def test_a_workout_goes_on_until_it_is_finished(workout):
    alice = Person(workout)
    kept = await begun(alice)
    assert (kept["live"], kept["sport"], kept["duration_s"], kept["own_sets"]) == (True, "strength_training", 0, True)
    path = f"/workouts/{kept['id']}"
    one = (await alice.ask("POST", f"{path}/sets", json=a_set(), status=200)).json()
    assert one["sets"][0]["done_at"]
    assert one["duration_s"] == pytest.approx(3600, abs=60)
    assert one["formulas"]["duration_s"] == "until the last set"
    two = (await alice.ask("POST", f"{path}/sets", json=[a_set(reps=4), a_set(reps=3)], status=200)).json()
    assert [each["reps"] for each in two["sets"]] == [5, 4, 3]
    undone = (await alice.ask("DELETE", f"{path}/sets/last", status=200)).json()
    assert [each["reps"] for each in undone["sets"]] == [5, 4]
    set_id = undone["sets"][0]["id"]
    right = await alice.ask("PATCH", f"{path}/sets/{set_id}", json={"reps": 6, "kind": None, "rpe": 7.3}, status=200)
    assert [(each["reps"], each.get("rpe")) for each in right.json()["sets"]] == [(6, 7.3), (4, None)]
    left = (await alice.ask("DELETE", f"{path}/sets/{set_id}", status=200)).json()
    assert [each["reps"] for each in left["sets"]] == [4]
    await alice.ask("DELETE", f"{path}/sets/{set_id}", status=404)
    done = (await alice.ask("POST", f"{path}/finish", json={}, status=200)).json()
    assert done["live"] is False
    assert done["duration_s"] == pytest.approx(3600, abs=60)
    assert (await alice.ask("POST", f"{path}/finish", json={}, status=200)).json() == done
    ended_at = (datetime.fromisoformat(kept["started_at"]) + timedelta(minutes=50)).isoformat()
    assert (await alice.ask("POST", f"{path}/finish", json={"ended_at": ended_at})).json()["duration_s"] == 3000
    await alice.ask("POST", f"{path}/finish", json={"ended_at": "2001-01-01T00:00:00Z"}, status=400)


async def test_sets_of_a_routine_count_when_they_are_done(workout):
    alice, routine = Person(workout), str(uuid4())
    kept = await begun(alice, routine_id=routine, sets=[a_set(), a_set(reps=4), a_set(reps=3)])
    assert (len(kept["sets"]), kept["set_count"], kept["volume_load_kg"], kept["duration_s"]) == (3, 0, 0, 0)
    path, first = f"/workouts/{kept['id']}", kept["sets"][0]["id"]
    now = datetime.now(UTC).isoformat()
    one = (await alice.ask("PATCH", f"{path}/sets/{first}", json={"done_at": now, "reps": 6}, status=200)).json()
    assert (len(one["sets"]), one["set_count"], one["volume_load_kg"]) == (3, 1, 600)
    more = (await alice.ask("POST", f"{path}/sets", json=a_set(reps=1), status=200)).json()
    assert (len(more["sets"]), more["set_count"]) == (4, 2)
    done = (await alice.ask("POST", f"{path}/finish", json={}, status=200)).json()
    assert [one["reps"] for one in done["sets"]] == [6, 1]
    assert (done["set_count"], done["volume_load_kg"]) == (2, 700)


async def test_undo_takes_back_what_was_done_last_and_leaves_the_plan(workout):
    alice = Person(workout)
    plan = [a_set(reps=8, weight_kg=60), a_set(reps=5, rest_s=90), a_set(reps=5)]
    kept = await begun(alice, routine_id=str(uuid4()), sets=plan)
    path, began = f"/workouts/{kept['id']}", datetime.now(UTC) - timedelta(minutes=30)
    first, second, _ = (each["id"] for each in kept["sets"])

    async def do(set_id, minute, **changes):
        done_at = (began + timedelta(minutes=minute)).isoformat()
        return await alice.ask("PATCH", f"{path}/sets/{set_id}", json={"done_at": done_at} | changes, status=200)

    async def undo(status=200):
        return (await alice.ask("DELETE", f"{path}/sets/last", status=status)).json()

    await undo(404)
    await do(second, 1, reps=4, weight_kg=102.5, rpe=9)
    one_done = await alice.read(kept["id"])
    await do(first, 2, reps=7)
    await do(first, 2, reps=6)
    await alice.ask("POST", f"{path}/sets", json=a_set(reps=1, done_at=(began + timedelta(minutes=3)).isoformat()))
    assert [each["reps"] for each in (await alice.read(kept["id"]))["sets"]] == [6, 4, 5, 1]
    assert [each["reps"] for each in (await undo())["sets"]] == [6, 4, 5]
    back = await undo()
    assert (back["sets"], back["set_count"]) == (one_done["sets"], 1)
    left = await undo()
    assert (left["sets"], left["set_count"], left["volume_load_kg"]) == (kept["sets"], 0, 0)
    await undo(404)


async def test_a_set_that_is_not_done_after_all_is_planned_as_it_is_said_now(workout):
    alice = Person(workout)
    kept = await begun(alice, routine_id=str(uuid4()), sets=[a_set(reps=8)])
    path = f"/workouts/{kept['id']}/sets"
    now, set_id = datetime.now(UTC).isoformat(), kept["sets"][0]["id"]
    for changes in ({"done_at": now, "reps": 7}, {"done_at": None, "reps": 6}, {"done_at": now, "reps": 5}):
        await alice.ask("PATCH", f"{path}/{set_id}", json=changes, status=200)
    undone = (await alice.ask("DELETE", f"{path}/last", status=200)).json()
    assert [(each["reps"], each.get("done_at")) for each in undone["sets"]] == [(6, None)]


async def test_nothing_is_left_to_take_back(workout):
    alice = Person(workout)
    kept = await begun(alice)
    await alice.ask("DELETE", f"/workouts/{kept['id']}/sets/last", status=404)
    await alice.ask("PATCH", f"/workouts/{kept['id']}/sets/{uuid4()}", json={"reps": 1}, status=404)


@pytest.mark.parametrize("body", [[], {}, "x", [a_set(), {"reps": 1}], a_set(reps=1.5), a_set(exercise="nope"), None])
async def test_what_is_no_set_is_refused(workout, body):
    alice = Person(workout)
    kept = await begun(alice)
    await alice.ask("POST", f"/workouts/{kept['id']}/sets", json=body, status=400)
    assert (await alice.read(kept["id"]))["version"] == 1


async def test_sets_that_were_queued_offline_count_once(workout):
    """A phone sends its queue again from the start, as it does not know what arrived."""
    alice = Person(workout)
    kept = await begun(alice)
    path = f"/workouts/{kept['id']}/sets"

    async def send(number):
        body = a_set(reps=number, done_at=f"2026-03-01T18:{number:02}:00Z")
        return await alice.ask("POST", path, json=body, headers={"idempotency-key": f"set-{number}"}, status=200)

    for round_ in range(3):
        for number in range(2 + 2 * round_):
            await send(number)
    await asyncio.gather(*(send(number) for number in range(6)))
    assert [each["reps"] for each in (await alice.read(kept["id"]))["sets"]] == list(range(6))


async def test_sets_from_several_sides_at_once_are_all_kept(workout):
    alice = Person(workout)
    kept = await begun(alice)
    path = f"/workouts/{kept['id']}"
    await asyncio.gather(*(alice.ask("POST", f"{path}/sets", json=a_set(reps=n), status=200) for n in range(1, 21)))
    found = await alice.read(kept["id"])
    assert sorted(each["reps"] for each in found["sets"]) == list(range(1, 21))
    assert (found["version"], found["reps"]) == (21, sum(range(1, 21)))


@pytest.mark.parametrize("seed", range(6))
async def test_any_course_ends_in_what_its_sets_come_to(workout, seed):
    """Random appends, undos, corrections, deletions and replacements against a list kept by hand."""
    alice, random = Person(workout), Random(seed)
    kept = await begun(alice)
    path, model = f"/workouts/{kept['id']}", []

    def a_random_set():
        return {
            "exercise": random.choice([BENCH, SQUAT, ASSISTED]),
            "kind": random.choice(["working", "warm_up", "drop", "failure"]),
            "reps": random.randrange(0, 15),
            "weight_kg": random.randrange(0, 600) / 4,
        }

    for _ in range(25):
        match random.choice(["append", "append", "several", "undo", "delete", "correct", "patch", "title"]):
            case "append":
                model.append(a_random_set())
                found = await alice.ask("POST", f"{path}/sets", json=model[-1], status=200)
            case "several":
                more = [a_random_set() for _ in range(random.randrange(1, 4))]
                model += more
                found = await alice.ask("POST", f"{path}/sets", json=more, status=200)
            case "undo" if model:
                model.pop()
                found = await alice.ask("DELETE", f"{path}/sets/last", status=200)
            case "delete" if model:
                place = random.randrange(len(model))
                set_id = (await alice.read(kept["id"]))["sets"][place]["id"]
                model.pop(place)
                found = await alice.ask("DELETE", f"{path}/sets/{set_id}", status=200)
            case "correct" if model:
                place = random.randrange(len(model))
                set_id = (await alice.read(kept["id"]))["sets"][place]["id"]
                model[place] = a_random_set()
                found = await alice.ask("PATCH", f"{path}/sets/{set_id}", json=model[place], status=200)
            case "patch":
                model = [a_random_set() for _ in range(random.randrange(0, 5))]
                found = await alice.ask("PATCH", path, json={"sets": model}, status=200)
            case _:
                found = await alice.ask("PATCH", path, json={"title": f"Session {random.random()}"}, status=200)
        shown = [
            {name: each[name] for name in ("exercise", "kind", "reps", "weight_kg")} for each in found.json()["sets"]
        ]
        assert shown == model
    await check(workout, alice, found.json(), model)


async def check(workout, alice, found, model):
    """The rows, and what is shown, against a recomputation."""
    lifts = [Lift(each["exercise"], each["kind"], each["reps"], each["weight_kg"], None, None) for each in model]
    known = {
        code: Trait(BY_CODE[code].assisted, BY_CODE[code].primary_muscles, BY_CODE[code].secondary_muscles)
        for code in (BENCH, SQUAT, ASSISTED)
    }
    expected = summed(lifts, known)
    assert found["set_count"] == len(model)
    assert (found["reps"], found["volume_load_kg"]) == (expected.reps, pytest.approx(expected.volume_load_kg))
    rows = await workout.db.fetch("SELECT exercise, sets, e1rm_kg FROM workout_exercise WHERE user_id = $1", alice.id)
    assert {tuple(row) for row in rows} == {
        (name, done.sets, done.e1rm_kg) for name, done in expected.exercises.items()
    }
    rows = await workout.db.fetch("SELECT muscle, sets FROM workout_muscle WHERE user_id = $1", alice.id)
    assert {tuple(row) for row in rows} == {(name, got.sets) for name, got in expected.muscles.items()}


async def test_places_never_run_out(workout):
    alice = Person(workout)
    kept = await begun(alice)
    path = f"/workouts/{kept['id']}/sets"
    await alice.ask("POST", path, json=[a_set(reps=1), a_set(reps=2)], status=200)
    await workout.db.execute(
        "UPDATE workout_set SET position = 32766 WHERE user_id = $1 AND workout_id = $2 AND reps = 2",
        alice.id,
        kept["id"],
    )
    for reps in (3, 4):
        found = await alice.ask("POST", path, json=a_set(reps=reps), status=200)
    assert [each["reps"] for each in found.json()["sets"]] == [1, 2, 3, 4]
