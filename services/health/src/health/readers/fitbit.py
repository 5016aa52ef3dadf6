"""Fitbit, as Google Takeout and Fitbit's own archive give it.

`Global Export Data/*.json`: times within the day are UTC; nights, weights and dates are by the wearer's clock.
The tables beside them, which hold much of it again, are `fitbit_csv`'s.
"""

import re
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any, BinaryIO

import msgspec

from health.readers.batch import Batch, Origin, Stream
from health.readers.clock import Clock, Instant, american, of_utc
from health.readers.items import Member, items
from health.readers.rows import HOURS, Rows

MINUTE = timedelta(minutes=1)
NOON = time(12)
FITBIT = Origin(app="Fitbit", device_kind="band")
POUNDS = 0.45359237
SHARD = re.compile(r"([A-Za-z][A-Za-z ()_]*?)[-_ ]*(?:\d.*)?\.(?:json|csv)$")
STAGES = {
    "deep": "sleep_deep",
    "light": "sleep_light",
    "rem": "sleep_rem",
    "wake": "sleep_awake",
    "asleep": "sleep_duration",
    "restless": "sleep_awake",
    "awake": "sleep_awake",
}


def family(name: str) -> str:
    """`Global Export Data/heart_rate-2026-03-01.json` -> `heart_rate`."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    found = SHARD.match(base)
    return found[1].strip(" -_").lower() if found else base.lower()


class Minutes(msgspec.Struct, frozen=True):
    """How a family of `{"dateTime": …, "value": "12"}` is read."""

    metric: str
    factor: float = 1.0


PER_MINUTE = {"steps": Minutes("steps"), "distance": Minutes("distance_on_foot", 0.01)}
WORKOUTS = {"exercise", "userexercises"}


def read_json(file: BinaryIO, rows: Rows) -> Iterator[Batch]:
    """One file of an export; which of those without a telling content it is, its name says."""
    what = family(rows.name)
    for line, item in enumerate(items(file), 1):
        if isinstance(item, Member) or not isinstance(item, dict):
            rows.unknown(what)
            continue
        try:
            _element(item, what, rows)
        except (ValueError, OverflowError, TypeError, KeyError, AttributeError) as error:
            rows.bad(line, error if isinstance(error, ValueError) else "the element has not the form it should have")
        if rows.full:
            yield rows.take(file)


def _element(item: dict[str, Any], what: str, rows: Rows) -> None:
    value = item.get("value")
    if "levels" in item or "dateOfSleep" in item:
        _night(item, rows)
    elif isinstance(value, dict):
        if "bpm" not in value:
            _of_day(item, value, what, rows)
        elif value.get("confidence", 1) == 0:
            rows.unknown("heart rates without confidence")
        else:
            stream = Stream("heart_rate", rows.origin(FITBIT))
            rows.put(stream, of_utc(american(item["dateTime"])), float(value["bpm"]))
    elif "weight" in item and "date" in item:
        _weight(item, rows)
    elif what in WORKOUTS or "activityName" in item:
        rows.kept("workout")
    elif what in PER_MINUTE and value is not None:
        if amount := float(value):
            stream = Stream(PER_MINUTE[what].metric, rows.origin(FITBIT), PER_MINUTE[what].factor)
            start = of_utc(american(item["dateTime"]))
            rows.put(stream, start, amount, start.at + MINUTE)
    else:
        rows.unknown(what)


def _of_day(item: dict[str, Any], value: dict[str, Any], what: str, rows: Rows) -> None:
    metric, amount = "resting_heart_rate", value.get("value")
    if what != "resting_heart_rate":
        metric, amount = "vo2max", value.get("filteredDemographicVO2Max")
    if amount is None or not {"value", "filteredDemographicVO2Max"} & value.keys():
        rows.unknown(what)
    elif float(amount) > 0:
        day = american(value.get("date") or item["dateTime"])
        rows.put(Stream(metric, rows.origin(FITBIT)), _noon(rows.clock, day), float(amount))


def _weight(item: dict[str, Any], rows: Rows) -> None:
    start = rows.clock.local(american(f"{item['date']} {item.get('time') or '12:00:00'}"))
    origin = rows.origin(FITBIT)
    rows.put(Stream("weight", origin, POUNDS), start, float(item["weight"]))
    for name, metric in (("bmi", "bmi"), ("fat", "body_fat")):
        if item.get(name):
            rows.put(Stream(metric, origin), start, float(item[name]))


def _noon(clock: Clock, day: datetime) -> Instant:
    return clock.local(datetime.combine(day.date(), NOON))


def _night(item: dict[str, Any], rows: Rows) -> None:
    origin = rows.origin(FITBIT)
    start, end = rows.clock.read(item["startTime"]), rows.clock.read(item["endTime"])
    rows.length(Stream("sleep_in_bed", origin, HOURS, of_length=True), start, end.at)
    levels = item.get("levels") or {}
    wakes = sorted(_spans(levels.get("shortData") or (), rows.clock), key=lambda span: span[1].at)
    told = False
    for level, begun, until in _spans(levels.get("data") or (), rows.clock):
        metric = STAGES.get(level)
        if metric is None:
            rows.unknown(f"sleep level {level[:40]}")
            continue
        told = True
        stream = Stream(metric, origin, HOURS, of_length=True)
        for piece, piece_end in _without(begun.at, until, wakes if metric != "sleep_awake" else []):
            rows.length(stream, Instant(piece, None), piece_end)
    for _, begun, until in wakes:
        rows.length(Stream("sleep_awake", origin, HOURS, of_length=True), begun, until)
    if not told and item.get("minutesAsleep") is not None:
        rows.put(Stream("sleep_duration", origin, 1 / 60), end, float(item["minutesAsleep"]))


Span = tuple[str, Instant, datetime]


def _spans(data: Any, clock: Clock) -> Iterator[Span]:
    for span in data:
        begun = clock.read(span["dateTime"])
        seconds = float(span["seconds"])
        if not 0 <= seconds <= 7 * 86_400:
            raise ValueError("a stage of sleep of impossible length")
        yield str(span["level"]), begun, begun.at + timedelta(seconds=seconds)


def _without(start: datetime, end: datetime, wakes: list[Span]) -> Iterator[tuple[datetime, datetime]]:
    """What is left of an interval between short times awake: those lie over the stages, but are no sleep."""
    for _, wake, until in wakes:
        if wake.at >= end:
            break
        if until > start:
            if wake.at > start:
                yield start, wake.at
            start = until
    if start < end:
        yield start, end
