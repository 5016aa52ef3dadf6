"""Events leave when, and only when, the broker has them; nothing blocks anything else."""

import asyncio

import pytest
from libs.outbox.tests.make import WORK, a_day, an_erasure, an_insight

import outbox
from contracts import topology
from outbox import Bell, Relay, broker, relay
from outbox.link import UnroutableError
from testkit import until

pytestmark = pytest.mark.anyio


async def add(pool, *events):
    async with pool.acquire() as db, db.transaction():
        await outbox.add(db, *events)


def names(pool):
    return pool.fetch("SELECT name, due_at > now() + interval '20 s' AS put_off FROM outbox ORDER BY id")


async def test_what_was_confirmed_leaves_the_outbox(pool, client, admin):
    queue = await admin.declare_queue(exclusive=True)
    await queue.bind(topology.EXCHANGE, "insight.found.v1")
    events = [an_insight(version=i) for i in range(150)]
    await add(pool, *events)

    assert await relay.drain(pool, lambda load: broker.publish(client, load)) == 150

    assert await names(pool) == []
    first, second = [await queue.get(no_ack=True) for _ in range(2)]
    assert first.body.count(b'"event_id"') == 100
    assert second.body.count(b'"event_id"') == 50
    assert (first.content_type, first.delivery_mode) == ("application/json", 2)


async def test_what_rolls_back_is_never_sent(pool):
    async with pool.acquire() as db:
        writing = db.transaction()
        await writing.start()
        await outbox.add(db, an_insight())
        await writing.rollback()

    assert await names(pool) == []


async def test_the_trace_of_the_write_travels_with_its_event(pool, client, admin):
    queue = await admin.declare_queue(exclusive=True)
    await queue.bind(topology.EXCHANGE, "insight.found.v1")
    await add(pool, an_insight())
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    await pool.execute("UPDATE outbox SET trace = $1", parent)

    await relay.drain(pool, lambda load: broker.publish(client, load))

    assert (await queue.get()).headers == {"traceparent": parent}


async def test_an_event_nobody_need_hear_leaves_and_one_that_somebody_must_stays(pool, client, admin):
    erasures = await admin.get_queue("identity.erasures")
    exchange = await admin.get_exchange(topology.EXCHANGE)
    await erasures.unbind(exchange, "user.erased.v1")
    try:
        await add(pool, an_erasure(), an_insight(), an_erasure())

        await relay.drain(pool, lambda load: broker.publish(client, load))

        assert [tuple(row) for row in await names(pool)] == [("user.erased.v1", True)] * 2
    finally:
        await erasures.bind(exchange, "user.erased.v1")
    await pool.execute("UPDATE outbox SET due_at = now()")
    assert await relay.drain(pool, lambda load: broker.publish(client, load)) == 2


async def test_another_services_event_is_refused_and_blocks_nothing(pool, client):
    await add(pool, an_erasure(), a_day(), an_insight())

    assert await relay.drain(pool, lambda load: broker.publish(client, load)) == 3

    assert [tuple(row) for row in await names(pool)] == [("day.summarised.v1", True)]
    await add(pool, an_insight())
    assert await relay.drain(pool, lambda load: broker.publish(client, load)) == 1


async def test_a_thousand_rows_nobody_takes_hold_up_no_other(pool):
    async def refuse(load):
        if load.name != "insight.found.v1":
            raise UnroutableError

    await add(pool, *(an_erasure() for _ in range(1_000)), an_insight())
    async with asyncio.timeout(5):
        while await relay.drain(pool, refuse):
            pass

    assert {row["name"] for row in await names(pool)} == {"user.erased.v1"}


async def test_rows_stay_when_the_broker_fails_and_the_failure_is_told(pool):
    async def fail(_load):
        raise TimeoutError

    await add(pool, an_insight())
    with pytest.raises(TimeoutError):
        await relay.drain(pool, fail)

    assert [tuple(row) for row in await names(pool)] == [("insight.found.v1", False)]


async def test_of_two_relays_one_works(pool):
    entered, go, sent = asyncio.Event(), asyncio.Event(), []

    async def slowly(load):
        entered.set()
        await go.wait()
        sent.append(load)

    await add(pool, an_insight(), an_insight())
    first = asyncio.create_task(relay.drain(pool, slowly))
    await entered.wait()
    assert await relay.drain(pool, slowly) == 0
    go.set()

    assert await first == 2
    assert len(sent) == 1


async def test_a_relay_that_dies_after_publishing_sends_again_and_the_inbox_swallows_it(
    pool, client, listening, monkeypatch
):
    """F2: duplicates only."""
    monkeypatch.setattr(relay, "SENT", "SELECT 1 / 0 FROM unnest($1::bigint[])")
    day = a_day()
    await add(pool, day)
    health = _as_health(client)

    async with listening(client) as listener:
        with pytest.raises(Exception, match="division by zero"):
            await relay.drain(pool, health)
        await until(lambda: listener.handled)
        assert len(await names(pool)) == 1

        monkeypatch.undo()
        assert await relay.drain(pool, health) == 1
        await until(lambda: pool.fetchval("SELECT count(*) = 1 FROM inbox"))
        await asyncio.sleep(0.2)

    assert listener.handled == [day]


def _as_health(client):
    """Publish straight into the work queue, as the exchange would for health's own user."""

    async def publish(load):
        await client.link.send(load.body, exchange=topology.parking(WORK.service), key=WORK.name)

    return publish


async def test_the_bell_makes_a_lone_row_leave_at_once(pool, connect, client):
    left = asyncio.Event()

    async def publish(load):
        await broker.publish(client, load)
        left.set()

    await client.link.server_version()
    bell = Bell(connect)
    tasks = [asyncio.create_task(work) for work in (bell.run(), Relay(pool, bell, publish).run())]
    await asyncio.sleep(0.3)
    waited = []
    for _ in range(5):
        await add(pool, an_insight())
        started = asyncio.get_running_loop().time()
        left.clear()
        bell.ring(relay.CHANNEL)
        await left.wait()
        waited.append(asyncio.get_running_loop().time() - started)
        await asyncio.sleep(0.05)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)

    assert sorted(waited)[2] < 0.05


async def test_depth_and_age_tell_what_waits(pool):
    assert await relay.measure(pool) == (0, 0)
    await add(pool, an_insight(), an_insight())
    await pool.execute("UPDATE outbox SET added_at = now() - interval '1 min'")

    depth, age_s = await relay.measure(pool)

    assert depth == 2
    assert 60 <= age_s < 70
