"""Gear as its owner sees it: what it has done, and when it is due."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from services.workout.tests import make

pytestmark = pytest.mark.anyio


@pytest.fixture
def person(workout):
    return make.Person(workout)


async def add(person, **changes):
    given = {"kind": "bike", "name": "Gravel"}
    return (await person.ask("POST", "/gear", json=given | changes, status=201)).json()


async def read(person, gear):
    return (await person.ask("GET", f"/gear/{gear['id']}", status=200)).json()


async def ride(person, *gear, on: str = "2026-03-02", **changes):
    given = {"sport": "cycling", "started_at": f"{on}T07:00:00Z", "gear": [one["id"] for one in gear]}
    return await person.run(**given | {"distance_m": 20_000, "duration_s": 3600} | changes)


def used(workout):
    return [one["id"] for one in workout.get("gear", ())]


def totals(gear):
    return gear["workouts"], gear["distance_m"], gear["seconds"]


async def test_it_counts_the_workouts_it_was_used_in(person):
    bike = await add(person, start_distance_m=1_000, start_s=60)
    assert totals(bike) == (0, 1_000, 60)
    first, _ = await ride(person, bike), await ride(person, bike, on="2026-03-03", moving_s=3000)
    assert totals(await read(person, bike)) == (2, 41_000, 60 + 3600 + 3000)
    assert (await read(person, bike))["last_used_on"] == "2026-03-03"
    await person.patch(first["id"], distance_m=30_000)
    assert totals(await read(person, bike))[1] == 51_000
    await person.ask("DELETE", f"/workouts/{first['id']}", status=204)
    assert totals(await read(person, bike)) == (1, 21_000, 3060)


async def test_a_component_counts_what_its_bike_does_while_it_is_fitted(person):
    bike = await add(person)
    chain = await add(
        person, kind="component", name="Chain", part_of=bike["id"], fitted_on="2026-03-02", retired_on="2026-03-10"
    )
    for on in ("2026-03-01", "2026-03-02", "2026-03-10", "2026-03-11"):
        await ride(person, bike, on=on)
    assert totals(await read(person, chain)) == (2, 40_000, 7200)
    assert totals(await read(person, bike)) == (4, 80_000, 14_400)
    both = await ride(person, bike, chain, on="2026-03-05")
    assert totals(await read(person, chain)) == (3, 60_000, 10_800), "not twice"
    assert {*used(both)} == {bike["id"], chain["id"]}


async def test_services_fall_due_by_whichever_comes_first(person):
    services = [
        {"name": "Wax", "every_m": 30_000},
        {"name": "Brakes", "every_s": 4_000},
        {"name": "Check", "every_days": 100_00},
    ]
    bike = await add(person, fitted_on="2026-03-01", services=services)

    async def states():
        return {each["name"]: each["state"] for each in (await read(person, bike))["services"]}

    assert await states() == {"Wax": "fine", "Brakes": "fine", "Check": "fine"}
    await ride(person, bike, on="2026-03-02")
    assert await states() == {"Wax": "fine", "Brakes": "soon", "Check": "fine"}
    await ride(person, bike, on="2026-03-03")
    assert await states() == {"Wax": "due", "Brakes": "due", "Check": "fine"}
    done = [services[0] | {"last_on": "2026-03-02"}, *services[1:]]
    changed = (await person.ask("PATCH", f"/gear/{bike['id']}", json={"services": done}, status=200)).json()
    [wax] = [each for each in changed["services"] if each["name"] == "Wax"]
    assert (wax["state"], wax["since_m"], wax["share"]) == ("fine", 20_000, 0.6667)
    await person.ask("PATCH", f"/gear/{bike['id']}", json={"retired_on": "2026-03-04"}, status=200)
    assert set((await states()).values()) == {"fine"}


async def test_new_workouts_take_what_is_used_for_their_sport(person):
    bike = await add(person, sports=["cycling"])
    await add(person, name="Old", sports=["cycling"], retired_on="2026-01-01")
    await add(person, kind="shoes", name="Trainers", sports=["running"])
    taken = await person.run(sport="cycling")
    assert used(taken) == [bike["id"]]
    assert used(await person.run(sport="cycling", gear=[])) == []
    again = await person.patch(taken["id"], title="Home")
    assert used(again) == [bike["id"]]
    await person.ask("PUT", f"/workouts/{taken['id']}/gear", json={"gear": []}, status=200)
    assert used(await person.patch(taken["id"], title="Work")) == [], "not taken again"


async def test_what_was_used_can_be_said_later(person):
    bike, workout = await add(person), await person.run(sport="cycling")
    path = f"/workouts/{workout['id']}/gear"
    answer = (await person.ask("PUT", path, json={"gear": [bike["id"]]}, status=200)).json()
    assert [(one["id"], one["workouts"]) for one in answer["items"]] == [(bike["id"], 1)]
    assert (await person.read(workout["id"]))["version"] > workout["version"]
    await person.ask("PUT", path, json={"gear": [str(uuid4())]}, status=400)
    assert totals(await read(person, bike))[0] == 1
    stale = {"if-match": f'"{workout["version"]}"'}
    await person.ask("PUT", path, json={"gear": []}, headers=stale, status=412)


async def test_versions(person):
    bike = await add(person)
    answer = await person.ask("GET", f"/gear/{bike['id']}")
    assert answer.headers["etag"] == '"1"'
    changed = await person.ask("PATCH", f"/gear/{bike['id']}", json={"brand": "Own"}, headers={"if-match": '"1"'})
    assert (changed.status_code, changed.headers["etag"], changed.json()["brand"]) == (200, '"2"', "Own")
    for method, body in (("PATCH", {"brand": None}), ("DELETE", None)):
        await person.ask(method, f"/gear/{bike['id']}", json=body, headers={"if-match": '"1"'}, status=412)
    await person.ask("DELETE", f"/gear/{bike['id']}", headers={"if-match": '"2"'}, status=204)
    await person.ask("GET", f"/gear/{bike['id']}", status=404)


async def test_deleting_it_frees_workouts_and_components(person, workout):
    bike = await add(person)
    chain = await add(person, kind="component", name="Chain", part_of=bike["id"])
    ridden = await ride(person, bike)
    await person.ask("DELETE", f"/gear/{bike['id']}", status=204)
    assert (await read(person, chain))["part_of"] is None
    assert used(await person.read(ridden["id"])) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "boat"},
        {"name": ""},
        {"services": [{"name": "Wax"}]},
        {"services": [{"name": "Wax", "every_m": 0}]},
        {"part_of": str(uuid4())},
        {"kind": "component", "part_of": str(uuid4())},
        {"fitted_on": "2026-03-02", "retired_on": "2026-03-01"},
        {"sports": ["Running!"]},
        {"start_distance_m": -1},
        {"wheels": 2},
    ],
)
async def test_nonsense_is_refused(person, changes):
    await person.ask("POST", "/gear", json={"kind": "bike", "name": "Gravel"} | changes, status=400)


async def test_components_have_no_components(person):
    bike = await add(person)
    chain = await add(person, kind="component", name="Chain", part_of=bike["id"])
    link = {"kind": "component", "name": "Link", "part_of": chain["id"]}
    await person.ask("POST", "/gear", json=link, status=400)


async def test_lists(person):
    bikes = [await add(person, name=f"Bike {n}") for n in range(5)]
    today = date.today()  # noqa: DTZ011 - either date will do
    await add(person, kind="shoes", name="Worn", retired_on=str(today - timedelta(days=2)))
    page = (await person.ask("GET", "/gear", params={"kind": "bike", "limit": 3}, status=200)).json()
    rest = {"kind": "bike", "limit": 3, "cursor": page["next_cursor"]}
    more = (await person.ask("GET", "/gear", params=rest, status=200)).json()
    names = [one["name"] for one in page["items"] + more["items"]]
    assert names == [one["name"] for one in reversed(bikes)]
    retired = (await person.ask("GET", "/gear", params={"retired": "true"}, status=200)).json()
    assert [one["name"] for one in retired["items"]] == ["Worn"]
    assert len((await person.ask("GET", "/gear", params={"retired": "false"}, status=200)).json()["items"]) == 5


async def test_others_see_nothing_of_it(person, workout):
    bike, other = await add(person), make.Person(workout)
    for method, body in (("GET", None), ("PATCH", {"name": "Mine"}), ("DELETE", None)):
        await other.ask(method, f"/gear/{bike['id']}", json=body, status=404)
    chain = {"kind": "component", "name": "Chain", "part_of": bike["id"]}
    await other.ask("POST", "/gear", json=chain, status=400)
    mine = await other.run(sport="cycling")
    await other.ask("PUT", f"/workouts/{mine['id']}/gear", json={"gear": [bike["id"]]}, status=400)
    theirs = await person.run(sport="cycling")
    await other.ask("PUT", f"/workouts/{theirs['id']}/gear", json={"gear": []}, status=404)
