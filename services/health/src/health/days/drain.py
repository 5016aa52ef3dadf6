"""Summarise dirty days as they come, and tell the others what changed."""

from asyncpg import Pool

import outbox
from chassis import Runtime
from chassis.database import connected
from health.days import model, queries
from outbox.bell import rung

BELL = "dirty_day"


async def drain_days(runtime: Runtime) -> None:
    """The job of a worker: whenever the bell rings, and every second anyway."""
    async with runtime.bell.listening(BELL) as woken:
        while True:
            if await drain(runtime.worker):
                runtime.bell.ring("outbox")
            else:
                await rung(woken, at_most_s=1)


async def drain(pool: Pool) -> int:
    """Summarise one batch of dirty days; returns how many there were.

    The days leave the queue in one statement, and their records are read by a later one: whatever was queued was
    committed together with the records that made it so. What commits after the first statement queues its day again.
    """
    async with connected(pool) as db, db.transaction():
        if not await queries.try_lock(db) or not (days := await queries.take(db)):
            return 0
        await queries.sweep(db, {user_id for user_id, _ in days})
        days |= await queries.rebucket(db, days)
        changed = await queries.summarise(db, days)
        await outbox.add(db, *map(model.event, changed))
    return len(days)
