"""Original files stay as long as a recording refers to them, and no longer."""

import os
import time
from pathlib import Path

import pytest
from services.workout.tests.imports import make
from services.workout.tests.imports.test_import import objects

from imports.door import objects_of
from imports.sweep import sweep
from workout.imports import work
from workout.recordings import queries as recordings

pytestmark = pytest.mark.anyio


def folder(workout, user_id):
    return Path(workout.environment["OBJECT_STORE_URL"].removeprefix("file://")) / "workout" / str(user_id)


def age(workout, user_id):
    """Make all files of a user two days old."""
    for each in folder(workout, user_id).iterdir():
        os.utime(each, (time.time() - 200_000,) * 2)


async def test_what_a_recording_names_is_not_swept(workout, headers, user_id):
    found = await make.imported(workout, headers, make.a_zip({"a.gpx": make.a_gpx()}), name="all.zip")
    (folder(workout, user_id) / ("0" * 64)).write_bytes(b"rubbish")
    age(workout, user_id)
    kept = [each for each in objects(workout, user_id) if each != "0" * 64]
    assert found["sha256"] in kept
    assert len(kept) == 2
    await sweep(workout.runtime, "workout", recordings.named)
    assert objects(workout, user_id) == sorted(kept)


async def test_a_cancelled_import_leaves_the_files_of_its_recordings(workout, headers, user_id):
    found = await make.imported(workout, headers, make.a_gpx())
    old = "UPDATE import SET state = 'cancelled', finished_at = now() - interval '8 days' WHERE id = $1"
    await workout.db.execute(old, found["id"])
    await sweep(workout.runtime, "workout", recordings.named)
    assert not (await make.read(workout, headers, found["id"]))["stored"]
    assert objects(workout, user_id) == [found["sha256"]]


async def test_the_file_of_a_deleted_workout_goes_with_its_import(workout, headers, user_id):
    content = make.a_zip({"a.gpx": make.a_gpx(), "b.csv": make.a_hevy(start="1 May 2020, 09:00")})
    found = await make.imported(workout, headers, content, name="all.zip")
    assert len(objects(workout, user_id)) == 3
    await workout.http.delete(f"/workouts/{found['workouts'][0]}", headers=headers)
    store = objects_of(workout.runtime.settings, "workout")
    async with workout.runtime.worker.acquire() as db, db.transaction():
        assert await work.remove_loose(db, user_id, store) == 1
    assert len(objects(workout, user_id)) == 2
    await make.undone(workout, headers, found["id"])
    assert objects(workout, user_id) == []
