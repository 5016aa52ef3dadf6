"""What the parsing process does: activities into recordings, each batch with its checkpoint in one transaction.

While a batch is being written, the next one is parsed in a thread.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import aclosing
from datetime import UTC, datetime
from typing import BinaryIO

import asyncpg
import msgspec
from asyncpg import Connection

from imports import Broken, checkpoints, ledger, queries
from imports.checkpoints import Task
from imports.child import Order
from imports.ledger import Ledger, Page
from imports.model import CountedPart, Issue, Outcome
from imports.objects import Objects
from imports.reading import TakenOver, ahead, connect, digest
from workout import readers
from workout.export import lines
from workout.export import reader as ours
from workout.imports import batches as batching
from workout.imports import restore
from workout.imports.batches import Assumed, Batch, Originals, batches
from workout.imports.model import DistanceUnit, Mapping, WeightUnit
from workout.readers.model import Ask, Reader
from workout.recordings.model import Added
from workout.recordings.prepare import File, Zones
from workout.workouts.queries import AccountGone

log = logging.getLogger("workout.imports")

Recognise = Callable[[BinaryIO, str], tuple[str, Reader]]
"""Name and reader of a file's format; Broken when nobody can read it."""
HOLDS_ALL = frozenset(("apple-health",))
"""Formats of files that hold far more than a workout: they are the original of none."""
COUNTS = {"workout": "workouts", "joined": "joined", "duplicate": "duplicates", "deleted": "deleted"}

ZONES = "SELECT since, zone FROM known_zone WHERE user_id = $1 ORDER BY since"
UNITS = "SELECT units FROM known_user WHERE user_id = $1"


async def apply(order: Order, recognise: Recognise) -> None:
    """Read the file of an import from where it was left; what it came to stands in its row."""
    db = await connect(order)
    try:
        task = await checkpoints.task(db, order.import_id, order.claim, digest(readers, batching, ours, lines))
        if task is None:
            return
        try:
            outcome, error = await _read(order, task, db, recognise)
        except (TakenOver, AccountGone):
            return
        await checkpoints.conclude(db, order.import_id, order.claim, outcome, error)
    finally:
        db.terminate()


async def _read(order: Order, task: Task, db: Connection, recognise: Recognise) -> tuple[Outcome, str | None]:
    objects = Objects(order.objects, order.service, order.access)
    writer = Writer(order, task, objects)
    mapping = msgspec.json.decode(task.mapping or "{}", type=Mapping)
    zones = await _zones(db, task, mapping)
    preferred = await _preferred(db, task)
    try:
        with objects.open(task.lies_at or objects.key(task.user_id, task.sha256)) as source:
            name, reader = await asyncio.to_thread(recognise, source, task.file)
            await checkpoints.recognised(db, order.import_id, order.claim, name, task.zone)
            source.seek(0)
            originals = Originals()
            items = reader(source, _ask(task, mapping, preferred, originals))
            file = File(
                name=task.file,
                sha256=None if name in HOLDS_ALL else task.sha256,
                zones=zones,
                imported_at=task.created_at.astimezone(UTC),
            )
            assumed = Assumed(None if mapping.weight_unit else preferred)
            await writer.write_all(db, batches(items, source, file, originals, assumed))
    except FileNotFoundError:
        return writer.outcome(broken=True), "The file is no longer in the store."
    except Broken as broken:
        return writer.outcome(broken=True), str(broken)
    except asyncpg.DataError as error:
        log.warning("import %s: %s", task.id, type(error).__name__)
        return writer.outcome(broken=True), "It holds values that no workout can have."
    return writer.outcome(broken=False), None


async def _zones(db: Connection, task: Task, mapping: Mapping) -> Zones:
    if mapping.zone:
        return Zones([(datetime.min.replace(tzinfo=UTC), mapping.zone)])
    known = [(row["since"].replace(tzinfo=UTC), row["zone"]) for row in await db.fetch(ZONES, task.user_id)]
    return Zones(known or [(datetime.min.replace(tzinfo=UTC), task.zone)])


async def _preferred(db: Connection, task: Task) -> WeightUnit | None:
    """The unit of the user's profile; None of a user not known here yet, who has to be asked then."""
    units = await db.fetchval(UNITS, task.user_id)
    return None if units is None else "lb" if units == "imperial" else "kg"


def _ask(task: Task, mapping: Mapping, preferred: WeightUnit | None, originals: Originals) -> Ask:
    usual: DistanceUnit | None = None if preferred is None else "mi" if preferred == "lb" else "km"
    return Ask(
        zone=mapping.zone or task.zone,
        name=task.file,
        weight_unit=mapping.weight_unit or preferred,
        distance_unit=mapping.distance_unit or usual,
        keep=originals.keep,
    )


