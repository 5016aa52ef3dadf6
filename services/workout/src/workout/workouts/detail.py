"""A workout with all that belongs to it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from asyncpg import Connection, Record

from chassis.problems import NotFound
from workout.readers.model import Lap
from workout.recordings.fusion import fuse
from workout.workouts import queries, reading, sets
from workout.workouts.model import Given, WorkoutItem, WorkoutSet

EDITS = """
    SELECT number, kind, params - 'kept' AS params, created_at
    FROM workout_edit WHERE user_id = $1 AND workout_id = $2 ORDER BY number
"""

GEAR = """
    SELECT gear_id AS id, kind, name FROM workout_gear JOIN gear USING (user_id, gear_id)
    WHERE user_id = $1 AND workout_id = $2 ORDER BY name, gear_id
"""


class WorkoutNotFound(NotFound):
    """No such workout."""


class Used(msgspec.Struct, frozen=True):
    """Gear of a workout."""

    id: UUID
    kind: str
    name: str


class Edit(msgspec.Struct, frozen=True):
    """A change to what was recorded."""

    number: int
    kind: str
    params: dict[str, Any]
    created_at: datetime


class Brief(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A recording in short."""

    id: UUID
    format: str
    source: str
    device: str | None = None
    file: str | None = None
    sport: str
    started_at: datetime
    duration_s: float
    partial: str | None = None
    """Why it is not all that was recorded."""
    joined: str
    """How it came to this workout: `alone` (began it), `found` to be the same, or `asked`."""
    channels: Sequence[str] = ()
    sets: int = 0


class Workout(WorkoutItem, frozen=True, kw_only=True, omit_defaults=True):
    """A workout, whole."""

    notes: str | None = None
    given: Given
    """What the user has said, which goes before what was recorded."""
    formulas: dict[str, str]
    """Where each figure comes from: the user, a device, or one of our formulas."""
    sets: Sequence[WorkoutSet]
    own_sets: bool
    """Whether the sets are the user's own, not those of a recording."""
    laps: Sequence[Lap]
    legs: Sequence[Lap]
    """The sports of a multi-sport workout."""
    recordings: Sequence[Brief]
    chosen: dict[str, UUID]
    """Which recording says what, where there are any."""
    edits: Sequence[Edit]
    gear: Sequence[Used]
    routine_id: UUID | None = None
    routine_day: int | None = None
    created_at: datetime
    updated_at: datetime


async def read(db: Connection, user_id: UUID, workout_id: UUID) -> Workout:
    """One of the user's workouts; WorkoutNotFound when there is none."""
    row = await queries.find(db, user_id, workout_id)
    if row is None:
        raise WorkoutNotFound
    recordings = await reading.recordings(db, user_id, [workout_id])
    fused = fuse([reading.as_recorded(each) for each in recordings]) if recordings else None
    kept = sets.counted_of(await sets.select(db, user_id, workout_id), fused, own=row["own_sets"])
    return Workout(
        **msgspec.structs.asdict(queries.item(row)),
        notes=row["notes"],
        given=msgspec.json.decode(row["given"], type=Given),
        formulas=msgspec.json.decode(row["formulas"]),
        sets=[sets.of_row(one) for one in kept],
        own_sets=row["own_sets"],
        laps=msgspec.json.decode(row["laps"], type=list[Lap]),
        legs=fused.legs if fused else (),
        recordings=[_brief(each) for each in recordings],
        chosen=fused.chosen if fused else {},
        edits=[_edit(each) for each in await db.fetch(EDITS, user_id, workout_id)],
        gear=[Used(**each) for each in await db.fetch(GEAR, user_id, workout_id)],
        routine_id=row["routine_id"],
        routine_day=row["routine_day"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


def _brief(row: Record) -> Brief:
    plain = {name: row[name] for name in Brief.__struct_fields__ if name != "id"}
    return Brief(id=row["recording_id"], **plain)


def _edit(row: Record) -> Edit:
    return Edit(row["number"], row["kind"], msgspec.json.decode(row["params"]), row["created_at"])
