"""Metres covered: along the positions, or as the device counts them."""

from array import array
from bisect import bisect_left
from itertools import accumulate
from math import asin, cos, isfinite, radians, sin, sqrt
from typing import Final

from workout.streams.clock import Clock
from workout.streams.model import Channels

RADIUS_M: Final = 6_371_008.8


def metres(lat: "array[float]", lon: "array[float]", radius_m: float = RADIUS_M) -> "array[float]":
    """Great-circle metres from each position to the next (haversine); NaN where one is missing."""
    wide, long = array("d", map(radians, lat)), array("d", map(radians, lon))
    narrow = array("d", map(cos, wide))
    twice = 2 * radius_m
    return array(
        "d",
        [
            twice * asin(min(1.0, sqrt(sin((b - a) / 2) ** 2 + p * q * sin((d - c) / 2) ** 2)))
            for a, b, c, d, p, q in zip(wide, wide[1:], long, long[1:], narrow, narrow[1:], strict=False)
        ],
    )


def counted(channels: Channels) -> "array[float] | None":
    """Metres since the start at every record as the device counts them; a counter that starts again goes on."""
    told = channels.get("distance")
    if told is None:
        return None
    last, total, made = 0.0, 0.0, array("d")
    for now in told:
        if isfinite(now):
            total += max(0.0, now - last) if made else 0.0
            last = now
        made.append(total)
    return made if total > 0 else None


def along(channels: Channels, clock: Clock) -> "array[float] | None":
    """Metres since the start at every record along the positions, none across a pause; None where they lead nowhere."""
    lat, lon = channels.get("lat"), channels.get("lon")
    if lat is None or lon is None:
        return None
    there = [place for place, (a, b) in enumerate(zip(lat, lon, strict=True)) if isfinite(a + b)]
    steps = metres(array("d", map(lat.__getitem__, there)), array("d", map(lon.__getitem__, there)))
    to = array("d", bytes(8 * len(lat)))
    for place, step in zip(there[1:], steps, strict=False):
        to[place] = step
    last = 0
    for first, end in clock.pieces:
        found = bisect_left(there, first)
        again = there[found] + 1 if found < len(there) and there[found] < end else end
        to[last:again] = array("d", bytes(8 * (again - last)))
        last = end
    to[last:] = array("d", bytes(8 * (len(to) - last)))
    made = array("d", accumulate(to))
    return made if made and made[-1] > 0 else None
