"""PUT /workouts/thresholds and the privacy zones."""

from datetime import date

import pytest
from services.workout.tests.make import Person
from services.workout.tests.streams.rides import a_ride, record

from contracts.events import UserUpdated
from testkit import until

pytestmark = pytest.mark.anyio

HELD = {"since": "2026-01-01", "max_heart_rate": 190, "resting_heart_rate": 50, "ftp_w": 250}
NOTHING = {"max_heart_rate": None, "resting_heart_rate": None, "threshold_heart_rate": None, "ftp_w": None}
HOME = {"name": "Home", "lat": 50.0, "lon": 5.0, "radius_m": 300}


async def put(person, *items, status=200):
    return (await person.ask("PUT", "/workouts/thresholds", json={"items": items}, status=status)).json()


async def test_the_list_is_kept_and_replaced(workout):
    alice = Person(workout)
    assert (await alice.ask("GET", "/workouts/thresholds", status=200)).json() == {"items": []}
    older = {"since": "2025-01-01", "ftp_w": 230}
    full = [NOTHING | {"threshold_pace_s_km": None} | each for each in (older, HELD)]
    assert await put(alice, HELD, older) == {"items": full}
    assert (await alice.ask("GET", "/workouts/thresholds")).json() == {"items": full}
    assert (await Person(workout).ask("GET", "/workouts/thresholds")).json() == {"items": []}
    assert await put(alice) == {"items": []}


async def test_load_follows(workout):
    alice = Person(workout)
    workout_id = await record(alice)
    assert "load" not in await alice.read(workout_id)

    async def becomes(method):
        await until(lambda: shown(method), 20)

    async def shown(method):
        return (await alice.read(workout_id)).get("load_method") == method

    await put(alice, HELD)
    await becomes("power")
    by_power = (await alice.read(workout_id))["load"]
    await put(alice, {"since": "2026-01-01", "max_heart_rate": 190})
    await becomes("heart_rate")
    await put(alice, HELD | {"since": "2026-03-02"})
    await becomes(None)
    await put(alice, HELD)
    await becomes("power")
    assert (await alice.read(workout_id))["load"] == by_power


async def test_load_follows_birth_date_and_sex(workout):
    alice, bob = Person(workout), Person(workout)
    workout_id = await record(alice)
    of_bob = await record(bob)
    loads = []
    for version, changes in enumerate(
        (
            {"birth_date": date(1960, 1, 1)},
            {"birth_date": date(2000, 1, 1)},
            {"birth_date": date(2000, 1, 1), "sex": "female"},
        ),
        2,
    ):
        before = await alice.read(workout_id)
        await workout.publish(UserUpdated(user_id=alice.id, version=version, username="alice", **changes))

        async def follows(before=before):
            return (await alice.read(workout_id)).get("load") != before.get("load")

        await until(follows, 20)
        found = await alice.read(workout_id)
        assert found["load_method"] == "heart_rate"
        loads.append(found["load"])
    assert loads[0] > loads[1] > loads[2]
    assert "load" not in await bob.read(of_bob)


async def test_only_what_differs_is_made_anew(workout):
    alice = Person(workout)
    await record(alice)
    dirty = "SELECT last_value FROM dirty_workout_id_seq"
    await put(alice, HELD)
    before = await workout.db.fetchval(dirty)
    await put(alice, HELD)
    await put(alice, HELD, {"since": "2026-04-01", "ftp_w": 260})
    assert await workout.db.fetchval(dirty) == before


@pytest.mark.parametrize(
    "items",
    [
        None,
        [1],
        [{}],
        [{"since": "2026-13-01"}],
        [{"since": "2026-01-01", "ftp_w": 0}],
        [{"since": "2026-01-01", "ftp_w": 1e9}],
        [{"since": "2026-01-01", "max_heart_rate": 190.5}],
        [{"since": "2026-01-01", "max_heart_rate": 100, "resting_heart_rate": 100}],
        [{"since": "2026-01-01", "soul": 1}],
        [HELD, HELD],
        [{"since": f"{year}-01-01"} for year in range(1000, 1501)],
    ],
)
async def test_lists_that_are_refused(workout, items):
    alice = Person(workout)
    await alice.ask("PUT", "/workouts/thresholds", json={"items": items}, status=400)


async def test_privacy_zones(workout):
    alice, bob = Person(workout), Person(workout)
    made = (await alice.ask("POST", "/workouts/privacy-zones", json=HOME, status=201)).json()
    zone = f"/workouts/privacy-zones/{made['id']}"
    assert (await alice.ask("GET", "/workouts/privacy-zones")).json() == {"items": [HOME | {"id": made["id"]}]}
    assert (await alice.ask("PATCH", zone, json={"radius_m": 500}, status=200)).json()["radius_m"] == 500
    assert (await alice.ask("GET", zone)).json() == made | {"radius_m": 500}
    for method in ("GET", "DELETE"):
        await bob.ask(method, zone, status=404)
    await bob.ask("PATCH", zone, json={"radius_m": 10}, status=404)
    assert (await bob.ask("GET", "/workouts/privacy-zones")).json() == {"items": []}
    await alice.ask("DELETE", zone, status=204)
    await alice.ask("DELETE", zone, status=404)


async def test_others_see_nothing_within(workout):
    alice = Person(workout)
    workout_id = await record(alice, a_ride(600))
    await alice.ask("POST", "/workouts/privacy-zones", json=HOME, status=201)
    mine = (await alice.ask("GET", f"/workouts/{workout_id}/track", status=200)).json()
    theirs = (await alice.ask("GET", f"/workouts/{workout_id}/track?for=others", status=200)).json()
    assert mine["geometry"]["coordinates"][0][0] == 5
    assert theirs["geometry"]["coordinates"][0][0] > 5.004
    assert theirs["properties"]["of"] < mine["properties"]["of"]


@pytest.mark.parametrize(
    "changes",
    [{"lat": 91}, {"lon": "5"}, {"radius_m": 1}, {"radius_m": 1e9}, {"name": ""}, {"name": None}, {"owner": "x"}],
)
async def test_zones_that_are_refused(workout, changes):
    alice = Person(workout)
    await alice.ask("POST", "/workouts/privacy-zones", json=HOME | changes, status=400)
    made = (await alice.ask("POST", "/workouts/privacy-zones", json=HOME, status=201)).json()
    await alice.ask("PATCH", f"/workouts/privacy-zones/{made['id']}", json=changes, status=400)


async def test_there_is_an_end_to_zones(workout):
    alice = Person(workout)
    for _ in range(50):
        await alice.ask("POST", "/workouts/privacy-zones", json=HOME, status=201)
    await alice.ask("POST", "/workouts/privacy-zones", json=HOME, status=409)
