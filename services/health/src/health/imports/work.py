"""The worker's part: imports read, undone and told of, their files swept, and both erased with their user."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from asyncpg import Connection, Record
from prometheus_client import Counter, Gauge, Histogram

import outbox
from chassis import Runtime
from chassis.database import connected
from contracts.events import ImportFinished
from health.days import drain
from health.imports import elsewhere, queries
from health.imports.undo import undo
from imports import queries as rows
from imports import runner, sweep
from imports.door import objects_of
from imports.model import Claimed

SERVICE = "health"
SWEEP_S = 3600
WATCH_S = 15
BELL = runner.BELL

SECONDS = Histogram(
    "health_import_seconds",
    "Time spent reading a file.",
    ("format", "state"),
    buckets=(0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000),
)
RECORDS = Counter("health_import_records_total", "Records read from files, repeats included.", ("format",))
WAITING = Gauge("health_imports_waiting", "Imports that nobody works on though somebody might.")
LONGEST = Gauge("health_import_waiting_seconds", "How long the longest of them has waited.")
BYTES = Counter("health_import_bytes_total", "Bytes of the files that were read.", ("format",))


async def _ended(db: Connection, claimed: Claimed, row: Record) -> None:
    told = await queries.told(db, claimed.import_id)
    known = told.format or "unknown"
    if row["state"] != "undone":
        SECONDS.labels(known, row["state"]).observe(told.seconds)
        RECORDS.labels(known).inc(told.records)
        BYTES.labels(known).inc(told.bytes)
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
    while True:
        await sweep.sweep(runtime, SERVICE)
        await asyncio.sleep(SWEEP_S)


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
