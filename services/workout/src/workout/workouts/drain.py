"""Make dirty workouts anew as they come: those that a change of thresholds, zones or the like has reached."""

from collections import defaultdict
from uuid import UUID

from asyncpg import Pool
from prometheus_client import Counter, Gauge, Histogram

from chassis import Runtime
from chassis.database import connected
from outbox.bell import rung
from workout.workouts import queries
from workout.workouts.remake import remake

BELL = "dirty_workout"
LARGEST = 100

NEXT = """
    SELECT DISTINCT user_id FROM (SELECT user_id FROM dirty_workout ORDER BY id LIMIT $1) AS next ORDER BY user_id
"""

TAKE = """
    WITH taken AS (
        DELETE FROM dirty_workout WHERE id IN (
            SELECT id FROM dirty_workout WHERE user_id = ANY ($1::uuid[]) ORDER BY id LIMIT $2
        )
        RETURNING user_id, workout_id
    )
    SELECT DISTINCT user_id, workout_id FROM taken ORDER BY user_id, workout_id
"""

WAITING = "SELECT count(*) FROM (SELECT FROM dirty_workout LIMIT 100000) AS waiting"

MADE = Counter("workout_remade_total", "Workouts made anew by the worker.")
SECONDS = Histogram(
    "workout_remake_seconds", "Time to make a batch of them anew.", buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10)
)
DIRTY = Gauge("workout_dirty", "Workouts that wait to be made anew, up to 100,000.")


async def drain_workouts(runtime: Runtime) -> None:
    """The job of a worker: whenever the bell rings, and every second anyway."""
    async with runtime.bell.listening(BELL) as woken:
        while True:
            if await drain(runtime.worker):
                runtime.bell.ring("outbox")
            else:
                await rung(woken, at_most_s=1)


async def drain(pool: Pool, most: int = LARGEST) -> int:
    """Make one batch of dirty workouts anew; returns how many there were.

    They leave the queue in the transaction that makes them: what fails is there again. Their users' locks come before
    the rows, as with whoever erases a user. No new record is told, since none of it was done just now.
    """
    async with connected(pool) as db, db.transaction():
        DIRTY.set(await db.fetchval(WAITING))
        users = [row["user_id"] for row in await db.fetch(NEXT, most)]
        for user_id in users:
            await queries.lock_gone(db, user_id)
        by_user = defaultdict[UUID, list[UUID]](list)
        for row in await db.fetch(TAKE, users, most):
            by_user[row["user_id"]].append(row["workout_id"])
        with SECONDS.time():
            for user_id, workout_ids in by_user.items():
                if not await queries.is_gone(db, user_id):
                    await remake(db, user_id, workout_ids, quiet=True)
    count = sum(map(len, by_user.values()))
    MADE.inc(count)
    return count
