"""Channels for a chart: columns of equal length, with no more rows than asked."""

from array import array
from collections.abc import Mapping, Sequence
from datetime import datetime
from math import isfinite
from uuid import UUID

import msgspec

from chassis.shape import chosen
from workout.streams.model import Channels

MOST_POINTS = 10_000
LEAST_POINTS = 3


class Streams(msgspec.Struct, frozen=True, kw_only=True):
    """Columns of one length; `time` is in seconds since `started_at`, null where nothing was recorded."""

    started_at: datetime
    points: int
    """Rows of this answer."""
    of: int
    """Records there are."""
    channels: Sequence[str]
    """All that the workout has."""
    columns: Mapping[str, Sequence[float | None]]
    recordings: Mapping[str, UUID]
    """Which recording each channel was taken from."""


def columns(channels: Channels, points: int) -> dict[str, list[float | None]]:
    """Rows at which the channels keep their shape: each chooses its share of them by largest triangle."""
    time = channels.get("time", array("d"))
    others = [values for name, values in channels.items() if name != "time"]
    places: Sequence[int] = range(len(time))
    if len(time) > points:
        share = max(LEAST_POINTS, (points - 2) // max(1, len(others)) + 2)
        whole = [_whole(values) for values in others[: max(1, (points - 2))]] or [time]
        places = sorted({place for values in whole for place in chosen(time, values, share)})
    return {name: [_shown(values[place]) for place in places] for name, values in channels.items()}


def _whole(values: "array[float]") -> "array[float]":
    """What is missing as what was there before, so that it makes no triangle."""
    made, last = array("d"), next(filter(isfinite, values), 0.0)
    for value in values:
        last = value if isfinite(value) else last
        made.append(last)
    return made


def _shown(value: float) -> float | None:
    return value if isfinite(value) else None
