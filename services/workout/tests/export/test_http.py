"""Everything out, and in again."""

import io
import json
import zipfile
from uuid import uuid4

import pytest
from services.workout.tests import make
from services.workout.tests.export.make import a_ride
from services.workout.tests.workouts.recorded import a_recording, channels

from imports import Broken
from imports.unpack import Archive
from workout.export import reader
from workout.export.lines import Returning
from workout.export.model import written
from workout.readers.model import Ask, Finding, Kept

pytestmark = pytest.mark.anyio


@pytest.fixture
def person(workout):
    return make.Person(workout)


async def archive(person, **parameters) -> bytes:
    return (await person.ask("GET", "/workouts/export", params=parameters, status=200)).content


def read(content: bytes) -> list:
    return list(reader.read(io.BytesIO(content), Ask()))


async def test_all_workouts_are_in_it(person):
    gym = await person.log(notes="Heavy", rpe=8)
    run = await person.run(ascent_m=120, average_heart_rate=151, energy_kcal=400)
    [kept] = read(await archive(person))
    assert kept.part == "workouts.jsonl"
    lifted, ran = (line for _, line in kept.lines)
    given = lifted.given
    assert (given.title, given.notes, given.rpe, given.duration_s) == ("Push", "Heavy", 8, gym["duration_s"])
    told = [(each.exercise, each.kind, each.reps, each.weight_kg) for each in lifted.sets]
    assert told == [(make.BENCH, "warm_up", 5, 60), (make.BENCH, "working", 5, 100), (make.BENCH, "working", 3, 110)]
    given = ran.given
    assert (given.sport, given.distance_m, given.ascent_m) == ("running", run["distance_m"], 120)
    assert (given.average_heart_rate, given.energy_kcal) == (151, 400)
    assert given.started_at == make.at(run["started_at"])


async def test_names_of_exercises_mean_the_same_elsewhere(person):
    from workout.exercises.names import resolve  # noqa: PLC0415 - only here

    kept = await person.log()
    one = await person.ask("GET", f"/workouts/{kept['id']}/export", status=200)
    [lifted] = list(reader.read_one(io.BytesIO(one.content), Ask()))
    assert resolve([each.exercise for each in lifted.sets]) == {lifted.sets[0].exercise: make.BENCH}


async def test_it_says_what_is_in_it_and_is_the_same_each_time(person):
    bike = await person.ask("POST", "/gear", json={"kind": "bike", "name": "Gravel"}, status=201)
    await person.run(sport="cycling", gear=[bike.json()["id"]])
    first, second = await archive(person), await archive(person)
    assert first == second
    parts = zipfile.ZipFile(io.BytesIO(first))
    manifest = json.loads(parts.read("manifest.json"))
    assert manifest["format"] == "fitmesh-workouts"
    assert {part["name"] for part in manifest["parts"]} | {"manifest.json"} == set(parts.namelist())
    assert {part["name"]: part["items"] for part in manifest["parts"] if part["items"]} == {
        "gear.jsonl": 1,
        "workouts.jsonl": 1,
    }
    assert json.loads(parts.read("gear.jsonl"))["name"] == "Gravel"
    assert [str(each) for each in read(first)[1].lines[0][1].gear] == [bike.json()["id"]]


async def test_files_say_what_they_are(person):
    kept = await person.run()
    answer = await person.ask("GET", "/workouts/export", status=200)
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == 'attachment; filename="fitmesh-workouts.zip"'
    types = {"tcx": "application/vnd.garmin.tcx+xml", "json": "application/json"}
    for as_, media_type in types.items():
        answer = await person.ask("GET", f"/workouts/{kept['id']}/export", params={"format": as_}, status=200)
        assert answer.headers["content-type"] == media_type
        assert answer.headers["content-disposition"] == f'attachment; filename="2026-03-02-running.{as_}"'
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_track_is_gpx(person):
    await a_recording(person.workout, person.id, streams=channels(60))
    [one] = (await person.list())["items"]
    answer = await person.ask("GET", f"/workouts/{one['id']}/export", params={"format": "gpx"}, status=200)
    assert answer.headers["content-type"] == "application/gpx+xml"
    assert answer.content.startswith(b"<?xml")


async def test_nobody_elses_is(person, workout):
    await person.log()
    other = make.Person(workout)
    assert read(await archive(other)) == []
    kept = await person.run()
    for as_ in ("gpx", "tcx", "json"):
        await other.ask("GET", f"/workouts/{kept['id']}/export", params={"format": as_}, status=404)


