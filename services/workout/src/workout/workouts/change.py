"""What users do to a workout: each under the user's lock, each ending with the workout made anew."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from asyncpg import Connection, Record
from msgspec import UNSET

from chassis import ids, versions
from chassis.problems import Conflict, FieldError, InvalidValue, invalid
from workout.edits import apply
from workout.edits import queries as edits
from workout.workouts import queries, sets, tracks
from workout.workouts.detail import WorkoutNotFound
from workout.workouts.model import LONGEST_S, STRENGTH, Change, Figures, Given, NewWorkout, is_possible
from workout.workouts.remake import remake

LONGEST = timedelta(seconds=LONGEST_S)
OF_SETS = "/sets/{}"


class HasParts(Conflict):
    """Another workout rests on what was recorded of this one."""


async def add(db: Connection, user_id: UUID, data: NewWorkout, now: datetime) -> UUID:
    """Keep a new workout; returns its id."""
    started_at = possible(data.started_at or now, now)
    length_s = _length(started_at, data.ended_at) if data.ended_at else data.duration_s
    figures = {name: getattr(data, name) for name in Figures.__struct_fields__}
    given = Given(
        **figures,
        sport=data.sport or STRENGTH,
        started_at=started_at,
        offset_min=offset_min(started_at),
        duration_s=length_s,
    )
    await queries.lock(db, user_id)
    await sets.require(db, user_id, data.sets, OF_SETS, now)
    await _require_gear(db, user_id, data.gear or ())
    workout_id = ids.new()
    made = queries.New(
        workout_id=workout_id,
        started_at=started_at,
        given=given,
        own_sets=bool(data.sets) or data.live,
        live=data.live,
        routine_id=data.routine_id,
        routine_day=data.routine_day,
    )
    await queries.create(db, user_id, [made])
    done_at = now if data.live and data.routine_id is None else None
    await sets.insert(db, user_id, workout_id, [sets.made(one, done_at) for one in data.sets], first=0)
    if data.gear:
        await queries.set_gear(db, user_id, workout_id, data.gear)
    if data.track:
        await tracks.keep(db, user_id, workout_id, data.track, given.sport or STRENGTH, started_at, now)
    await remake(db, user_id, [workout_id], takes_gear=data.gear is None)
    return workout_id


async def change(
    db: Connection, user_id: UUID, workout_id: UUID, data: Change, if_match: str | None, now: datetime
) -> None:
    """Merge a patch into what the user says of a workout."""
    row = await locked(db, user_id, workout_id, if_match)
    given = merged(msgspec.json.decode(row["given"], type=Given), data, row["started_at"], now)
    if given.started_at is None and not await queries.is_recorded(db, user_id, workout_id):
        raise invalid("/started_at", "is needed: there is no recording that says it")
    own = row["own_sets"]
    if data.sets is not UNSET:
        own = data.sets is not None
        await sets.require(db, user_id, data.sets or (), OF_SETS, now)
        done_at = now if row["live"] and row["routine_id"] is None else None
        await sets.replace(db, user_id, workout_id, [sets.made(one, done_at) for one in data.sets or ()])
    elif row["live"] and data.live is False:
        await sets.delete_undone(db, user_id, workout_id)
    if data.gear is not UNSET:
        await _require_gear(db, user_id, data.gear)
        await queries.set_gear(db, user_id, workout_id, data.gear)
    live = row["live"] if data.live is UNSET else data.live
    await queries.say(db, user_id, workout_id, given, live=live, own_sets=own)
    await remake(db, user_id, [workout_id])


async def delete(db: Connection, user_id: UUID, workout_id: UUID, if_match: str | None) -> None:
    """Delete a workout with its recordings, those merged into it included."""
    await locked(db, user_id, workout_id, if_match)
    belonging = apply.belonging(await edits.bonds(db, user_id), [workout_id])
    if await edits.parts(db, user_id, belonging):
        raise HasParts("delete the part that was split off it first, or undo the split")
    await queries.delete(db, user_id, belonging)


async def finish(
    db: Connection, user_id: UUID, workout_id: UUID, ended_at: datetime | None, if_match: str | None, now: datetime
) -> None:
    """End what is going on; what has ended already stays as it is, unless another end is given.

    Sets of a routine that were not done are not kept.
    """
    row = await locked(db, user_id, workout_id, if_match)
    if row["live"]:
        await sets.delete_undone(db, user_id, workout_id)
    given = msgspec.json.decode(row["given"], type=Given)
    if ended_at or (row["live"] and given.duration_s is None):
        until = ended_at or max(row["started_at"], min(now, row["started_at"] + LONGEST))
        given = msgspec.structs.replace(given, duration_s=_length(row["started_at"], until))
    await queries.say(db, user_id, workout_id, given, live=False, own_sets=row["own_sets"])
    await remake(db, user_id, [workout_id])


async def locked(db: Connection, user_id: UUID, workout_id: UUID, if_match: str | None) -> Record:
    """The workout, which nobody else changes until the transaction ends; it is at the version that was asked for."""
    await queries.lock(db, user_id)
    row = await queries.find(db, user_id, workout_id)
    if row is None:
        raise WorkoutNotFound
    versions.require(row["version"], if_match)
    return row


def merged(given: Given, data: Change, started_at: datetime, now: datetime) -> Given:
    """What the user says now (RFC 7396)."""
    said = {name: getattr(data, name) for name in Change.__struct_fields__ if name in Given.__struct_fields__}
    said = {name: value for name, value in said.items() if value is not UNSET}
    if "started_at" in said:
        at = said["started_at"]
        started_at = possible(at, now) if at else started_at
        said["offset_min"] = offset_min(at) if at else None
    if data.ended_at is not UNSET:
        said["duration_s"] = _length(started_at, data.ended_at)
    return msgspec.structs.replace(given, **said)


def offset_min(at: datetime) -> int:
    """How far the clock was ahead of UTC."""
    offset = at.utcoffset()
    return int(offset.total_seconds() // 60) if offset else 0


def possible(at: datetime, now: datetime) -> datetime:
    """An instant at which something can have begun."""
    if not is_possible(at, now):
        raise invalid("/started_at", sets.WHEN)
    return at


def _length(started_at: datetime, ended_at: datetime) -> float:
    seconds = (ended_at - started_at).total_seconds()
    if not 0 <= seconds <= LONGEST_S:
        raise invalid("/ended_at", "must come after started_at, at most 31 days later")
    return seconds


async def _require_gear(db: Connection, user_id: UUID, gear_ids: Sequence[UUID]) -> None:
    unknown = await queries.unknown_gear(db, user_id, gear_ids)
    if wrong := [number for number, gear_id in enumerate(gear_ids) if gear_id in unknown]:
        raise InvalidValue(errors=[FieldError("is none of your gear", f"/gear/{number}") for number in wrong])
