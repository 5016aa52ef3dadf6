"""Power, second by second: weighted power and its best averages."""

from array import array
from collections.abc import Sequence
from itertools import accumulate, groupby
from math import isfinite
from operator import sub
from typing import Final

from workout.streams.clock import Clock
from workout.streams.model import Effort

WINDOW: Final = 30
LONGEST_LOSS: Final = 300
"""Seconds without a value that count as no watts; for longer the meter was not there."""
MOST_SECONDS: Final = 1_000_000
FORMULA: Final = (
    "30 s trailing mean over full windows, 4th power, mean, 4th root; pauses left out, records without a value count 0"
)

Piece = tuple[float, "array[float]"]
"""Where it begins, and its watts second by second."""


def by_second(power: "array[float]", clock: Clock) -> list[Piece]:
    """Watts at every second of each piece without an interruption; empty when there would be too many."""
    time = clock.time
    if sum(time[end - 1] - time[first] + 1 for first, end in clock.pieces) > MOST_SECONDS:
        return []
    made = list[Piece]()
    for first, end in clock.pieces:
        watts = power[first:end] if _every_second(clock, first, end) else _held(power, time, first, end)
        made.extend((time[first] + start, found) for start, found in _there(watts))
    return made


def weighted(pieces: Sequence[Piece]) -> float | None:
    """The steady power that would have been as hard; None for less than one window."""
    sums = array("d", accumulate((watts for _, piece in pieces for watts in piece), initial=0.0))
    means = [(after - before) / WINDOW for before, after in zip(sums, sums[WINDOW:], strict=False)]
    return (sum(mean**4 for mean in means) / len(means)) ** 0.25 if means else None


def best(pieces: Sequence[Piece], spans: Sequence[int]) -> list[Effort]:
    """The highest mean power over each span, not across pauses."""
    found = dict[int, Effort]()
    for start, watts in pieces:
        sums = array("d", accumulate(watts, initial=0.0))
        for span in spans:
            if span > len(watts):
                break
            gained = list(map(sub, sums[span:], sums))
            most = max(gained)
            if span not in found or most / span > found[span].value:
                found[span] = Effort("power", span, most / span, start + gained.index(most))
    return [effort for effort in found.values() if effort.value > 0]


def _every_second(clock: Clock, first: int, end: int) -> bool:
    held = clock.held[first : end - 1]
    return not held or (min(held) == 1 and max(held) == 1)


def _held(power: "array[float]", time: "array[float]", first: int, end: int) -> "array[float]":
    made, place = array("d"), first
    for second in range(int(time[end - 1] - time[first]) + 1):
        at = time[first] + second
        while place + 1 < end and time[place + 1] <= at:
            place += 1
        made.append(power[place])
    return made


def _there(watts: "array[float]") -> list[Piece]:
    """The parts in which there is a meter, what it missed as 0."""
    if isfinite(sum(watts)):
        return [(0.0, watts)]
    made, start, at = list[Piece](), 0.0, 0
    piece = array("d")
    for known, run in groupby(watts, isfinite):
        values = array("d", run)
        if known or len(values) <= LONGEST_LOSS:
            piece.extend(values if known else array("d", bytes(8 * len(values))))
        else:
            made.append((start, piece))
            start, piece = float(at + len(values)), array("d")
        at += len(values)
    return [(begin, values) for begin, values in [*made, (start, piece)] if len(values)]
