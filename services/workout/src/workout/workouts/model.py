"""A workout as it is sent, kept and shown, and the bounds of its values."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

EARLIEST = datetime(1950, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)
"""How far in the future a workout may begin: further than any clock or time zone is off."""
LONGEST_S = 31 * 86_400
MOST_SETS = 1_000
MOST_LAPS = 1_000
MOST_GEAR = 20
MOST_RECORDS = 20_000
STRENGTH = "strength_training"

Instant = Annotated[datetime, Meta(tz=True)]
Sport = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$", description="In FIT's spelling: `running`, `cycling` …")]
Title = Annotated[str, Meta(min_length=1, max_length=200)]
Notes = Annotated[str, Meta(min_length=1, max_length=10_000)]
Effort = Annotated[float, Meta(ge=0, le=10, description="Rating of perceived exertion, 0-10.")]
Seconds = Annotated[float, Meta(ge=0, le=LONGEST_S, description="s")]
Metres = Annotated[float, Meta(ge=0, le=20_000_000, description="m")]
Climb = Annotated[float, Meta(ge=0, le=1_000_000, description="m")]
Energy = Annotated[float, Meta(ge=0, le=1_000_000, description="kcal; never added to the day's")]
HeartRate = Annotated[float, Meta(ge=20, le=300, description="/min")]
Power = Annotated[float, Meta(ge=0, le=5_000, description="W")]
Cadence = Annotated[float, Meta(ge=0, le=1_000, description="/min")]
Speed = Annotated[float, Meta(ge=0, le=400, description="m/s")]
Reps = Annotated[int, Meta(ge=0, le=10_000)]
Weight = Annotated[float, Meta(ge=0, le=2_000, description="kg")]
SetKind = Literal["working", "warm_up", "drop", "failure"]
ExerciseCode = Annotated[
    str,
    Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,99}$", description="Code in the catalogue, or the id of one's own exercise."),
]
LoadMethod = Literal["power", "heart_rate", "rpe"]


class SetValues(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What was done at one go."""

    exercise: ExerciseCode
    kind: SetKind = "working"
    reps: Reps | None = None
    weight_kg: Weight | None = None
    duration_s: Seconds | None = None
    distance_m: Metres | None = None
    rpe: Effort | None = None
    superset: Annotated[int, Meta(ge=0, le=1_000)] | None = None
    rest_s: Annotated[int, Meta(ge=0, le=86_400)] | None = None
    done_at: Instant | None = None
    notes: Annotated[str, Meta(min_length=1, max_length=2_000)] | None = None


class SetChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A merge patch: what is absent stays, null clears."""

    exercise: ExerciseCode | UnsetType = UNSET
    kind: SetKind | UnsetType | None = UNSET
    reps: Reps | UnsetType | None = UNSET
    weight_kg: Weight | UnsetType | None = UNSET
    duration_s: Seconds | UnsetType | None = UNSET
    distance_m: Metres | UnsetType | None = UNSET
    rpe: Effort | UnsetType | None = UNSET
    superset: Annotated[int, Meta(ge=0, le=1_000)] | UnsetType | None = UNSET
    rest_s: Annotated[int, Meta(ge=0, le=86_400)] | UnsetType | None = UNSET
    done_at: Instant | UnsetType | None = UNSET
    notes: Annotated[str, Meta(min_length=1, max_length=2_000)] | UnsetType | None = UNSET


class WorkoutSet(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A set as it is kept."""

    id: UUID
    exercise: str
    kind: SetKind
    reps: int | None = None
    weight_kg: float | None = None
    duration_s: float | None = None
    distance_m: float | None = None
    rpe: float | None = None
    superset: int | None = None
    rest_s: int | None = None
    done_at: datetime | None = None
    notes: str | None = None


