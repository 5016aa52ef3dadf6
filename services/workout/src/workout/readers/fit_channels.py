"""What FIT's channels need before they mean the same as everyone's."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from workout.readers import fixes, sports
from workout.readers.fit_hr import Heartbeats
from workout.readers.model import NAN, Lap


def merge_heart_rate(channels: fixes.Channels, beats: Heartbeats, start: float) -> None:
    """Heart rates of a strap go to the records of their second, and where there is none, into records of their own."""
    beats.sort()
    times = channels["time"]
    hearts = channels.setdefault("heart_rate", array("d", [NAN]) * len(times))
    for i, at in enumerate(times):
        if hearts[i] != hearts[i]:
            hearts[i] = beats.until(at + start)
    taken = {round(at) for at in times}
    for second in sorted({round(at - start) for at in beats.at} - taken):
        for name, values in channels.items():
            values.append(second if name == "time" else NAN)
        hearts[-1] = beats.until(second + start)


def balance(channels: fixes.Channels) -> None:
    """The share of the left leg: the highest bit says that a number is the right one's, else nobody knows whose."""
    if values := channels.get("left_right_balance"):
        channels["left_right_balance"] = array("d", [228 - value if value >= 128 else NAN for value in values])


def whole_cadence(channels: fixes.Channels) -> None:
    """Turns and parts of turns come in two fields."""
    part, whole = channels.pop("cadence_fraction", None), channels.get("cadence")
    if part and whole:
        channels["cadence"] = array("d", [a + b if b == b else a for a, b in zip(whole, part, strict=True)])


def both_legs(channels: fixes.Channels, legs: Sequence[Lap], sport: str) -> bool:
    """FIT counts the steps of one leg: those of both, for the parts on foot; whether that is so."""
    cadence, times = channels.get("cadence", array("d")), channels["time"]
    on_foot = [leg for leg in legs if sports.family_of(leg.sport or sport) == "foot"]
    if len(legs) > 1:
        spans = [
            (bisect_left(times, leg.start_s), bisect_right(times, leg.start_s + leg.duration_s)) for leg in on_foot
        ]
    else:
        spans = [(0, len(times))] if sports.family_of(sport) == "foot" else []
    factor = fixes.legs_counted([value for a, b in spans for value in cadence[a:b]])
    for a, b in spans:
        cadence[a:b] = array("d", [value * factor for value in cadence[a:b]])
    return bool(spans) and factor == 2
