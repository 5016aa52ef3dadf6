"""The records of a workout one after another, as texts: what GPX and TCX have in common."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from math import isfinite, nan
from xml.sax.saxutils import escape

from workout.edits.model import Current
from workout.readers.sports import family_of

BLOCK = 2_000
"""Points that are sent at once."""


def column(now: Current, name: str) -> "array[float]":
    """A channel, as long as time whether there is one or not."""
    found = now.channels.get(name)
    return found if found is not None else array("d", [nan]) * len(now.channels["time"])


def cadence(now: Current) -> "array[float]":
    """As these formats count it: on foot the steps of one leg."""
    values = column(now, "cadence")
    return array("d", [value / 2 for value in values]) if family_of(now.sport) == "foot" else values


def stamp(at: datetime) -> str:
    """To the millisecond, in UTC."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def stamps(started_at: datetime, time: Iterable[float]) -> Iterator[str]:
    """Instants of records."""
    for seconds in time:
        yield stamp(started_at + timedelta(seconds=seconds))


def text(value: str) -> str:
    """Content of an element; what XML cannot say is left out."""
    return escape("".join(each for each in value if each in "\t\n" or (each >= " " and each not in "\ufffe\uffff")))


def number(value: float, decimals: int) -> str:
    """`12.5`; as short as can be."""
    shown = f"{value:.{decimals}f}"
    return (shown.rstrip("0").rstrip(".") if "." in shown else shown) or "0"


def tag(name: str, value: float | None, decimals: int = 0) -> str:
    """An element with a number; nothing for none."""
    return f"<{name}>{number(value, decimals)}</{name}>" if value is not None and isfinite(value) else ""


def segments(time: Sequence[float], pauses: Iterable[tuple[float, float]]) -> list[range]:
    """Places of the records from one pause to the next."""
    found, first = list[range](), 0
    ends = sorted(end for _, end in pauses)
    for place, at in enumerate(time):
        passed = False
        while ends and ends[0] <= at:
            ends.pop(0)
            passed = True
        if passed and place > first:
            found.append(range(first, place))
            first = place
    if len(time) > first:
        found.append(range(first, len(time)))
    return found
