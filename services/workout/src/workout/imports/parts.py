"""Files that health hands on: read here like any other, and taken back when they are taken back there.

Events come in any order and more than once. What is taken back before it was told of is never read.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from asyncpg import Connection, Record

import outbox
from contracts import topology
from contracts.events import ImportPartFinished, ImportPartFound, ImportUndone
from imports import queries as rows
from imports.model import Claimed
from imports.queries import Handed
from imports.unpack import shown
from outbox import Consumers
from workout.imports import queries
from workout.imports.model import is_zone
from workout.imports.queries import Told

HOME = "health/"
"""The only part of the store besides our own that is read."""
State = Literal["finished", "partial", "failed", "undone"]
ENDED: Mapping[str, State] = {
    "finished": "finished",
    "partial": "partial",
    "cancelled": "partial",
    "failed": "failed",
    "undone": "undone",
}

consumers = Consumers()


@consumers.on(topology.BY_NAME["workout.import-parts"])
async def follow_parts(db: Connection, events: Sequence[ImportPartFound | ImportUndone]) -> None:
    """Queue what is handed on, undo what is taken back."""
    if gone := [event for event in events if isinstance(event, ImportUndone)]:
        await _undo(db, gone)
    if found := [event for event in events if isinstance(event, ImportPartFound)]:
        await _queue(db, found)


async def _queue(db: Connection, events: Sequence[ImportPartFound]) -> None:
    undone = await queries.undone(db, [(event.user_id, event.import_id) for event in events])
    files = [_handed(event) for event in events if event.import_id not in undone and _may_be_read(event)]
    if files:
        await rows.hand_over(db, files)


def _may_be_read(event: ImportPartFound) -> bool:
    """Nothing but the user's own files at health."""
    return event.object_key == f"{HOME}{event.user_id}/{event.sha256}"


def _handed(event: ImportPartFound) -> Handed:
    return Handed(
        id=event.import_id,
        user_id=event.user_id,
        file=shown(event.file_name)[:200] or "unnamed",
        sha256=event.sha256,
        bytes=event.bytes,
        lies_at=event.object_key,
        zone=event.zone if is_zone(event.zone) else "UTC",
    )


async def _undo(db: Connection, events: Sequence[ImportUndone]) -> None:
    parts = [(event.user_id, event.import_id) for event in events]
    never = await queries.remember_undone(db, parts)
    await rows.take_back(db, parts)
    told = [
        ImportPartFinished(user_id=user_id, version=1, import_id=import_id, state="undone")
        for user_id, import_id in sorted(never)
    ]
    await outbox.add(db, *told)


async def ended(db: Connection, claimed: Claimed, row: Record, told: Told) -> None:
    """Tell health what has come of a file it handed on."""
    if told.lies_at is None:
        return
    event = ImportPartFinished(
        user_id=claimed.user_id,
        version=row["version"],
        import_id=told.id,
        state=ENDED[row["state"]],
        counts={} if row["state"] == "undone" else told.counts,
        error=told.error or ("cancelled" if row["state"] == "cancelled" else None),
    )
    await outbox.add(db, event)
