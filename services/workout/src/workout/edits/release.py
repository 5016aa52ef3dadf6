"""Edits of workouts of which nothing that was recorded is left: they go with it."""

from collections.abc import Iterable
from uuid import UUID

from asyncpg import Connection

from workout.edits import queries
from workout.workouts import queries as workouts


async def release(db: Connection, user_id: UUID, bare: Iterable[UUID]) -> tuple[set[UUID], set[UUID]]:
    """Take the edits off workouts without recordings; returns all that rest on nothing then, and others that change.

    What was merged into one of them stands for itself again, as it does itself when it was merged into another; parts
    split off it have nothing left either. Under the user's lock.
    """
    into = {other: workout_id for workout_id, kind, other in await queries.bonds(db, user_id) if kind == "merge"}
    found = set(bare)
    edited = await queries.edited(db, user_id, found) | (found & into.keys())
    nothing, others, open_ = found - edited, set[UUID](), list(edited)
    while open_:
        one = open_.pop()
        if one in nothing:
            continue
        nothing.add(one)
        if one in into:
            others.add(into[one])
            await _part(db, user_id, into[one], one)
        for edit in await queries.select(db, user_id, one):
            other = edit.params.workout
            if other and edit.kind == "split":
                open_.append(other)
            elif other and edit.kind == "merge":
                await _part(db, user_id, one, other)
                others.add(other)
                open_ += [] if await workouts.is_recorded(db, user_id, other) else [other]
        await queries.remove_all(db, user_id, one)
    return nothing, others - nothing


async def _part(db: Connection, user_id: UUID, workout_id: UUID, other: UUID) -> None:
    """Undo the merge of another workout into this one, if it is still there."""
    for edit in await queries.select(db, user_id, workout_id):
        if edit.kind == "merge" and edit.params.workout == other and edit.params.kept is not None:
            await queries.remove(db, user_id, workout_id, edit.number)
            await queries.give_back(db, user_id, other, edit.params.kept)
