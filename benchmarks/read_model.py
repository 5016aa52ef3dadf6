"""From the commit of a record in health to the commit of its day in analytics, at 200 records a second.

Both times are PostgreSQL's own commit timestamps, so that nothing has to watch. Every record lies on a day of its own.
"""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import aiohttp
import asyncpg

from benchmarks.harness import percentile
from benchmarks.machine import Machine, running
from testkit import until

PER_SECOND = 200
SECONDS = 15
FIRST = datetime(1990, 1, 1, 12, tzinfo=UTC)

COMMITTED = "SELECT on_date, pg_xact_commit_timestamp(xmin) AS at FROM health_record WHERE user_id = $1"
ARRIVED = "SELECT on_date, pg_xact_commit_timestamp(xmin) AS at FROM known_day WHERE user_id = $1 AND metric = 'steps'"


def main() -> str:
    with running("identity", "health", "analytics") as machine:
        asyncio.run(_execute(machine, "ALTER SYSTEM SET track_commit_timestamp = on"))
        machine.supervisor.postgres.restart()
        machine.supervisor.wait_ready()
        taken = asyncio.run(_measure(machine))
    return "\n".join(
        [
            f"### From commit to read model, {PER_SECOND} records a second",
            "",
            "| records | p50 ms | p90 ms | p99 ms | longest ms |",
            "|---|---|---|---|---|",
            f"| {len(taken):,} | "
            + " | ".join(f"{percentile(taken, p) * 1e3:.1f}" for p in (0.5, 0.9, 0.99, 1))
            + " |",
        ]
    )


async def _execute(machine: Machine, sql: str) -> None:
    db = await asyncpg.connect(machine.dsn("postgres"))
    await db.execute(sql)
    await db.close()


async def _measure(machine: Machine) -> list[float]:
    """Seconds from commit to commit, sorted."""
    writes = PER_SECOND * SECONDS
    headers = {"authorization": f"Bearer {machine.people[0].token}"}
    async with aiohttp.ClientSession(f"http://127.0.0.1:{machine.port_of('health')}", headers=headers) as client:
        await _send(client, 0, PER_SECOND)
        await _arrived(machine, PER_SECOND)
        await _send(client, PER_SECOND, writes)
    return await _arrived(machine, writes, skipped=PER_SECOND)


async def _send(client: aiohttp.ClientSession, first: int, last: int) -> None:
    begun = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for number in range(first, last):
            await asyncio.sleep(max(0, begun + (number - first) / PER_SECOND - time.monotonic()))
            group.create_task(_post(client, FIRST + timedelta(days=number)))


async def _post(client: aiohttp.ClientSession, at: datetime) -> None:
    async with client.post("/health-data", json={"steps": 1_000, "at": at.isoformat()}) as answer:
        assert answer.status == 201, await answer.text()


async def _arrived(machine: Machine, writes: int, skipped: int = 0) -> list[float]:
    health, analytics = await asyncpg.connect(machine.dsn("health")), await asyncpg.connect(machine.dsn("analytics"))
    try:

        async def all_of_them() -> list[asyncpg.Record]:
            found = await analytics.fetch(ARRIVED, machine.people[0].id)
            return found if len(found) == writes else []

        rows = await until(all_of_them, 60, pause_s=0.2)
        committed = dict(await health.fetch(COMMITTED, machine.people[0].id))
        since = (FIRST + timedelta(days=skipped)).date()
        return sorted((at - committed[day]).total_seconds() for day, at in rows if day >= since)
    finally:
        await health.close()
        await analytics.close()


if __name__ == "__main__":
    print(main())
