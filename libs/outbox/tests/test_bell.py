"""Rings reach other processes, few for many, none forgotten."""

import asyncio

import pytest

from outbox import Bell
from testkit import until

pytestmark = pytest.mark.anyio


async def test_many_rings_become_few_and_none_is_forgotten(connect, environment):
    heard = []
    ear = await connect()
    await ear.add_listener("outbox", lambda *given: heard.append(given[2]))
    bell = Bell(connect)
    running = asyncio.create_task(bell.run())

    for _ in range(100):
        bell.ring("outbox")
        await asyncio.sleep(0.001)
    await until(lambda: heard)
    await asyncio.sleep(0.05)
    few = len(heard)
    bell.ring("outbox")
    await until(lambda: len(heard) > few)

    assert few <= 40
    running.cancel()
    await asyncio.wait({running})
    await ear.close()


async def test_a_bell_is_heard_in_another_process_and_after_a_lost_connection(connect, environment):
    near, far = Bell(connect), Bell(connect)
    tasks = [asyncio.create_task(bell.run()) for bell in (near, far)]
    async with far.listening("sse") as woken:
        await asyncio.sleep(0.2)
        woken.clear()
        near.ring("sse")
        await asyncio.wait_for(woken.wait(), 2)

        db = await connect()
        await db.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE usename = current_user AND pid <> pg_backend_pid()"
        )
        await asyncio.sleep(0.1)
        woken.clear()
        near.ring("sse")
        await asyncio.wait_for(woken.wait(), 4)
        await db.close()
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
