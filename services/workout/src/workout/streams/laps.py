"""Parts of a workout: the device's laps, or splits of equal distance, with what they come to."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from workout.readers.model import Lap, Totals
from workout.streams import way
from workout.streams.clock import read
from workout.streams.measure import measure
from workout.streams.model import Channels, Pauses

MOST: int = 5_000
SUMMED = (
    *("moving_s", "distance_m", "ascent_m", "descent_m", "average_heart_rate", "max_heart_rate", "average_power"),
    *("max_power", "weighted_power", "average_cadence", "max_cadence", "average_speed", "max_speed"),
)


class LapItem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of a workout; figures are the device's, else ours."""

    number: int
    start_s: float
    duration_s: float
    sport: str | None = None
    sub_sport: str | None = None
    trigger: str | None = None
    timer_s: float | None = None
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


def told(laps: Sequence[Lap], channels: Channels, pauses: Pauses, sport: str) -> list[LapItem]:
    """The laps as they are, what the device does not say of them reckoned from the channels."""
    return [_item(number, lap, channels, pauses, lap.sport or sport) for number, lap in enumerate(laps[:MOST], start=1)]


def every(metres: float, channels: Channels, pauses: Pauses, sport: str) -> list[LapItem]:
    """A lap for every so many metres, and one for what is left; empty when nothing tells a distance."""
    time = channels.get("time", array("d"))
    if not time:
        return []
    covered = way.counted(channels) or way.along(channels, read(time, pauses))
    if covered is None:
        return []
    ends = [time[0]]
    while len(ends) < MOST and len(ends) * metres <= covered[-1] - covered[0]:
        ends.append(_when(time, covered, covered[0] + len(ends) * metres))
    laps = [
        Lap(start_s=start, duration_s=round(end - start, 3), trigger="distance", totals=Totals(distance_m=metres))
        for start, end in pairwise(ends)
    ]
    left = covered[-1] - covered[0] - (len(ends) - 1) * metres
    if left >= 1 and len(laps) < MOST:
        last = Totals(distance_m=round(left, 2))
        laps.append(Lap(start_s=ends[-1], duration_s=round(time[-1] - ends[-1], 3), trigger="distance", totals=last))
    return told(laps, channels, pauses, sport)


def _when(time: "array[float]", covered: "array[float]", metres: float) -> float:
    """When so much was covered, between two records by proportion."""
    place = bisect_left(covered, metres - 1e-6)
    if place == 0 or covered[place] <= metres:
        return time[place]
    share = (metres - covered[place - 1]) / (covered[place] - covered[place - 1])
    return round(time[place - 1] + share * (time[place] - time[place - 1]), 3)


def _item(number: int, lap: Lap, channels: Channels, pauses: Pauses, sport: str) -> LapItem:
    end = lap.start_s + lap.duration_s
    said = {name: value for name in LapItem.__struct_fields__ if (value := getattr(lap.totals, name, None)) is not None}
    ours = measure(_between(channels, lap.start_s, end), sport=sport, pauses=pauses)
    reckoned = {name: value for name in SUMMED if (value := getattr(ours, name)) is not None}
    if ours.covered_m is not None:
        reckoned["distance_m"] = ours.covered_m
    found = {name: round(value, 3) for name, value in (reckoned | said).items()}
    if "distance_m" in said and "average_speed" not in said and found.get("moving_s"):
        found["average_speed"] = round(said["distance_m"] / found["moving_s"], 3)
    return LapItem(
        number=number,
        start_s=lap.start_s,
        duration_s=lap.duration_s,
        sport=lap.sport,
        sub_sport=lap.sub_sport,
        trigger=lap.trigger,
        **found,
    )


def _between(channels: Channels, start: float, end: float) -> Channels:
    time = channels.get("time", array("d"))
    first, last = bisect_left(time, start), bisect_right(time, end)
    return {name: values[first:last] for name, values in channels.items()}
