"""Recordings of an archive, back in the workouts they were in.

That is so where nothing else of the user's starts about then. Where something does, rules decide as for any other file,
and what the archive says of that workout is left out: what the user has stays as it is.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from asyncpg import Connection

from contracts import ids
from workout.exercises import catalogue
from workout.export import known, nouns
from workout.export.known import Noted
from workout.export.lines import Returning
from workout.recordings import insertion, store
from workout.recordings import queries as recordings
from workout.recordings.model import Added, Prepared
from workout.recordings.queries import Settled
from workout.recordings.sameness import START_S, Match
from workout.workouts import queries as workouts
from workout.workouts.queries import New
from workout.workouts.remake import remake

NAMES = {exercise.code: exercise.name for exercise in catalogue.EXERCISES}

CROWDED = """
    SELECT at FROM unnest($3::timestamptz[]) AS given (at)
    WHERE EXISTS (
        SELECT FROM recording
        WHERE user_id = $1 AND import_id IS DISTINCT FROM $2 AND dated
          AND started_at BETWEEN at - $4::interval AND at + $4
    ) OR EXISTS (
        SELECT FROM workout
        WHERE user_id = $1 AND given ? 'started_at' AND started_at BETWEEN at - $4::interval AND at + $4
          AND NOT EXISTS (
              SELECT FROM restored
              WHERE restored.user_id = $1 AND import_id = $2 AND noun = 'workout' AND restored.id = workout_id
          )
    )
"""
"""Where something starts that this import has not brought."""

SAID = """
    SELECT workout_id, sha256(convert_to(jsonb_build_array(
        given, own_sets, live, routine_id, routine_day,
        (SELECT jsonb_agg(jsonb_build_array(exercise, kind, reps, weight_kg, duration_s, distance_m, rpe, superset,
                                            rest_s, done_at, notes) ORDER BY position)
         FROM workout_set AS own
         WHERE own.user_id = $1 AND own.workout_id = workout.workout_id AND recording_id IS NULL),
        (SELECT jsonb_agg(jsonb_build_array(number, kind, params) ORDER BY number)
         FROM workout_edit AS edit WHERE edit.user_id = $1 AND edit.workout_id = workout.workout_id)
    )::text, 'UTF8')) AS digest
    FROM workout WHERE user_id = $1 AND workout_id = ANY ($2::uuid[])
"""
"""Of all that a user can say of a workout."""


async def said(db: Connection, user_id: UUID, workout_ids: Sequence[UUID]) -> dict[UUID, bytes]:
    """Equal as long as nothing else has been said."""
    return {row["workout_id"]: row["digest"] for row in await db.fetch(SAID, user_id, workout_ids)}


async def crowded(db: Connection, user_id: UUID, import_id: int, instants: Sequence[datetime]) -> set[datetime]:
    """At which of these something else of the user's begins."""
    rows = await db.fetch(CROWDED, user_id, import_id, instants, timedelta(seconds=START_S))
    return {row["at"] for row in rows}


async def place(
    db: Connection,
    user_id: UUID,
    prepared: Sequence[Prepared],
    returning: Mapping[UUID, Returning],
    import_id: int,
) -> list[Added]:
    """Store recordings that come back; what became of each, in their order."""
    await workouts.lock(db, user_id)
    codes = await nouns.exercises(db, user_id, {one.exercise for each in prepared for one in each.sets})
    back = [
        each
        for each in await _back(db, user_id, prepared, returning, import_id)
        if codes.keys() >= {one.exercise for one in each.sets}
    ]
    homes = await _homes(db, user_id, back, returning, import_id)
    direct = {each.recording_id: each for each in back if returning[each.recording_id].line.workout in homes}
    others = [_named(each, returning[each.recording_id]) for each in prepared if each.recording_id not in direct]
    began = await _insert(db, user_id, import_id, list(direct.values()), returning, homes, codes)
    rest = iter(await store.add(db, user_id, others, import_id=import_id) if others else ())
    return [
        Added("workout" if each.recording_id in began else "joined", each.part)
        if each.recording_id in direct
        else next(rest)
        for each in prepared
    ]


async def _back(
    db: Connection, user_id: UUID, prepared: Sequence[Prepared], returning: Mapping[UUID, Returning], import_id: int
) -> list[Prepared]:
    """Those that are not here yet, and belong to no workout at a time when the user has others."""
    there = await recordings.known(db, user_id, [each.fingerprint for each in prepared])
    new = {each.fingerprint: each for each in reversed(prepared) if each.fingerprint not in there}
    busy = await crowded(db, user_id, import_id, [each.started_at for each in new.values() if each.dated])
    barred = {returning[each.recording_id].line.workout for each in new.values() if each.started_at in busy}
    mine = await known.mine(db, user_id, import_id, "workout", barred)
    barred -= {UUID(key) for key in mine}
    fresh = {each.recording_id for each in new.values() if returning[each.recording_id].line.workout not in barred}
    return [each for each in prepared if each.recording_id in fresh]


async def _homes(
    db: Connection, user_id: UUID, back: Sequence[Prepared], returning: Mapping[UUID, Returning], import_id: int
) -> dict[UUID, UUID]:
    """Which workout here each of the archive is, if this import has brought it or does so now."""
    first = dict[UUID, Prepared]()
    for each in back:
        first.setdefault(returning[each.recording_id].line.workout, each)
    here = await known.find(db, user_id, "workout", first)
    mine = await known.mine(db, user_id, import_id, "workout", first)
    homes = {key: here[key] for key in first if key in here and str(key) in mine}
    fresh = [key for key in first if key not in here and str(key) not in mine]
    new = dict(zip(fresh, sorted(ids.new() for _ in fresh), strict=True))  # of two that start together, the same first
    begun = [
        New(
            workout_id=new[key],
            sport=each.sport,
            started_at=each.started_at,
            duration_s=each.duration_s,
        )
        for key, each in first.items()
        if key in new
    ]
    await workouts.create(db, user_id, begun)
    bare = await said(db, user_id, list(new.values()))
    await known.note(db, user_id, import_id, "workout", [Noted(str(key), one, bare[one]) for key, one in new.items()])
    return homes | new


async def _insert(
    db: Connection,
    user_id: UUID,
    import_id: int,
    direct: Sequence[Prepared],
    returning: Mapping[UUID, Returning],
    homes: Mapping[UUID, UUID],
    codes: Mapping[str, str],
) -> set[UUID]:
    """Put recordings into their workouts; which of them began one."""
    settled = list[tuple[Prepared, Settled]]()
    for each in direct:
        line = returning[each.recording_id].line
        match = None if line.score is None else Match(line.score, line.reasons)
        settled.append((each, Settled(each.recording_id, homes[line.workout], line.joined, match)))
    await insertion.insert(db, user_id, import_id, settled, codes)
    touched = {one.workout_id for _, one in settled}
    await remake(db, user_id, touched, quiet=True, takes_gear=False)
    return {each.recording_id for each, one in settled if one.joined == "alone"}


def _named(each: Prepared, returning: Returning) -> Prepared:
    """With exercises by their names, as gym logs have them."""
    names = NAMES | returning.names
    sets = [msgspec.structs.replace(one, exercise=names.get(one.exercise, one.exercise)) for one in each.sets]
    return msgspec.structs.replace(each, sets=sets) if sets else each
