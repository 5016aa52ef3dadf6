"""Workouts made of recordings, of what users say, and of both; told once for each change."""

from datetime import date
from uuid import uuid4

import pytest
from services.workout.tests import make
from services.workout.tests.make import BENCH, Person, a_set
from services.workout.tests.workouts.recorded import a_recording, again, channels

from chassis import ids
from chassis.database import connected
from contracts.events import WorkoutChanged, WorkoutDeleted, WorkoutLogged
from testkit import until
from workout.readers.model import Totals
from workout.workouts import queries
from workout.workouts.drain import drain
from workout.workouts.model import Given
from workout.workouts.queries import New
from workout.workouts.remake import remake

pytestmark = pytest.mark.anyio

LOG = ((BENCH, "warm_up", 10, 40.0), (BENCH, "working", 5, 100.0))
TABLES = ("workout", "workout_exercise", "workout_muscle", "workout_effort")


async def rows(workout, user_id):
    """All that is made of workouts, but for when it was."""
    found = {}
    for table in TABLES:
        text = f"SELECT to_jsonb(t) - 'updated_at' FROM {table} AS t WHERE user_id = $1"
        found[table] = sorted(row[0] for row in await workout.db.fetch(text, user_id))
    return found


async def test_the_devices_totals_go_before_ours_and_the_users_before_both(workout):
    alice = Person(workout)
    totals = Totals(distance_m=3_050, energy_kcal=99, average_heart_rate=151)
    workout_id = await a_recording(workout, alice.id, streams=channels(), totals=totals)
    found = await alice.read(workout_id)
    assert (found["sport"], found["distance_m"], found["energy_kcal"]) == ("cycling", 3_050, 99)
    assert (found["average_heart_rate"], found["max_heart_rate"]) == (151, 150)
    assert (found["formulas"]["distance_m"], found["formulas"]["energy_kcal"]) == ("Edge 810", "Edge 810")
    assert found["formulas"]["max_heart_rate"] not in {"Edge 810", "given by the user"}
    assert found["moving_s"] == pytest.approx(600, abs=5)
    assert found["start"] == [pytest.approx(50), pytest.approx(8)]
    assert [(one["format"], one["device"], one["joined"]) for one in found["recordings"]] == [
        ("fit", "Edge 810", "alone")
    ]
    assert found["recordings"][0]["channels"] == ["heart_rate", "lat", "lon", "time"]
    said = await alice.patch(workout_id, distance_m=3_100, sport="gravel_cycling")
    assert (said["distance_m"], said["formulas"]["distance_m"]) == (3_100, "given by the user")
    assert said["sport"] == "gravel_cycling"
    back = await alice.patch(workout_id, distance_m=None, sport=None)
    assert (back["distance_m"], back["sport"], back["version"]) == (3_050, "cycling", 3)
    assert back["started_at"] == "2026-03-01T10:00:00Z"


async def test_efforts_follow(workout):
    alice = Person(workout)
    await a_recording(workout, alice.id, streams=channels())
    efforts = await workout.db.fetch("SELECT kind, size, value FROM workout_effort WHERE user_id = $1", alice.id)
    assert {(row["kind"], row["size"]): row["value"] for row in efforts} == {
        ("distance", 400): pytest.approx(80, abs=1),
        ("distance", 1_000): pytest.approx(200, abs=1),
        ("distance", 1_609): pytest.approx(322, abs=1),
    }


async def test_the_load_is_that_of_the_thresholds_then(workout):
    alice = Person(workout)
    workout_id = await a_recording(workout, alice.id, streams=channels())
    assert "load" not in await alice.read(workout_id)
    for since, maximum in ((date(2026, 1, 1), 200), (date(2026, 3, 2), 180)):
        await workout.db.execute(
            "INSERT INTO threshold (user_id, since, max_heart_rate, resting_heart_rate) VALUES ($1, $2, $3, 50)",
            *(alice.id, since, maximum),
        )
    await workout.db.execute("INSERT INTO dirty_workout (user_id, workout_id) VALUES ($1, $2)", alice.id, workout_id)

    async def drained():
        await drain(workout.runtime.worker)
        return (await alice.read(workout_id)).get("load")

    share = (150 - 50) / 150
    assert await until(drained) == pytest.approx(10 * share * 0.64 * 2.718281828 ** (1.92 * share), rel=0.01)
    assert (await alice.read(workout_id))["load_method"] == "heart_rate"


