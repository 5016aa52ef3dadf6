"""Streams, track, laps, zones, best efforts and file at the socket."""

import pytest
from services.workout.tests.make import Person
from services.workout.tests.streams.rides import a_ride, laps, record

from workout.streams.measure import measure

pytestmark = pytest.mark.anyio

PAGES = ("streams", "track", "laps", "zones", "best-efforts", "file")
HELD = {"since": "2026-01-01", "max_heart_rate": 190, "resting_heart_rate": 50, "ftp_w": 250}


async def page(person, workout_id, path, status=200):
    return (await person.ask("GET", f"/workouts/{workout_id}/{path}", status=status)).json()


async def test_streams_are_columns(workout):
    alice, ride = Person(workout), a_ride(1_200)
    workout_id = await record(alice, ride)
    whole = await page(alice, workout_id, "streams?points=10000")
    assert (whole["of"], whole["points"], whole["started_at"]) == (1_201, 1_201, "2026-03-01T08:00:00Z")
    assert whole["channels"] == sorted(ride)
    assert whole["columns"]["power"] == list(ride["power"])
    assert whole["columns"]["lat"] == pytest.approx(list(ride["lat"]), abs=1e-7)
    few = await page(alice, workout_id, "streams?channels=heart_rate,power,temperature&points=100")
    assert set(few["columns"]) == {"time", "heart_rate", "power"}
    assert 50 < few["points"] <= 100
    assert few["channels"] == sorted(ride)


async def test_a_track_is_a_feature(workout):
    alice, ride = Person(workout), a_ride(1_200)
    workout_id = await record(alice, ride, pauses=[(300, 400)])
    whole = await page(alice, workout_id, "track")
    assert (whole["type"], whole["geometry"]["type"]) == ("Feature", "MultiLineString")
    assert [len(line) for line in whole["geometry"]["coordinates"]] == [301, 801]
    assert whole["geometry"]["coordinates"][0][0] == [5, 50, 200]
    assert whole["bbox"] == pytest.approx([5, min(ride["lat"]), max(ride["lon"]), max(ride["lat"])], abs=1e-6)
    far = await page(alice, workout_id, "track?zoom=8")
    assert (far["properties"]["points"], far["properties"]["of"]) == (4, 1_102)


async def test_laps_and_splits(workout):
    alice = Person(workout)
    workout_id = await record(alice, laps=laps(400, 1_200))
    found = (await page(alice, workout_id, "laps"))["items"]
    assert [(lap["start_s"], lap["duration_s"], lap["distance_m"]) for lap in found] == [
        (0, 400, 3_200),
        (400, 800, 6_400),
    ]
    assert all(lap["average_power"] > 100 for lap in found)
    splits = (await page(alice, workout_id, "laps?every=1000"))["items"]
    assert [lap["distance_m"] for lap in splits[:-1]] == [1_000] * (len(splits) - 1)
    assert sum(lap["distance_m"] for lap in splits) == pytest.approx(9_600, rel=0.05)
    assert sum(lap["duration_s"] for lap in splits) == pytest.approx(1_200, abs=0.01)


async def test_zones_by_what_held_then(workout):
    alice, ride = Person(workout), a_ride(1_200)
    workout_id = await record(alice, ride)
    nothing = await page(alice, workout_id, "zones")
    assert nothing == {"thresholds": None, "heart_rate": None, "power": None}
    items = [HELD, HELD | {"since": "2026-03-02", "ftp_w": 300}]
    await alice.ask("PUT", "/workouts/thresholds", json={"items": items}, status=200)
    found = await page(alice, workout_id, "zones")
    assert found["thresholds"]["ftp_w"] == 250
    assert found["heart_rate"]["by"] == "reserve"
    assert found["heart_rate"]["items"][1]["low"] == 120
    assert sum(zone["seconds"] for zone in found["heart_rate"]["items"]) == pytest.approx(1_200)
    assert sum(zone["seconds"] for zone in found["power"]["items"]) == pytest.approx(1_200)
    assert (await page(alice, workout_id, "zones?by=max"))["heart_rate"]["items"][1]["low"] == 95
    assert (await page(alice, workout_id, "zones?by=threshold"))["heart_rate"] is None


