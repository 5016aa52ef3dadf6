"""What the parsing process does: a reader's batches into samples, each with its checkpoint in one transaction.

While a batch is being parsed, the one before it is copied and sifted, and the one before that is merged: two
connections take turns, so that parser and PostgreSQL both always have work. Batches are merged in their order, whatever
happens.
"""

import asyncio
import gc
import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any, BinaryIO

import asyncpg
import msgspec
from asyncpg import Connection

from health import readers
from health.export import restore
from health.imports import findings
from health.readers.batch import Batch, Reader, Reading, Stream
from health.samples import merge
from health.samples.merge import Counts
from imports import Broken, checkpoints, ledger
from imports.checkpoints import Task
from imports.child import Order
from imports.ledger import Ledger, Page
from imports.model import Outcome
from imports.objects import Objects
from imports.reading import TakenOver, ahead, connect, digest

log = logging.getLogger("health.imports")

Recognise = Callable[[BinaryIO, str], tuple[str, Reader]]
"""Name and reader of a file's format; Broken when nobody can read it."""
WORK_MEM = "16MB"
"""Of PostgreSQL, for each step of a statement, and for its temporary tables: a batch is sorted without a file."""
TURN_S = 0.0001
"""How long the reader's thread keeps this one from telling PostgreSQL what to do next."""


async def apply(order: Order, recognise: Recognise) -> None:
    """Read the file of an import from where it was left; what it came to stands in its row."""
    sys.setswitchinterval(TURN_S)
    gc.freeze()  # what is loaded stays: it need not be looked through again and again
    async with AsyncExitStack() as stack:
        lanes = [await _connect(order, stack) for _ in range(2)]
        task = await checkpoints.task(lanes[0], order.import_id, order.claim, digest(readers))
        if task is None:
            return
        try:
            outcome, error = await _read(order, task, lanes, recognise)
        except TakenOver:
            return
        await lanes[0].execute("SET synchronous_commit = on")
        await checkpoints.conclude(lanes[0], order.import_id, order.claim, outcome, error)


async def _connect(order: Order, stack: AsyncExitStack) -> Connection:
    """Nothing waits for a batch to be on the disk: one that a crash takes, its checkpoint with it, is read again."""
    db = await connect(order, work_mem=WORK_MEM, temp_buffers=WORK_MEM, synchronous_commit="off")
    stack.callback(db.terminate)
    return db


async def _read(order: Order, task: Task, lanes: list[Connection], recognise: Recognise) -> tuple[Outcome, str | None]:
    objects = Objects(order.objects, order.service, order.access)
    writer = Writer(order, task)
    try:
        with objects.open(objects.key(task.user_id, task.sha256)) as file:
            name, reader = await asyncio.to_thread(recognise, file, task.file)
            await checkpoints.recognised(lanes[0], order.import_id, order.claim, name, task.zone)
            file.seek(0)
            await writer.write_all(lanes, reader(file, _reading(task)))
    except FileNotFoundError:
        return "failed", "The file is no longer in the store."
    except Broken as broken:
        return writer.outcome(broken=True), str(broken)
    except asyncpg.DataError as error:
        log.warning("import %s: %s", task.id, type(error).__name__)
        return writer.outcome(broken=True), "It holds values that no sample can have."
    except Exception as error:
        if refused := _refused(error):
            return writer.outcome(broken=True), refused
        raise
    return writer.outcome(broken=False), None


def _refused(error: Exception) -> str | None:
    """What the write path says of a file that asks too much; TakenOver when its user is gone."""
    from chassis.problems import Unauthorized  # noqa: PLC0415 - the web, 60 MB, is loaded only to look at a failure
    from health.samples.refusals import TooManySources  # noqa: PLC0415 - the same

    if isinstance(error, Unauthorized):
        raise TakenOver from None
    return f"It names too many sources: {error.detail}." if isinstance(error, TooManySources) else None


