"""Records follow whatever happens to the workouts that hold them."""

import pytest
from services.workout.tests import make

pytestmark = pytest.mark.anyio
SQUAT = "barbell-full-squat"


@pytest.fixture
def person(workout):
    return make.Person(workout)


async def of(person, **subject):
    found = (await person.ask("GET", "/records", params=subject, status=200)).json()["items"]
    return {record["kind"]: record for record in found}


async def history(person, kind, **parameters):
    return (await person.ask("GET", "/records/history", params={"kind": kind} | parameters, status=200)).json()


async def lift(person, on: str, *sets):
    return await person.log(started_at=f"{on}T18:00:00Z", sets=[make.a_set(**each) for each in sets])


async def effort(workout, of_workout, person, kind, size, value):
    """As the streams of a recording would say."""
    statement = """
        INSERT INTO workout_effort (workout_id, kind, size, user_id, sport, started_at, value, at_s)
        SELECT workout_id, $3, $4, user_id, sport, started_at, $5, 12 FROM workout
        WHERE user_id = $1 AND workout_id = $2
    """
    async with workout.runtime.worker.acquire() as db:
        await db.execute(statement, person.id, of_workout["id"], kind, size, value)


async def test_each_kind_has_its_holder_and_runner_up(person):
    heavy = await lift(person, "2026-03-01", {"reps": 1, "weight_kg": 120})
    many = await lift(person, "2026-03-08", {"reps": 10, "weight_kg": 100}, {"reps": 10, "weight_kg": 90})
    warm = await lift(person, "2026-03-09", {"reps": 20, "weight_kg": 200, "kind": "warm_up"})
    found = await of(person, exercise=make.BENCH)
    assert {kind: (record["value"], record["workout_id"]) for kind, record in found.items()} == {
        "e1rm": (pytest.approx(100 * (1 + 10 / 30)), many["id"]),
        "weight": (120, heavy["id"]),
        "reps": (10, many["id"]),
        "volume": (1000, many["id"]),
        "workout_volume": (1900, many["id"]),
    }
    assert found["e1rm"]["formula"].startswith("Epley")
    assert found["weight"]["formula"] is None
    runner = found["weight"]["runner_up"]
    assert (runner["value"], runner["workout_id"]) == (100, many["id"])
    assert found["weight"]["on_date"] == "2026-03-01"
    assert warm["id"] not in {record["workout_id"] for record in found.values()}


async def test_deleting_the_holder_gives_it_to_the_runner_up(person):
    best = await lift(person, "2026-03-01", {"reps": 1, "weight_kg": 120})
    second = await lift(person, "2026-03-02", {"reps": 1, "weight_kg": 110})
    assert (await of(person, exercise=make.BENCH))["e1rm"]["workout_id"] == best["id"]
    await person.ask("DELETE", f"/workouts/{best['id']}", status=204)
    record = (await of(person, exercise=make.BENCH))["e1rm"]
    assert (record["workout_id"], record["value"], record["runner_up"]) == (second["id"], 110, None)
    await person.patch(second["id"], sets=[make.a_set(reps=2, weight_kg=90)])
    assert (await of(person, exercise=make.BENCH))["e1rm"]["value"] == pytest.approx(96)


async def test_of_equals_the_first_holds_it(person):
    first = await lift(person, "2026-03-01", {"reps": 1, "weight_kg": 120})
    second = await lift(person, "2026-03-02", {"reps": 1, "weight_kg": 120})
    record = (await of(person, exercise=make.BENCH))["weight"]
    assert (record["workout_id"], record["runner_up"]["workout_id"]) == (first["id"], second["id"])
    assert len((await history(person, "weight", exercise=make.BENCH))["items"]) == 1


async def test_sports_have_efforts_and_extremes(workout, person):
    slow, fast = await person.run(distance_m=12_000), await person.run(duration_s=2_000, ascent_m=80)
    await effort(workout, slow, person, "distance", 5_000, 1_500)
    await effort(workout, fast, person, "distance", 5_000, 1_400)
    await effort(workout, fast, person, "power", 300, 320)
    found = await of(person, sport="running")
    assert [*found] == ["distance 5000", "power 300", "longest", "farthest", "highest"]
    best = found["distance 5000"]
    assert (best["value"], best["unit"], best["at_s"], best["workout_id"]) == (1_400, "s", 12, fast["id"])
    assert best["runner_up"]["value"] == 1_500
    assert (found["longest"]["value"], found["farthest"]["value"], found["highest"]["value"]) == (2_000, 12_000, 80)
    assert found["highest"]["runner_up"] is None
    assert await of(person, sport="cycling") == {}


async def test_history_is_what_was_best_when(workout, person):
    lifted = []
    for day, weight in enumerate((80, 90, 85, 90, 100, 70), 1):
        lifted.append(await lift(person, f"2026-03-{day:02}", {"reps": 1, "weight_kg": weight}))
    whole = (await history(person, "weight", exercise=make.BENCH))["items"]
    told = [(step["value"], step["previous"], step["workout_id"], step["beaten"]) for step in whole]
    ids = [one["id"] for one in lifted]
    assert told == [(100, 90, ids[4], ids[1]), (90, 80, ids[1], ids[0]), (80, None, ids[0], None)]
    first = await history(person, "weight", exercise=make.BENCH, limit=2)
    rest = await history(person, "weight", exercise=make.BENCH, limit=2, cursor=first["next_cursor"])
    assert first["items"] + rest["items"] == whole
    runs = [await person.run(started_at=f"2026-03-0{day}T07:00:00Z") for day in (1, 2, 3)]
    for run, seconds in zip(runs, (1_500, 1_600, 1_400), strict=True):
        await effort(workout, run, person, "distance", 5_000, seconds)
    steps = (await history(person, "distance 5000", sport="running"))["items"]
    assert [(step["value"], step["previous"]) for step in steps] == [(1_400, 1_500), (1_500, None)]


async def test_others_hold_none_of_mine(workout, person):
    await lift(person, "2026-03-01", {"reps": 1, "weight_kg": 120})
    other = make.Person(workout)
    assert await of(other, exercise=make.BENCH) == {}
    assert (await history(other, "weight", exercise=make.BENCH))["items"] == []


@pytest.mark.parametrize(
    "query",
    [
        "/records",
        "/records?exercise=a&sport=b",
        "/records?sport=%00",
        "/records/history?exercise=a",
        "/records/history?exercise=a&kind=distance%205000",
        "/records/history?sport=running&kind=e1rm",
        "/records/history?sport=running&kind=longest&cursor=x",
    ],
)
async def test_nonsense_is_refused(person, query):
    await person.ask("GET", query, status=400)