class Writer:
    """Takes batches in their order, and knows what has been in before."""

    def __init__(self, order: Order, task: Task, objects: Objects) -> None:
        self._order = order
        self._task = task
        self._objects = objects
        self._ledger = Ledger(
            counts=msgspec.json.decode(task.counts),
            kept=msgspec.json.decode(task.kept),
            unknown=msgspec.json.decode(task.unknown),
            issues=task.issues,
        )
        self._since = time.monotonic()
        self._room: int | None = None

    def outcome(self, *, broken: bool) -> Outcome:
        """Partial when something could not be read, failed when nothing could."""
        counts = self._ledger.counts
        if not counts["recordings"] and (broken or counts["unreadable"]):
            return "failed"
        return "partial" if broken or counts["unreadable"] or counts["partial"] else "finished"

    async def write_all(self, db: Connection, given: Iterator[Batch]) -> None:
        """What is in already is only passed over."""
        number = 0
        async with aclosing(ahead(given)) as coming:
            async for batch in coming:
                number += 1
                if number > self._task.batch:
                    await self._write(db, number, batch)

    async def _write(self, db: Connection, number: int, batch: Batch) -> None:
        user_id, import_id = self._task.user_id, self._order.import_id
        await self._keep(db, batch)
        async with db.transaction():
            added = await restore.add(db, user_id, batch, import_id=import_id)
            found = _counts(batch, added)
            page = Page(
                batch=number,
                bytes_done=min(batch.done, self._task.bytes),
                bytes_total=self._task.bytes,
                records=len(batch.prepared),
                seconds=self._lap(),
                issues=self._ledger.add(counts=found, kept={}, unknown={}, issues=batch.issues),
                parts=_parts(batch, added),
            )
            if not await checkpoints.checkpoint(db, import_id, self._order.claim, self._ledger, page):
                raise TakenOver

    async def _keep(self, db: Connection, batch: Batch) -> None:
        """Originals lie in the store before anything names them; what is left over, the sweep finds."""
        if self._room is None:
            self._room = self._order.quota - (await queries.usage(db, self._task.user_id)).bytes
        for sha256, data in batch.originals.items():
            if len(data) > self._room:
                self._leave(batch, sha256)
                continue
            self._room -= len(data)
            await asyncio.to_thread(self._objects.put_whole, self._task.user_id, data)
        own = self._objects.key(self._task.user_id, self._task.sha256)
        named = any(each.sha256 == self._task.sha256 for each in batch.prepared)
        if self._task.lies_at and named and not await self._objects.has(own):
            await self._objects.copy(self._task.lies_at, own)

    def _leave(self, batch: Batch, sha256: str) -> None:
        for place, each in enumerate(batch.prepared):
            if each.sha256 == sha256:
                batch.prepared[place] = msgspec.structs.replace(each, sha256=None)
                detail = "Its original is not kept: there is no room for it."
                batch.issues.append(
                    Issue(kind="warning", code="no-room", detail=detail, part=each.part, line=None, count=1)
                )

    def _lap(self) -> float:
        since, self._since = self._since, time.monotonic()
        return self._since - since


def _counts(batch: Batch, added: list[Added]) -> Counter[str]:
    counts = batch.counts + Counter(COUNTS[each.what] for each in added)
    counts["recordings"] = len(added)
    counts["unreadable"] = sum(map(_is_loss, batch.issues))
    counts["partial"] = sum(each.partial is not None for each in batch.prepared)
    return +counts


def _is_loss(issue: Issue) -> bool:
    """An error that is not of a line took more than that line away."""
    return issue.kind == "error" and issue.line is None


def _parts(batch: Batch, added: list[Added]) -> list[CountedPart]:
    """What came of each file of an archive: what it says of its activities, or that it is unreadable."""
    counts = dict[str, Counter[str]]()
    for each in added:
        if each.part is not None:
            counts.setdefault(each.part, Counter())[COUNTS[each.what]] += 1
    for issue in batch.issues:
        if issue.part is not None:
            counts.setdefault(issue.part, Counter()).update({"unreadable": 1} if _is_loss(issue) else {})
    known = {each.name: each for each in ledger.parts(None, 0, {}, batch.issues)}
    return [
        CountedPart(
            name=name,
            records=sum(of.values()) - of["unreadable"],
            errors=known[name].errors if name in known else 0,
            warnings=known[name].warnings if name in known else 0,
            kept={},
            counts=dict(of),
        )
        for name, of in sorted(counts.items())
    ]
