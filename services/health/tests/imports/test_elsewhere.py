"""Files that hold recordings or gym logs: handed on to whoever reads them, and shown with what came of them there."""

import io
import zipfile
from uuid import uuid4

import pytest
from services.health.tests import make as users
from services.health.tests.imports import make

from contracts.events import ImportPartFinished, ImportPartFound, ImportUndone
from health.imports import elsewhere
from testkit import until

pytestmark = pytest.mark.anyio

GPX = b"""<?xml version="1.0"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>
<trkpt lat="52.5" lon="13.4"><time>2024-05-01T07:00:00Z</time></trkpt></trkseg></trk></gpx>"""


async def a_track(health, headers, content: bytes = GPX):
    return await make.imported(health, headers, content, name="ride.gpx", mapping=None)


async def told(heard, user_id, kind, count=1):
    return await users.of_user(heard, user_id, kind.name(), count)


def finished(user_id, found, version=1, **changes):
    given = {"state": "finished", "counts": {"workouts": 1, "recordings": 1}}
    return ImportPartFinished(user_id=user_id, version=version, import_id=found["id"], **given | changes)


async def workout_of(health, headers, found):
    return (await make.read(health, headers, found["id"]))["workout"]


async def test_a_recording_is_handed_on(health, heard, headers, user_id):
    found = await a_track(health, headers)
    [event] = await told(heard, user_id, ImportPartFound)
    assert str(event.import_id) == found["id"]
    assert event.object_key == f"health/{user_id}/{found['sha256']}"
    assert (event.sha256, event.bytes, event.file_name) == (found["sha256"], len(GPX), "ride.gpx")
    assert await workout_of(health, headers, found) == {"state": "queued", "counts": {}, "error": None}


async def test_what_holds_nothing_of_it_is_not(health, heard, headers, user_id):
    found = await make.imported(health, headers, make.a_csv(10))
    assert await workout_of(health, headers, found) is None
    await a_track(health, headers)
    assert len(await told(heard, user_id, ImportPartFound)) == 1


@pytest.mark.parametrize(
    "header",
    [
        "title,start_time,end_time,description,exercise_title,superset_id,exercise_notes,set_index,set_type,weight_kg,reps",
        "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE",
        "Date,Exercise,Category,Weight,Weight Unit,Reps,Distance,Distance Unit,Time,Comment",
    ],
    ids=["hevy", "strong", "fitnotes"],
)
async def test_gym_logs_are_handed_on(health, heard, headers, user_id, header):
    found = await a_track(health, headers, f"{header}\n".encode())
    assert found["kept"] == {"strength-log": 1}
    assert len(await told(heard, user_id, ImportPartFound)) == 1


MANIFEST = b'{"format":"fitmesh-workouts","version":1,"parts":[]}'


def an_archive(**parts: bytes) -> bytes:
    """What the workout service gives its users to take away, as far as it is looked at here."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name, content in ({"recordings": b"", "workouts": b""} | parts).items():
            made.writestr(f"{name}.jsonl", content)
        made.writestr("manifest.json", MANIFEST)
    return file.getvalue()


async def test_an_archive_of_workouts_is_handed_on_whole_and_undone(health, heard, headers, user_id):
    content = an_archive()
    found = await make.imported(health, headers, content, name="anything.bin", mapping=None)
    assert (found["state"], found["format"], found["kept"]) == ("finished", "fitmesh-workouts", {"workout-archive": 1})
    [event] = await told(heard, user_id, ImportPartFound)
    assert (str(event.import_id), event.bytes) == (found["id"], len(content))
    answer = await health.http.post(f"/imports/{found['id']}/undo", headers=headers)
    assert answer.status_code == 202
    [undone] = await told(heard, user_id, ImportUndone)
    assert str(undone.import_id) == found["id"]


async def test_one_workout_is_handed_on_too(health, heard, headers, user_id):
    found = await a_track(health, headers, b'{"format": "fitmesh-workout", "source": "Watch", "sport": "running"}')
    assert found["kept"] == {"workout-archive": 1}
    assert len(await told(heard, user_id, ImportPartFound)) == 1


async def test_what_came_of_it_is_shown_newest_last(health, headers, user_id):
    found = await a_track(health, headers)
    await health.publish(finished(user_id, found, 3))

    async def shown():
        return (await workout_of(health, headers, found))["state"] == "finished"

    await until(shown)
    late = finished(user_id, found, 2, state="running", counts={})
    async with health.runtime.worker.acquire() as db, db.transaction():
        await elsewhere.keep_parts(db, [late, finished(uuid4(), found, 9, state="failed")])
    expected = {"state": "finished", "counts": {"workouts": 1, "recordings": 1}, "error": None}
    assert await workout_of(health, headers, found) == expected
    assert (await health.db.fetchval("SELECT count(*) FROM import_elsewhere WHERE import_id = $1", found["id"])) == 1


async def test_undoing_it_here_undoes_it_there(health, heard, headers, user_id):
    found = await a_track(health, headers)
    answer = await health.http.post(f"/imports/{found['id']}/undo", headers=headers)
    assert answer.status_code == 202
    await make.done(health, headers, found["id"], "undone")
    [event] = await told(heard, user_id, ImportUndone)
    assert str(event.import_id) == found["id"]


async def test_summaries_of_apple_are_read_there_those_of_others_are_not():
    def holds(kept: str, format_name: str) -> bool:
        given = dict.fromkeys(("id", "file", "inserted", "updated", "first_at", "last_at", "bytes", "records"))
        told = elsewhere.Told(**given, seconds=0, zone="UTC", kept=kept, format=format_name)
        return elsewhere.concerns(told)

    assert holds('{"workout": 3}', "apple-health")
    assert not holds('{"workout": 3}', "fitbit")
    assert holds('{"workout": 3, "strength-log": 1}', "archive")
    assert not holds("{}", "csv")