async def test_best_efforts_are_those_of_records(workout):
    alice, ride = Person(workout), a_ride(1_200)
    workout_id = await record(alice, ride)
    found = (await page(alice, workout_id, "best-efforts"))["items"]
    expected = {(each.kind, each.size): each for each in measure(ride).efforts}
    assert {(each["kind"], each["size"]) for each in found} == set(expected)
    for each in found:
        assert each["value"] == pytest.approx(expected[each["kind"], each["size"]].value)


async def test_the_file_as_it_was_sent(workout):
    alice, bob = Person(workout), Person(workout)
    from imports.door import objects_of  # noqa: PLC0415 - what the import service would do

    objects = objects_of(workout.runtime.settings, "workout")

    async def pieces():
        yield b"recorded"

    stored = await objects.put(pieces())
    key = objects.key(alice.id, stored.sha256)
    await objects.copy(stored.key, key)
    workout_id = await record(alice, file="rides/Früh.fit", sha256=stored.sha256)
    answer = await alice.ask("GET", f"/workouts/{workout_id}/file", status=200)
    assert answer.content == b"recorded"
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''Fr%C3%BCh.fit"
    recording = await workout.db.fetchval("SELECT recording_id FROM recording WHERE workout_id = $1", workout_id)
    assert (await alice.ask("GET", f"/workouts/{workout_id}/file?recording={recording}", status=200)).content
    await alice.ask("GET", f"/workouts/{workout_id}/file?recording={workout_id}", status=404)
    await bob.ask("GET", f"/workouts/{workout_id}/file", status=404)
    lost = await record(alice, sha256="0" * 64)
    await alice.ask("GET", f"/workouts/{lost}/file", status=404)


async def test_a_workout_that_nobody_recorded(workout):
    alice = Person(workout)
    workout_id = (await alice.run())["id"]
    empty = await page(alice, workout_id, "streams")
    assert (empty["of"], empty["columns"], empty["channels"]) == (0, {}, [])
    assert (await page(alice, workout_id, "track"))["geometry"] is None
    assert (await page(alice, workout_id, "laps"))["items"] == []
    assert (await page(alice, workout_id, "laps?every=1000"))["items"] == []
    assert (await page(alice, workout_id, "zones"))["heart_rate"] is None
    assert (await page(alice, workout_id, "best-efforts"))["items"] == []
    await page(alice, workout_id, "file", 404)


async def test_a_gym_log_has_no_streams(workout):
    alice = Person(workout)
    workout_id = await record(alice, {}, format="hevy", source="Hevy", sport="strength_training")
    assert (await page(alice, workout_id, "streams"))["columns"] == {}
    assert (await page(alice, workout_id, "track"))["geometry"] is None
    assert (await page(alice, workout_id, "laps?every=1000"))["items"] == []


@pytest.mark.parametrize("path", PAGES)
async def test_what_is_not_mine(workout, path):
    alice, bob = Person(workout), Person(workout)
    workout_id = await record(alice, a_ride(60))
    await page(bob, workout_id, path, 404)
    await page(alice, "00000000-0000-0000-0000-000000000000", path, 404)
    await page(alice, "x", path, 404)
    assert (await workout.http.get(f"/workouts/{workout_id}/{path}")).status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "streams?points=2",
        "streams?points=10001",
        "streams?points=x",
        "streams?channels=soul",
        "streams?channels=",
        "streams?channels=power,,speed",
        f"streams?channels={'power,' * 200}",
        "track?zoom=-1",
        "track?zoom=21",
        "track?for=nobody",
        "laps?every=0",
        "laps?every=nan",
        "laps?every=-1000",
        "laps?every=1e99",
        "zones?by=soul",
        "file?recording=x",
    ],
)
async def test_what_cannot_be_asked(workout, path):
    alice = Person(workout)
    workout_id = await record(alice, a_ride(60))
    await page(alice, workout_id, path, 400)
