"""Values that cannot be true: outside of bounds, or far off their neighbours."""

from array import array
from collections.abc import Mapping
from math import isfinite, nan
from statistics import median
from typing import Final

from workout.edits.model import Suspect
from workout.streams import way
from workout.streams.model import Channels

POSSIBLE: Final[Mapping[Suspect, tuple[float, float]]] = {
    "heart_rate": (25, 250),
    "power": (0, 3_000),
    "speed": (0, 45),
    "cadence": (0, 300),
    "altitude": (-500, 9_000),
    "temperature": (-60, 70),
    "respiration": (1, 120),
    "distance": (0, 10_000_000),
}
NEIGHBOURS: Final = 5
"""On either side (Hampel's filter)."""
FAR: Final = 5 * 1.4826
"""Five standard deviations by the median deviation."""
LEAST: Final[Mapping[Suspect, float]] = {"heart_rate": 15, "power": 400, "speed": 5, "cadence": 40, "altitude": 20}
"""Nearer than this to its neighbours nothing stands out; 10 elsewhere."""
ON_FOOT: Final = 25.0
ON_WHEELS: Final = 45.0
FEET: Final = frozenset({"running", "walking", "hiking", "swimming", "rowing", "generic"})


def dropped(channels: Channels, channel: Suspect, low: float | None, high: float | None, sport: str) -> Channels | None:
    """The channels with outliers as NaN; None when there are none of that channel. Position knows but ``max``: m/s."""
    if channel == "position":
        return _jumps(channels, high or (ON_FOOT if sport in FEET else ON_WHEELS))
    if channel not in channels:
        return None
    values = channels[channel]
    if low is None and high is None:
        kept = _standing_out(values, *POSSIBLE[channel], LEAST.get(channel, 10.0))
    else:
        least, most = low if low is not None else float("-inf"), high if high is not None else float("inf")
        kept = array("d", [value if least <= value <= most else nan for value in values])
    return {**channels, channel: kept}


def _standing_out(values: "array[float]", low: float, high: float, least: float) -> "array[float]":
    bounded = array("d", [value if low <= value <= high else nan for value in values])
    places = [place for place, value in enumerate(bounded) if isfinite(value)]
    there = [bounded[place] for place in places]
    for number, place in enumerate(places):
        around = there[max(0, number - NEIGHBOURS) : number + NEIGHBOURS + 1]
        middle = median(around)
        off = abs(there[number] - middle)
        if off > least and off > FAR * median(abs(value - middle) for value in around):
            bounded[place] = nan
    return bounded


def _jumps(channels: Channels, fastest: float) -> Channels | None:
    """Positions that could only be reached faster than that go, until one can be reached again."""
    if "lat" not in channels or "lon" not in channels:
        return None
    time, lat, lon = channels["time"], array("d", channels["lat"]), array("d", channels["lon"])
    last: int | None = None
    for place, at in enumerate(time):
        if not isfinite(lat[place] + lon[place]):
            continue
        if last is not None:
            here = array("d", [lat[last], lat[place]]), array("d", [lon[last], lon[place]])
            if way.metres(*here)[0] > fastest * max(at - time[last], 1.0):
                lat[place] = lon[place] = nan
                continue
        last = place
    return {**channels, "lat": lat, "lon": lon}
