"""The worker's part: imports read, undone and told of, their files swept, and both erased with their user."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from asyncpg import Connection, Record

import outbox
from chassis import Runtime
from contracts.events import ImportFinished
from health.days import drain
from health.imports import elsewhere, queries
from health.imports.undo import undo
from imports import jobs, runner
from imports.model import Claimed

SERVICE = "health"
BELL = runner.BELL
MEASURES = jobs.Measures(SERVICE, "records")


async def _ended(db: Connection, claimed: Claimed, row: Record) -> None:
    told = await queries.told(db, claimed.import_id)
    MEASURES.ended(told.format, row["state"], seconds=told.seconds, read=told.records, size=told.bytes)
    if row["state"] != "cancelled":
        await outbox.add(
            db,
            ImportFinished(
                user_id=claimed.user_id,
                version=row["version"],
                import_id=told.id,
                file_name=told.file,
                format=told.format,
                state=row["state"],
                inserted=told.inserted,
                updated=told.updated,
                first_at=told.first_at,
                last_at=told.last_at,
            ),
        )


async def _handing_on(db: Connection, claimed: Claimed, row: Record) -> None:
    """The same, where somebody else reads what is not read here."""
    await _ended(db, claimed, row)
    told = await queries.told(db, claimed.import_id)
    if row["state"] == "undone":
        await elsewhere.take_back(db, claimed, told, version=row["version"])
    elif row["state"] != "cancelled":
        key = f"{SERVICE}/{claimed.user_id}/{claimed.sha256}"
        await elsewhere.hand_on(db, claimed, told, key, version=row["version"])


def _hands_on(runtime: Runtime) -> bool:
    return elsewhere.READER in runtime.settings.services


DUTIES = runner.Duties(
    service=SERVICE,
    read="health.imports.read:read",
    undo=undo,
    ended=_ended,
    rings=("outbox", drain.BELL),
    quota=lambda settings: settings.import_bytes_per_user,
)


async def run_imports(runtime: Runtime) -> None:
    """The job of a worker: one import after another, each read in a process of its own."""
    await runner.run(runtime, replace(DUTIES, ended=_handing_on) if _hands_on(runtime) else DUTIES)


async def sweep_imports(runtime: Runtime) -> None:
    """The other job: every hour, files that belong to nobody."""
    await jobs.keep_swept(runtime, SERVICE)


async def watch_imports(runtime: Runtime) -> None:
    """Another: measure what waits."""
    await MEASURES.watch(runtime)


async def erase_files(runtime: Runtime, user_ids: Sequence[UUID]) -> None:
    """All files of these users."""
    await jobs.erase(runtime, SERVICE, user_ids)
