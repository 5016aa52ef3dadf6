"""Garmin Connect's reports as CSV: weight, steps, sleep, heart rate. Their times have no zone: the user's is meant."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import BinaryIO

from health.catalogue.table import BY_CODE
from health.catalogue.units import conversion
from health.readers.batch import Batch, Origin, Stream
from health.readers.clock import Instant, any_date, clock_time
from health.readers.rows import HOURS, Rows
from health.readers.table import each
from imports.table import Row, Table, number, quantity

APP = "Garmin Connect"
SCALE = Origin(app=APP, device="scale", device_kind="scale")
WATCH = Origin(app=APP, device_kind="watch")
DURATION = re.compile(r"(?:(\d+)\s*h)?\s*(?:(\d+)\s*m(?:in)?)?$")
NOON = timedelta(hours=12)
DAY = timedelta(days=1)
WEIGHT = {
    "weight": "weight",
    "bmi": "bmi",
    "body fat": "body_fat",
    "bone mass": "bone_mass",
}
SLEEP = {
    "resting heart rate": "resting_heart_rate",
    "pulse ox": "spo2",
    "respiration": "respiratory_rate",
    "skin temp change": "skin_temperature_delta",
}


def is_csv(names: list[str]) -> bool:
    return kind_of(names) is not None


def kind_of(names: list[str]) -> str | None:
    """Which report, by its header."""
    if names[:2] == ["time", "weight"] and "bone mass" in names:
        return "weight"
    if names[:1] == [""] and {"actual", "goal"} <= set(names):
        return "steps"
    if {"bedtime", "wake time", "duration"} <= set(names):
        return "sleep"
    if len(names) >= 2 and {"resting", "high"} <= set(names):
        return "heart rate"
    if names[:2] == ["activity type", "date"]:
        return "activities"
    return None


def read(file: BinaryIO, rows: Rows) -> Iterator[Batch]:
    table = Table(file, rows.reading.limits.line_bytes)
    kind = kind_of(table.names)
    if kind == "activities":
        rows.kept("workout", sum(1 for _ in table.rows()))
    elif kind == "weight":
        yield from _weights(table, file, rows)
    else:
        if kind == "steps":
            rows.warn("daily-totals", "the report has one row a day: its totals are spread evenly over the day")
        put = PUT[kind or ""]
        yield from each(table, file, rows, lambda cells: put(cells, table, rows))


def _weights(table: Table, file: BinaryIO, rows: Rows) -> Iterator[Batch]:
    """A line with a date alone, then the measurements of that day, each with its time."""
    date: datetime | None = None
    columns = [(place, WEIGHT[name]) for place, name in enumerate(table.names) if name in WEIGHT]

    def put(cells: Row) -> None:
        nonlocal date
        if not any(cells[1:]):
            date = None
            date = any_date(cells[0])
            return
        if date is None:
            raise ValueError("a measurement without a date above it")
        start = rows.clock.local(date + clock_time(cells[0]))
        for place, metric in columns:
            if found := quantity(cells[place]):
                _put(metric, found, start, rows, SCALE)

    yield from each(table, file, rows, put)


def _put(metric: str, found: tuple[float, str], start: Instant, rows: Rows, origin: Origin) -> None:
    value, unit = found
    how = conversion(BY_CODE[metric], unit.rstrip(".") or None)
    if how is None:
        raise ValueError(f"“{unit[:20]}” is no unit of {metric} that is known")
    rows.put(Stream(metric, rows.origin(origin), how.factor, how.shift), start, value)


def _steps(cells: Row, table: Table, rows: Rows) -> None:
    date = any_date(cells[0])
    if value := number(cells[table.needed("actual")]):
        start, end = rows.clock.local(date), rows.clock.local(date + DAY)
        rows.put(Stream("steps", rows.origin(WATCH)), start, value, end.at)


def _heart_rate(cells: Row, table: Table, rows: Rows) -> None:
    if found := quantity(cells[table.needed("resting")]):
        start = rows.clock.local(any_date(cells[0]) + NOON)
        rows.put(Stream("resting_heart_rate", rows.origin(WATCH)), start, found[0])


def _night(cells: Row, table: Table, rows: Rows) -> None:
    """The date is that of waking; one who went to bed after noon did so the day before."""
    date = any_date(cells[0])
    origin = rows.origin(WATCH)
    wake = cells[table.needed("wake time")]
    if any(char.isdigit() for char in wake):
        end = rows.clock.local(date + clock_time(wake))
        bed = clock_time(cells[table.needed("bedtime")])
        start = rows.clock.local(date + bed - (DAY if bed > clock_time(wake) else timedelta()))
        rows.length(Stream("sleep_in_bed", origin, HOURS, of_length=True), start, end.at)
    else:
        end = rows.clock.local(date + NOON)
    if seconds := duration(cells[table.needed("duration")]):
        rows.put(Stream("sleep_duration", origin, HOURS), end, seconds)
    for name, metric in SLEEP.items():
        place = table.column(name)
        if place is not None and (found := quantity(cells[place].replace("°", ""))):
            rows.put(Stream(metric, origin), end, found[0])


def duration(text: str) -> float | None:
    """`5h 8min` in seconds."""
    found = DURATION.match(text.strip())
    if not found or not any(found.groups()):
        return None
    return int(found[1] or 0) * 3_600.0 + int(found[2] or 0) * 60


PUT = {"steps": _steps, "sleep": _night, "heart rate": _heart_rate}
