"""Best stretches by distance: the fewest seconds over so many metres."""

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from math import inf

from workout.streams.model import Effort

FORMULA = "fewest seconds on the clock, pauses included, up to a record; the start between records by proportion"
POWER_FORMULA = "highest mean, second by second, not across pauses"
FORMULAS = {"distance": FORMULA, "power": POWER_FORMULA}


def fastest(time: "array[float]", covered: "array[float]", sizes: Sequence[int]) -> list[Effort]:
    """The best effort of each size that the way is long enough for; both arrays ascend."""
    found = [_fastest(time, covered, size) for size in sizes if covered and covered[-1] - covered[0] >= size]
    return [effort for effort in found if effort is not None]


def _fastest(time: "array[float]", covered: "array[float]", size: int) -> Effort | None:
    least, begun, start = inf, 0.0, 0
    first = bisect_left(covered, covered[0] + size)
    for end, way in zip(time[first:], covered[first:], strict=True):
        behind = way - size
        while covered[start + 1] <= behind:
            start += 1
        if end - time[start + 1] >= least:
            continue
        share = (behind - covered[start]) / (covered[start + 1] - covered[start])
        at = time[start] + share * (time[start + 1] - time[start])
        if 0 < end - at < least:
            least, begun = end - at, at
    return Effort("distance", size, least, begun) if least < inf else None
