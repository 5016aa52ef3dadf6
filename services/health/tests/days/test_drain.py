"""Nothing that commits beside a drain is forgotten, and no summary is replaced by an older one."""

import asyncio
from datetime import date
from uuid import uuid4

import pytest
from services.health.tests import make
from services.health.tests.days import by_hand

from contracts.events import ZoneSince
from health import users
from health.days import queries
from health.days.drain import drain
from health.records import queries as records
from testkit import until

pytestmark = pytest.mark.anyio

NOON = make.at("2026-03-01T12:00")
DAY = date(2026, 3, 1)
SERIES = "INSERT INTO series (user_id, metric_id, source_id) VALUES ($1, 1, 0) RETURNING series_id"
BULK = """
    INSERT INTO dirty_day (series_id, on_date, bulk)
    SELECT $1, date '2020-01-01' + day, true FROM generate_series(0, 999) AS day
"""
DIRTY = """
    SELECT (SELECT count(*) FROM dirty_record WHERE user_id = $1)
         + (SELECT count(*) FROM dirty_day JOIN series USING (series_id) WHERE user_id = $1)
"""
RECORDS = "SELECT count(*) FROM health_record WHERE user_id = $1"
ON_DATES = "SELECT array_agg(on_date) FROM health_record WHERE user_id = $1"


async def drained(health, user_id):
    """Wait until no day of the user waits; the service's own worker drains beside the tests."""

    async def empty():
        await drain(health.runtime.worker)
        return not await health.db.fetchval(DIRTY, user_id)

    await until(empty)


async def steps(health, user_id):
    return {on_date: summary.value for (_, on_date), summary in (await by_hand.stored(health, user_id)).items()}


async def test_a_write_that_commits_after_the_drain_is_summarised_by_the_next(health):
    user_id = uuid4()
    async with health.runtime.writer.acquire() as slow:
        open_ = slow.transaction()
        await open_.start()
        await records.insert(slow, [make.a_row(user_id, steps=1, at=NOON)])
        async with health.runtime.writer.acquire() as quick:
            await records.insert(quick, [make.a_row(user_id, steps=2, at=NOON)])
        await drained(health, user_id)
        assert await steps(health, user_id) == {DAY: 2}
        await open_.commit()
    await drained(health, user_id)
    assert await steps(health, user_id) == {DAY: 3}


async def test_many_writers_and_many_drains(health, told):
    user_ids = [uuid4() for _ in range(3)]
    headers = [health.signer.headers(user_id, "alice") for user_id in user_ids]
    done = asyncio.Event()

    async def keep_draining():
        while not done.is_set():
            await drain(health.runtime.worker)

    async def write(number):
        owner = headers[number % 3]
        said = {"steps": number, "weight": 50 + number, "at": f"2026-03-0{1 + number % 2}T12:00:00Z"}
        made = await health.http.post("/health-data", json=said, headers=owner)
        if number % 3 == 1:
            await health.http.patch(made.headers["location"], json={"at": "2026-03-01T11:00:00Z"}, headers=owner)
        if number % 5 == 2:
            await health.http.delete(made.headers["location"], headers=owner)

    drains = [asyncio.create_task(keep_draining()) for _ in range(3)]
    for start in range(0, 240, 24):
        await asyncio.gather(*(write(number) for number in range(start, start + 24)))
    done.set()
    await asyncio.gather(*drains)
    for user_id, owner in zip(user_ids, headers, strict=True):
        await drained(health, user_id)
        left = (await health.http.get("/health-data?limit=200", headers=owner)).json()["items"]
        assert await by_hand.stored(health, user_id) == by_hand.summaries(left, [(None, "UTC")])
        await until(lambda user_id=user_id: told.agrees(health, user_id))


async def test_one_summarises_at_a_time(health):
    user_id = uuid4()
    async with health.db.acquire() as db, db.transaction():
        await queries.lock(db)
        async with health.runtime.writer.acquire() as writer:
            await records.insert(writer, [make.a_row(user_id, steps=1, at=NOON)])
        assert await drain(health.runtime.worker) == 0
        assert await health.db.fetchval(DIRTY, user_id) == 1
    await drained(health, user_id)
    assert await steps(health, user_id) == {DAY: 1}


