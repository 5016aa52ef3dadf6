"""Ascent and descent: a median of five points, then only changes of two metres count."""

from array import array
from math import isfinite
from typing import Final

HYSTERESIS_M: Final = 2.0
FORMULA: Final = "median of 5 points, then a hysteresis of 2 m"


def ascended(altitude: "array[float]") -> tuple[float, float]:
    """Metres up and metres down."""
    up = down = 0.0
    level = None
    for now in smoothed(array("d", filter(isfinite, altitude))):
        if level is None:
            level = now
        elif now - level >= HYSTERESIS_M:
            up += now - level
            level = now
        elif level - now >= HYSTERESIS_M:
            down += level - now
            level = now
    return up, down


def smoothed(altitude: "array[float]") -> "array[float]":
    """The median of every point and the two on either side; the two at each end stay as they are."""
    windows = zip(altitude, altitude[1:], altitude[2:], altitude[3:], altitude[4:], strict=False)
    if len(altitude) < 5:
        return altitude
    return altitude[:2] + array("d", [sorted(window)[2] for window in windows]) + altitude[-2:]
