"""Times as files write them -> instants. What says no zone is meant in the user's."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple
from zoneinfo import ZoneInfo

FIRST_YEAR, LAST_YEAR = 1971, 2100
"""1970 is what a clock says that was never set."""

MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}

AMERICAN = re.compile(r"(\d\d?)/(\d\d?)/(\d\d|\d{4})(?: (\d\d?):(\d\d)(?::(\d\d))?)?$", re.ASCII)


class Instant(NamedTuple):
    at: datetime
    """In UTC."""
    offset_min: int | None
    """East of UTC where it was measured, when the file says so."""


class Clock:
    """Reads times; remembers those that its zone's clocks showed twice."""

    def __init__(self, zone: str) -> None:
        self.zone = ZoneInfo(zone)
        self.twice = 0

    def local(self, wall: datetime) -> Instant:
        """A wall clock's time in the user's zone: skipped hours count as the time after, double ones as the first."""
        checked(wall.year)
        first = wall.replace(tzinfo=self.zone, fold=0)
        at = first.astimezone(UTC)
        if first.utcoffset() != (second := wall.replace(tzinfo=self.zone, fold=1)).utcoffset():
            self.twice += second.astimezone(UTC) > at
        return Instant(at, None)

    def read(self, text: str) -> Instant:
        """ISO 8601, with an offset or without."""
        found = datetime.fromisoformat(text.strip())
        return of_aware(found) if found.tzinfo else self.local(found)

    def day(self, text: str) -> tuple[Instant, Instant]:
        """Beginning and end of a local date."""
        date = datetime.fromisoformat(text.strip()[:10])
        return self.local(date), self.local(date + timedelta(days=1))


def of_aware(found: datetime) -> Instant:
    checked(found.year)
    offset = found.utcoffset()
    return Instant(found.astimezone(UTC), None if offset is None else round(offset.total_seconds() / 60))


def of_epoch(seconds: float) -> Instant:
    if not 31_536_000 <= seconds < 4_133_980_800:
        raise ValueError(f"no date of our time: {seconds:g} s since 1970")
    return Instant(datetime.fromtimestamp(seconds, UTC), None)


def of_utc(wall: datetime) -> Instant:
    checked(wall.year)
    return Instant(wall.replace(tzinfo=UTC), None)


def of_offset(wall: datetime, offset_min: int) -> Instant:
    """A wall clock's time at a known distance from UTC."""
    return of_aware(wall.replace(tzinfo=timezone(timedelta(minutes=offset_min))))


def offset_of(text: str) -> int | None:
    """Minutes of `+05:30`, `UTC+0530`, `-3:00` or `Z`; None when it is none."""
    text = text.strip().upper().removeprefix("UTC").removeprefix("GMT").replace(":", "")
    if text in {"Z", "0"}:
        return 0
    if len(text) < 2 or text[0] not in "+-" or not text[1:].isdigit() or len(text) > 5:
        return None
    hours, minutes = (int(text[1:-2] or 0), int(text[-2:])) if len(text) > 3 else (int(text[1:]), 0)
    total = hours * 60 + minutes
    return None if total > 14 * 60 else -total if text[0] == "-" else total


def american(text: str) -> datetime:
    """`07/18/2026`, `03/01/26 08:00:05`: month, day, year, and a time where there is one."""
    found = AMERICAN.match(text.strip())
    if found is None:
        raise ValueError(f"not a date: {text.strip()[:40]}")
    month, day, year, hour, minute, second = (int(part or 0) for part in found.groups())
    return datetime(year + 2000 if len(found[3]) == 2 else year, month, day, hour, minute, second)  # noqa: DTZ001  a wall clock


def english(text: str) -> datetime:
    """`Jul 18, 2026` and `18 Jul 2026`."""
    parts = text.replace(",", " ").split()
    if len(parts) != 3:
        raise ValueError(f"not a date: {text.strip()[:40]}")
    month, day = (parts[0], parts[1]) if not parts[0].isdigit() else (parts[1], parts[0])
    number = MONTHS.get(month[:3].lower())
    if number is None:
        raise ValueError(f"not a month: {month[:20]}")
    return datetime(int(parts[2]), number, int(day))  # noqa: DTZ001  a wall clock


def any_date(text: str) -> datetime:
    """A date as Garmin writes it: ISO, American or in English words."""
    text = text.strip()
    if "/" in text:
        return american(text)
    return datetime.fromisoformat(text[:10]) if text[:4].isdigit() and text[4:5] == "-" else english(text)


def clock_time(text: str) -> timedelta:
    """Since midnight: `8:28 AM`, `17:08`, `17:08:30`; also with the narrow space that Apple's systems put before AM."""
    words = text.replace("\u202f", " ").replace("\xa0", " ").upper().split()
    if not words or len(words) > 2:
        raise ValueError(f"not a time of day: {text[:20]}")
    parts = [int(part) for part in words[0].split(":")]
    if not 2 <= len(parts) <= 3 or not all(0 <= part < 60 for part in parts[1:]):
        raise ValueError(f"not a time of day: {text[:20]}")
    hour = parts[0]
    if len(words) == 2:
        if words[1] not in {"AM", "PM"} or not 1 <= hour <= 12:
            raise ValueError(f"not a time of day: {text[:20]}")
        hour = hour % 12 + (12 if words[1] == "PM" else 0)
    if not 0 <= hour < 24:
        raise ValueError(f"not a time of day: {text[:20]}")
    return timedelta(hours=hour, minutes=parts[1], seconds=parts[2] if len(parts) == 3 else 0)


def checked(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"no date of our time: year {year}")
