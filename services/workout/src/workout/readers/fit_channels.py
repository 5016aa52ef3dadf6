"""What FIT's channels need before they mean the same as everyone's."""

from array import array

from workout.readers import fixes
from workout.readers.fit_hr import Heartbeats
from workout.readers.model import NAN


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
