"""Points of a track, as texts by the block, into columns of numbers."""

import math
import re
from array import array
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import cast

import msgspec

from workout.readers.model import NAN
from workout.readers.plain import Columns

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_YEAR, LAST_YEAR = 1980, 2100
"""What lies outside is a clock that was never set, not a time."""
Y2K = 946_684_800
MINUTE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:", re.ASCII)
NUMBERS = msgspec.json.Decoder(list[float | None])
MOST_TEXTS = 10_000
"""That are kept to be looked up."""


class Minutes(dict[str, float]):
    """Seconds since 1970 of `2026-05-01T06:30:`, NaN for what is none."""

    def __missing__(self, text: str) -> float:
        at = since_1970(f"{text}00Z") if MINUTE.fullmatch(text) else NAN
        if len(self) < MOST_TEXTS:
            self[text] = at
        return at


class Seconds(dict[str, float]):
    """What `07.500+02:00` adds to its minute, NaN for what is none."""

    def __missing__(self, text: str) -> float:
        at = since_1970(f"2000-01-01T00:00:{text}") - Y2K
        if len(self) < MOST_TEXTS:
            self[text] = at
        return at


class Points:
    """The points of one activity while it is read."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.n = 0
        self.channels: dict[str, array[float]] = {"time": array("d")}
        """Times in seconds since 1970."""
        self.borders: list[int] = []
        """The first points of tracks, segments or laps."""
        self.without_time = self.beyond = 0
        """Left out: because nothing says when they were, or because they were too many."""
        self.offset_min: int | None = None
        self._minutes, self._seconds = Minutes(), Seconds()

    @property
    def times(self) -> "array[float]":
        return self.channels["time"]

    def begin(self) -> None:
        """What comes now is another track."""
        self.borders.append(self.n)

    def add(self, columns: Columns) -> None:
        """Points, by their texts."""
        times = self._instants(columns["time"])
        kept = [i for i, at in enumerate(times) if at == at] if math.isnan(sum(times)) else range(len(times))
        self.without_time += len(times) - len(kept)
        if (room := self.most - self.n) < len(kept):
            self.beyond += len(kept) - room
            kept = kept[:room]
        all_of_them = len(kept) == len(times)
        self.times.extend(times if all_of_them else [times[i] for i in kept])
        for name in sorted(columns.keys() - {"time"}):
            if name not in self.channels:
                self.channels[name] = array("d", [NAN]) * self.n
            texts = columns[name]
            self.channels[name] += numbers(texts if all_of_them else [texts[i] for i in kept])
        self._level(self.n + len(kept))

    def _level(self, n: int) -> None:
        self.n = n
        for values in self.channels.values():
            values.extend([NAN] * (n - len(values)))

    def _instants(self, texts: Sequence[str]) -> list[float]:
        """Seconds since 1970, NaN where there is no time; what comes again of a text is looked up."""
        if not self.n:
            first = next((at for at in map(instant, texts) if at), None)
            if first and (offset := first.utcoffset()):
                self.offset_min = round(offset.total_seconds() / 60)
        minutes, seconds = self._minutes, self._seconds
        times = [minutes[text[:17]] + seconds[text[17:]] for text in texts]
        if not math.isnan(sum(times)):
            return times
        return [since_1970(text) if at != at else at for at, text in zip(times, texts, strict=True)]

    def join(self, other: "Points") -> None:
        """Go on with the points of another."""
        self.borders += [border + self.n for border in other.borders]
        for name, values in other.channels.items():
            if name not in self.channels:
                self.channels[name] = array("d", [NAN]) * self.n
            self.channels[name] += values
        self.without_time += other.without_time
        self.beyond += other.beyond
        self._level(self.n + other.n)

    @property
    def lost(self) -> str | None:
        """What a user should know of points that are not there."""
        return f"It has more than {self.most:,} points: {self.beyond:,} are left out." if self.beyond else None

    @property
    def warnings(self) -> list[str]:
        return [f"{self.without_time:,} points without a time left out."] if self.without_time else []

    def drop_repeated(self) -> int:
        """Points written twice: at a border with the same time, or with the same time and place; how many."""
        times, borders = self.times, set(self.borders)
        lat, lon = self.channels.get("lat"), self.channels.get("lon")
        repeated = {
            i + 1
            for i, (before, after) in enumerate(pairwise(times))
            if before == after
            and (i + 1 in borders or lat is None or lon is None or (lat[i] == lat[i + 1] and lon[i] == lon[i + 1]))
        }
        if repeated:
            kept = [i for i in range(self.n) if i not in repeated]
            for name, values in self.channels.items():
                self.channels[name] = array("d", [values[i] for i in kept])
            gone = sorted(repeated)
            self.borders = [border - sum(i < border for i in gone) for border in self.borders]
            self.n = len(kept)
        return len(repeated)


def instant(text: str) -> datetime | None:
    """An instant with its offset; UTC where none is written, None for what is no time of ours."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        try:
            at = datetime.fromisoformat(text.strip().replace("z", "Z"))
        except ValueError:
            return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)) if FIRST_YEAR <= at.year <= LAST_YEAR else None


def since_1970(text: str) -> float:
    """Seconds; NaN for what is no time of ours."""
    at = instant(text)
    return (at - EPOCH).total_seconds() if at else NAN


def numbers(texts: Sequence[str]) -> "array[float]":
    """All at once, as JSON, which is three times as quick as one by one; each by itself where one of them is odd."""
    values: list[float | None] = []
    with suppress(msgspec.DecodeError):
        values = NUMBERS.decode(f"[{','.join(texts)}]")
    if len(values) != len(texts):
        values = [number(text) for text in texts]
    try:
        return array("d", cast("list[float]", values))
    except TypeError:  # some of them are None
        return array("d", [NAN if value is None else value for value in values])


def number(text: str | None) -> float | None:
    """A finite one, also with a comma."""
    try:
        value = float((text or "").strip().replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def started(points: Points, said: datetime | None) -> datetime | None:
    """When it began: the first point, or what the file says where that is not long before."""
    first = EPOCH + timedelta(seconds=points.times[0]) if points.n else None
    if said is None or first is None:
        return first or said
    return said if timedelta(0) <= first - said <= timedelta(days=1) else first
