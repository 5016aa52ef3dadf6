"""One clock for channels of several recordings."""

from array import array
from math import nan
from typing import Final

LONGEST_HOLD: Final = 10.0
"""Seconds for which a value of another recording holds."""


def aligned(time: "array[float]", other: "array[float]", values: "array[float]") -> "array[float]":
    """The newest of the other recording's values at each time; both times in seconds since the same instant."""
    made, place, last = array("d"), -1, len(other) - 1
    for at in time:
        while place < last and other[place + 1] <= at:
            place += 1
        made.append(values[place] if place >= 0 and at - other[place] <= LONGEST_HOLD else nan)
    return made
