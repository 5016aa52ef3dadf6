"""Which time of a recording counts: records, the time each of them stands for, and where it was interrupted."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from math import isfinite
from operator import sub
from statistics import median_low
from typing import Final

import msgspec

from workout.streams.model import Channels, Pauses

LONGEST_STEP: Final = 30.0
"""Seconds between records; more is a pause that nobody told, unless the device records that rarely."""
TYPICAL_STEPS: Final = 10


class Clock(msgspec.Struct, frozen=True):
    """The records in the order of their time, in pieces without an interruption."""

    time: "array[float]"
    held: "array[float]"
    """Seconds from a record to the next; 0 for the last of a piece."""
    pieces: Sequence[tuple[int, int]]
    """Places of the first record of a piece and of the one after its last."""
    pauses: list[tuple[float, float]]

    @property
    def timer_s(self) -> float:
        return sum(self.held)

    @property
    def elapsed_s(self) -> float:
        return self.time[-1] - self.time[0] if self.time else 0.0


def read(time: "array[float]", told: Pauses) -> Clock:
    """The clock of ascending times; records strictly within a pause stand for nothing."""
    steps = array("d", map(sub, time[1:], time))
    longest = _longest(steps)
    gaps = [(place, place) for place, step in enumerate(steps, start=1) if step > longest]
    breaks = sorted(gaps + [_break(time, pause) for pause in joined(told)])
    pieces, start = list[tuple[int, int]](), 0
    for end, following in breaks:
        if end > start:
            pieces.append((start, end))
        start = max(start, following)
    if start < len(time):
        pieces.append((start, len(time)))
    held = array("d", bytes(8 * len(time)))
    for first, end in pieces:
        held[first : end - 1] = steps[first : end - 1]
    between = [(time[before[1] - 1], time[after[0]]) for before, after in pairwise(pieces)]
    return Clock(time, held, pieces, [pause for pause in between if pause[0] < pause[1]])


def joined(pauses: Pauses) -> list[tuple[float, float]]:
    """The same pauses in order, without overlaps."""
    made = list[tuple[float, float]]()
    for start, end in sorted((start, end) for start, end in pauses if start < end):
        if made and start <= made[-1][1]:
            made[-1] = made[-1][0], max(end, made[-1][1])
        else:
            made.append((start, end))
    return made


def ordered(channels: Channels) -> Channels:
    """The same records by ascending time; those without one are left out."""
    time = channels.get("time", array("d"))
    if isfinite(sum(time)) and all(before <= after for before, after in pairwise(time)):
        return channels
    places = sorted((place for place, at in enumerate(time) if isfinite(at)), key=time.__getitem__)
    return {name: array("d", map(values.__getitem__, places)) for name, values in channels.items()}


def _longest(steps: "array[float]") -> float:
    return max(LONGEST_STEP, TYPICAL_STEPS * median_low(steps)) if steps else LONGEST_STEP


def _break(time: "array[float]", pause: tuple[float, float]) -> tuple[int, int]:
    end = bisect_right(time, pause[0])
    return end, max(end, bisect_left(time, pause[1]))
