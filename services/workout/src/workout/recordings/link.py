"""What the user says of recordings: this one is another workout, those two are the same."""

from uuid import UUID

import msgspec
from asyncpg import Connection, Record

from chassis import ids
from chassis.problems import Conflict, NotFound
from workout.recordings import queries, store
from workout.recordings.queries import Settled
from workout.recordings.sameness import MOST
from workout.workouts import queries as workouts
from workout.workouts.detail import WorkoutNotFound
from workout.workouts.queries import New


class RecordingNotFound(NotFound):
    """This workout has no such recording."""


async def unlink(db: Connection, user_id: UUID, workout_id: UUID, recording_id: UUID) -> UUID:
    """Make a recording a workout of its own, for good: no import joins it to the others again. Returns the workout."""
    await workouts.lock(db, user_id)
    row = await _found(db, user_id, workout_id)
    recordings = await queries.of_workout(db, user_id, workout_id)
    gone = next((each for each in recordings if each["recording_id"] == recording_id), None)
    if gone is None:
        raise RecordingNotFound
    if len(recordings) == 1 and not _by_hand(row):
        raise Conflict("it is the only recording of this workout")
    others = [each["fingerprint"] for each in recordings if each is not gone]
    await queries.keep_apart(db, user_id, gone["fingerprint"], [*others, workout_id.bytes])
    own = New(workout_id=ids.new(), sport=gone["sport"], started_at=gone["started_at"], duration_s=gone["duration_s"])
    await workouts.create(db, user_id, [own])
    await queries.move(db, user_id, [Settled(recording_id, own.workout_id, "alone", None)])
    await store.settle(db, user_id, [], touched=[workout_id, own.workout_id])
    return own.workout_id


async def link(db: Connection, user_id: UUID, workout_id: UUID, other_id: UUID) -> UUID:
    """Make one workout of two, whatever the rules say; returns which of them it is."""
    await workouts.lock(db, user_id)
    if workout_id == other_id:
        raise Conflict("it is this workout itself")
    rows = {each: await _found(db, user_id, each) for each in (workout_id, other_id)}
    if all(map(_by_hand, rows.values())):
        raise Conflict("both were entered by hand: one of them has to be deleted")
    home, gone = (other_id, workout_id) if _by_hand(rows[other_id]) else (workout_id, other_id)
    staying = await queries.of_workout(db, user_id, home)
    coming = await queries.of_workout(db, user_id, gone)
    if len(staying) + len(coming) > MOST:
        raise Conflict(f"a workout has at most {MOST} recordings")
    ones, others = ([each["fingerprint"] for each in recordings] for recordings in (staying, coming))
    await queries.let_together(db, user_id, [*ones, home.bytes], [*others, gone.bytes])
    await store.take_words(db, user_id, gone, home)
    await queries.move(db, user_id, [Settled(each["recording_id"], home, "asked", None) for each in coming])
    await workouts.delete(db, user_id, [gone])
    await store.settle(db, user_id, [], touched=[home])
    return home


async def _found(db: Connection, user_id: UUID, workout_id: UUID) -> Record:
    row = await workouts.find(db, user_id, workout_id)
    if row is None:
        raise WorkoutNotFound
    return row


def _by_hand(row: Record) -> bool:
    return "started_at" in msgspec.json.decode(row["given"], type=dict[str, msgspec.Raw])
