"""Edits made and undone: under the user's lock, each ending with the workouts it concerns made anew."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from asyncpg import Connection, Record

import outbox
from chassis import ids
from chassis.problems import Conflict, NotFound, invalid
from contracts.events import WorkoutDeleted
from workout.edits import apply, queries
from workout.edits.change import Impossible
from workout.edits.model import MOST_EDITS, Current, Edit, Kept, NewEdit, Params, shown
from workout.recordings.fusion import fuse
from workout.workouts import queries as workouts
from workout.workouts import reading
from workout.workouts.detail import WorkoutNotFound
from workout.workouts.model import Given
from workout.workouts.queries import New
from workout.workouts.remake import remake
from workout.workouts.sets import counted_of


class EditNotFound(NotFound):
    """No such edit."""


class NothingRecorded(Conflict):
    """Only what was recorded can be edited."""


class TooManyEdits(Conflict):
    """The workout has too many edits."""


class EditImpossible(Conflict):
    """The edits that remain could not be applied."""


class StillNeeded(Conflict):
    """Another edit rests on this one."""


async def listed(db: Connection, user_id: UUID, workout_id: UUID) -> list[Edit]:
    """The edits of one of the user's workouts."""
    await _require(db, user_id, workout_id)
    return [shown(each) for each in await queries.select(db, user_id, workout_id)]


async def add(db: Connection, user_id: UUID, workout_id: UUID, data: NewEdit) -> Edit:
    """Add an edit and apply it."""
    await workouts.lock(db, user_id)
    row = await _require(db, user_id, workout_id)
    edits = await queries.select(db, user_id, workout_id)
    if len(edits) >= MOST_EDITS:
        raise TooManyEdits(f"at most {MOST_EDITS}")
    now = await apply.current(db, user_id, workout_id)
    if now is None:
        raise NothingRecorded("it has no recording: change its start, duration and sets instead")
    number = edits[-1].number + 1 if edits and edits[-1].number else 1
    params = await _params(db, user_id, row, data, now, number)
    await queries.add(db, user_id, workout_id, number, data.kind, params)
    concerned = await _check(db, user_id, workout_id, asked={workout_id, params.workout})
    await remake(db, user_id, concerned)
    return shown((await queries.select(db, user_id, workout_id))[-1])


async def undo(db: Connection, user_id: UUID, workout_id: UUID, number: int) -> None:
    """Take an edit back; those after it are applied without it."""
    await workouts.lock(db, user_id)
    await _require(db, user_id, workout_id)
    edits = {each.number: each for each in await queries.select(db, user_id, workout_id)}
    if number not in edits:
        raise EditNotFound
    edit = edits[number]
    await queries.remove(db, user_id, workout_id, number)
    if edit.kind == "part":
        raise StillNeeded("it goes when the split it came of is undone")
    if edit.kind == "split" and edit.params.workout:
        await _rejoin(db, user_id, edit.params.workout)
    concerned = await _check(db, user_id, workout_id)
    if edit.kind == "merge" and edit.params.workout and edit.params.kept is not None:
        await queries.give_back(db, user_id, edit.params.workout, edit.params.kept)
        concerned |= await _check(db, user_id, edit.params.workout)
    await remake(db, user_id, concerned)


async def _require(db: Connection, user_id: UUID, workout_id: UUID) -> Record:
    row = await workouts.find(db, user_id, workout_id)
    if row is None:
        raise WorkoutNotFound
    return row


