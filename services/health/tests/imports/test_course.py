"""While an import goes on: followed, cancelled, resumed, and others served."""

import asyncio
import time

import msgspec
import pytest
from services.health.tests.imports import make

from testkit import until

pytestmark = pytest.mark.anyio

LARGE = 150_000


async def follow(health, headers, import_id, last=None):
    """Id and state of each event, until the import has ended."""
    more = {"last-event-id": str(last)} if last is not None else {}
    told = []
    async with health.http.stream("GET", f"/imports/{import_id}/events", headers=headers | more) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        number = 0
        async for line in answer.aiter_lines():
            if line.startswith("id: "):
                number = int(line[4:])
            if line.startswith("data: "):
                told.append((number, msgspec.json.decode(line[6:])))
                if told[-1][1]["state"] in make.DONE:
                    return told
    raise AssertionError("the stream ended first")


async def test_progress_is_followed(health, headers):
    import_id = await make.sent(health, headers, make.a_csv(LARGE))
    told = await asyncio.wait_for(follow(health, headers, import_id), 60)
    numbers = [number for number, _ in told]
    assert numbers == sorted(set(numbers))
    assert all(number == found["version"] for number, found in told)
    done = [found["progress"]["bytes_done"] for _, found in told]
    assert done == sorted(done)
    assert told[-1][1]["state"] == "finished"
    assert told[-1][1]["counts"]["inserted"] == 2 * LARGE
    going = [found["progress"] for _, found in told if found["state"] == "running" and found["progress"]["records"]]
    assert going
    assert all(each["rate"] > 0 and each["seconds_left"] >= 0 for each in going)
    again = await asyncio.wait_for(follow(health, headers, import_id, last=numbers[-1] - 1), 10)
    assert [number for number, _ in again] == [numbers[-1]]


async def test_cancelled_resumed_and_undone(health, headers, user_id):
    before = await make.checksum(health, user_id)
    import_id = await make.sent(health, headers, make.a_csv(LARGE))

    async def going():
        found = await make.read(health, headers, import_id)
        return found["progress"]["records"] > 0 or found["state"] == "finished"

    await until(going, 60)
    answer = await health.http.post(f"/imports/{import_id}/cancel", headers=headers)
    assert answer.status_code == 202, answer.text
    found = await make.done(health, headers, import_id)
    assert found["state"] == "cancelled"
    part = found["counts"]["inserted"]
    assert 0 < part < 2 * LARGE
    answer = await health.http.post(f"/imports/{import_id}/resume", headers=headers)
    assert answer.status_code == 202, answer.text
    found = await make.done(health, headers, import_id, "finished", seconds=60)
    assert found["counts"] == {"read": 2 * LARGE, "inserted": 2 * LARGE}
    await health.http.post(f"/imports/{import_id}/undo", headers=headers)
    await make.done(health, headers, import_id, "undone", seconds=60)
    assert await make.checksum(health, user_id) == before


async def test_a_new_reader_begins_anew_and_doubles_nothing(health, headers):
    """After an upgrade in the middle of an import the batches may be others."""
    import_id = await make.sent(health, headers, make.a_csv(LARGE))

    async def going():
        return (await make.read(health, headers, import_id))["progress"]["records"] > 0

    await until(going, 60)
    await health.http.post(f"/imports/{import_id}/cancel", headers=headers)
    part = (await make.done(health, headers, import_id))["counts"]["inserted"]
    await health.db.execute("UPDATE import SET reader = 'of old', batch = 1000 WHERE id = $1", import_id)
    await health.http.post(f"/imports/{import_id}/resume", headers=headers)
    found = await make.done(health, headers, import_id, "finished", seconds=60)
    assert found["counts"] == {"read": 2 * LARGE, "inserted": 2 * LARGE - part, "unchanged": part}


async def test_one_that_waits_is_cancelled_at_once(health, headers, user_id):
    import_id = await make.sent(health, headers, make.a_csv(LARGE))
    second = await make.sent(health, headers, make.a_csv(10))
    answer = await health.http.post(f"/imports/{second}/cancel", headers=headers)
    assert answer.json()["state"] == "cancelled"
    await health.http.post(f"/imports/{import_id}/cancel", headers=headers)
    await make.done(health, headers, import_id)


async def test_others_are_served_meanwhile(health, headers, user_id):
    await make.imported(health, headers, make.a_csv(100))
    import_id = await make.sent(health, headers, make.a_csv(LARGE))
    times = []

    async def ended():
        return (await make.read(health, headers, import_id))["state"] in make.DONE

    while not await ended():
        began = time.perf_counter()
        answer = await health.http.get("/days", headers=headers, params={"from": "2024-01-01", "to": "2024-01-31"})
        times.append(time.perf_counter() - began)
        assert answer.status_code == 200
        await asyncio.sleep(0.02)
    times.sort()
    print(f"GET /days during an import: p50 {times[len(times) // 2]:.3f} s, p95 {times[int(len(times) * 0.95)]:.3f} s")
    assert times[int(len(times) * 0.95)] < 0.2
