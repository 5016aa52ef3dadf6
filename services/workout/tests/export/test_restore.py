"""An archive into an empty account gives the same account; again it changes nothing; undone nothing is left."""

import pytest
from services.workout.tests import make
from services.workout.tests.export import make as archives
from services.workout.tests.imports.make import a_gpx, checksum
from services.workout.tests.imports.test_parts import at_health, finished, undone

pytestmark = pytest.mark.anyio

OWN = {"id", "version", "created_at", "updated_at"}
KEPT = ("routine", "threshold", "privacy_zone", "restored")


@pytest.fixture(scope="module")
async def alice(workout):
    person = make.Person(workout)
    person.made = await archives.with_everything(person)
    return person


@pytest.fixture(scope="module")
async def archive(alice):
    return await archives.exported(alice)


async def everything(person) -> dict:
    """All rows of a user but for those of imports."""
    found = await checksum(person.workout, person.id)
    found.pop("loose_original")  # files that are to be looked at, whenever the sweep comes by
    for table in KEPT:
        rows = await person.workout.db.fetch(
            f"SELECT to_jsonb(t) AS row FROM {table} AS t WHERE user_id = $1", person.id
        )
        found[table] = sorted(row["row"] for row in rows)
    return found


async def seen(person) -> list:
    """Workouts as their owner sees them."""
    items = (await person.list(sort="started_at", limit=100))["items"]
    return [await shown(person, one["id"]) for one in items]


async def shown(person, workout_id) -> dict:
    one = await person.read(workout_id)
    told = {name: value for name, value in one.items() if name not in OWN | {"recordings", "chosen", "routine_id"}}
    told["sets"] = [
        {name: value for name, value in each.items() if name not in {"id", "exercise"}} for each in one["sets"]
    ]
    told["gear"] = [each["name"] for each in one.get("gear", ())]
    told["edits"] = [(each["number"], each["kind"]) for each in one["edits"]]
    told["recordings"] = [
        (each["format"], each["file"], each["joined"], each["channels"]) for each in one["recordings"]
    ]
    return told


async def test_everything_is_in_it(archive):
    parts = archives.parts(archive)
    lines = {name: len(content.splitlines()) for name, content in parts.items() if name.endswith(".jsonl")}
    assert lines == {
        "exercises.jsonl": 2,
        "gear.jsonl": 2,
        "routines.jsonl": 1,
        "thresholds.jsonl": 1,
        "privacy-zones.jsonl": 1,
        "deleted-recordings.jsonl": 1,
        "kept-apart.jsonl": 2,
        "recordings.jsonl": 8,
        "workouts.jsonl": 9,
    }
    assert '"planned":{' in parts["workouts.jsonl"]
    assert sum(name.startswith("originals/") for name in parts) == 8


async def test_into_an_empty_account(workout, alice, archive):
    bob = make.Person(workout)
    found = await archives.imported(bob, archive)
    assert (found["state"], found["counts"].get("errors", 0), found["counts"].get("warnings", 0)) == ("finished", 0, 0)
    ours, theirs = archives.parts(await archives.exported(bob)), archives.parts(archive)
    assert ours.keys() == theirs.keys()
    for name, content in theirs.items():
        assert ours[name] == content, name
    before, after = await seen(alice), await seen(bob)
    for was, now in zip(before, after, strict=True):
        assert close(was, now) == {}


def close(was: dict, now: dict) -> dict:
    def same(one, other) -> bool:
        if isinstance(one, float) and isinstance(other, int | float):
            return other == pytest.approx(one, rel=1e-6)
        if isinstance(one, list) and isinstance(other, list):
            return len(one) == len(other) and all(map(same, one, other))
        if isinstance(one, dict) and isinstance(other, dict):
            return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
        return one == other

    names = was.keys() | now.keys()
    return {name: (was.get(name), now.get(name)) for name in names if not same(was.get(name), now.get(name))}


async def test_edits_are_taken_back_after_it(workout, alice, archive):
    bob = make.Person(workout)
    await archives.imported(bob, archive)
    rides = [one["id"] for one in (await bob.list(sort="started_at", limit=100))["items"]]
    count = len(rides)
    first = await bob.read(rides[0])
    for number in (2, 1):
        await bob.ask("DELETE", f"/workouts/{rides[0]}/edits/{number}", status=204)
    assert (await bob.read(rides[0]))["duration_s"] > first["duration_s"]
    [merged] = [one for one in [await bob.read(each) for each in rides] if "merge" in {e["kind"] for e in one["edits"]}]
    await bob.ask("DELETE", f"/workouts/{merged['id']}/edits/1", status=204)
    assert {one["sport"] for one in (await bob.list(limit=100))["items"]} >= {"running"}
    [split] = [one for one in [await bob.read(each) for each in rides] if "split" in {e["kind"] for e in one["edits"]}]
    await bob.ask("DELETE", f"/workouts/{split['id']}/edits/2", status=204)
    assert len((await bob.list(limit=100))["items"]) == count


async def test_again_changes_nothing(workout, archive):
    bob = make.Person(workout)
    await archives.imported(bob, archive)
    before = await everything(bob)
    again = await archives.imported(bob, archive)
    assert again["state"] == "finished"
    assert not again["counts"].keys() & {"workouts", "joined", "gear", "exercises", "routines", "thresholds"}
    after = await everything(bob)
    differing = {table for table in before if before[table] != after[table]}
    assert differing <= {"brought_again", "restored"}


