"""A routine: what is planned, and by which rules it grows. All weights in kg."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from workout.workouts.model import Effort, ExerciseCode, Instant, Metres, Reps, Seconds, SetKind, Weight

MOST_DAYS = 14
MOST_ITEMS = 30
MOST_SETS = 20
MOST_SETS_A_DAY = 200
MOST_WEEKS = 26
MOST_ROUTINES = 500
"""Of one user."""
MOST_SESSIONS = 52
"""That are previewed at once."""

Text = Annotated[str, Meta(min_length=1, max_length=2_000)]
Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Percent = Annotated[float, Meta(gt=0, le=150, description="% of the estimated one-repetition maximum")]
Added = Annotated[float, Meta(ge=0, le=100, description="kg")]
Every = Annotated[int, Meta(ge=1, le=100)]
StepKg = Annotated[float, Meta(ge=0.1, le=25, description="kg; weights are rounded to multiples of it")]


class Target(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What one set is meant to be; nothing said: as many as possible."""

    kind: SetKind = "working"
    reps: Reps | None = None
    reps_to: Reps | None = None
    """The upper end, where `reps` is the lower end of a range."""
    weight_kg: Weight | None = None
    """None and no `percent_e1rm`: as much as was lifted last."""
    percent_e1rm: Percent | None = None
    rpe: Effort | None = None
    duration_s: Seconds | None = None
    distance_m: Metres | None = None

    def __post_init__(self) -> None:
        if self.weight_kg is not None and self.percent_e1rm is not None:
            raise ValueError("give weight_kg or percent_e1rm, not both")
        if self.reps_to is not None and (self.reps is None or self.reps_to < self.reps):
            raise ValueError("reps_to needs reps, and must not be below it")


class Linear(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="linear", tag_field="kind"):
    """Weight is added after every so many sessions that succeeded."""

    add_kg: Added
    every: Every = 1


class Double(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="double", tag_field="kind"):
    """A repetition more after each session that succeeded; at the top of the range, weight, and back to its foot."""

    reps_from: Annotated[int, Meta(ge=1, le=1_000)]
    reps_to: Annotated[int, Meta(ge=1, le=1_000)]
    add_kg: Added

    def __post_init__(self) -> None:
        if self.reps_to < self.reps_from:
            raise ValueError("reps_to must not be below reps_from")


