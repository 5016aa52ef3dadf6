"""The job of a worker: takes imports up one after another and has each read in a process of its own.

The table is the queue. Whoever takes an import up holds a lease; when that runs out another may, and what the first one
still writes is refused, since the claim has grown. So nothing is lost or doubled, whoever is killed.
"""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
import structlog
from asyncpg import Connection, Record

from chassis import Runtime
from chassis.database import connected, place
from chassis.tasks import AWAY
from imports import child, leases, queries
from imports.door import access_of, objects_of
from imports.model import Claimed, State
from imports.objects import AWAY as STORE_AWAY
from imports.reading import TakenOver
from outbox.bell import rung

log = structlog.get_logger()

BELL = "import"
"""Rings when there is one to take up, and when one has got further."""
LOOK_S = 1.0
MOST_ATTEMPTS = 4
"""Without getting any further."""
PAUSE_S = 0.02
"""Between two pieces of an undo, for others who write the user's data or make its days anew."""
STUCK_S = 300
"""Longest time without a step forward."""


Named = Callable[[Connection, Sequence[tuple[UUID, str]]], Awaitable[set[tuple[UUID, str]]]]
"""Of files, by user and hash, those that something else than an import refers to."""


async def nobody(_db: Connection, _files: Sequence[tuple[UUID, str]]) -> set[tuple[UUID, str]]:
    """Nothing but imports refers to files."""
    return set()


@dataclass(frozen=True, kw_only=True)
class Duties:
    """What a service adds to reading files."""

    service: str
    read: str
    """``module:function`` of what the child does; it takes an ``Order``."""
    undo: Callable[[Connection, Claimed], Awaitable[bool]]
    """Take back one piece of what an import wrote, in the caller's transaction; True when nothing is left."""
    ended: Callable[[Connection, Claimed, Record], Awaitable[None]]
    """Tell the others, in the transaction in which the import ends."""
    rings: tuple[str, ...]
    """Bells of those who go on with what an import wrote."""
    quota: Callable[[Any], int] = lambda _: 1 << 62
    """Bytes that all files of a user may come to, by the service's settings."""
    named: Named = nobody
    """Which files belong to something else than imports, and stay."""


async def run(runtime: Runtime, duties: Duties) -> None:
    """Take up what waits, whenever the bell rings and every second anyway."""
    async with runtime.bell.listening(BELL) as woken:
        while True:
            if (claimed := await _claim(runtime)) is None:
                await rung(woken, at_most_s=LOOK_S)
                continue
            try:
                await _attend(runtime, duties, claimed, woken)
            except BaseException:
                await asyncio.shield(_let_go(runtime, claimed))
                raise
            runtime.bell.ring(BELL, *duties.rings)


async def _claim(runtime: Runtime) -> Claimed | None:
    async with connected(runtime.worker) as db:
        return await leases.claim(db)


async def _let_go(runtime: Runtime, claimed: Claimed) -> None:
    """Whoever comes next need not wait for the lease to run out."""
    with suppress(*AWAY):
        async with asyncio.timeout(3), connected(runtime.worker) as db:
            await leases.release(db, claimed, after_s=0, blameless=True)


async def _attend(runtime: Runtime, duties: Duties, claimed: Claimed, woken: asyncio.Event) -> None:
    log.info("import.taken-up", import_id=str(claimed.id), state=claimed.state, attempt=claimed.attempts)
    match claimed.state:
        case "running" if claimed.outcome:
            await _end(runtime, duties, claimed, claimed.outcome)
        case "running" if claimed.attempts > MOST_ATTEMPTS:
            await _give_up(runtime, duties, claimed, "reading it was broken off again and again")
        case "running":
            await _read(runtime, duties, claimed, woken)
        case "cancelling":
            await _end(runtime, duties, claimed, "cancelled")
        case _:
            await _undo(runtime, duties, claimed)


async def _read(runtime: Runtime, duties: Duties, claimed: Claimed, woken: asyncio.Event) -> None:
    async with _child(runtime, duties, claimed) as process:
        state = await _watch(runtime, duties, claimed, process, woken)
    if state is None:
        log.info("import.lost", import_id=str(claimed.id))
        return
    if state == "cancelling":
        await _end(runtime, duties, claimed, "cancelled")
        return
    async with connected(runtime.worker) as db:
        outcome, _ = await leases.comes_to(db, claimed)
    if outcome:
        await _end(runtime, duties, claimed, outcome)
    elif process.returncode == child.OUT_OF_MEMORY:
        await _give_up(runtime, duties, claimed, "reading it needs more memory than an import may have")
    else:
        log.warning("import.broken-off", import_id=str(claimed.id), status=process.returncode)
        async with connected(runtime.worker) as db:
            await leases.release(db, claimed, after_s=0.5 * 2**claimed.attempts)


