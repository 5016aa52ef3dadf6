"""What channels come to. Every figure names the formula it was reckoned by."""

from array import array
from collections import defaultdict
from itertools import compress
from math import isfinite
from typing import Final

from msgspec.structs import replace

from workout.streams import climb, efforts, watts, way
from workout.streams.clock import Clock, ordered, read
from workout.streams.model import DISTANCES, SPANS, Channels, Derived, Pauses

STANDING: Final = 0.5
STANDING_IN: Final = {"swimming": 0.2, "rock_climbing": 0.1, "mountaineering": 0.1, "paddling": 0.3}
"""Metres a second below which one does not move."""
SPEED_OVER_S: Final = 5.0

TIMER = "time from record to record, without pauses"
POSITIONS = "haversine along the positions, R = 6,371,008.8 m, not across pauses"
COUNTED = "rises of the device's distance"
MEAN = "mean of the records, each for the time until the next, not across pauses"
TURNING = f"{MEAN}; zeros left out"
HIGHEST = "highest record"
MOVED = "distance over moving time"


def measure(channels: Channels, *, sport: str = "generic", pauses: Pauses = ()) -> Derived:
    """Reckon all that the channels of one recording tell; ``time`` and ``pauses`` in seconds since its start."""
    channels = ordered(channels)
    if not channels.get("time"):
        return Derived()
    clock = read(channels["time"], pauses)
    made = Derived(
        n=len(clock.time),
        elapsed_s=clock.elapsed_s,
        timer_s=clock.timer_s,
        pauses=clock.pauses,
        formulas={"timer_s": TIMER},
    )
    for step in (_distance, _moving, _climbed, _heart_rate, _power, _cadence, _place):
        made = step(made, channels, clock, sport)
    return made


def _distance(made: Derived, channels: Channels, clock: Clock, _: str) -> Derived:
    counted, along = way.counted(channels), way.along(channels, clock)
    best = counted or along
    if best is None:
        return made
    found = efforts.fastest(clock.time, best, DISTANCES)
    return replace(
        made,
        covered_m=counted[-1] if counted else None,
        distance_m=(along or best)[-1],
        max_speed=_max_speed(channels, clock, best),
        efforts=[*made.efforts, *found],
        formulas=made.formulas
        | {"distance_m": POSITIONS if along else COUNTED}
        | ({"covered_m": COUNTED} if counted else {})
        | {"max_speed": HIGHEST if "speed" in channels else f"highest over {SPEED_OVER_S:g} s"}
        | ({"efforts.distance": f"{efforts.FORMULA}; {COUNTED if counted else POSITIONS}"} if found else {}),
    )


def _moving(made: Derived, channels: Channels, clock: Clock, sport: str) -> Derived:
    """Time in which one is faster than standing; all the timer's where nothing tells a speed."""
    slow = STANDING_IN.get(sport, STANDING)
    speeds = _speeds(channels, clock)
    moving = sum(held for held, speed in zip(clock.held, speeds, strict=False) if speed >= slow) if speeds else 0.0
    moved = moving > 0
    seconds = moving if moved else made.timer_s
    average = made.distance_m / seconds if made.distance_m and seconds > 0 else None
    return replace(
        made,
        moving_s=seconds,
        average_speed=average,
        formulas=made.formulas
        | {"moving_s": f"timer's time at {slow:g} m/s or faster" if moved else TIMER}
        | ({"average_speed": MOVED} if average is not None else {}),
    )


def _climbed(made: Derived, channels: Channels, *_: object) -> Derived:
    if "altitude" not in channels or not any(map(isfinite, channels["altitude"])):
        return made
    up, down = climb.ascended(channels["altitude"])
    formulas = made.formulas | {"ascent_m": climb.FORMULA, "descent_m": climb.FORMULA}
    return replace(made, ascent_m=up, descent_m=down, formulas=formulas)