async def test_where_it_comes_from_it_changes_nothing(alice, archive):
    before = await everything(alice)
    found = await archives.imported(alice, archive)
    assert found["state"] == "finished", found
    after = await everything(alice)
    assert {table for table in before if before[table] != after[table]} <= {"brought_again", "restored"}
    await archives.undone(alice, found)
    assert await everything(alice) == before


async def test_undo_leaves_an_empty_account_empty(workout, archive):
    bob = make.Person(workout)
    found = await archives.imported(bob, archive)
    await archives.undone(bob, found)
    left = await everything(bob)
    assert {table for table, rows in left.items() if rows and table not in {"streams", "orphans"}} == set()
    back = await archives.imported(bob, archive)
    assert back["counts"] == found["counts"]


async def test_undo_leaves_another_as_it_was(workout, archive):
    bob = make.Person(workout)
    await bob.log()
    ride = archives.moved(archives.a_ride(), seconds=7)
    await archives.imported(bob, a_gpx(start=ride.started_at), "own.gpx")
    await bob.ask("POST", "/gear", json={"kind": "bike", "name": "gravel"}, status=201)
    before = await everything(bob)
    found = await archives.imported(bob, archive)
    assert found["state"] == "finished", found
    assert await everything(bob) != before
    await archives.undone(bob, found)
    after = await everything(bob)
    assert {table: (before[table], after[table]) for table in before if before[table] != after[table]} == {}


async def test_of_two_the_second_keeps_it(workout, archive):
    bob = make.Person(workout)
    first = await archives.imported(bob, archive)
    kept = archives.parts(await archives.exported(bob))
    second = await archives.imported(bob, archive)
    await archives.undone(bob, first)
    assert archives.parts(await archives.exported(bob)) == kept
    await archives.undone(bob, second)
    left = await everything(bob)
    assert {table for table, rows in left.items() if rows and table not in {"streams", "orphans"}} == set()


async def test_what_was_changed_since_stays(workout, archive):
    bob = make.Person(workout)
    found = await archives.imported(bob, archive)
    routine = (await bob.ask("GET", "/routines", status=200)).json()["items"][0]
    await bob.ask("PATCH", f"/routines/{routine['id']}", json={"name": "Mine"}, status=200)
    [run] = [one for one in (await bob.list(limit=100))["items"] if one["started_at"].startswith("2026-03-23")]
    await bob.patch(run["id"], title="Mine")
    await archives.imported(bob, archive)
    assert (await bob.read(run["id"]))["title"] == "Mine"
    await archives.undone(bob, found)
    assert (await bob.read(run["id"]))["title"] == "Mine"
    assert [one["name"] for one in (await bob.ask("GET", "/routines", status=200)).json()["items"]] == ["Mine"]


async def test_merged_within_merged_comes_back(workout):
    """A gym log in a ride in another ride: its sets have moved twice, and move back."""
    alice, bob = make.Person(workout), make.Person(workout)
    await archives.imported(alice, archives.files(), "all.zip")
    outer, *_, inner, log = [one["id"] for one in (await alice.list(sort="started_at", limit=100))["items"]]
    await merged(alice, inner, log)
    await merged(alice, outer, inner)
    archive = await archives.exported(alice)
    found = await archives.imported(bob, archive)
    assert archives.parts(await archives.exported(bob)) == archives.parts(archive)
    for person in (alice, bob):
        for _ in range(2):
            await unmerged(person)
    assert archives.parts(await archives.exported(bob)) == archives.parts(await archives.exported(alice))
    assert [len((await bob.read(one["id"]))["sets"]) for one in (await bob.list())["items"]] == [3, 0, 0, 0, 0, 0, 0]
    await archives.undone(bob, found)
    again = make.Person(workout)
    await archives.undone(again, await archives.imported(again, archive))
    left = await everything(again)
    assert {table for table, rows in left.items() if rows and table not in {"streams", "orphans"}} == set()


async def merged(person, workout_id, other) -> None:
    edit = {"kind": "merge", "with": other}
    await person.ask("POST", f"/workouts/{workout_id}/edits", json=edit, status=201)


async def unmerged(person) -> None:
    """The outermost merge is taken back."""
    for one in (await person.list(limit=100))["items"]:
        if (await person.read(one["id"]))["edits"]:
            await person.ask("DELETE", f"/workouts/{one['id']}/edits/1", status=204)


async def test_health_hands_it_on_and_takes_it_back(workout, heard, archive):
    bob = make.Person(workout)
    found, _ = at_health(workout, bob.id, archive)
    await workout.publish(found)
    [told] = await finished(heard, bob.id)
    assert (told.state, told.error, told.counts["routines"]) == ("finished", None, 1)
    assert len((await bob.list(limit=100))["items"]) == 10
    await workout.publish(undone(found))
    told = await finished(heard, bob.id, 2)
    assert {each.state for each in told} == {"finished", "undone"}
    left = await everything(bob)
    assert {table for table, rows in left.items() if rows and table not in {"streams", "orphans"}} == set()