@asynccontextmanager
async def _child(runtime: Runtime, duties: Duties, claimed: Claimed) -> AsyncIterator[Process]:
    """The process that reads; however this is left, it is gone then."""
    order = child.Order(
        import_id=claimed.import_id,
        claim=claimed.claim,
        database=place(runtime.settings, "worker"),
        objects=runtime.settings.object_store_url or "",
        access=access_of(runtime.settings),
        service=duties.service,
        quota=duties.quota(runtime.settings),
    )
    command = (sys.executable, "-m", "imports.child", duties.read)
    environment = os.environ | {"MALLOC_ARENA_MAX": "1"}  # else glibc keeps what each thread has freed for that thread
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=DEVNULL, env=environment)
    try:
        if process.stdin:
            process.stdin.write(msgspec.json.encode(order) + b"\n")
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await asyncio.shield(process.wait())


async def _watch(
    runtime: Runtime, duties: Duties, claimed: Claimed, process: Process, woken: asyncio.Event
) -> State | None:
    """Keep the lease until the process ends or should; returns the state then, None when somebody else took over."""
    clock = asyncio.get_running_loop().time
    seen, seen_at = claimed.version, clock()
    ended = asyncio.create_task(process.wait())
    try:
        while True:
            try:
                found = await _renewed(runtime, claimed)
            except AWAY as error:
                log.warning("import.waits", error=type(error).__name__)
                found = ("running", seen)
            if found is None or found[0] != "running" or ended.done():
                return found[0] if found else None
            if found[1] != seen:
                seen, seen_at = found[1], clock()
                runtime.bell.ring(BELL, *duties.rings)
            elif clock() - seen_at > STUCK_S:
                return "running"
            ringing = asyncio.create_task(woken.wait())
            await asyncio.wait({ended, ringing}, timeout=LOOK_S, return_when=asyncio.FIRST_COMPLETED)
            ringing.cancel()
            woken.clear()
    finally:
        ended.cancel()


async def _renewed(runtime: Runtime, claimed: Claimed) -> tuple[State, int] | None:
    async with connected(runtime.worker) as db:
        return await leases.renew(db, claimed)


async def _give_up(runtime: Runtime, duties: Duties, claimed: Claimed, error: str) -> None:
    async with connected(runtime.worker) as db:
        _, records = await leases.comes_to(db, claimed)
    await _end(runtime, duties, claimed, "partial" if records else "failed", error)


async def _end(runtime: Runtime, duties: Duties, claimed: Claimed, state: State, error: str | None = None) -> None:
    """Let go of the file that nobody can use any more, then say what became of the import."""
    if state == "undone" or (state == "failed" and error is None):
        await free(runtime, duties.service, claimed.user_id, claimed.id, duties.named)
    async with connected(runtime.worker) as db, db.transaction():
        row = await leases.end(db, claimed, state, error)
        if row:
            await duties.ended(db, claimed, row)
    log.info("import.ended", import_id=str(claimed.id), state=state)


async def _undo(runtime: Runtime, duties: Duties, claimed: Claimed) -> None:
    done = False
    while not done:
        try:
            async with connected(runtime.worker) as db, db.transaction():
                done = await duties.undo(db, claimed)
                await _still_ours(db, claimed)
        except TakenOver:
            return
        runtime.bell.ring(BELL, *duties.rings)
        await asyncio.sleep(PAUSE_S)
    await _end(runtime, duties, claimed, "undone")


async def _still_ours(db: Connection, claimed: Claimed) -> None:
    if await leases.renew(db, claimed) is None:
        raise TakenOver


async def free(runtime: Runtime, service: str, user_id: UUID, import_id: UUID, named: Named = nobody) -> None:
    """Let go of the file of an import, unless something else needs it; when the store is away, the next sweep does."""
    objects = objects_of(runtime.settings, service)
    with suppress(*STORE_AWAY):
        async with connected(runtime.worker) as db, db.transaction():
            await queries.lock(db, user_id)
            sha256 = await queries.free(db, user_id, import_id)
            if sha256 and not await named(db, [(user_id, sha256)]):
                await objects.delete(objects.key(user_id, sha256))
