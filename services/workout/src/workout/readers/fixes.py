"""What recordings get wrong: points out of order, far away or impossible, and heart rates of nobody."""

import math
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median, median_low

from workout.readers import sports
from workout.readers.model import NAN, Lap

EARTH_M = 6_371_008.8
DEGREE_M = EARTH_M * math.pi / 180
LONGEST_S = 31 * 86_400
"""No workout is longer."""
BELIEVED: dict[str, tuple[float, float]] = {
    "lat": (-90, 90),
    "lon": (-180, 180),
    "altitude": (-1_000, 30_000),
    "distance": (0, 1e8),
    "speed": (0, 1_000),
    "heart_rate": (25, 250),
    "cadence": (0, 500),
    "power": (0, 4_000),
    "temperature": (-80, 100),
    "grade": (-200, 200),
    "respiration": (1, 150),
    "vertical_oscillation": (0, 1_000),
    "stance_time": (0, 10_000),
    "step_length": (0, 10_000),
    "left_right_balance": (0, 100),
}
"""In the units of `Channel`; anything else is no measurement."""
TRUSTED_AGAIN = 5
"""So many points in a row that agree with each other are no spike, however far they lie from the last one."""
GAP_S = 20.0
"""Without a point for so long, a recording was paused, where its points are else close together."""
BOTH_LEGS = 120.0
"""A mean cadence on foot below it counts the steps of one leg."""

Channels = dict[str, "array[float]"]


def clean(channels: Channels, sport: str, pauses: Sequence[tuple[float, float]]) -> list[str]:
    """Mend the channels of an activity in place; what was done, in sentences."""
    warnings = [text for text in (_order(channels), _unbelieved(channels)) if text]
    for channel in [name for name, values in channels.items() if name != "time" and not has(values)]:
        del channels[channel]
    _pair_positions(channels)
    if (limit := sports.FASTEST.get(sports.family_of(sport))) and (found := _spikes(channels, limit, pauses)):
        warnings.append(f"{found:,} positions left out: nobody is faster than {limit:g} m/s {_going(sport)}.")
    return warnings


def has(values: Iterable[float]) -> bool:
    """Whether anything was measured."""
    return any(value == value for value in values)


def _going(sport: str) -> str:
    return "on foot" if sports.family_of(sport) == "foot" else "in this sport"


def _order(channels: Channels) -> str | None:
    """By time, without what lies weeks away; points of one instant stay in the order of the file."""
    times = channels["time"]
    if not times:
        return None
    middle = median_low(times)
    far = max(abs(times[0] - middle), abs(times[-1] - middle)) * 2 > LONGEST_S
    backward = any(after < before for before, after in pairwise(times))
    if not backward and not far:
        return None
    kept = [i for i, at in enumerate(times) if abs(at - middle) * 2 <= LONGEST_S]
    kept.sort(key=times.__getitem__)
    lost = len(times) - len(kept)
    for name, values in channels.items():
        channels[name] = array("d", [values[i] for i in kept])
    if lost:
        return f"{lost:,} points left out: they lie weeks away from the others."
    return "Its points were not in the order of time."


def _unbelieved(channels: Channels) -> str | None:
    hearts = 0
    for name, values in channels.items():
        if name == "time":
            continue
        low, high = BELIEVED[name]
        if not low <= min(values, default=low) <= max(values, default=low) <= high:
            if name == "heart_rate":
                hearts = sum((value < low and value > 0) or value > high for value in values)
            channels[name] = array("d", [value if low <= value <= high else NAN for value in values])
    return f"{hearts:,} heart rates left out: outside 25 to 250." if hearts else None


def _pair_positions(channels: Channels) -> None:
    """A latitude without a longitude is no position, nor is the point where both are zero: a receiver's none."""
    lat, lon = channels.get("lat"), channels.get("lon")
    if lat is None or lon is None:
        channels.pop("lat", None)
        channels.pop("lon", None)
        return
    for i, (north, east) in enumerate(zip(lat, lon, strict=True)):
        if north != north or east != east or north == east == 0:
            lat[i] = lon[i] = NAN
    if not has(lat):
        del channels["lat"], channels["lon"]


