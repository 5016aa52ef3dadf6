"""Kinds of records, and a record as it is shown."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from workout.streams import efforts
from workout.streams.model import DISTANCES, SPANS
from workout.workouts.strength import EPLEY, VOLUME

Instant = Annotated[datetime, Meta(tz=True)]


class Kind(msgspec.Struct, frozen=True):
    """What can be best, its unit, and the column it stands in."""

    unit: str
    column: str
    size: int | None = None
    """Of a best effort: metres or seconds."""
    least: bool = False
    """The smallest is the best."""
    formula: str | None = None
    """None: as it was said or measured."""


OF_EXERCISE = {
    "e1rm": Kind("kg", "e1rm_kg", formula=EPLEY),
    "weight": Kind("kg", "best_weight_kg"),
    "reps": Kind("{reps}", "best_reps"),
    "volume": Kind("kg", "best_set_volume_kg", formula="weight x repetitions"),
    "workout_volume": Kind("kg", "CASE WHEN best_set_volume_kg IS NOT NULL THEN volume_load_kg END", formula=VOLUME),
    "longest": Kind("s", "longest_s"),
    "farthest": Kind("m", "farthest_m"),
}
"""Of one exercise, by columns of `workout_exercise`; weight that helps makes no record."""

OF_SPORT = {
    "longest": Kind("s", "coalesce(moving_s, duration_s)"),
    "farthest": Kind("m", "distance_m"),
    "highest": Kind("m", "ascent_m"),
}
"""Of one sport, by columns of `workout`."""

OF_EFFORT = {
    f"distance {size}": Kind("s", "distance", size, least=True, formula=efforts.FORMULA) for size in DISTANCES
} | {f"power {size}": Kind("W", "power", size, formula=efforts.POWER_FORMULA) for size in SPANS}
"""Best stretches of one sport, by kind of `workout_effort`."""


class Runner(msgspec.Struct, frozen=True, kw_only=True):
    """Who comes next."""

    value: float
    workout_id: UUID
    started_at: Instant


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """The best of one kind, and the workout that holds it; of equals the one that was first."""

    kind: Annotated[str, Meta(examples=["e1rm", "workout_volume", "distance 5000", "power 1200"])]
    unit: str
    value: float
    workout_id: UUID
    title: str | None
    started_at: Instant
    on_date: date
    at_s: float | None
    """Of a best effort: where it begins, seconds since the start."""
    runner_up: Runner | None
    formula: str | None
    """Of what is reckoned; null where it is as it was said or measured."""


class Records(msgspec.Struct, frozen=True):
    """All records of an exercise or a sport."""

    items: list[Record]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A record on the day it was set."""

    kind: str
    unit: str
    value: float
    previous: float | None
    """The record it beat."""
    workout_id: UUID
    title: str | None
    started_at: Instant
    on_date: date
    beaten: UUID | None
    """The workout that held it before."""