class PercentSet(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One set of a week's table."""

    percent_e1rm: Percent
    reps: Reps | None = None
    """None: as many as possible."""
    rpe: Effort | None = None


class Percentage(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="percentage", tag_field="kind"
):
    """Every session takes its working sets from the next week of a table; after the last one it begins again."""

    weeks: Annotated[
        tuple[Annotated[tuple[PercentSet, ...], Meta(min_length=1, max_length=MOST_SETS)], ...],
        Meta(min_length=1, max_length=MOST_WEEKS),
    ]
    of_kg: Annotated[float, Meta(gt=0, le=2_000, description="kg")] | None = None
    """What the percentages are of; None: of the maximum estimated from what was lifted."""
    add_kg: Added = 0.0
    """To what the percentages are of, each time the table begins again."""
    sessions_per_week: Annotated[int, Meta(ge=1, le=14)] = 1

    def __post_init__(self) -> None:
        if self.add_kg and self.of_kg is None:
            raise ValueError("add_kg needs of_kg: an estimated maximum grows by itself")


class Deload(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When to go easy."""

    every: Annotated[int, Meta(ge=2, le=100)] | None = None
    """Each so manieth session is a light one; what was reached is not lost."""
    after_failures: Annotated[int, Meta(ge=1, le=20)] | None = None
    """After so many sessions in a row that failed the weight goes down, to be built up again."""
    factor: Annotated[float, Meta(ge=0.3, lt=1)] = 0.9
    """Of the weight."""

    def __post_init__(self) -> None:
        if self.every is None and self.after_failures is None:
            raise ValueError("give every or after_failures")


class Item(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One exercise of a day."""

    exercise: ExerciseCode
    sets: Annotated[tuple[Target, ...], Meta(min_length=1, max_length=MOST_SETS)]
    superset: Annotated[int, Meta(ge=0, le=1_000)] | None = None
    """Items of the same number are done in turn."""
    rest_s: Annotated[int, Meta(ge=0, le=86_400)] | None = None
    notes: Text | None = None
    progression: Linear | Double | Percentage | None = None
    deload: Deload | None = None
    step_kg: StepKg = 2.5
    """What the plates allow: 2.5, 1.25 …"""
    since: Instant | None = None
    """Sessions from then on count for the rule: set when what is planned changes; what is sent is not heeded."""

    def __post_init__(self) -> None:
        measured = any(target.percent_e1rm is not None for target in self.sets)
        if measured and isinstance(self.progression, Linear | Double):
            raise ValueError("sets of percent_e1rm grow with what is lifted: they take no linear or double progression")


class Day(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is done in one session."""

    name: Name | None = None
    items: Annotated[tuple[Item, ...], Meta(max_length=MOST_ITEMS)] = ()

    def __post_init__(self) -> None:
        if sum(map(_length, self.items)) > MOST_SETS_A_DAY:
            raise ValueError(f"a day holds at most {MOST_SETS_A_DAY} sets")


def _length(item: Item) -> int:
    weeks = item.progression.weeks if isinstance(item.progression, Percentage) else ()
    return len(item.sets) + max(map(len, weeks), default=0)


class Body(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a routine's column ``body`` holds."""

    notes: Text | None = None
    days: Annotated[tuple[Day, ...], Meta(min_length=1, max_length=MOST_DAYS)]


class NewRoutine(Body, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A routine as it is sent. Days are done in their order, whatever the weekday."""

    name: Name


class Change(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A merge patch: what is absent stays, null clears; `days` are replaced as a whole."""

    name: Name | UnsetType = UNSET
    notes: Text | UnsetType | None = UNSET
    days: Annotated[tuple[Day, ...], Meta(min_length=1, max_length=MOST_DAYS)] | UnsetType = UNSET


class Routine(Body, frozen=True, kw_only=True, omit_defaults=True):
    """A routine as it is kept."""

    id: UUID
    version: int
    name: str
    created_at: datetime
    updated_at: datetime


class Start(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which session begins, and when."""

    day: Annotated[int, Meta(ge=0, lt=MOST_DAYS)] | None = None
    """Counted from 0; None: the next in order."""
    at: Instant | None = None
    """Now, unless said otherwise."""


class PlannedSet(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A set with its figures worked out."""

    kind: SetKind = "working"
    reps: int | None = None
    reps_to: int | None = None
    weight_kg: float | None = None
    """None: nothing is known yet to work it out from, or it needs none."""
    percent_e1rm: float | None = None
    rpe: float | None = None
    duration_s: float | None = None
    distance_m: float | None = None


class PlannedItem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An exercise of a session with its figures worked out."""

    exercise: str
    sets: tuple[PlannedSet, ...]
    superset: int | None = None
    rest_s: int | None = None
    notes: str | None = None
    deload: Literal["planned", "after_failures"] | None = None
    """Why it is lighter than it could be."""


class Session(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One session to come."""

    number: int
    """1 is the next."""
    day: int
    name: str | None = None
    items: tuple[PlannedItem, ...]


class Preview(msgspec.Struct, frozen=True):
    """What comes if every session succeeds."""

    routine_id: UUID
    sessions: list[Session]


RULES = ("exercise", "sets", "progression", "deload", "step_kg")
"""What of an item makes it another one, for which what was done before does not count."""


def merged(kept: Routine, change: Change, now: datetime) -> NewRoutine:
    """What was kept, with the change applied; items that are planned otherwise begin anew."""
    return NewRoutine(
        name=kept.name if change.name is UNSET else change.name,
        notes=kept.notes if change.notes is UNSET else change.notes,
        days=kept.days if change.days is UNSET else _since(kept.days, change.days, now),
    )


def fresh(given: NewRoutine) -> NewRoutine:
    """A routine that begins: whatever was done counts."""
    return msgspec.structs.replace(given, days=_since((), given.days, None))


def _since(before: tuple[Day, ...], days: tuple[Day, ...], now: datetime | None) -> tuple[Day, ...]:
    known = {_rules(item): item.since for day in before for item in day.items}
    return tuple(
        msgspec.structs.replace(
            day,
            items=tuple(msgspec.structs.replace(item, since=known.get(_rules(item), now)) for item in day.items),
        )
        for day in days
    )


def _rules(item: Item) -> bytes:
    return msgspec.json.encode([getattr(item, name) for name in RULES])
