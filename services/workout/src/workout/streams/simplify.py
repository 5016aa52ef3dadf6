"""A line with fewer points: Douglas-Peucker, with a stack of its own instead of recursion.

A stretch whose farthest point lies near its end is halved as well: each level then takes at most seven eighths, so a
line that bends everywhere costs n log n too, for a few points more.
"""

from array import array
from collections.abc import Sequence
from itertools import pairwise
from math import cos, inf, radians
from typing import Final

METRES_PER_DEGREE: Final = 111_195.08
"""Of latitude, on a globe of R = 6,371,008.8 m."""
PIXEL_AT_ZOOM_0: Final = 156_543.03
"""Metres of one pixel at the equator, tiles of 256."""
LOPSIDED: Final = 8
SHORT: Final = 64
MOST_ZOOM: Final = 20


def tolerance(zoom: int, lat: float) -> float:
    """Metres of half a pixel at that zoom and latitude."""
    return PIXEL_AT_ZOOM_0 * cos(radians(lat)) / (1 << zoom) / 2


def kept(lat: Sequence[float], lon: Sequence[float], metres: float) -> list[int]:
    """Places of the points to keep, both ends among them; nothing left out is farther than ``metres`` off the line."""
    return [place for place, weight in enumerate(weights(lat, lon, metres)) if weight]


def weights(lat: Sequence[float], lon: Sequence[float], metres: float) -> "array[float]":
    """Of each point the largest tolerance with which it would be kept, squared; 0 of those that ``metres`` leaves out.

    Both ends are always kept.
    """
    size = len(lat)
    if size <= 2 or metres <= 0:
        return array("d", [inf] * size)
    y = array("d", [value * METRES_PER_DEGREE for value in lat])
    narrow = METRES_PER_DEGREE * cos(radians((min(lat) + max(lat)) / 2))
    x = array("d", [value * narrow for value in lon])
    found = array("d", bytes(8 * size))
    found[0] = found[-1] = inf
    stack, least = [(0, size - 1, inf)], metres * metres
    while stack:
        start, end, above = stack.pop()
        farthest, place = _farthest(x, y, start, end) if end - start > 1 else (0.0, start)
        if farthest > least:
            weight = min(above, farthest)
            bends = sorted({start, place, *_middle(start, place, end), end})
            for bend in bends:
                found[bend] = max(found[bend], weight)
            stack += [(*stretch, weight) for stretch in pairwise(bends)]
    return found


def _middle(start: int, place: int, end: int) -> tuple[int, ...]:
    near = (end - start) // LOPSIDED
    lopsided = end - start > SHORT and not start + near <= place <= end - near
    return ((start + end) // 2,) if lopsided else ()


def _farthest(x: "array[float]", y: "array[float]", start: int, end: int) -> tuple[float, int]:
    """The greatest square of a distance to the stretch between two points, and where it is."""
    x0, y0 = x[start], y[start]
    run, rise = x[end] - x0, y[end] - y0
    length = run * run + rise * rise
    squares = (
        [
            _square(px - x0, py - y0, run, rise, length)
            for px, py in zip(x[start + 1 : end], y[start + 1 : end], strict=True)
        ]
        if length > 0
        else [(px - x0) ** 2 + (py - y0) ** 2 for px, py in zip(x[start + 1 : end], y[start + 1 : end], strict=True)]
    )
    farthest = max(squares)
    return farthest, start + 1 + squares.index(farthest)


def _square(right: float, up: float, run: float, rise: float, length: float) -> float:
    share = (right * run + up * rise) / length
    share = 0.0 if share < 0 else min(share, 1.0)
    return (right - share * run) ** 2 + (up - share * rise) ** 2
