"""What comes of channels: packed columns, and the figures they add up to."""

from array import array
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

Channels = Mapping[str, "array[float]"]
"""By `readers.model.Channel`, each as long as `time`; NaN where nothing was recorded."""
Pauses = Sequence[tuple[float, float]]
"""From and until, seconds since the start."""

EffortKind = Literal["distance", "power"]
DISTANCES = (400, 1_000, 1_609, 5_000, 10_000, 21_097, 42_195)
"""Metres of best efforts; 1,609 stands for the mile, 21,097 for the half marathon."""
SPANS = (5, 15, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600)
"""Seconds of best powers."""


class Packed(msgspec.Struct, frozen=True):
    """One channel as it is stored in `recording_stream`."""

    channel: str
    n: int
    data: bytes
    min: float | None
    max: float | None
    avg: float | None


class Effort(msgspec.Struct, frozen=True):
    """Best stretch: the fewest seconds over so many metres, or the most watts over so many seconds."""

    kind: EffortKind
    size: int
    value: float
    at_s: float
    """Where it begins, seconds since the start."""


class Derived(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What channels come to by our formulas, each of which `formulas` names by its field; None = not to be said."""

    n: int = 0
    """Records."""
    elapsed_s: float = 0.0
    timer_s: float = 0.0
    """Without pauses."""
    moving_s: float | None = None
    distance_m: float | None = None
    """Along the positions; by the distance channel where there are none."""
    covered_m: float | None = None
    """By the device's distance channel."""
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
    start_lat: float | None = None
    start_lon: float | None = None
    bbox: tuple[float, float, float, float] | None = None
    """West, south, east, north, as in GeoJSON."""
    pauses: list[tuple[float, float]] = msgspec.field(default_factory=list)
    """Those told, and gaps between records that are too long to bridge."""
    efforts: list[Effort] = msgspec.field(default_factory=list)
    hr_histogram: dict[int, float] = msgspec.field(default_factory=dict)
    """Seconds by beats per minute."""
    power_histogram: dict[int, float] = msgspec.field(default_factory=dict)
    """Seconds by watts."""
    formulas: dict[str, str] = msgspec.field(default_factory=dict)