async def test_sets_of_a_log_count_until_the_user_has_their_own(workout):
    alice = Person(workout)
    workout_id = await a_recording(
        workout, alice.id, sets=LOG, format="hevy", source="Hevy", device=None, sport="strength_training"
    )
    found = await alice.read(workout_id)
    assert (found["own_sets"], found["set_count"], found["volume_load_kg"]) == (False, 2, 500)
    path = f"/workouts/{workout_id}"
    theirs = found["sets"][0]["id"]
    own = (await alice.ask("PATCH", f"{path}/sets/{theirs}", json={"kind": "working"}, status=200)).json()
    assert (own["own_sets"], own["set_count"], own["volume_load_kg"]) == (True, 2, 900)
    more = (await alice.ask("POST", f"{path}/sets", json=a_set(), status=200)).json()
    assert (more["set_count"], more["volume_load_kg"]) == (3, 1_400)
    assert await alice.patch(workout_id, sets=None) == found | {
        "version": 4,
        "updated_at": (await alice.read(workout_id))["updated_at"],
    }
    undone = (await alice.ask("DELETE", f"{path}/sets/last", status=200)).json()
    assert [(one["kind"], one["reps"]) for one in undone["sets"]] == [("warm_up", 10)]


async def test_several_recordings_are_one_workout(workout):
    alice = Person(workout)
    workout_id = await a_recording(workout, alice.id, streams=channels(), totals=Totals(distance_m=3_000))
    await a_recording(workout, alice.id, workout_id, sets=LOG, format="hevy", source="Hevy", device=None)
    found = await alice.read(workout_id)
    assert (found["distance_m"], found["set_count"], found["version"]) == (3_000, 2, 2)
    assert len(found["recordings"]) == 2
    assert found["chosen"]["sets"] != found["chosen"]["track"]
    assert len((await alice.list())["items"]) == 1


async def test_nothing_changes_where_nothing_has_changed(workout):
    alice = Person(workout)
    workout_id = await a_recording(workout, alice.id, streams=channels(), sets=LOG)
    before = await rows(workout, alice.id)
    await again(workout, alice.id, [workout_id])
    await again(workout, alice.id, [workout_id, uuid4()])
    assert await rows(workout, alice.id) == before
    assert before["workout_effort"]


async def test_every_change_is_told(workout, heard):
    alice = Person(workout)
    kept = await alice.log(rpe=8)
    (logged,) = await make.of_user(heard, alice.id, WorkoutLogged.name(), 1)
    assert (logged.version, logged.sport, logged.sets, logged.reps, logged.volume_load_kg) == (
        *(1, "strength_training", 3, 8),
        830,
    )
    assert (logged.load, logged.load_method, logged.rpe) == (480, "rpe", 8)
    assert [(each.muscle, each.sets) for each in logged.muscles] == [("chest", 2), ("shoulders", 1), ("triceps", 1)]
    await alice.patch(kept["id"], distance_m=10)
    await alice.patch(kept["id"], distance_m=10)
    (changed,) = await make.of_user(heard, alice.id, WorkoutChanged.name(), 1)
    assert (changed.version, changed.distance_m, changed.muscles) == (2, 10, logged.muscles)
    await alice.ask("DELETE", f"/workouts/{kept['id']}", status=204)
    (deleted,) = await make.of_user(heard, alice.id, WorkoutDeleted.name(), 1)
    assert (str(deleted.workout_id), deleted.version) == (kept["id"], 3)
    assert len(await make.of_user(heard, alice.id, WorkoutChanged.name(), 1)) == 1


async def test_what_was_deleted_is_kept_out(workout):
    alice = Person(workout)
    workout_id = await a_recording(workout, alice.id, streams=channels())
    await workout.db.execute("UPDATE recording SET sha256 = 'abc' WHERE user_id = $1", alice.id)
    await alice.ask("DELETE", f"/workouts/{workout_id}", status=204)
    for table in ("recording", *TABLES):
        assert await workout.db.fetchval(f"SELECT count(*) FROM {table} WHERE user_id = $1", alice.id) == 0
    for table in ("deleted_recording", "loose_original"):
        assert await workout.db.fetchval(f"SELECT count(*) FROM {table} WHERE user_id = $1", alice.id) == 1


async def statements(workout, user_id, workout_ids):
    """How many it takes to make these anew after all of them have changed."""
    async with connected(workout.runtime.api) as db, db.transaction():
        await db.execute(
            "UPDATE workout SET digest = '' WHERE user_id = $1 AND workout_id = ANY ($2::uuid[])", user_id, workout_ids
        )
        seen = []
        db.add_query_logger(seen.append)
        await remake(db, user_id, workout_ids)
        db.remove_query_logger(seen.append)
        return len(seen)


async def test_a_hundred_take_as_many_statements_as_one(workout):
    alice = Person(workout)
    made = [ids.new() for _ in range(100)]
    async with connected(workout.runtime.api) as db, db.transaction():
        new = [
            New(workout_id=each, started_at=make.at("2026-03-01T10:00"), given=Given(sport="cycling", rpe=5))
            for each in made
        ]
        await queries.create(db, alice.id, new)
    for each in made[:30]:
        await a_recording(workout, alice.id, each, sets=LOG, streams=channels(60), made=False)
    await statements(workout, alice.id, made)
    one, hundred = await statements(workout, alice.id, made[:1]), await statements(workout, alice.id, made)
    assert one == hundred < 25
