"""After each fault of the broker everything goes on by itself, and nothing is lost."""

import asyncio

import pytest
from aiormq.exceptions import ChannelNotFoundEntity
from libs.outbox.tests.make import WORK, a_day, client_of

import outbox
from outbox import Bell, Relay, broker, consumers, relay
from outbox.link import BlockedError
from testkit import until
from testkit.nodes import TIERS_MS

pytestmark = pytest.mark.anyio


@pytest.fixture
async def flowing(pool, connect, client, listening, nodes):
    """Events of health's outbox (here: the same table) on their way to the listener, through one relay."""
    health = client_of(nodes, "health")
    bell = Bell(connect)
    carrier = Relay(pool, bell, lambda load: broker.publish(health, load))
    async with listening(client) as listener:
        tasks = [
            asyncio.create_task(bell.run()),
            asyncio.create_task(carrier.run()),
            asyncio.create_task(consumers.watch(client, listener.queues, TIERS_MS, patience_s=2)),
        ]

        async def write(count=20):
            days = [a_day() for _ in range(count)]
            async with pool.acquire() as db, db.transaction():
                await outbox.add(db, *days)
            bell.ring(relay.CHANNEL)
            return {day.event_id for day in days}

        async def arrived(ids, seconds):
            await until(lambda: ids <= {day.event_id for day in listener.handled}, seconds)
            await until(lambda: pool.fetchval("SELECT count(*) = 0 FROM outbox"), 10)
            handled = [day.event_id for day in listener.handled]
            assert len(handled) == len(set(handled))

        await arrived(await write(), 5)
        yield write, arrived, health
        for task in tasks:
            while not task.done():  # one cancellation may be swallowed by a wait_for that has just ended
                task.cancel()
                await asyncio.wait({task}, timeout=1)
    await health.stop()


async def test_a_broker_killed_and_started_again(flowing, client, nodes):
    write, arrived, health = flowing
    nodes.rabbitmq.kill()
    await until(lambda: _is(client, "down"), 5)
    ids = await write()
    await asyncio.get_running_loop().run_in_executor(None, nodes.rabbitmq.start)

    await arrived(ids | await write(), 10)
    assert [await broker.state(client), await health.link.state()] == ["up", "up"]


async def test_a_frozen_broker_costs_a_time_out_and_nothing_else(flowing, nodes):
    write, arrived, health = flowing
    nodes.rabbitmq.pause()
    try:
        ids = await write()
        await until(lambda: _link_is(health, "down"), 8)
    finally:
        nodes.rabbitmq.resume()

    await arrived(ids | await write(), 10)
    await until(lambda: _link_is(health, "up"))


async def test_an_alarm_blocks_and_is_told(flowing, client, nodes):
    write, arrived, health = flowing
    run = asyncio.get_running_loop().run_in_executor
    await run(None, nodes.rabbitmq.ctl, "set_disk_free_limit", "9000GB")
    try:
        ids = await write()
        await until(lambda: _link_is(health, "blocked"), 8)
        with pytest.raises(BlockedError):
            await health.link.send(b"[]", exchange="events", key="day.summarised.v1")
        assert await broker.state(client) == "up"
    finally:
        await run(None, nodes.rabbitmq.ctl, "set_disk_free_limit", "256MB")

    await arrived(ids | await write(), 10)
    assert await health.link.state() == "up"


async def test_a_deleted_queue_is_declared_again_and_consumed(flowing, admin):
    write, arrived, _ = flowing
    for name in (WORK.name, WORK.dead, WORK.tier(TIERS_MS[0])):
        await admin.queue_delete(name)

    await until(lambda: _exists(admin, WORK.tier(TIERS_MS[0])), 10)  # by then the work queue is bound
    await arrived(await write(), 10)


async def test_a_closed_channel_is_replaced(flowing):
    write, arrived, health = flowing
    await health.link._channel.close()

    await arrived(await write(), 3)


async def test_lost_connections_are_made_again(flowing, nodes):
    write, arrived, _ = flowing
    ids = await write(500)
    await asyncio.get_running_loop().run_in_executor(
        None, nodes.rabbitmq.ctl, "close_all_connections", "--vhost", "fitmesh", "test"
    )

    await arrived(ids | await write(), 10)


async def test_a_worker_whose_queue_nobody_hears_is_told_to_end(client, listening):
    async with listening(client) as listener:
        (subscriber,) = client.subscribers
        await subscriber.stop()
        with pytest.raises(consumers.DeafError, match=WORK.name):
            await asyncio.wait_for(consumers.watch(client, listener.queues, TIERS_MS, patience_s=0.5), 5)


async def _is(client, state):
    return await broker.state(client) == state


async def _link_is(client, state):
    return await client.link.state() == state


async def _exists(admin, name):
    try:
        await admin.declare_queue(name, passive=True)
    except ChannelNotFoundEntity:
        await admin.reopen()
        return False
    return True
