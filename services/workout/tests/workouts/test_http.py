"""/workouts: what is sent is kept, changed and shown."""

import asyncio
from uuid import uuid4

import pytest
from services.workout.tests import make
from services.workout.tests.imports.make import imported
from services.workout.tests.make import Person, a_run, a_set, a_workout

from testkit import until

pytestmark = pytest.mark.anyio


async def test_a_workout_is_kept(workout):
    alice = Person(workout)
    answer = await alice.ask("POST", "/workouts", json=a_workout(), status=201)
    kept = answer.json()
    assert answer.headers["location"] == f"/workouts/{kept['id']}"
    assert answer.headers["etag"] == '"1"'
    assert (kept["sport"], kept["set_count"], kept["reps"], kept["volume_load_kg"]) == ("strength_training", 3, 8, 830)
    assert (kept["on_date"], kept["duration_s"], kept["offset_min"], kept["version"]) == ("2026-03-01", 3600, 60, 1)
    assert [one["kind"] for one in kept["sets"]] == ["warm_up", "working", "working"]
    assert kept["formulas"]["duration_s"] == "given by the user"
    assert await alice.read(kept["id"]) == kept


async def test_sets_leave_what_exercises_and_muscles_got(workout):
    alice = Person(workout)
    kept = await alice.log()
    done = await workout.db.fetchrow(
        "SELECT sets, reps, e1rm_kg, best_weight_kg FROM workout_exercise WHERE user_id = $1", alice.id
    )
    assert tuple(done) == (3, 8, pytest.approx(121), 110)
    muscles = await workout.db.fetch("SELECT muscle, sets FROM workout_muscle WHERE user_id = $1", alice.id)
    assert dict(muscles) == {"chest": 2, "shoulders": 1, "triceps": 1}
    await alice.ask("DELETE", f"/workouts/{kept['id']}", status=204)
    for table in ("workout", "workout_set", "workout_exercise", "workout_muscle"):
        assert await workout.db.fetchval(f"SELECT count(*) FROM {table} WHERE user_id = $1", alice.id) == 0


async def test_the_end_may_be_given_instead_of_the_length(workout):
    alice = Person(workout)
    run = await alice.run(duration_s=None, ended_at="2026-03-02T07:30:30+01:00")
    assert run["duration_s"] == 1830
    assert run["average_speed"] == pytest.approx(5000 / 1830, abs=0.0001)
    assert run["formulas"]["average_speed"] == "distance / duration"
    assert (await alice.patch(run["id"], ended_at="2026-03-02T07:20:00+01:00"))["duration_s"] == 1200
    assert (await alice.patch(run["id"], duration_s=None))["duration_s"] == 0


async def test_a_patch_merges(workout):
    alice = Person(workout)
    kept = await alice.log(notes="felt good", rpe=8)
    changed = await alice.patch(kept["id"], title=None, distance_m=5, rpe=9, laps=[{"start_s": 0, "duration_s": 60}])
    assert "title" not in changed
    assert (changed["notes"], changed["rpe"], changed["distance_m"], changed["version"]) == ("felt good", 9, 5, 2)
    assert (changed["load"], changed["load_method"]) == (9 * 60, "rpe")
    assert changed["laps"] == [{"start_s": 0, "duration_s": 60, "totals": {}}]
    assert changed["sets"] == kept["sets"]
    again = await alice.patch(kept["id"], rpe=9)
    assert again == changed
    moved = await alice.patch(kept["id"], started_at="2026-02-28T23:30:00-08:00")
    assert (moved["on_date"], moved["offset_min"]) == ("2026-03-01", -480)
    assert (await alice.patch(kept["id"], sport=None))["sport"] == "strength_training"
    replaced = await alice.patch(kept["id"], sets=[a_set(reps=1)])
    assert [(one["reps"], one["weight_kg"]) for one in replaced["sets"]] == [(1, 100)]
    assert (await alice.patch(kept["id"], sets=[], sport=None))["sport"] == "generic"


