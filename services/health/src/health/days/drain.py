"""Summarise dirty days as they come, and tell the others what changed."""

from asyncpg import Pool, QueryCanceledError

import outbox
from chassis import Runtime
from chassis.database import connected
from health import users
from health.days import model, queries
from health.days.summarise import summarise
from health.records import derive
from outbox.bell import rung

BELL = "dirty_day"


async def drain_days(runtime: Runtime) -> None:
    """The job of a worker: whenever the bell rings, and every second anyway."""
    most = queries.LARGEST
    async with runtime.bell.listening(BELL) as woken:
        while True:
            try:
                drained = await drain(runtime.worker, most)
            except (QueryCanceledError, TimeoutError):
                if most == 1:
                    raise
                most = max(1, most // 8)
                continue
            most = queries.LARGEST
            if drained:
                runtime.bell.ring("outbox")
            else:
                await rung(woken, at_most_s=1)


async def drain(pool: Pool, most: int = queries.LARGEST) -> int:
    """Summarise one batch of dirty days; returns how many there were.

    The days leave the queues in one statement, and their records and samples are read by later ones: whatever was
    queued was committed together with what made it so. What commits after the first statement queues its day again.
    """
    async with connected(pool) as db, db.transaction():
        if not await queries.try_lock(db):
            return 0
        entered = await queries.take_records(db, most)
        dirty, taken = await queries.take(db, most)
        gone = await queries.gone(db, {user_id for user_id, _ in entered} | {day.user_id for day in dirty})
        if gone:
            await users.erase_now(db, gone)
            entered = {day for day in entered if day[0] not in gone}
            dirty = {day for day in dirty if day.user_id not in gone}
        if entered:
            entered |= await derive.rebucket(db, entered)
            dirty |= await derive.derive(db, entered)
        if dirty:
            await outbox.add(db, *map(model.event, await summarise(db, dirty)))
    return len(entered) + taken
