"""What users have said of workouts and done to them, brought back: to workouts that the same import has brought.

A line comes back whole or not at all. Workouts that are merged into another are made first, as they were before, and
then merged as the user did it: undoing that gives them back.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from asyncpg import Connection

import outbox
from contracts import ids
from contracts.events import WorkoutDeleted
from workout.edits import queries as edits
from workout.edits.model import Kept, Params
from workout.export import known, nouns, placing
from workout.export.known import Noted
from workout.export.lines import Bonded, Edit, KeptSet, Workout
from workout.export.nouns import GONE, Left
from workout.workouts import queries as workouts
from workout.workouts import reading
from workout.workouts.queries import New
from workout.workouts.remake import remake

OTHER_NOUNS = "gear or a routine that it names could not be brought back"
NO_HOME = "its recordings are in other workouts here, so that what was said of it is left out"
NO_FILE = "a recording that its edits name is not here"
BUSY = "something else of yours starts at the same time"

SAY = """
    UPDATE workout
    SET given = said.given::jsonb, own_sets = said.own_sets, live = said.live, routine_id = said.routine_id,
        routine_day = said.routine_day, created_at = said.created_at
    FROM unnest($2::uuid[], $3::text[], $4::boolean[], $5::boolean[], $6::uuid[], $7::smallint[], $8::timestamptz[])
         AS said (workout_id, given, own_sets, live, routine_id, routine_day, created_at)
    WHERE workout.user_id = $1 AND workout.workout_id = said.workout_id
"""

ADD_SETS = """
    INSERT INTO workout_set (user_id, set_id, workout_id, position, exercise, kind, reps, weight_kg, duration_s,
                             distance_m, rpe, superset, rest_s, done_at, notes, planned)
    SELECT $1, set_id, workout_id, position, exercise, kind, reps, weight_kg, duration_s, distance_m, rpe, superset,
           rest_s, done_at, notes, planned::jsonb
    FROM unnest($2::uuid[], $3::uuid[], $4::smallint[], $5::text[], $6::text[], $7::integer[], $8::float8[],
                $9::float8[], $10::float8[], $11::float8[], $12::smallint[], $13::integer[], $14::timestamptz[],
                $15::text[], $16::text[])
         AS given (set_id, workout_id, position, exercise, kind, reps, weight_kg, duration_s, distance_m, rpe, superset,
                   rest_s, done_at, notes, planned)
"""

SET_FIELDS = (
    *("kind", "reps", "weight_kg", "duration_s", "distance_m", "rpe", "superset", "rest_s", "done_at", "notes"),
)

ADD_GEAR = """
    INSERT INTO workout_gear (user_id, workout_id, gear_id)
    SELECT $1, workout_id, gear_id FROM unnest($2::uuid[], $3::uuid[]) AS given (workout_id, gear_id)
    ON CONFLICT DO NOTHING
"""

ADD_EDITS = """
    INSERT INTO workout_edit (user_id, workout_id, number, kind, params, created_at)
    SELECT $1, workout_id, number, kind, params::jsonb, created_at
    FROM unnest($2::uuid[], $3::smallint[], $4::text[], $5::text[], $6::timestamptz[])
         AS given (workout_id, number, kind, params, created_at)
"""

RECORDINGS = "SELECT fingerprint, recording_id FROM recording WHERE user_id = $1 AND fingerprint = ANY ($2::bytea[])"

MOVE_SETS = """
    WITH given AS (
        SELECT * FROM unnest($4::uuid[], $5::smallint[], $6::uuid[], $7::smallint[])
            AS given (recording_id, position, into_id, at)
    )
    UPDATE workout_set AS moved SET workout_id = $3, recording_id = given.into_id, position = given.at
    FROM given
    WHERE moved.user_id = $1 AND moved.workout_id = $2
      AND moved.recording_id IS NOT DISTINCT FROM given.recording_id AND moved.position = given.position
      AND NOT EXISTS (
          SELECT FROM workout_set AS there
          WHERE there.user_id = $1 AND there.workout_id = $3
            AND there.recording_id IS NOT DISTINCT FROM given.into_id AND there.position = given.at
      )
    RETURNING moved.set_id, given.position, given.recording_id
"""


class Brought(NamedTuple):
    """What came of some lines."""

    made: int
    """Workouts that have no recordings …"""
    there: int
    """… and those of them that were here before."""
    left: list[Left]


class Here(NamedTuple):
    """What the archive's names mean here."""

    workouts: dict[UUID, UUID]
    exercises: dict[str, str]
    gear: dict[UUID, UUID]
    routines: dict[UUID, UUID]
    recordings: dict[str, UUID]


