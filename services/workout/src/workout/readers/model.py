"""What a reader makes of a file: activities with columns, never one object a record."""

from array import array
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import BinaryIO, Literal

import msgspec

Channel = Literal[
    "time",
    "lat",
    "lon",
    "altitude",
    "distance",
    "speed",
    "heart_rate",
    "cadence",
    "power",
    "temperature",
    "grade",
    "respiration",
    "vertical_oscillation",
    "stance_time",
    "step_length",
    "left_right_balance",
]
"""Units: s since the start, degrees, m, m/s, /min (steps of both legs, crank turns), W, Cel, %, mm, ms."""

NAN = float("nan")
MEMBER_BYTES = 64 << 20
"""Of one file in an archive, which is in memory while it is read."""
SetKind = Literal["working", "warm_up", "drop", "failure"]


class Totals(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Figures of an activity, a leg or a lap, as somebody summed them up; None = not said."""

    elapsed_s: float | None = None
    timer_s: float | None = None
    """Without pauses, by the device's own clock."""
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
    max_cadence: float | None = None
    average_speed: float | None = None
    max_speed: float | None = None
    load: float | None = None
    intensity: float | None = None


class Lap(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of an activity."""

    start_s: float
    """Since the start of the activity."""
    duration_s: float
    sport: str | None = None
    """Of a leg of several sports."""
    sub_sport: str | None = None
    trigger: str | None = None
    totals: Totals = Totals()


class Set(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One set of a gym log, its exercise as the log names it."""

    exercise: str
    kind: SetKind = "working"
    reps: int | None = None
    weight_kg: float | None = None
    duration_s: float | None = None
    distance_m: float | None = None
    rpe: float | None = None
    superset: int | None = None
    rest_s: int | None = None
    notes: str | None = None


class Activity(msgspec.Struct, kw_only=True):
    """One recording of one workout."""

    format: str
    """fit, tcx, gpx, hevy, strong, fitnotes, strava, apple …"""
    source: str
    """Who recorded it, to show: `Garmin Edge 810`, `Hevy`."""
    device: str | None = None
    sport: str
    """FIT spelling: running, cycling, strength_training, multisport, generic …"""
    sub_sport: str | None = None
    started_at: datetime | None
    """With its zone; None when nothing in the file says when (a clock that never was set)."""
    local_start: datetime | None = None
    """Wall clock without a zone, where that is all there is; the importer asks or takes the user's zone."""
    offset_min: int | None = None
    duration_s: float
    """From the start to the end, pauses included."""
    title: str | None = None
    notes: str | None = None
    rpe: float | None = None
    totals: Totals = Totals()
    """As the device or the app says."""
    legs: list[Lap] = msgspec.field(default_factory=list)
    """Sessions of a multi-sport activity; empty when there is one."""
    laps: list[Lap] = msgspec.field(default_factory=list)
    pauses: list[tuple[float, float]] = msgspec.field(default_factory=list)
    """From and until, seconds since the start."""
    channels: "dict[str, array[float]]" = msgspec.field(default_factory=dict)
    """By `Channel`, each as long as `time`; NaN where nothing was recorded. Floats (typecode d)."""
    sets: list[Set] = msgspec.field(default_factory=list)
    gear: list[str] = msgspec.field(default_factory=list)
    """Names, as the file says."""
    partial: str | None = None
    """Why it is not all that was recorded, in a sentence for the user."""
    warnings: list[str] = msgspec.field(default_factory=list)
    part: str | None = None
    """The file inside an archive …"""
    sha256: str | None = None
    """… and its bytes, as `Ask.keep` has stored them."""
    extra: dict[str, object] = msgspec.field(default_factory=dict)
    """Developer fields, device serial …: kept as they are, up to 16 KiB as JSON."""


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader is told besides the bytes."""

    zone: str = "UTC"
    """The user's zone today (IANA), for files that say none."""
    name: str = ""
    weight_unit: Literal["kg", "lb"] | None = None
    distance_unit: Literal["km", "mi"] | None = None
    records: int = 1_000_000
    """Of one activity; more is not believed."""
    activities: int = 20_000
    """Of one file."""
    keep: Callable[[str, BinaryIO], str] | None = None
    """Stores the bytes of a file inside an archive, unpacked, and says their SHA-256; None: nobody wants them."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something the sender should know of one row or part."""

    kind: Literal["error", "warning"]
    code: str
    detail: str
    part: str | None = None
    line: int | None = None
    count: int = 1


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What an archive of ours holds besides recordings: lines of one part, each with its number."""

    part: str
    lines: Sequence[tuple[int, msgspec.Struct]]


Item = Activity | Finding | Kept
Reader = Callable[[BinaryIO, Ask], Iterator[Item]]
"""Goes on over what is bad with a Finding; of a broken file it yields what it has (``partial``), then ends; a file of
which nothing can be read raises `imports.Broken`. The same bytes give the same items, in the same order."""
