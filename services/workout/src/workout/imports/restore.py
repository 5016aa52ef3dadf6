"""What an archive of ours brings back, and takes away again: recordings as they were, then all that goes with them."""

from collections import Counter
from uuid import UUID

from asyncpg import Connection

from imports.model import Issue
from workout.export import lines, nouns, placing, taking, words
from workout.imports.batches import Batch
from workout.readers.model import Kept
from workout.recordings import store
from workout.recordings.model import Added
from workout.workouts import queries as workouts

COUNTED = {
    lines.EXERCISES: "exercises",
    lines.GEAR: "gear",
    lines.ROUTINES: "routines",
    lines.THRESHOLDS: "thresholds",
    lines.ZONES: "privacy_zones",
}
"""How an import counts what is new; what only says what is not to be done is not told."""


async def add(db: Connection, user_id: UUID, batch: Batch, *, import_id: int) -> list[Added]:
    """Store a batch, in the transaction of its checkpoint; what became of each recording, in their order."""
    added = list[Added]()
    if batch.returning:
        added = await placing.place(db, user_id, batch.prepared, batch.returning, import_id)
    elif batch.prepared:
        added = await store.add(db, user_id, batch.prepared, import_id=import_id)
    if batch.kept:
        await workouts.lock(db, user_id)
        batch.counts = Counter()
    for kept in batch.kept:
        await _bring(db, user_id, batch, kept, import_id)
    return added


async def _bring(db: Connection, user_id: UUID, batch: Batch, kept: Kept, import_id: int) -> None:
    if kept.part == lines.WORKOUTS:
        brought = await words.bring(db, user_id, import_id, kept.lines)
        batch.counts += +Counter(workouts=brought.made, duplicates=brought.there)
        left = brought.left
    else:
        made, left = await nouns.bring(db, user_id, import_id, kept.part, kept.lines)
        if kept.part in COUNTED:
            batch.counts += +Counter({COUNTED[kept.part]: made})
    batch.issues += [_issue(kept.part, each.number, each.why) for each in left]


def _issue(part: str, number: int, why: str) -> Issue:
    return Issue(kind="warning", code="left-out", detail=why, part=part, line=number, count=1)


async def take_back(db: Connection, user_id: UUID, import_id: int) -> list[UUID] | None:
    """A piece of what came back: workouts of which nothing is said any more; None when all is done."""
    return await taking.take_back(db, user_id, import_id)
