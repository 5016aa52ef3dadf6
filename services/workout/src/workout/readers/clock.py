"""Times and durations as the logs of gym apps write them: wall clocks, in English, without a zone."""

import re
from datetime import datetime, timezone

FIRST_YEAR, LAST_YEAR = 1971, 2100
"""1970 is what a clock says that was never set."""
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
TIME = re.compile(r"(\d\d?):(\d\d)(?::(\d\d)(?:\.\d+)?)?", re.ASCII)
DATE = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)", re.ASCII)
SLASHED = re.compile(r"(\d\d?)[/.](\d\d?)[/.](\d{4})", re.ASCII)
LENGTH = re.compile(
    r"(?:(\d+(?:\.\d+)?)\s*h[a-z]*)?[\s,]*(?:(\d+(?:\.\d+)?)\s*m[a-z]*)?[\s,]*(?:(\d+(?:\.\d+)?)\s*s[a-z]*)?", re.ASCII
)
CLOCKED = re.compile(r"(?:(\d{1,4}):)?(\d{1,4}):(\d\d(?:\.\d+)?)", re.ASCII)
SECONDS = re.compile(r"\d+(?:[.,]\d+)?", re.ASCII)
LONGEST_S = 31 * 86_400


def wall(text: str) -> datetime:
    """`2024-11-28 17:36:08`, `15 Sep 2025, 07:48`, `Sep 15, 2025, 7:48 AM` also with a narrow space before AM.

    What says its offset comes back aware; ValueError for what is no time.
    """
    shown = f"not a time: {text.strip()[:40]}"
    words = [word for word in text.replace(",", " ").split() if word.lower() != "at"]
    if len(words) == 1 and "T" in text:
        return checked(datetime.fromisoformat(words[0]))
    half = words.pop().upper() if words and words[-1].upper() in {"AM", "PM"} else None
    zone = words.pop() if words and re.fullmatch(r"[+-]\d\d:?\d\d", words[-1], re.ASCII) else None
    clock = TIME.fullmatch(words.pop()) if words and ":" in words[-1] else None
    hour, minute, second = (int(part or 0) for part in clock.groups()) if clock else (0, 0, 0)
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(shown)
        hour = hour % 12 + (12 if half == "PM" else 0)
    found = datetime(*_date(words, shown), hour, minute, second)  # noqa: DTZ001  a wall clock
    offset = datetime.strptime(zone.replace(":", ""), "%z").utcoffset() if zone else None
    return checked(found.replace(tzinfo=timezone(offset)) if offset is not None else found)


def _date(words: list[str], shown: str) -> tuple[int, int, int]:
    if len(words) == 1 and (found := DATE.fullmatch(words[0])):
        return int(found[1]), int(found[2]), int(found[3])
    if len(words) == 1 and (found := SLASHED.fullmatch(words[0])):
        return _slashed(int(found[1]), int(found[2]), int(found[3]), shown)
    if len(words) == 3:
        months = [MONTHS.index(word[:3].lower()) + 1 for word in words if word[:3].lower() in MONTHS]
        numbers = [int(word.rstrip(".")) for word in words if word.rstrip(".").isdecimal() and len(word) <= 4]
        if len(months) == 1 and len(numbers) == 2:
            day, year = sorted(numbers)
            return year, months[0], day
    raise ValueError(shown)


def _slashed(first: int, second: int, year: int, shown: str) -> tuple[int, int, int]:
    """Whether day or month comes first can be told only when one of them is no month, or both are the same."""
    if first > 12 or first == second:
        return year, second, first
    if second > 12:
        return year, first, second
    raise ValueError(f"{shown}, which may be one of two days")


def checked(found: datetime) -> datetime:
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(f"no date of our time: year {found.year}")
    return found


def seconds(text: str) -> float | None:
    """`35m`, `1h 5m`, `90 sec`, `1:05:00`, `3900`; None for an empty cell, ValueError for what is no duration."""
    text = text.strip().lower()
    if not text:
        return None
    if SECONDS.fullmatch(text):
        found = float(text.replace(",", "."))
    elif clocked := CLOCKED.fullmatch(text):
        found = int(clocked[1] or 0) * 3600 + int(clocked[2]) * 60 + float(clocked[3])
    elif length := LENGTH.fullmatch(text):
        hours, minutes, rest = (float(part or 0) for part in length.groups())
        found = hours * 3600 + minutes * 60 + rest
    else:
        raise ValueError(f"not a duration: {text[:40]}")
    if found > LONGEST_S:
        raise ValueError(f"longer than 31 days: {text[:40]}")
    return found
