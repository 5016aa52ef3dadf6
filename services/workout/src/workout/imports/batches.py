"""A reader's items cut into pieces to be written at once, each prepared as far as that goes without the database."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO
from uuid import UUID

import msgspec

from imports import Broken
from imports.model import Issue
from workout.export.lines import Returning
from workout.readers.faults import Failed, contained, finding
from workout.readers.model import Activity, Finding, Item, Kept
from workout.recordings.model import Prepared
from workout.recordings.prepare import File, prepare

ACTIVITIES = 25
COLUMN_BYTES = 64 << 20
FINDINGS = 500
ASSUMING = frozenset(("strong", "fitnotes"))
"""Logs that may name no unit."""


class Batch(msgspec.Struct):
    """So much is written in one transaction."""

    done: int
    """Bytes of the file that have been read."""
    prepared: list[Prepared] = msgspec.field(default_factory=list)
    issues: list[Issue] = msgspec.field(default_factory=list)
    originals: dict[str, bytes] = msgspec.field(default_factory=dict)
    """Files inside the archive by their hash, to be kept."""
    returning: dict[UUID, Returning] = msgspec.field(default_factory=dict)
    """Of an archive of ours: what it says of the recordings that are to be added …"""
    kept: list[Kept] = msgspec.field(default_factory=list)
    """… and what it holds besides: brought back after them."""
    counts: Counter[str] = msgspec.field(default_factory=Counter)
    """What came of that."""
    weight: int = 0

    @property
    def full(self) -> bool:
        many = len(self.prepared) >= ACTIVITIES or len(self.issues) >= FINDINGS
        return many or bool(self.kept) or self.weight >= COLUMN_BYTES


class Originals:
    """What a reader asks to keep: only what then comes with an activity is."""

    def __init__(self) -> None:
        self._waiting: dict[str, bytes] = {}

    def keep(self, _name: str, file: BinaryIO) -> str:
        data = file.read()
        sha256 = hashlib.sha256(data).hexdigest()
        self._waiting = {sha256: data}
        return sha256

    def take(self, sha256: str | None) -> dict[str, bytes]:
        data = self._waiting.pop(sha256, None) if sha256 else None
        return {sha256: data} if sha256 and data is not None else {}


class Assumed(msgspec.Struct, frozen=True):
    """A unit that nobody has given for this file."""

    weight_unit: str | None


def batches(
    items: Iterator[Item], source: BinaryIO, file: File, originals: Originals, assumed: Assumed
) -> Iterator[Batch]:
    """The same file gives the same batches, wherever one begins to read them; `Broken` comes after what was before."""
    places = Counter[str | None]()
    batch = Batch(0)
    told = assumed.weight_unit is None
    end = _End(items)
    for item in end:
        if isinstance(item, Finding):
            batch.issues.append(_issue(item))
        elif isinstance(item, Kept):
            batch.kept.append(item)
        else:
            if not told and item.format in ASSUMING:
                told = True
                batch.issues.append(_assumed(assumed))
            try:
                with contained():
                    _add(batch, item, file, originals, places[item.part])
            except Failed as error:
                batch.issues.append(_issue(finding(error, item.part)))
            places[item.part] += 1
        if batch.full:
            batch.done = source.tell()
            yield batch
            batch = Batch(0)
    batch.done = source.tell()
    yield batch
    if end.broken:
        raise end.broken


class _End:
    """The items of a reader until it ends or breaks."""

    def __init__(self, items: Iterator[Item]) -> None:
        self._items = items
        self.broken: Broken | None = None

    def __iter__(self) -> Iterator[Item]:
        try:
            with contained():
                yield from self._items
        except Broken as error:
            self.broken = error
            if isinstance(error, Failed):
                yield finding(error)


def _add(batch: Batch, activity: Activity, file: File, originals: Originals, position: int) -> None:
    returning = activity if isinstance(activity, Returning) else None
    known = bytes.fromhex(returning.line.fingerprint) if returning else None
    original = originals.take(activity.sha256)
    prepared, warnings = prepare(activity, file, position, known)
    batch.originals |= original
    batch.weight += sum(len(values) * values.itemsize for values in activity.channels.values())
    if returning:
        prepared = _returned(prepared, returning)
        batch.returning[prepared.recording_id] = msgspec.structs.replace(returning, channels={})
    batch.prepared.append(prepared)
    if activity.partial:
        batch.issues.append(_warning("partial", activity.partial, activity.part))
    batch.issues += [_warning("odd", detail, activity.part) for detail in warnings]


def _returned(prepared: Prepared, returning: Returning) -> Prepared:
    """Of the file that it first came in."""
    line = returning.line
    return msgspec.structs.replace(
        prepared,
        file=line.file or prepared.file,
        sha256=returning.sha256,
        position=line.position,
        dated=prepared.dated and line.dated,
    )


def _issue(found: Finding) -> Issue:
    return Issue(
        kind=found.kind, code=found.code, detail=found.detail, part=found.part, line=found.line, count=found.count
    )


def _warning(code: str, detail: str, part: str | None) -> Issue:
    return Issue(kind="warning", code=code, detail=detail, part=part, line=None, count=1)


def _assumed(assumed: Assumed) -> Issue:
    detail = (
        f"Where the file names no unit, weights are taken as {assumed.weight_unit}, as your profile says. If that is "
        'wrong, undo this import and send the file again with {"weight_unit": "kg"} or "lb" as `mapping`.'
    )
    return _warning("unit-assumed", detail, None)