async def test_if_match(workout):
    alice = Person(workout)
    kept = await alice.log()
    path = f"/workouts/{kept['id']}"
    await alice.ask("PATCH", path, json={"title": "A"}, headers={"if-match": '"1"'}, status=200)
    for method, under, body in (
        ("PATCH", "", {"title": "B"}),
        ("POST", "/sets", a_set()),
        ("POST", "/finish", {}),
        ("PATCH", f"/sets/{kept['sets'][0]['id']}", {"reps": 1}),
    ):
        await alice.ask(method, path + under, json=body, headers={"if-match": '"1"'}, status=412)
    await alice.ask("DELETE", path, headers={"if-match": '"1"'}, status=412)
    assert (await alice.read(kept["id"]))["title"] == "A"
    await alice.ask("DELETE", path, headers={"if-match": '"2"'}, status=204)


async def test_what_is_sent_twice_is_kept_once(workout):
    alice = Person(workout)
    key = {"idempotency-key": "the-one"}
    answers = await asyncio.gather(
        *(alice.ask("POST", "/workouts", json=a_run(), headers=key, status=201) for _ in range(4))
    )
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len((await alice.list())["items"]) == 1
    await alice.ask("POST", "/workouts", json=a_run(distance_m=1), headers=key, status=422)


async def test_others_workouts_are_not_there(workout):
    alice, bob = Person(workout), Person(workout)
    kept = await alice.log()
    path = f"/workouts/{kept['id']}"
    for method, under, body in (
        ("GET", "", None),
        ("PATCH", "", {"title": "mine"}),
        ("DELETE", "", None),
        ("POST", "/sets", a_set()),
        ("DELETE", "/sets/last", None),
        ("DELETE", f"/sets/{kept['sets'][0]['id']}", None),
        ("PATCH", f"/sets/{kept['sets'][0]['id']}", {"reps": 1}),
        ("POST", "/finish", {}),
    ):
        given = {} if body is None else {"json": body}
        await bob.ask(method, path + under, status=404, **given)
        await alice.ask(method, f"/workouts/{uuid4()}{under}", status=404, **given)
    assert await alice.read(kept["id"]) == kept
    assert (await bob.list())["items"] == []
    assert (await workout.http.get(path)).status_code == 401


HOSTILE = [
    {},
    {"sport": "running", "started_at": "1949-12-31T23:59:59Z"},
    {"sport": "running", "started_at": "0001-01-01T00:00:00+14:00"},
    {"sport": "running", "started_at": "9999-12-31T23:59:59-12:00"},
    {"sport": "running", "started_at": "2026-03-01T10:00:00"},
    {"sport": "running", "duration_s": 31 * 86_400 + 1},
    {"sport": "running", "duration_s": -1},
    {"sport": "running", "duration_s": 60, "ended_at": "2026-03-01T10:00:00Z"},
    {"sport": "running", "started_at": "2026-03-01T10:00:00Z", "ended_at": "2026-03-01T09:00:00Z"},
    {"sport": "running", "started_at": "2026-03-01T10:00:00Z", "ended_at": "2026-05-01T09:00:00Z"},
    {"sport": "Running!"},
    {"sport": "running", "title": ""},
    {"sport": "running", "title": "x" * 201},
    {"sport": "running", "title": "\x00"},
    {"sport": "running", "notes": "x" * 10_001},
    {"sport": "running", "rpe": 11},
    {"sport": "running", "distance_m": 1e308},
    {"sport": "running", "distance_m": "5"},
    {"sport": "running", "average_heart_rate": 0},
    {"sport": "running", "unknown": 1},
    {"sport": "running", "gear": [str(uuid4())]},
    {"sport": "running", "gear": [str(uuid4())] * 21},
    {"sport": "running", "routine_day": 100_000},
    {"sport": "running", "laps": [{"start_s": 0, "duration_s": 1}] * 1_001},
    {"sets": [a_set()] * 1_001},
    {"sets": [a_set(exercise="no-such-thing")]},
    {"sets": [a_set(exercise=str(uuid4()))]},
    {"sets": [a_set(exercise="'; DROP TABLE workout")]},
    {"sets": [a_set(reps=-1)]},
    {"sets": [a_set(reps=2**63)]},
    {"sets": [a_set(weight_kg=2_001)]},
    {"sets": [a_set(kind="other")]},
    {"sets": [a_set(done_at="0001-01-01T00:00:00+14:00")]},
    {"sets": [a_set(superset=40_000)]},
    {"sets": "all"},
]


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
async def test_what_cannot_be_is_refused(workout, body):
    alice = Person(workout)
    answer = await alice.ask("POST", "/workouts", json=body, status=400)
    assert answer.json()["type"].startswith("urn:fitmesh:problem:")
    if "sport" in body and len(body) > 1 and "routine_day" not in body:
        kept = await alice.run()
        await alice.ask("PATCH", f"/workouts/{kept['id']}", json=body, status=400)
        assert await alice.read(kept["id"]) == kept
    assert len((await alice.list())["items"]) <= 1