async def bring(db: Connection, user_id: UUID, import_id: int, given: Sequence[tuple[int, msgspec.Struct]]) -> Brought:
    """Bring lines back, under the user's lock."""
    lines = {number: line for number, line in given if isinstance(line, Workout)}
    chosen, there = await _chosen(db, user_id, import_id, lines)
    here = await _here(db, user_id, [one for number in chosen.ours for one in lines[number].members])
    left, good = list(chosen.left), list[Workout]()
    for number in chosen.ours:
        if why := _lacking(lines[number].members, here):
            left.append(Left(number, why))
        else:
            good.append(lines[number])
    made = await _make(db, user_id, [one for line in good for one in line.members], here)
    for line in good:
        await _merge(db, user_id, line.members, here)
    await _finish(db, user_id, import_id, good, here)
    return Brought(made, there, left)


class _Chosen(NamedTuple):
    ours: list[int]
    left: list[Left]


async def _chosen(db: Connection, user_id: UUID, import_id: int, lines: dict[int, Workout]) -> tuple[_Chosen, int]:
    """Which lines are of workouts that this import has brought, or of none that is here; how many were here before."""
    keys = {one.id: number for number, line in lines.items() for one in line.members}
    here = await known.find(db, user_id, "workout", keys)
    mine = await known.mine(db, user_id, import_id, "workout", keys)
    told = await known.mine(db, user_id, import_id, "words", [line.id for line in lines.values()])
    now = await placing.said(db, user_id, list(here.values()))
    by_hand = {number: _starts(line) for number, line in lines.items()}
    instants = [at for starts in by_hand.values() for at in starts]
    busy = await placing.crowded(db, user_id, import_id, instants) if instants else set()
    chosen, there, shared = _Chosen([], []), 0, list[UUID]()
    for number, line in lines.items():
        members = line.members
        if str(line.id) in told:
            continue
        if any(one.id in here and str(one.id) not in mine for one in members):
            shared += [one.id for one in members]
            there += not line.recorded
        elif any(one.recorded and str(one.id) not in mine for one in members):
            chosen.left.extend([Left(number, NO_HOME)] if any(map(_says, members)) else [])
        elif any(
            now.get(here.get(UUID(key), UUID(int=0))) != mine[key].digest for key in mine if keys[UUID(key)] == number
        ):
            continue
        elif busy & set(by_hand[number]):
            chosen.left.append(Left(number, BUSY))
        else:
            chosen.ours.append(number)
    await known.share(db, user_id, import_id, "workout", shared)
    return chosen, there


def _starts(line: Workout) -> list[datetime]:
    return [one.given.started_at for one in line.members if one.given.started_at and not one.recorded]


def _says(one: Bonded) -> bool:
    return bool(msgspec.json.encode(one.given) != b"{}" or one.own_sets or one.edits or one.gear)


async def _here(db: Connection, user_id: UUID, members: Sequence[Bonded]) -> Here:
    fingerprints = {
        bytes.fromhex(name)
        for one in members
        for edit in one.edits
        for name in (edit.recording, *(each for moved in edit.sets for each in (moved.recording, moved.into)))
        if name
    }
    rows = await db.fetch(RECORDINGS, user_id, list(fingerprints)) if fingerprints else []
    found = await known.find(db, user_id, "workout", [one.id for one in members])
    return Here(
        workouts={one.id: found.get(one.id) or ids.new() for one in members},
        exercises=await nouns.exercises(db, user_id, [each for one in members for each in _exercises(one)]),
        gear=await known.find(db, user_id, "gear", [each for one in members for each in one.gear]),
        routines=await known.find(db, user_id, "routine", [one.routine for one in members if one.routine]),
        recordings={row["fingerprint"].hex(): row["recording_id"] for row in rows},
    )


def _lacking(members: Sequence[Bonded], here: Here) -> str | None:
    """What a line names that is not here."""
    if any(each not in here.exercises for one in members for each in _exercises(one)):
        return GONE
    if any(
        not here.gear.keys() >= set(one.gear) or (one.routine and one.routine not in here.routines) for one in members
    ):
        return OTHER_NOUNS
    named = {name for one in members for edit in one.edits for name in _recordings(edit)}
    return None if here.recordings.keys() >= named else NO_FILE


def _exercises(one: Bonded) -> list[str]:
    return [each.exercise for done in one.sets for each in (done, done.planned) if each]


def _recordings(edit: Edit) -> list[str]:
    moved = (each for one in edit.sets for each in (one.recording, one.into))
    return [name for name in (edit.recording, *moved) if name]