async def test_one_workout_as_json_is_read_again(person):
    kept = await person.log(title="Legs")
    answer = await person.ask("GET", f"/workouts/{kept['id']}/export", status=200)
    assert answer.headers["content-disposition"] == 'attachment; filename="2026-03-01-strength_training.json"'
    [back] = list(reader.read_one(io.BytesIO(answer.content), Ask()))
    assert (back.title, len(back.sets), back.sport) == ("Legs", 3, "strength_training")
    assert reader.is_one(answer.text)


async def test_what_was_not_recorded_has_no_track(person):
    kept = await person.run()
    problem = await person.ask("GET", f"/workouts/{kept['id']}/export", params={"format": "gpx"}, status=409)
    assert problem.json()["type"] == "urn:fitmesh:problem:no-track"
    tcx = await person.ask("GET", f"/workouts/{kept['id']}/export", params={"format": "tcx"}, status=200)
    assert "<DistanceMeters>5000</DistanceMeters>" in tcx.text
    await person.ask("GET", f"/workouts/{kept['id']}/export", params={"format": "fit"}, status=400)
    await person.ask("GET", f"/workouts/{uuid4()}/export", status=404)


def a_line(**changes) -> bytes:
    ride = a_ride()
    given = {
        "format": "fitmesh-workout",
        "fingerprint": "ab" * 32,
        "workout": str(uuid4()),
        "source": "Watch",
        "sport": "cycling",
        "started_at": ride.started_at.isoformat(),
        "duration_s": ride.duration_s,
        "channels": written(ride.channels),
    }
    return json.dumps(given | changes).encode()


def zipped(lines: bytes, manifest: bytes = b'{"format":"fitmesh-workouts","version":1,"parts":[]}') -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("recordings.jsonl", lines)
        for name in sorted(reader.PARTS.keys() - {"recordings.jsonl"}):
            made.writestr(name, b"")
        if manifest:
            made.writestr("manifest.json", manifest)
    return file.getvalue()


async def test_streams_come_back_as_exactly_as_they_are_kept():
    [back] = read(zipped(a_line()))
    assert back.channels["lat"] == a_ride().channels["lat"]
    assert str(back.channels["heart_rate"]) == str(a_ride().channels["heart_rate"])


async def test_a_bad_line_costs_only_itself():
    bad = [b"{}", b"x", b"[" * 5_000, a_line(sport=""), a_line(channels={"time": [1, 2], "power": [1]}), a_line()]
    found = read(zipped(b"\n".join(bad)))
    assert [type(each) for each in found] == [Returning] + [Finding] * 5
    assert {each.line for each in found[1:]} == {1, 2, 3, 4, 5}


@pytest.mark.parametrize(
    "content",
    [
        zipped(b"", b'{"format":"fitmesh-workouts","version":2,"parts":[]}'),
        zipped(b"", b"[" * 100_000),
        zipped(b"")[:-30],
    ],
    ids=["newer", "deep", "cut off"],
)
async def test_what_cannot_be_read_says_so(content):
    with pytest.raises(Broken):
        read(content)


async def test_ours_is_known_by_its_manifest():
    with Archive(io.BytesIO(zipped(a_line()))) as ours:
        assert reader.is_ours(ours)
    with Archive(io.BytesIO(zipped(a_line(), b"{}"))) as other:
        assert not reader.is_ours(other)


async def test_hostile_json_is_refused():
    for text in (b"", b"{}", b"[" * 100_000, b'{"format":"fitmesh-workout"}', a_line()[:-100], a_line(started_at="x")):
        with pytest.raises(Broken):
            list(reader.read_one(io.BytesIO(text), Ask()))


async def test_it_is_recognised_by_its_content(person):
    from workout.readers.detect import recognise  # noqa: PLC0415 - only here

    kept = await person.log()
    one = await person.ask("GET", f"/workouts/{kept['id']}/export", status=200)
    for content in (await archive(person), one.content):
        file = io.BytesIO(content)
        name, read_it = recognise(file, "anything.bin")
        file.seek(0)
        [back] = list(read_it(file, Ask()))
        title = back.lines[0][1].given.title if isinstance(back, Kept) else back.title
        assert (name, title) == ("fitmesh-workouts", "Push")