async def test_a_start_is_needed_where_nothing_was_recorded(workout):
    alice = Person(workout)
    kept = await alice.run()
    answer = await alice.ask("PATCH", f"/workouts/{kept['id']}", json={"started_at": None}, status=400)
    assert answer.json()["errors"][0]["pointer"] == "/started_at"


async def test_a_thousand_sets_with_notes_fit(workout):
    alice = Person(workout)
    kept = await alice.log(sets=[a_set(notes="n" * 200, rest_s=60, superset=1)] * 1_000)
    assert (kept["set_count"], kept["volume_load_kg"]) == (1_000, 500_000)
    await alice.ask("POST", f"/workouts/{kept['id']}/sets", json=a_set(), status=409)


async def test_ones_own_exercise_counts_for_its_muscles(workout):
    alice, bob = Person(workout), Person(workout)
    own = uuid4()
    await workout.db.execute(
        """INSERT INTO exercise (exercise_id, user_id, name, category, measure, assisted, primary_muscles)
           VALUES ($1, $2, 'Sled', 'strength', 'weight_reps', true, '{quadriceps}')""",
        own,
        alice.id,
    )
    kept = await alice.log(sets=[a_set(exercise=str(own))])
    assert kept["volume_load_kg"] == 500
    row = await workout.db.fetchrow("SELECT exercise, e1rm_kg FROM workout_exercise WHERE user_id = $1", alice.id)
    assert tuple(row) == (str(own), None)
    assert await workout.db.fetchval("SELECT muscle FROM workout_muscle WHERE user_id = $1", alice.id) == "quadriceps"
    await bob.ask("POST", "/workouts", json=a_workout(sets=[a_set(exercise=str(own))]), status=400)


async def test_gear(workout):
    alice = Person(workout)
    shoes, others = uuid4(), uuid4()
    for gear_id, sports in ((shoes, ["running"]), (others, [])):
        await workout.db.execute(
            "INSERT INTO gear (gear_id, user_id, kind, name, sports) VALUES ($1, $2, 'shoes', 'Shoes', $3)",
            gear_id,
            alice.id,
            sports,
        )
    by_default = await alice.run()
    assert by_default["gear"] == [{"id": str(shoes), "kind": "shoes", "name": "Shoes"}]
    assert await alice.patch(by_default["id"], rpe=None) == by_default
    assert (await alice.run(gear=[]))["gear"] == []
    said = await alice.run(gear=[str(others)])
    assert [one["id"] for one in said["gear"]] == [str(others)]
    changed = await alice.patch(said["id"], gear=[str(shoes), str(others)])
    assert {one["id"] for one in changed["gear"]} == {str(shoes), str(others)}
    assert changed["version"] == 2