def _spikes(channels: Channels, limit: float, pauses: Sequence[tuple[float, float]]) -> int:
    """Take out positions that nobody can have reached from the last one believed; how many."""
    lat, lon = channels.get("lat"), channels.get("lon")
    if lat is None or lon is None:
        return 0
    reach = limit / DEGREE_M
    resumed = sorted((until for _, until in pauses), reverse=True)
    resumes = resumed.pop() if resumed else math.inf
    doubted: list[int] = []
    found = 0
    last_at, last_north, last_east = -math.inf, NAN, NAN
    for i, (at, north, east) in enumerate(zip(channels["time"], lat, lon, strict=True)):
        if north != north:
            continue
        allowed = reach * (at - last_at) if at - last_at > 1 else reach
        if at >= resumes:
            while at >= resumes:
                resumes = resumed.pop() if resumed else math.inf
        elif (
            abs(north - last_north) + abs(east - last_east) > allowed
            and metres(last_north, last_east, north, east) > allowed * DEGREE_M
        ):
            if doubted and not _reachable(channels, doubted[-1], i, limit):
                found += _drop(lat, lon, doubted)
            doubted.append(i)
            if len(doubted) < TRUSTED_AGAIN:
                continue
            doubted.clear()
        if doubted:
            found += _drop(lat, lon, doubted)
        last_at, last_north, last_east = at, north, east
    return found + _drop(lat, lon, doubted)


def _drop(lat: "array[float]", lon: "array[float]", doubted: list[int]) -> int:
    for i in doubted:
        lat[i] = lon[i] = NAN
    count = len(doubted)
    doubted.clear()
    return count


def _reachable(channels: Channels, a: int, b: int, limit: float) -> bool:
    lat, lon, times = channels["lat"], channels["lon"], channels["time"]
    return metres(lat[a], lon[a], lat[b], lon[b]) <= limit * max(1.0, times[b] - times[a])


def metres(lat: float, lon: float, to_lat: float, to_lon: float) -> float:
    """Haversine, on a sphere of the Earth's mean radius."""
    a, b = math.radians(lat), math.radians(to_lat)
    square = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(to_lon - lon) / 2) ** 2
    return 2 * EARTH_M * math.asin(min(1.0, math.sqrt(square)))


def pauses(times: Sequence[float], borders: Sequence[int] = ()) -> list[tuple[float, float]]:
    """Where nothing was recorded: long between two points, or not so long where a file begins a new track.

    ``borders`` are the indices of the first points of tracks.
    """
    steps = [after - before for before, after in pairwise(times)]
    if not steps:
        return []
    usual = median(steps)
    inside, between = max(GAP_S, 6 * usual), max(2.0, 3 * usual)
    new = set(borders)
    return [
        (times[i], times[i + 1]) for i, step in enumerate(steps) if step > between and (step > inside or i + 1 in new)
    ]


def legs_counted(cadence: Iterable[float]) -> int:
    """By what a cadence on foot is to be multiplied for the steps of both legs."""
    moving = [value for value in cadence if value > 0]
    return 2 if moving and math.fsum(moving) / len(moving) < BOTH_LEGS else 1


def both_legs(channels: Channels, sport: str, legs: Sequence[Lap] = ()) -> bool:
    """On foot many devices count the steps of one leg: make it those of both, there; whether that was so."""
    cadence, times = channels.get("cadence", array("d")), channels["time"]
    if len(legs) > 1:
        on_foot = [leg for leg in legs if sports.family_of(leg.sport or sport) == "foot"]
        spans = [
            (bisect_left(times, leg.start_s), bisect_right(times, leg.start_s + leg.duration_s)) for leg in on_foot
        ]
    else:
        spans = [(0, len(times))] if sports.family_of(sport) == "foot" else []
    factor = legs_counted([value for a, b in spans for value in cadence[a:b]])
    for a, b in spans:
        cadence[a:b] = array("d", [value * factor for value in cadence[a:b]])
    return bool(spans) and factor == 2
