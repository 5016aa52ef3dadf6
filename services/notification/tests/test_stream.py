"""Server-Sent Events: two replicas, resumed without a gap, ended when the session does."""

import asyncio
import time
from uuid import uuid4

import pytest
from services.notification.tests.look import Reader, handle
from services.notification.tests.make import a_deletion, a_record, an_insight, an_update

from contracts import topology
from notification.app import SERVICE
from notification.notifications import consumer
from testkit import until
from testkit.plugin import Start
from testkit.running import Running

pytestmark = pytest.mark.anyio

SAMPLES = topology.BY_NAME["notification.samples"]
INSIGHTS = topology.BY_NAME["notification.insights"]


async def test_both_replicas_tell_and_a_stream_is_taken_up_at_the_other(
    notification: Running, start: Start, reader: Reader
) -> None:
    async with start(SERVICE, worker=False) as replica:
        elsewhere = Reader(replica, reader.user_id)
        async with reader.stream() as here, elsewhere.stream() as there:
            await notification.publish(*a_record(reader.user_id))
            one, other = await here.next(), await there.next()
            assert one == other == (await reader.items())[0]
        missed = [an_insight(reader.user_id, title=f"No. {number}") for number in range(3)]
        await handle(notification, INSIGHTS, missed[0])
        await handle(notification, INSIGHTS, missed[1], missed[2])
        async with elsewhere.stream(here.last_id) as again:
            titles = [(await again.next())["title"] for _ in missed]
        assert sorted(titles) == [insight.title for insight in missed]
        async with reader.stream("0") as from_the_beginning:
            assert (await from_the_beginning.next())["id"] == one["id"]


async def test_a_record_that_is_completed_later_comes_again(notification: Running, reader: Reader) -> None:
    steps, sleep, weight = a_record(reader.user_id)
    async with reader.stream() as events:
        await handle(notification, SAMPLES, weight)
        first = await events.next()
        await handle(notification, SAMPLES, sleep, steps)
        whole = await events.next()
    assert first["id"] == whole["id"]
    assert (first["body"], whole["body"]) == (
        "Weight 70\u202fkg",
        "Steps 5,000 · Sleep 7.5\u202fh · Weight 70\u202fkg",
    )


async def test_a_slow_transaction_is_not_passed_over(notification: Running, reader: Reader) -> None:
    """Who commits last comes last: otherwise a reader between the two commits would never see the first."""
    slow, fast = an_insight(reader.user_id, title="slow"), an_insight(reader.user_id, title="fast")
    async with reader.stream() as events, notification.runtime.worker.acquire() as db:
        transaction = db.transaction()
        await transaction.start()
        await consumer.tell_of_insights(db, [slow])
        overtaking = asyncio.create_task(handle(notification, INSIGHTS, fast))
        await asyncio.sleep(0.3)
        assert not overtaking.done()
        assert await reader.items() == []
        await transaction.commit()
        await overtaking
        assert [(await events.next())["title"] for _ in range(2)] == ["slow", "fast"]


async def test_others_do_not_wait_for_a_slow_transaction(notification: Running, reader: Reader) -> None:
    other = Reader(notification)
    async with notification.runtime.worker.acquire() as db:
        transaction = db.transaction()
        await transaction.start()
        await consumer.tell_of_insights(db, [an_insight(reader.user_id)])
        async with asyncio.timeout(2):
            await handle(notification, INSIGHTS, an_insight(other.user_id))
        await transaction.rollback()
    assert len(await other.items()) == 1
    assert await reader.items() == []


async def test_nobody_hears_what_another_is_told(notification: Running, reader: Reader) -> None:
    async with reader.stream() as events:
        await handle(notification, INSIGHTS, an_insight(uuid4(), title="not yours"))
        await handle(notification, INSIGHTS, an_insight(reader.user_id, title="yours"))
        assert (await events.next())["title"] == "yours"


async def test_the_sixth_stream_is_refused(notification: Running, reader: Reader) -> None:
    async with reader.stream(), reader.stream(), reader.stream(), reader.stream():
        async with reader.stream():
            answer = await notification.http.get("/notifications/stream", headers=reader.headers)
            assert (answer.status_code, answer.headers["retry-after"]) == (429, "5")

        async def freed() -> bool:
            async with notification.http.stream("GET", "/notifications/stream", headers=reader.headers) as again:
                return again.status_code == 200

        await until(freed)


async def test_a_crowd_at_once_gets_five_streams(notification: Running, reader: Reader) -> None:
    going = 0

    async def follow() -> None:
        nonlocal going
        headers = reader.headers
        async with notification.http.stream("GET", "/notifications/stream", headers=headers) as answer:
            if answer.status_code == 200:
                going += 1
                async for _line in answer.aiter_lines():
                    pass
                going -= 1

    crowd = [asyncio.create_task(follow()) for _ in range(9)]
    try:
        await until(lambda: sum(task.done() for task in crowd) >= 4)
        assert going <= 5
    finally:
        for task in crowd:
            task.cancel()
        await asyncio.gather(*crowd, return_exceptions=True)


async def test_a_place_that_was_never_reached_is_no_dead_end(notification: Running, reader: Reader) -> None:
    async with reader.stream("1000000") as events:
        await handle(notification, INSIGHTS, an_insight(reader.user_id, title="next"))
        assert (await events.next())["title"] == "next"


async def test_idle_streams_hold_no_connection(notification: Running) -> None:
    readers = [Reader(notification) for _ in range(4)]
    async with readers[0].stream(), readers[1].stream(), readers[2].stream(), readers[3].stream():
        pool = notification.runtime.api
        await until(lambda: pool.get_idle_size() == pool.get_size())


async def test_a_stream_ends_with_its_session(notification: Running, reader: Reader) -> None:
    async with reader.stream() as events:
        await notification.publish(an_update(reader.user_id, sessions_epoch=1))
        async with asyncio.timeout(5):
            assert await events.ended()


async def test_a_stream_ends_with_the_account(notification: Running, reader: Reader) -> None:
    async with reader.stream() as events:
        await notification.publish(a_deletion(reader.user_id))
        async with asyncio.timeout(5):
            assert await events.ended()


async def test_a_stream_ends_with_its_token(notification: Running, reader: Reader) -> None:
    reader.claims = {"exp": int(time.time()) - 28}
    async with reader.stream() as events:
        await asyncio.sleep(3)
        notification.runtime.bell.ring("notification")
        async with asyncio.timeout(5):
            assert await events.ended()


@pytest.mark.parametrize("last", ["-1", "x", "1.5", str(1 << 63), "9" * 40, "0 OR 1=1"])
async def test_odd_places_are_refused(notification: Running, reader: Reader, last: str) -> None:
    headers = reader.headers | {"last-event-id": last}
    answer = await notification.http.get("/notifications/stream", headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