async def test_a_write_by_the_old_zone_is_put_right(health):
    user = make.a_user()
    await health.publish(user)
    await make.known(health, user.user_id)
    async with health.runtime.writer.acquire() as slow, slow.transaction():
        await records.insert(slow, [make.a_row(user.user_id, steps=1, at=NOON)])
        await health.publish(make.a_user(user.user_id, version=2, zone="Pacific/Kiritimati"))
        await make.known(health, user.user_id, 2)
        await drained(health, user.user_id)
    await drained(health, user.user_id)
    assert await steps(health, user.user_id) == {date(2026, 3, 2): 1}
    assert await health.db.fetchval(ON_DATES, user.user_id) == [date(2026, 3, 2)]


async def test_a_write_while_the_zones_change_is_put_right(health):
    user_id = uuid4()
    async with health.db.acquire() as worker, worker.transaction():
        await worker.execute(
            "INSERT INTO known_zone (user_id, since, zone) VALUES ($1, '-infinity', 'Pacific/Kiritimati')", user_id
        )
        await users.move(worker, [user_id])
        async with health.runtime.writer.acquire() as writer:
            await records.insert(writer, [make.a_row(user_id, steps=1, at=NOON)])
        assert await drain(health.runtime.worker) == 0
    await drained(health, user_id)
    assert await steps(health, user_id) == {date(2026, 3, 2): 1}


async def test_days_move_with_the_zone_and_are_told(health, told):
    user = make.a_user()
    headers = health.signer.headers(user.user_id, user.username)
    for number in range(3):
        said = {"steps": 1, "at": f"2026-03-0{number + 1}T23:00:00Z"}
        assert (await health.http.post("/health-data", json=said, headers=headers)).status_code == 201
    await until(lambda: {key[1].day for key in told.last(user.user_id)} == {1, 2, 3})
    zones = (ZoneSince("UTC"), ZoneSince("Asia/Tokyo", make.at("2026-03-02T00:00")))
    await health.publish(make.a_user(user.user_id, version=2, zones=zones))

    def moved():
        return {key[1].day: e.value for key, e in told.last(user.user_id).items()} == {1: 1, 2: None, 3: 1, 4: 1}

    await until(moved)
    await until(lambda: told.agrees(health, user.user_id))


async def test_what_is_written_beside_an_erasure_is_swept_away(health):
    user_id = uuid4()
    async with health.runtime.writer.acquire() as slow, slow.transaction():
        await records.insert(slow, [make.a_row(user_id, steps=1, at=NOON)])
        await health.publish(make.a_deletion(user_id))
        await until(lambda: health.db.fetchval("SELECT count(*) FROM erased WHERE user_id = $1", user_id))
    await drained(health, user_id)
    assert await health.db.fetchval(RECORDS, user_id) == 0
    assert await by_hand.versions(health, user_id) == {}


async def test_a_backlog_larger_than_a_batch_is_drained(health):
    user_ids = [uuid4() for _ in range(queries.LARGEST + 100)]
    async with health.runtime.writer.acquire() as writer:
        await records.insert(writer, [make.a_row(user_id, steps=7, at=NOON) for user_id in user_ids])
    for user_id in (user_ids[0], user_ids[-1]):
        await drained(health, user_id)
        assert await steps(health, user_id) == {DAY: 7}


async def test_what_others_wait_for_goes_before_an_import(health):
    alice, bob = uuid4(), uuid4()
    async with health.db.acquire() as db, db.transaction():
        await queries.lock(db)  # nobody else drains
        mine, other = [await db.fetchval(SERIES, user_id) for user_id in (alice, bob)]
        await db.execute(BULK, mine)
        await db.execute("INSERT INTO dirty_day (series_id, on_date) VALUES ($1, $2)", other, DAY)
        days, _ = await queries.take(db, 20)
        assert bob in {day.user_id for day in days}
        await db.execute("DELETE FROM dirty_day WHERE series_id = ANY ($1::integer[])", [mine, other])
        await db.execute("DELETE FROM series WHERE series_id = ANY ($1::integer[])", [mine, other])
