"""The worker's part: imports read, undone and told of, their files swept, and both erased with their user."""

from collections.abc import Sequence
from uuid import UUID

from asyncpg import Connection, Record

from chassis import Runtime
from chassis.database import connected
from imports import jobs, runner
from imports.door import objects_of
from imports.model import Claimed
from workout.imports import parts, queries
from workout.imports.http import SERVICE
from workout.imports.undo import remove_loose, undo
from workout.recordings import queries as recordings
from workout.workouts import drain

BELL = runner.BELL
MEASURES = jobs.Measures(SERVICE, "recordings")

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
    MEASURES.ended(told.format, row["state"], seconds=told.seconds, read=told.records, size=told.bytes)
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
    await jobs.keep_swept(runtime, SERVICE, recordings.named, _remove_loose)


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
    await MEASURES.watch(runtime)


async def erase_files(runtime: Runtime, user_ids: Sequence[UUID]) -> None:
    """All files of these users."""
    await jobs.erase(runtime, SERVICE, user_ids)
