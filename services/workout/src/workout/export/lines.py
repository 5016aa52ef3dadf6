"""Lines of the archive beside the recordings: what a user keeps here, bounded as strictly as what they may send.

Exercises are named by their code in the catalogue or by the id of an own one, recordings by their fingerprint; every
other id means something within its archive only.
"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from workout.edits.model import Bound, Kind, Second, Suspect
from workout.exercises.model import Values
from workout.export.model import Exported, Hash, Instant
from workout.gear.model import Kind as GearKind
from workout.gear.model import Metres, Notes, Seconds, Services, Sports
from workout.readers.model import Activity, SetKind
from workout.recordings.model import Joined
from workout.routines.model import Body
from workout.routines.model import Name as RoutineName
from workout.thresholds.model import NewZone, Thresholds
from workout.workouts.model import Effort, ExerciseCode, Given, SetValues
from workout.workouts.model import Seconds as LongestSeconds

EXERCISES, GEAR, ROUTINES = "exercises.jsonl", "gear.jsonl", "routines.jsonl"
THRESHOLDS, ZONES = "thresholds.jsonl", "privacy-zones.jsonl"
DELETED, APART = "deleted-recordings.jsonl", "kept-apart.jsonl"
RECORDINGS, WORKOUTS = "recordings.jsonl", "workouts.jsonl"

MOST_EDITS, MOST_SETS, MOST_MOVED, MOST_GEAR, MOST_BOUND = 200, 10_000, 10_000, 200, 200
SMALLEST, LARGEST = 0, 32_767

Word = Annotated[str, Meta(min_length=1, max_length=200)]
Key = Annotated[str, Meta(pattern=r"^(?:[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\Z")]
"""A recording's fingerprint, or the id of a workout."""
Small = Annotated[int, Meta(ge=SMALLEST, le=LARGEST)]
Whole = Annotated[int, Meta(ge=0, le=2_147_483_647)]
Share = Annotated[float, Meta(ge=0, le=1)]


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One line of a part."""


class Exercise(Values, frozen=True, kw_only=True, omit_defaults=True):
    """An exercise of the user's own."""

    id: UUID
    created_at: Instant


class Gear(Line, frozen=True, kw_only=True):
    """A piece of gear; names that an import brought may be longer than those one may send."""

    id: UUID
    created_at: Instant
    kind: GearKind
    name: Word
    brand: Word | None = None
    model: Word | None = None
    notes: Notes | None = None
    sports: Sports = ()
    part_of: UUID | None = None
    fitted_on: date | None = None
    retired_on: date | None = None
    start_distance_m: Metres = 0.0
    start_s: Seconds = 0.0
    services: Services = ()


class Routine(Body, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A routine."""

    id: UUID
    created_at: Instant
    name: RoutineName


class Threshold(Thresholds, frozen=True, kw_only=True, omit_defaults=True):
    """What zones and load are reckoned from, from a date on."""

    def __post_init__(self) -> None:
        below = max(self.resting_heart_rate or 0, self.threshold_heart_rate or 0)
        if self.max_heart_rate and below >= self.max_heart_rate:
            raise ValueError("max_heart_rate must be above the resting and the threshold heart rate")


class Zone(NewZone, frozen=True, kw_only=True):
    """A circle in which nobody but the owner sees a position."""

    id: UUID


class Deleted(Line, frozen=True, kw_only=True):
    """A recording of a workout that the user has deleted: no import brings it back."""

    fingerprint: Hash


class Apart(Line, frozen=True, kw_only=True):
    """Two that the user has said are not the same: recordings, or workouts entered by hand."""

    one: Key
    other: Key


class Recording(Exported, frozen=True, kw_only=True, omit_defaults=True):
    """One source's version of a workout, as it was read."""

    fingerprint: Hash
    workout: UUID
    """That it belongs to."""
    joined: Joined = "alone"
    score: Share | None = None
    reasons: Annotated[tuple[Annotated[str, Meta(max_length=500)], ...], Meta(max_length=20)] = ()
    file: Annotated[str, Meta(max_length=200)] | None = None
    original: Hash | None = None
    """The file it was read from, which is in the archive too."""
    position: Small = 0
    dated: bool = True
    extra: dict[str, Any] = msgspec.field(default_factory=dict)


class KeptSet(Line, frozen=True, kw_only=True):
    """A set that the user has entered, or taken over from a gym log: that may say more than one may send."""

    position: Small
    exercise: ExerciseCode
    kind: SetKind = "working"
    reps: Whole | None = None
    weight_kg: Annotated[float, Meta(ge=-1e9, le=1e9)] | None = None
    duration_s: LongestSeconds | None = None
    distance_m: Annotated[float, Meta(ge=0, le=1e9)] | None = None
    rpe: Effort | None = None
    superset: Small | None = None
    rest_s: Whole | None = None
    done_at: Instant | None = None
    notes: Annotated[str, Meta(min_length=1, max_length=10_000)] | None = None
    planned: SetValues | None = None
    """What was to be done, of one that was done while the workout was live."""


class Moved(Line, frozen=True, kw_only=True):
    """A set of a workout that was merged into another: where it was, and where it stands now."""

    recording: Hash | None = None
    position: Small
    into: Hash | None = None
    at: Small


class Edit(Line, frozen=True, kw_only=True):
    """A change to what was recorded."""

    number: Small
    kind: Kind
    created_at: Instant
    from_s: Second | None = None
    to_s: Second | None = None
    at_s: Second | None = None
    from_at: Instant | None = None
    to_at: Instant | None = None
    at: Instant | None = None
    channel: Suspect | None = None
    min: Bound | None = None
    max: Bound | None = None
    workout: UUID | None = None
    """One that this one is bound to: it stands in the same line."""
    split: Small | None = None
    """Of a part: the number of the edit that it comes of."""
    recording: Hash | None = None
    sets: Annotated[tuple[Moved, ...], Meta(max_length=MOST_MOVED)] = ()


class Bonded(Line, frozen=True, kw_only=True):
    """What the user has said of a workout and done to it; its recordings stand in a part of their own."""

    id: UUID
    created_at: Instant
    given: Given = Given()
    own_sets: bool = False
    sets: Annotated[tuple[KeptSet, ...], Meta(max_length=MOST_SETS)] = ()
    gear: Annotated[tuple[UUID, ...], Meta(max_length=MOST_GEAR)] = ()
    edits: Annotated[tuple[Edit, ...], Meta(max_length=MOST_EDITS)] = ()
    live: bool = False
    routine: UUID | None = None
    routine_day: Small | None = None
    recorded: bool = False
    """It has recordings, so that it may leave it to them when it was."""


class Workout(Bonded, frozen=True, kw_only=True):
    """A workout, with those that have been merged into it or split off it."""

    bound: Annotated[tuple[Bonded, ...], Meta(max_length=MOST_BOUND)] = ()

    @property
    def members(self) -> Sequence[Bonded]:
        """All of them, itself first."""
        return (self, *self.bound)


class Returning(Activity, kw_only=True):
    """A recording that comes back: all that is known of it besides what a reader gives."""

    line: Recording
    """Without its streams and sets."""
    names: dict[str, str]
    """Of own exercises that its sets name, by their ids."""
