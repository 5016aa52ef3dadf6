"""Archives come from outside: what is wrong in one is found, costs only its line, and touches nobody else's."""

import json
import random
from uuid import uuid4

import pytest
from services.workout.tests import make
from services.workout.tests.export import make as archives
from services.workout.tests.export.test_restore import everything
from services.workout.tests.imports.make import a_zip, issues

from workout.export import reader
from workout.export.model import written

pytestmark = pytest.mark.anyio

AT = "2026-03-01T08:00:00Z"
DEEP = b"[" * 100_000


def ident(number: int) -> str:
    return f"00000000-0000-7000-8000-{number:012}"


def an_archive(**parts: object) -> bytes:
    """Parts by their names with a "_" for each "-", of lines that are bytes or become JSON."""
    files = dict.fromkeys(reader.PARTS, b"")
    for name, lines in parts.items():
        told = (line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
        files[f"{name.replace('_', '-')}.jsonl"] = b"\n".join(told)
    return a_zip(files | {"manifest.json": b'{"format":"fitmesh-workouts","version":1,"parts":[]}'})


def a_recording(number: int = 1, **changes) -> dict:
    ride = archives.a_ride(n=60, pauses=())
    given = {"format": "fitmesh-workout", "fingerprint": f"{number:064x}", "workout": ident(number), "source": "Watch"}
    given |= {"sport": "cycling", "started_at": AT, "duration_s": 359, "channels": written(ride.channels)}
    return given | changes


def a_workout(number: int = 1, **changes) -> dict:
    given = {"sport": "running", "started_at": AT, "duration_s": 60}
    return {"id": ident(number), "created_at": AT, "given": given} | changes


def an_edit(number: int = 1, kind: str = "crop", **changes) -> dict:
    return {"number": number, "kind": kind, "created_at": AT} | changes


def a_part(number: int, origin: int, split: int = 1) -> dict:
    return a_workout(number, given={}, edits=[an_edit(0, "part", workout=ident(origin), split=split)])


def merging(number: int, other: int, at: int = 1, **changes) -> dict:
    return a_workout(number, edits=[an_edit(at, "merge", workout=ident(other))], **changes)


BAD = {
    "exercises": [
        {},
        [],
        b"x",
        DEEP,
        {"id": "me", "created_at": AT, "name": "A"},
        {"id": ident(1), "created_at": AT, "name": "A" * 201},
        {"id": ident(1), "created_at": AT, "name": "A\u0000"},
        {"id": ident(1), "created_at": "0001-01-01T00:00:00+14:00", "name": "A"},
        {"id": ident(1), "created_at": "9999-12-31T23:59:59-14:00", "name": "A"},
        {"id": ident(1), "created_at": AT, "name": "A", "user_id": ident(2)},
    ],
    "gear": [
        {"id": ident(1), "created_at": AT, "kind": "tank", "name": "A"},
        {"id": ident(1), "created_at": AT, "kind": "component", "name": "A", "part_of": ident(9)},
        {"id": ident(1), "created_at": AT, "kind": "component", "name": "A", "part_of": ident(1)},
        {"id": ident(1), "created_at": AT, "kind": "bike", "name": "A", "services": [{"name": "B"}]},
        {"id": ident(1), "created_at": AT, "kind": "bike", "name": "A", "start_s": 1e300},
    ],
    "routines": [
        {"id": ident(1), "created_at": AT, "name": "A", "days": []},
        {"id": ident(1), "created_at": AT, "name": "A", "days": [{"items": [{"exercise": "none", "sets": [{}]}]}]},
        {"id": ident(1), "created_at": AT, "name": "A", "days": [{"items": [{"exercise": ident(9), "sets": [{}]}]}]},
    ],
    "thresholds": [
        {"since": "0000-00-00"},
        {"since": "2026-01-01", "ftp_w": 10**9},
        {"since": "2026-01-01", "max_heart_rate": 100, "resting_heart_rate": 120},
    ],
    "privacy_zones": [{"id": ident(1), "name": "A", "lat": 91, "lon": 0}, {"id": ident(1), "name": "A", "lat": 9}],
    "deleted_recordings": [{"fingerprint": "x"}, {"fingerprint": "AB" * 32}],
    "kept_apart": [{"one": "1", "other": "2"}, {"one": "0" * 64}],
    "recordings": [
        a_recording(fingerprint=None),
        a_recording(workout="me"),
        a_recording(joined="forced"),
        a_recording(score=1e9),
        a_recording(sets=[{"exercise": ident(9)}]),
        a_recording(channels={"time": [0, 1], "power": [1]}),
        a_recording(position=40_000),
        a_recording(file="a" * 300),
    ],
    "workouts": [
        a_workout(given={}),
        a_workout(given={"sport": "running", "started_at": AT, "offset_min": 10**9}),
        a_workout(given={"sport": "running", "started_at": "1900-01-01T00:00:00Z"}),
        a_workout(gear=[ident(9)]),
        a_workout(edits=[an_edit(1, recording="ab" * 32)]),
        a_workout(routine=ident(9)),
        a_workout(sets=[{"position": 0, "exercise": ident(9)}]),
        a_workout(sets=[{"position": 0, "exercise": make.BENCH}] * 2),
        a_workout(sets=[{"position": 0, "exercise": make.BENCH, "planned": {"exercise": ident(9)}}]),
        a_workout(edits=[an_edit(1), an_edit(1)]),
        a_workout(edits=[an_edit(0)]),
        a_workout(edits=[an_edit(1, "merge", workout=ident(1))]),
        a_workout(edits=[an_edit(1, "merge", workout=ident(2))]),
        a_workout(edits=[an_edit(1, "swap_file")]),
        a_workout(edits=[an_edit(1, workout=ident(2))], bound=[a_workout(2)]),
        a_workout(bound=[a_workout(2)]),
        merging(1, 2) | {"bound": [merging(2, 1)]},
        merging(1, 2) | {"bound": [a_workout(2), merging(3, 2)]},
        a_part(1, 2) | {"bound": [a_part(2, 1)]},
        a_part(1, 2) | {"bound": [a_workout(2)]},
        a_workout(1, edits=[an_edit(1, "split", workout=ident(2))], bound=[a_workout(2)]),
    ],
}


async def imported(person, **parts) -> dict:
    return await archives.imported(person, an_archive(**parts))


@pytest.mark.parametrize("part", BAD)
async def test_what_is_wrong_is_found_and_leaves_nothing(workout, part):
    bob = make.Person(workout)
    found = await imported(bob, **{part: BAD[part]})
    assert found["state"] in {"finished", "partial"}
    told = await issues(workout, bob.headers, found["id"])
    lines = {each["line"] for each in told if each["part"] == f"{part.replace('_', '-')}.jsonl"}
    assert lines == set(range(1, len(BAD[part]) + 1)), told
    left = await everything(bob)
    assert {table: rows for table, rows in left.items() if rows and table not in {"streams", "orphans"}} == {}


async def test_what_is_good_beside_it_is_brought(workout):
    bob = make.Person(workout)
    parts = {
        "gear": [*BAD["gear"], {"id": ident(1), "created_at": AT, "kind": "bike", "name": "Gravel"}],
        "recordings": [*BAD["recordings"], a_recording(1)],
        "workouts": [*BAD["workouts"], a_workout(1, recorded=True, given={"title": "Mine"}, gear=[ident(1)])],
    }
    found = await imported(bob, **parts)
    [one] = (await bob.list())["items"]
    assert (one["title"], one["sport"]) == ("Mine", "cycling")
    assert [each["name"] for each in (await bob.read(one["id"]))["gear"]] == ["Gravel"]
    assert found["counts"]["errors"] == sum(map(len, (BAD[each] for each in ("gear", "recordings", "workouts"))))


async def test_what_names_a_recording_that_is_not_there_is_left_out(workout):
    bob = make.Person(workout)
    wrong = a_workout(edits=[an_edit(1, "swap_file", recording="ab" * 32)])
    twice = [a_workout(2), a_workout(2)]
    found = await imported(bob, workouts=[wrong, *twice])
    told = await issues(workout, bob.headers, found["id"])
    assert {(each["line"], each["code"]) for each in told} == {(1, "left-out"), (3, "bad-line")}
    assert len((await bob.list())["items"]) == 1


async def test_others_ids_mean_nothing(workout):
    alice, bob = make.Person(workout), make.Person(workout)
    bike = (await alice.ask("POST", "/gear", json={"kind": "bike", "name": "Hers"}, status=201)).json()
    own = (await alice.ask("POST", "/exercises", json={"name": "Hers"}, status=201)).json()
    kept = await alice.log(sets=[make.a_set(exercise=own["id"])], gear=[bike["id"]])
    before = await everything(alice)
    found = await imported(
        bob,
        exercises=[{"id": own["id"], "created_at": AT, "name": "His"}],
        gear=[{"id": bike["id"], "created_at": AT, "kind": "bike", "name": "His"}],
        kept_apart=[{"one": kept["id"], "other": "0" * 64}],
        workouts=[
            a_workout()
            | {"id": kept["id"], "gear": [bike["id"]], "own_sets": True}
            | {"sets": [{"position": 0, "exercise": own["id"], "reps": 5}]}
        ],
    )
    assert found["state"] == "finished"
    assert await everything(alice) == before
    [one] = (await bob.list())["items"]
    theirs = await bob.read(one["id"])
    assert one["id"] != kept["id"]
    assert (theirs["gear"][0]["name"], theirs["gear"][0]["id"] == bike["id"]) == ("His", False)
    assert theirs["sets"][0]["exercise"] != own["id"]
    await archives.undone(bob, found)
    assert await everything(alice) == before


async def test_sets_that_are_moved_onto_others_stay(workout):
    bob = make.Person(workout)
    sets = [{"position": 0, "exercise": make.BENCH, "reps": 5}]
    moved = [{"position": 0, "at": 0}]
    line = a_workout(1, own_sets=True, sets=sets, edits=[an_edit(1, "merge", workout=ident(2), sets=moved)])
    found = await imported(bob, workouts=[line | {"bound": [a_workout(2, own_sets=True, sets=sets)]}])
    assert found["state"] == "finished"
    [one] = (await bob.list())["items"]
    assert len((await bob.read(one["id"]))["sets"]) == 1
    await archives.undone(bob, found)
    left = await everything(bob)
    assert {table for table, rows in left.items() if rows and table not in {"streams", "orphans"}} == set()


@pytest.mark.parametrize("seed", range(3))
async def test_damaged_archives_end(workout, seed):
    chance, bob = random.Random(seed), make.Person(workout)
    whole = bytearray(an_archive(recordings=[a_recording()], workouts=[a_workout(2)], gear=BAD["gear"]))
    for _ in range(20):
        whole[chance.randrange(len(whole))] = chance.randrange(256)
    found = await archives.imported(bob, bytes(whole))
    assert found["state"] in archives.ENDED


async def test_more_than_one_may_have_is_left_out(workout, monkeypatch):
    bob = make.Person(workout)
    zones = [{"id": ident(each), "name": f"{each}", "lat": each, "lon": 0, "radius_m": 100} for each in range(60)]
    found = await imported(bob, privacy_zones=zones)
    assert found["counts"]["privacy_zones"] == 50
    assert len((await bob.ask("GET", "/workouts/privacy-zones", status=200)).json()["items"]) == 50
    await bob.ask("GET", f"/workouts/{uuid4()}", status=404)