async def _make(db: Connection, user_id: UUID, members: Sequence[Bonded], here: Here) -> int:
    """All that is said of these; how many of them have no recordings."""
    if not members:
        return 0
    new = [one for one in members if not one.recorded]
    await workouts.create(
        db,
        user_id,
        [
            New(workout_id=here.workouts[one.id], started_at=one.given.started_at or one.created_at, given=one.given)
            for one in new
        ],
    )
    rows = [
        (
            *(here.workouts[one.id], msgspec.json.encode(one.given).decode(), one.own_sets, one.live),
            *(here.routines[one.routine] if one.routine else None, one.routine_day, one.created_at),
        )
        for one in members
    ]
    await db.execute(SAY, user_id, *zip(*rows, strict=True))
    sets = [
        (
            *(ids.new(), here.workouts[one.id], each.position, here.exercises[each.exercise]),
            *(getattr(each, name) for name in SET_FIELDS),
            _plan(each, here),
        )
        for one in members
        for each in one.sets
    ]
    used = [(here.workouts[one.id], here.gear[each]) for one in members for each in one.gear]
    changes = [
        (here.workouts[one.id], edit.number, edit.kind, _params(edit, here), edit.created_at)
        for one in members
        for edit in one.edits
        if edit.kind != "merge"
    ]
    for statement, given in ((ADD_SETS, sets), (ADD_GEAR, used), (ADD_EDITS, changes)):
        if given:
            await db.execute(statement, user_id, *zip(*given, strict=True))
    await remake(db, user_id, [here.workouts[one.id] for one in members], quiet=True, takes_gear=False)
    return len(new)


def _plan(each: KeptSet, here: Here) -> str | None:
    if each.planned is None:
        return None
    exercise = here.exercises[each.planned.exercise]
    return msgspec.json.encode(msgspec.structs.replace(each.planned, exercise=exercise)).decode()


def _params(edit: Edit, here: Here, kept: Kept | None = None) -> str:
    made = Params(
        **{name: getattr(edit, name) for name in PLAIN},
        number=edit.split,
        workout=here.workouts[edit.workout] if edit.workout else None,
        recording=here.recordings[edit.recording] if edit.recording else None,
        kept=kept,
    )
    return msgspec.json.encode(made).decode()


PLAIN = ("from_s", "to_s", "at_s", "from_at", "to_at", "at", "channel", "min", "max")


async def _merge(db: Connection, user_id: UUID, members: Sequence[Bonded], here: Here) -> None:
    """Merge again what was merged, the innermost first."""
    merges = {edit.workout: (one, edit) for one in members for edit in one.edits if edit.kind == "merge"}
    depth = dict[UUID | None, int]()
    for target, (one, _) in merges.items():
        steps, outer = 0, one.id
        while outer in merges and steps <= len(merges):
            steps, outer = steps + 1, merges[outer][0].id
        depth[target] = steps
    for target in sorted(merges, key=lambda target: -depth[target]):
        one, edit = merges[target]
        if target:
            await _take(db, user_id, here.workouts[one.id], here.workouts[target], edit, here)


async def _take(db: Connection, user_id: UUID, into: UUID, gone: UUID, edit: Edit, here: Here) -> None:
    await remake(db, user_id, [gone], quiet=True, takes_gear=False)
    gear = (await reading.gear(db, user_id, [gone])).get(gone, [])
    before, version = await edits.take_row(db, user_id, gone)
    columns = [
        [here.recordings[each.recording] if each.recording else None for each in edit.sets],
        [each.position for each in edit.sets],
        [here.recordings[each.into] if each.into else None for each in edit.sets],
        [each.at for each in edit.sets],
    ]
    moved = [tuple(row) for row in await db.fetch(MOVE_SETS, user_id, gone, into, *columns)] if edit.sets else []
    kept = Kept(row=msgspec.Raw(before), gear=gear, sets=sorted(moved, key=lambda each: (each[1], str(each[2]))))
    row = (into, edit.number, edit.kind, _params(edit, here, kept), edit.created_at)
    await db.execute(ADD_EDITS, user_id, *([each] for each in row))
    await outbox.add(db, WorkoutDeleted(user_id=user_id, version=version + 1, workout_id=gone))


async def _finish(db: Connection, user_id: UUID, import_id: int, good: Iterable[Workout], here: Here) -> None:
    """Note what workouts are now, so that it shows when their owner says something else."""
    lines = list(good)
    shown = {here.workouts[one.id]: one.id for line in lines for one in line.members}
    await remake(db, user_id, shown, quiet=True, takes_gear=False)
    now = await placing.said(db, user_id, list(shown))
    noted = [Noted(str(key), one, now.get(one, b"")) for one, key in shown.items()]
    await known.note(db, user_id, import_id, "workout", noted)
    await known.note(db, user_id, import_id, "words", [Noted(str(line.id)) for line in lines])