def _heart_rate(made: Derived, channels: Channels, clock: Clock, _: str) -> Derived:
    beats = channels.get("heart_rate")
    mean = _mean(beats, clock)
    if beats is None or mean is None:
        return made
    return replace(
        made,
        average_heart_rate=mean,
        max_heart_rate=max(filter(isfinite, beats)),
        hr_histogram=_histogram(beats, clock),
        formulas=made.formulas | {"average_heart_rate": MEAN, "max_heart_rate": HIGHEST},
    )


def _power(made: Derived, channels: Channels, clock: Clock, _: str) -> Derived:
    power = channels.get("power")
    mean = _mean(power, clock)
    if power is None or mean is None:
        return made
    pieces = watts.by_second(power, clock)
    found, weighted = watts.best(pieces, SPANS), watts.weighted(pieces)
    return replace(
        made,
        average_power=mean,
        max_power=max(filter(isfinite, power)),
        weighted_power=weighted,
        power_histogram=_histogram(power, clock),
        efforts=[*made.efforts, *found],
        formulas=made.formulas
        | {"average_power": MEAN, "max_power": HIGHEST}
        | ({"weighted_power": watts.FORMULA} if weighted is not None else {})
        | ({"efforts.power": efforts.POWER_FORMULA} if found else {}),
    )


def _cadence(made: Derived, channels: Channels, clock: Clock, _: str) -> Derived:
    cadence = channels.get("cadence")
    if cadence is None:
        return made
    turning = array("d", [turns if turns > 0 else float("nan") for turns in cadence])
    mean = _mean(turning, clock)
    if mean is None:
        return made
    formulas = made.formulas | {"average_cadence": TURNING, "max_cadence": HIGHEST}
    return replace(made, average_cadence=mean, max_cadence=max(filter(isfinite, turning)), formulas=formulas)


def _place(made: Derived, channels: Channels, *_: object) -> Derived:
    there = [isfinite(a + b) for a, b in zip(channels.get("lat", ()), channels.get("lon", ()), strict=False)]
    if not any(there):
        return made
    lat, lon = list(compress(channels["lat"], there)), list(compress(channels["lon"], there))
    return replace(made, start_lat=lat[0], start_lon=lon[0], bbox=(min(lon), min(lat), max(lon), max(lat)))


def _mean(values: "array[float] | None", clock: Clock) -> float | None:
    present = [isfinite(value) for value in values or ()]
    if values is None or not any(present):
        return None
    known, held = list(compress(values, present)), list(compress(clock.held, present))
    seconds = sum(held)
    if seconds <= 0:
        return sum(known) / len(known)
    return sum(value * second for value, second in zip(known, held, strict=True)) / seconds


def _histogram(values: "array[float]", clock: Clock) -> dict[int, float]:
    seconds = defaultdict[int, float](float)
    for value, held in zip(values, clock.held, strict=True):
        if held and isfinite(value):
            seconds[round(value)] += held
    return {value: round(seconds[value], 3) for value in sorted(seconds)}


def _speeds(channels: Channels, clock: Clock) -> list[float]:
    """Metres a second from each record to the next; empty where nothing tells."""
    told = channels.get("speed")
    if told is not None and any(speed > 0 for speed in told):
        return [speed if isfinite(speed) else 0.0 for speed in told]
    covered = way.counted(channels) or way.along(channels, clock)
    if covered is None:
        return []
    steps = zip(covered, covered[1:], clock.held, strict=False)
    return [(after - before) / held if held else 0.0 for before, after, held in steps]


def _max_speed(channels: Channels, clock: Clock, covered: "array[float]") -> float | None:
    told = channels.get("speed")
    if told is not None and any(speed > 0 for speed in told):
        return max(filter(isfinite, told))
    fastest = 0.0
    for first, end in clock.pieces:
        start = first
        for place in range(first, end):
            while start < place and clock.time[place] - clock.time[start + 1] >= SPEED_OVER_S:
                start += 1
            seconds = clock.time[place] - clock.time[start]
            if seconds >= SPEED_OVER_S:
                fastest = max(fastest, (covered[place] - covered[start]) / seconds)
    return fastest or None
