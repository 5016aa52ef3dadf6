"""The worker's part: imports read, undone and told of, their files swept, and both erased with their user."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from asyncpg import Connection, Record
from prometheus_client import Counter, Gauge, Histogram

from chassis import Runtime
from chassis.database import connected
from imports import queries as rows
from imports import runner, sweep
from imports.door import objects_of
from imports.model import Claimed
from workout.imports import parts, queries
from workout.imports.http import SERVICE
from workout.imports.undo import remove_loose, undo
from workout.recordings import queries as recordings
from workout.workouts import drain

SWEEP_S = 3600
WATCH_S = 15
BELL = runner.BELL

SECONDS = Histogram(
    "workout_import_seconds",
    "Time spent reading a file.",
    ("format", "state"),
    buckets=(0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000),
)
RECORDINGS = Counter("workout_import_recordings_total", "Recordings read from files, repeats included.", ("format",))
WAITING = Gauge("workout_imports_waiting", "Imports that nobody works on though somebody might.")
LONGEST = Gauge("workout_import_waiting_seconds", "How long the longest of them has waited.")
BYTES = Counter("workout_import_bytes_total", "Bytes of the files that were read.", ("format",))

LOOSE_USERS = """
    SELECT DISTINCT user_id FROM loose_original AS loose
    WHERE NOT EXISTS (
        SELECT FROM import WHERE import.user_id = loose.user_id AND import.state IN ('running', 'cancelling', 'undoing')
    )
    LIMIT 1000
"""
"""An import that is going on may be about to name one."""


async def _ended(db: Connection, claimed: Claimed, row: Record) -> None:
    told = await queries.told(db, claimed.import_id)
    known = told.format or "unknown"
    if row["state"] != "undone":
        SECONDS.labels(known, row["state"]).observe(told.seconds)
        RECORDINGS.labels(known).inc(told.records)
        BYTES.labels(known).inc(told.bytes)
    await parts.ended(db, claimed, row, told)


def duties(runtime: Runtime) -> runner.Duties:
    """What this service adds to reading files."""

    async def take_back(db: Connection, claimed: Claimed) -> bool:
        return await undo(db, claimed, objects_of(runtime.settings, SERVICE))

    return runner.Duties(
        service=SERVICE,
        read="workout.imports.read:read",
        undo=take_back,
        ended=_ended,
        rings=("outbox", drain.BELL),
        quota=lambda settings: settings.import_bytes_per_user,
        named=recordings.named,
    )


async def run_imports(runtime: Runtime) -> None:
    """The job of a worker: one import after another, each read in a process of its own."""
    await runner.run(runtime, duties(runtime))


async def sweep_imports(runtime: Runtime) -> None:
    """The other job: every hour, files that belong to nobody."""
    while True:
        if runtime.settings.object_store_url is not None:
            await _remove_loose(runtime)
        await sweep.sweep(runtime, SERVICE, recordings.named)
        await asyncio.sleep(SWEEP_S)


async def _remove_loose(runtime: Runtime) -> None:
    """Originals of recordings that the user has deleted."""
    objects = objects_of(runtime.settings, SERVICE)
    async with connected(runtime.worker) as db:
        for row in await db.fetch(LOOSE_USERS):
            found = 1
            while found:
                async with db.transaction():
                    found = await remove_loose(db, row["user_id"], objects)


async def watch_imports(runtime: Runtime) -> None:
    """Another: measure what waits."""
    while True:
        async with connected(runtime.worker) as db:
            count, longest_s = await rows.waiting(db)
        WAITING.set(count)
        LONGEST.set(longest_s)
        await asyncio.sleep(WATCH_S)


async def erase_files(runtime: Runtime, user_ids: Sequence[UUID]) -> None:
    """All files of these users."""
    if runtime.settings.object_store_url is not None:
        objects = objects_of(runtime.settings, SERVICE)
        for user_id in user_ids:
            await objects.delete_prefix(user_id)