async def _params(db: Connection, user_id: UUID, row: Record, data: NewEdit, now: Current, number: int) -> Params:
    """What is kept of an edit; a split makes its second part, a merge takes the other workout away."""
    workout_id: UUID = row["workout_id"]
    made = Params(
        from_s=data.from_s,
        to_s=data.to_s,
        at_s=data.at_s,
        from_at=_instant(now, data.from_s),
        to_at=_instant(now, data.to_s),
        at=_instant(now, data.at_s),
        channel=data.channel,
        min=data.min,
        max=data.max,
    )
    if data.kind == "split":
        made = msgspec.structs.replace(made, workout=await _split(db, user_id, row, now, made, number))
    elif data.kind == "merge" and data.with_ is not None:
        kept = await _take(db, user_id, workout_id, data.with_)
        made = msgspec.structs.replace(made, workout=data.with_, kept=kept)
    elif data.kind == "swap_file" and data.recording is not None:
        recording = await queries.recording_of(db, user_id, workout_id, data.recording)
        if recording is None:
            raise invalid("/recording", "is no recording of this workout, and no import of one")
        made = msgspec.structs.replace(made, recording=recording)
    return made


def _instant(now: Current, second: float | None) -> datetime | None:
    return None if second is None else now.started_at + timedelta(seconds=second)


async def _split(db: Connection, user_id: UUID, row: Record, now: Current, made: Params, number: int) -> UUID:
    part = ids.new()
    given = msgspec.json.decode(row["given"], type=Given)
    begins = made.at or now.started_at
    new = New(
        workout_id=part,
        sport=row["sport"],
        started_at=begins,
        duration_s=max(0.0, now.duration_s - (made.at_s or 0.0)),
        given=Given(sport=given.sport, title=given.title),
    )
    await workouts.create(db, user_id, [new])
    await queries.copy_gear(db, user_id, row["workout_id"], part)
    await queries.add(
        db, user_id, part, 0, "part", Params(at_s=made.at_s, at=made.at, workout=row["workout_id"], number=number)
    )
    return part


async def _rejoin(db: Connection, user_id: UUID, part: UUID) -> None:
    """Delete the second part of a split, unless something rests on it."""
    bonds = await queries.bonds(db, user_id)
    if any(part in {workout_id, other} for workout_id, _, other in bonds):
        raise StillNeeded("undo what was merged with the second part, or split off it, first")
    await workouts.delete(db, user_id, [part])


async def _take(db: Connection, user_id: UUID, workout_id: UUID, other: UUID) -> Kept:
    """Take the other workout out of all lists, and its sets over; returns what brings it back."""
    row = await workouts.find(db, user_id, other) if other != workout_id else None
    if row is None:
        raise invalid("/with", "is no other workout of yours")
    mine, its = await _counted(db, user_id, workout_id), await _counted(db, user_id, other)
    places = await queries.places(db, user_id, [each["set_id"] for each in its.sets])
    gear = (await reading.gear(db, user_id, [other])).get(other, [])
    before, version = await queries.take_row(db, user_id, other)
    await queries.take_sets(db, user_id, workout_id, [set_id for set_id, _, _ in places], mine.source)
    await outbox.add(db, WorkoutDeleted(user_id=user_id, version=version + 1, workout_id=other))
    return Kept(row=msgspec.Raw(before), gear=gear, sets=places)


class _Counted(msgspec.Struct, frozen=True):
    sets: Sequence[Record]
    source: UUID | None
    """The gym log they are taken from; None = the user's own."""


async def _counted(db: Connection, user_id: UUID, workout_id: UUID) -> _Counted:
    (row,) = await reading.workouts(db, user_id, [workout_id])
    recordings = [reading.as_recorded(each) for each in await reading.recordings(db, user_id, [workout_id])]
    fused = fuse(recordings) if recordings else None
    sets = counted_of(await reading.sets(db, user_id, [workout_id]), fused, own=row["own_sets"])
    return _Counted(sets, None if row["own_sets"] or fused is None else fused.chosen.get("sets"))


async def _check(db: Connection, user_id: UUID, workout_id: UUID, *, asked: Collection[UUID | None] = ()) -> set[UUID]:
    """The workouts to be made anew; EditImpossible when edits of one do not apply, a bad value if it was ``asked``."""
    concerned = apply.affected(await queries.bonds(db, user_id), [workout_id])
    for one in sorted(concerned):
        try:
            await apply.tried(db, user_id, one)
        except Impossible as problem:
            if one in asked:
                raise invalid("", str(problem)) from None
            raise EditImpossible(str(problem)) from None
    return concerned