async def test_the_day_is_that_of_the_users_zone(workout):
    user = make.a_user(zone="Pacific/Auckland")
    await workout.publish(user)
    await make.known(workout, user.user_id)
    alice = Person(workout, user.user_id)
    kept = await alice.run(started_at="2026-03-01T12:00:00Z")
    assert kept["on_date"] == "2026-03-02"
    await workout.publish(make.a_user(user.user_id, zone="UTC", version=2))

    async def moved():
        return (await alice.read(kept["id"]))["on_date"] == "2026-03-01"

    await until(moved)
    assert (await alice.read(kept["id"]))["version"] == 2


def a_track(size=301):
    """A run north at 3 m/s, a record a second, the heart not heard at first."""
    return {
        "time": list(range(size)),
        "lat": [50 + 3 * second / 111_195.08 for second in range(size)],
        "lon": [8.0] * size,
        "heart_rate": [None, *([150] * (size - 1))],
    }


async def test_a_track_may_be_sent_with_it(workout):
    alice = Person(workout)
    kept = await alice.run(track=a_track(), duration_s=None, distance_m=None)
    assert (kept["duration_s"], kept["average_heart_rate"]) == (300, 150)
    assert kept["distance_m"] == pytest.approx(900, rel=0.001)
    assert [each["channels"] for each in kept["recordings"]] == [["heart_rate", "lat", "lon", "time"]]
    path = f"/workouts/{kept['id']}"
    track = (await alice.ask("GET", f"{path}/track", status=200)).json()
    assert track["properties"] == {"points": 301, "of": 301}
    columns = (await alice.ask("GET", f"{path}/streams", status=200)).json()["columns"]
    assert columns["heart_rate"] == a_track()["heart_rate"]
    efforts = (await alice.ask("GET", f"{path}/best-efforts", status=200)).json()["items"]
    assert (efforts[0]["size"], efforts[0]["value"]) == (400, pytest.approx(400 / 3, rel=0.01))
    await alice.ask("GET", f"{path}/file", status=404)
    crop = {"kind": "crop", "to_s": 100}
    await alice.ask("POST", f"{path}/edits", json=crop, status=201)
    assert (await alice.read(kept["id"]))["distance_m"] == pytest.approx(300, rel=0.01)
    assert (await alice.run(track=a_track(), duration_s=None))["id"] != kept["id"]
    await alice.ask("DELETE", path, status=204)
    assert await workout.db.fetchval("SELECT count(*) FROM recording WHERE user_id = $1", alice.id) == 1


async def test_a_sent_track_comes_back_out_of_an_export(workout):
    alice, bob = Person(workout), Person(workout)
    names = ("title", "rpe", "distance_m", "duration_s", "average_heart_rate", "load")
    kept = await alice.run(track=a_track(), duration_s=None, title="Mine", rpe=5)
    content = (await alice.ask("GET", "/workouts/export", status=200)).content
    for person in (bob, bob, alice):
        assert (await imported(workout, person.headers, content, name="export.zip"))["state"] == "finished"
        [one] = (await person.list())["items"]
        assert [one.get(name) for name in names] == [kept.get(name) for name in names]


async def test_the_longest_track(workout):
    alice = Person(workout)
    kept = await alice.run(track=a_track(20_000), duration_s=None)
    assert kept["duration_s"] == 19_999
    await alice.ask("POST", "/workouts", json={"sport": "running", "track": a_track(20_001)}, status=400)


@pytest.mark.parametrize(
    "changes",
    [
        {"time": []},
        {"time": [0, 1, 1]},
        {"time": [2, 1, 0]},
        {"lat": [50, 50]},
        {"lat": None},
        {"lat": [50, 50, 91]},
        {"heart_rate": [1_000, 1, 1]},
        {"power": ["x", 1, 1]},
        {"nothing": [1, 2, 3]},
    ],
)
async def test_what_is_no_track_is_refused(workout, changes):
    alice = Person(workout)
    body = {"sport": "running", "track": a_track(3) | changes}
    await alice.ask("POST", "/workouts", json=body, status=400)
    await alice.ask("POST", "/workouts", json={"live": True, "track": a_track(3)}, status=400)
    assert (await alice.list())["items"] == []