def _reading(task: Task) -> Reading:
    mapping: Any = msgspec.json.decode(task.mapping) if task.mapping else None
    return Reading(zone=task.zone, mapping=mapping, name=task.file, source=task.source)


class Writer:
    """Takes batches in their order, and knows what has been in before."""

    def __init__(self, order: Order, task: Task) -> None:
        self._order = order
        self._task = task
        self._ledger = Ledger(
            counts=msgspec.json.decode(task.counts),
            kept=msgspec.json.decode(task.kept),
            unknown=msgspec.json.decode(task.unknown),
            issues=task.issues,
        )
        self._objects = Objects(order.objects, order.service, order.access)
        self._streams: list[Stream] = []
        self._series: list[int] = []
        """Of the streams that are bound."""
        self._since = time.monotonic()

    def outcome(self, *, broken: bool) -> Outcome:
        """Partial when something could not be read, failed when nothing could."""
        found = self._ledger.counts["read"] or self._ledger.kept or self._ledger.unknown
        if broken and not found:
            return "failed"
        return "partial" if broken or self._ledger.counts["unreadable"] else "finished"

    async def write_all(self, lanes: list[Connection], batches: Iterator[Batch]) -> None:
        """At most one batch a lane is in flight; what is in already is only passed over."""
        flying: list[asyncio.Task[None]] = []
        number = 0
        try:
            async for batch in ahead(batches):
                number += 1
                self._streams += batch.streams
                if number <= self._task.batch:
                    continue
                if len(flying) == len(lanes):
                    await flying.pop(0)
                before = flying[-1] if flying else None
                streams = list(self._streams)
                work = self._write(lanes[number % len(lanes)], number, batch, streams, before)
                flying.append(asyncio.create_task(work))
        finally:
            await _all(flying)

    async def _write(
        self, db: Connection, number: int, batch: Batch, streams: list[Stream], before: asyncio.Task[None] | None
    ) -> None:
        user_id, import_id = self._task.user_id, self._order.import_id
        brought = restore.carried(db, self._objects, self._task, batch, self._order.quota)
        async with brought as carried, db.transaction():
            sifted = await self._sifted(db, batch, streams)
            if before:
                await before
            counts = await self._merged(db, sifted, streams)
            found = findings.of(batch, counts, dict(zip(self._series, streams, strict=False)))
            if carried:
                found.counts.update(await restore.write(db, user_id, import_id, carried))
            page = Page(
                batch=number,
                bytes_done=batch.done,
                bytes_total=max(batch.total or self._task.bytes, batch.done),
                records=batch.n,
                seconds=self._lap(),
                issues=self._ledger.add(
                    counts=found.counts, kept=batch.kept, unknown=batch.unknown, issues=found.issues
                ),
                parts=ledger.parts(batch.part, batch.n, batch.kept, found.issues),
            )
            if not await checkpoints.checkpoint(db, import_id, self._order.claim, self._ledger, page):
                raise TakenOver

    async def _sifted(self, db: Connection, batch: Batch, streams: list[Stream]) -> list[merge.Sifted]:
        """While the batch before is being merged."""
        if not batch.n:
            return []
        await merge.stage(db, batch.rows)
        return await merge.sift(db, merge.rules(streams))

    async def _merged(self, db: Connection, sifted: list[merge.Sifted], streams: list[Stream]) -> dict[int, Counts]:
        if not sifted:
            return {}
        user_id, import_id = self._task.user_id, self._order.import_id
        await merge.lock(db, user_id)
        self._series += await merge.bind(db, user_id, streams[len(self._series) :], import_id=import_id)
        return await merge.merge(db, user_id, sifted, self._series, import_id=import_id)

    def _lap(self) -> float:
        since, self._since = self._since, time.monotonic()
        return self._since - since


async def _all(flying: list[asyncio.Task[None]]) -> None:
    """Wait until nothing is in flight; the first failure counts, the others follow from it."""
    results = await asyncio.gather(*flying, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