class GivenLap(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A part of a workout, as the user says."""

    start_s: Seconds
    duration_s: Seconds
    distance_m: Metres | None = None
    ascent_m: Climb | None = None
    average_heart_rate: HeartRate | None = None
    average_power: Power | None = None


Latitudes = Annotated[tuple[Annotated[float, Meta(ge=-90, le=90)] | None, ...], Meta(max_length=MOST_RECORDS)]
Longitudes = Annotated[tuple[Annotated[float, Meta(ge=-180, le=180)] | None, ...], Meta(max_length=MOST_RECORDS)]
Heights = Annotated[tuple[Annotated[float, Meta(ge=-500, le=20_000)] | None, ...], Meta(max_length=MOST_RECORDS)]
Degrees = Annotated[tuple[Annotated[float, Meta(ge=-100, le=100)] | None, ...], Meta(max_length=MOST_RECORDS)]


class GivenTrack(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a phone has recorded, as columns of one length; null where nothing was recorded."""

    time: Annotated[tuple[Seconds, ...], Meta(min_length=1, max_length=MOST_RECORDS)]
    """s since the start, each after the one before."""
    lat: Latitudes | None = None
    lon: Longitudes | None = None
    altitude: Heights | None = None
    distance: Annotated[tuple[Metres | None, ...], Meta(max_length=MOST_RECORDS)] | None = None
    speed: Annotated[tuple[Speed | None, ...], Meta(max_length=MOST_RECORDS)] | None = None
    heart_rate: Annotated[tuple[HeartRate | None, ...], Meta(max_length=MOST_RECORDS)] | None = None
    cadence: Annotated[tuple[Cadence | None, ...], Meta(max_length=MOST_RECORDS)] | None = None
    power: Annotated[tuple[Power | None, ...], Meta(max_length=MOST_RECORDS)] | None = None
    temperature: Degrees | None = None

    def __post_init__(self) -> None:
        if any(later <= earlier for earlier, later in pairwise(self.time)):
            raise ValueError("each time must come after the one before")
        if (self.lat is None) != (self.lon is None):
            raise ValueError("lat needs lon, and lon lat")
        columns = {name: getattr(self, name) for name in self.__struct_fields__}
        if wrong := [name for name, column in columns.items() if column is not None and len(column) != len(self.time)]:
            raise ValueError(f"{', '.join(wrong)} must be as long as time")


class Figures(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a user may say of a workout themselves; it goes before what was recorded."""

    title: Title | None = None
    notes: Notes | None = None
    rpe: Effort | None = None
    moving_s: Seconds | None = None
    distance_m: Metres | None = None
    ascent_m: Climb | None = None
    descent_m: Climb | None = None
    energy_kcal: Energy | None = None
    average_heart_rate: HeartRate | None = None
    max_heart_rate: HeartRate | None = None
    average_power: Power | None = None
    max_power: Power | None = None
    weighted_power: Power | None = None
    average_cadence: Cadence | None = None
    average_speed: Speed | None = None
    max_speed: Speed | None = None
    laps: Annotated[tuple[GivenLap, ...], Meta(max_length=MOST_LAPS)] | None = None


class Given(Figures, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """All that the user has said: column ``given``."""

    sport: Sport | None = None
    started_at: Instant | None = None
    offset_min: int | None = None
    duration_s: Seconds | None = None


class NewWorkout(Figures, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A workout as it is sent."""

    sport: Sport | None = None
    """`strength_training` where sets are given or the workout is live, else it must be said."""
    started_at: Instant | None = None
    """Now, unless said otherwise."""
    ended_at: Instant | None = None
    """This or `duration_s`."""
    duration_s: Seconds | None = None
    sets: Annotated[tuple[SetValues, ...], Meta(max_length=MOST_SETS)] = ()
    gear: Annotated[tuple[UUID, ...], Meta(max_length=MOST_GEAR)] | None = None
    """Null: what the sport's gear is by default."""
    track: GivenTrack | None = None
    """What was recorded on the way: it becomes a recording of the workout."""
    live: bool = False
    """Still going on: sets will be added."""
    routine_id: UUID | None = None
    routine_day: Annotated[int, Meta(ge=0, le=1_000)] | None = None

    def __post_init__(self) -> None:
        if self.ended_at and self.duration_s is not None:
            raise ValueError("give ended_at or duration_s, not both")
        if self.sport is None and not self.sets and not self.live:
            raise ValueError("sport is needed where no sets are given")
        if self.track is not None and self.live:
            raise ValueError("a track is given when the workout is over")


class Change(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A merge patch: what is absent stays, null goes back to what the recordings say."""

    sport: Sport | UnsetType | None = UNSET
    started_at: Instant | UnsetType | None = UNSET
    ended_at: Instant | UnsetType = UNSET
    duration_s: Seconds | UnsetType | None = UNSET
    title: Title | UnsetType | None = UNSET
    notes: Notes | UnsetType | None = UNSET
    rpe: Effort | UnsetType | None = UNSET
    moving_s: Seconds | UnsetType | None = UNSET
    distance_m: Metres | UnsetType | None = UNSET
    ascent_m: Climb | UnsetType | None = UNSET
    descent_m: Climb | UnsetType | None = UNSET
    energy_kcal: Energy | UnsetType | None = UNSET
    average_heart_rate: HeartRate | UnsetType | None = UNSET
    max_heart_rate: HeartRate | UnsetType | None = UNSET
    average_power: Power | UnsetType | None = UNSET
    max_power: Power | UnsetType | None = UNSET
    weighted_power: Power | UnsetType | None = UNSET
    average_cadence: Cadence | UnsetType | None = UNSET
    average_speed: Speed | UnsetType | None = UNSET
    max_speed: Speed | UnsetType | None = UNSET
    laps: Annotated[tuple[GivenLap, ...], Meta(max_length=MOST_LAPS)] | UnsetType | None = UNSET
    sets: Annotated[tuple[SetValues, ...], Meta(max_length=MOST_SETS)] | UnsetType | None = UNSET
    gear: Annotated[tuple[UUID, ...], Meta(max_length=MOST_GEAR)] | UnsetType = UNSET
    live: bool | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.ended_at is not UNSET and self.duration_s is not UNSET:
            raise ValueError("give ended_at or duration_s, not both")


class Finish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The end of a live workout."""

    ended_at: Instant | None = None


class WorkoutItem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A workout in a list."""

    id: UUID
    version: int
    sport: str
    title: str | None = None
    started_at: datetime
    offset_min: int | None = None
    on_date: date
    """Of its start, in the user's zone at that instant."""
    duration_s: float
    moving_s: float | None = None
    distance_m: float | None = None
    ascent_m: float | None = None
    descent_m: float | None = None
    energy_kcal: float | None = None
    average_heart_rate: float | None = None
    max_heart_rate: float | None = None
    average_power: float | None = None
    max_power: float | None = None
    weighted_power: float | None = None
    average_cadence: float | None = None
    average_speed: float | None = None
    max_speed: float | None = None
    rpe: float | None = None
    load: float | None = None
    load_method: LoadMethod | None = None
    set_count: int
    """Warm-ups included; repetitions and volume load are without."""
    reps: int
    volume_load_kg: float
    start: tuple[float, float] | None = None
    """Latitude and longitude of the first position."""
    live: bool
    """Still going on."""


def is_possible(at: datetime, now: datetime) -> bool:
    """Whether something can have been done then."""
    return EARLIEST <= at <= now + AHEAD
