"""While an import goes on: followed, cancelled, resumed, and others served."""

import asyncio
import time
from datetime import timedelta

import msgspec
import pytest
from services.workout.tests.imports import make

from testkit import until

pytestmark = pytest.mark.anyio

FILES = 200


@pytest.fixture(scope="module")
def packed():
    return make.a_zip({f"{n}.gpx": make.a_gpx(20, start=make.START + timedelta(days=n)) for n in range(FILES)})


async def follow(workout, headers, import_id):
    """Each state, until the import has ended."""
    told = []
    async with workout.http.stream("GET", f"/workouts/imports/{import_id}/events", headers=headers) as answer:
        assert answer.status_code == 200
        async for line in answer.aiter_lines():
            if line.startswith("data: "):
                told.append(msgspec.json.decode(line[6:]))
                if told[-1]["state"] in make.DONE:
                    return told
    raise AssertionError("the stream ended first")


async def test_progress_is_followed(workout, headers, packed):
    import_id = await make.sent(workout, headers, packed, name="all.zip")
    told = await asyncio.wait_for(follow(workout, headers, import_id), 60)
    done = [each["progress"]["bytes_done"] for each in told]
    assert done == sorted(done)
    assert told[-1]["counts"] == {"recordings": FILES, "workouts": FILES}
    assert told[-1]["progress"]["bytes_done"] == told[-1]["progress"]["bytes_total"]


async def test_cancelled_resumed_and_undone(workout, headers, user_id, packed):
    before = await make.checksum(workout, user_id)
    import_id = await make.sent(workout, headers, packed, name="all.zip")

    async def going():
        found = await make.read(workout, headers, import_id)
        return found["progress"]["records"] > 0 or found["state"] == "finished"

    await until(going, 60, 0.01)
    answer = await workout.http.post(f"/workouts/imports/{import_id}/cancel", headers=headers)
    assert answer.status_code == 202, answer.text
    found = await make.done(workout, headers, import_id)
    assert found["state"] == "cancelled"
    assert 0 < found["counts"]["workouts"] < FILES
    answer = await workout.http.post(f"/workouts/imports/{import_id}/resume", headers=headers)
    assert answer.status_code == 202, answer.text
    found = await make.done(workout, headers, import_id, "finished")
    assert found["counts"] == {"recordings": FILES, "workouts": FILES}
    await make.undone(workout, headers, import_id)
    assert await make.checksum(workout, user_id) == before


async def test_a_new_reader_begins_anew_and_doubles_nothing(workout, headers, user_id, packed):
    """After an upgrade in the middle of an import the batches may be others."""
    import_id = await make.sent(workout, headers, packed, name="all.zip")

    async def going():
        return (await make.read(workout, headers, import_id))["progress"]["records"] > 0

    await until(going, 60, 0.01)
    await workout.http.post(f"/workouts/imports/{import_id}/cancel", headers=headers)
    await make.done(workout, headers, import_id)
    await workout.db.execute("UPDATE import SET reader = 'of old', batch = 1000 WHERE id = $1", import_id)
    await workout.http.post(f"/workouts/imports/{import_id}/resume", headers=headers)
    found = await make.done(workout, headers, import_id, "finished")
    assert found["counts"] == {"recordings": FILES, "workouts": FILES}
    assert await make.counted(workout, user_id, "recording") == FILES
    assert await make.counted(workout, user_id, "workout") == FILES


async def test_others_are_served_meanwhile(workout, headers, packed):
    import_id = await make.sent(workout, headers, packed, name="all.zip")
    times = []
    for path in ("/workouts", "/workouts/stats?group=year"):
        await workout.http.get(path, headers=headers)
    while (await make.read(workout, headers, import_id))["state"] not in make.DONE:
        for path in ("/workouts", "/workouts/stats?group=year"):
            begun = time.perf_counter()
            answer = await workout.http.get(path, headers=headers)
            times.append(time.perf_counter() - begun)
            assert answer.status_code == 200, answer.text
        await asyncio.sleep(0.02)
    times.sort()
    assert times[int(len(times) * 0.95)] < 0.2, times
