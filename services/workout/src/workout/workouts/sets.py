"""The sets of a workout: the user's own, or those of its gym log as long as the user has not touched them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from asyncpg import Connection, Record

from chassis import ids
from chassis.problems import FieldError, InvalidValue
from workout.recordings.fusion import Fused, fuse
from workout.workouts import reading, traits
from workout.workouts.model import SetValues, WorkoutSet, is_possible

LAST_POSITION = 32_767
WHEN = "must lie between 1950 and a day from now"

COLUMNS = """set_id, exercise, kind, reps, weight_kg, duration_s, distance_m, rpe, superset, rest_s, done_at, notes"""

OF_WORKOUT = f"""
    SELECT {COLUMNS}, planned, position, recording_id
    FROM workout_set WHERE user_id = $1 AND workout_id = $2 ORDER BY position
"""  # noqa: S608 - the only text put in is the constant above

INSERT = """
    INSERT INTO workout_set (set_id, user_id, workout_id, position, exercise, kind, reps, weight_kg, duration_s,
                             distance_m, rpe, superset, rest_s, done_at, notes)
    SELECT set_id, $1, $2, $3 + place - 1, exercise, kind, reps, weight_kg, duration_s, distance_m, rpe, superset,
           rest_s, done_at, notes
    FROM unnest($4::uuid[], $5::text[], $6::text[], $7::integer[], $8::float8[], $9::float8[], $10::float8[],
                $11::float8[], $12::smallint[], $13::integer[], $14::timestamptz[], $15::text[])
         WITH ORDINALITY AS given (set_id, exercise, kind, reps, weight_kg, duration_s, distance_m, rpe, superset,
                                   rest_s, done_at, notes, place)
"""

DELETE_OWN = "DELETE FROM workout_set WHERE user_id = $1 AND workout_id = $2 AND recording_id IS NULL"

DELETE_ONE = """
    DELETE FROM workout_set WHERE user_id = $1 AND workout_id = $2 AND set_id = $3 AND recording_id IS NULL
"""

DELETE_UNDONE = """
    DELETE FROM workout_set WHERE user_id = $1 AND workout_id = $2 AND recording_id IS NULL AND done_at IS NULL
"""

REPLACE_ONE = """
    UPDATE workout_set
    SET exercise = $4, kind = $5, reps = $6, weight_kg = $7, duration_s = $8, distance_m = $9, rpe = $10,
        superset = $11, rest_s = $12, done_at = $13, notes = $14, planned = $15::text::jsonb
    WHERE user_id = $1 AND workout_id = $2 AND set_id = $3 AND recording_id IS NULL
"""


async def select(db: Connection, user_id: UUID, workout_id: UUID) -> list[Record]:
    """All sets of a workout, in their order, those that do not count included."""
    return await db.fetch(OF_WORKOUT, user_id, workout_id)


async def replace(db: Connection, user_id: UUID, workout_id: UUID, sets: Sequence[WorkoutSet]) -> None:
    """Make these the user's own sets of the workout."""
    await db.execute(DELETE_OWN, user_id, workout_id)
    await insert(db, user_id, workout_id, sets, first=0)


async def insert(db: Connection, user_id: UUID, workout_id: UUID, sets: Sequence[WorkoutSet], *, first: int) -> None:
    """Add own sets from a position on, which must be free."""
    if sets:
        rows = [_columns(one) for one in sets]
        await db.execute(INSERT, user_id, workout_id, first, *zip(*rows, strict=True))


async def delete_one(db: Connection, user_id: UUID, workout_id: UUID, set_id: UUID) -> None:
    await db.execute(DELETE_ONE, user_id, workout_id, set_id)


async def delete_undone(db: Connection, user_id: UUID, workout_id: UUID) -> None:
    """Delete what was planned and not done."""
    await db.execute(DELETE_UNDONE, user_id, workout_id)


async def replace_one(
    db: Connection, user_id: UUID, workout_id: UUID, kept: WorkoutSet, *, planned: SetValues | None = None
) -> None:
    """Keep a set as it is now; ``planned`` is what was to be done, if it has been."""
    set_id, *values = _columns(kept)
    plan = None if planned is None else msgspec.json.encode(planned).decode()
    await db.execute(REPLACE_ONE, user_id, workout_id, set_id, *values, plan)


async def counted(db: Connection, user_id: UUID, row: Record) -> list[Record]:
    """The sets of a workout that count, in their order; ``row`` is the workout's."""
    found = await select(db, user_id, row["workout_id"])
    recordings = [] if row["own_sets"] else await reading.recordings(db, user_id, [row["workout_id"]])
    fused = fuse([reading.as_recorded(each) for each in recordings]) if recordings else None
    return counted_of(found, fused, own=row["own_sets"])


def counted_of(found: Iterable[Record], fused: Fused | None, *, own: bool) -> list[Record]:
    """The user's own, else those of the gym log that fusion has chosen."""
    source = None if own or fused is None else fused.chosen.get("sets")
    return [each for each in found if each["recording_id"] == source]


async def require(db: Connection, user_id: UUID, sets: Sequence[SetValues], under: str, now: datetime) -> None:
    """Raise InvalidValue unless their exercises are known and they can have been done when they say."""
    wrong = [number for number, one in enumerate(sets) if one.done_at and not is_possible(one.done_at, now)]
    if wrong:
        raise InvalidValue(errors=[FieldError(WHEN, f"{under.format(number)}/done_at") for number in wrong[:20]])
    await traits.require(db, user_id, [one.exercise for one in sets], f"{under}/exercise")


def made(values: SetValues, done_at: datetime | None = None) -> WorkoutSet:
    """A set to be kept of what was sent; done at ``done_at`` unless it says when."""
    given = {name: getattr(values, name) for name in SetValues.__struct_fields__}
    return WorkoutSet(id=ids.new(), **given | {"done_at": values.done_at or done_at})


def of_row(row: Record) -> WorkoutSet:
    return WorkoutSet(id=row["set_id"], **{name: row[name] for name in SetValues.__struct_fields__})


def values_of(row: Record) -> SetValues:
    """A set without its id."""
    return SetValues(**{name: row[name] for name in SetValues.__struct_fields__})


def plan_of(row: Record) -> SetValues | None:
    """What was to be done, of a set that was planned and then done."""
    return None if row["planned"] is None else msgspec.json.decode(row["planned"], type=SetValues)


def _columns(one: WorkoutSet) -> tuple[object, ...]:
    return tuple(getattr(one, name) for name in WorkoutSet.__struct_fields__)
