"""Google Fit, as Google Takeout gives it: points of data types in JSON, and daily tables."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, BinaryIO

import msgspec

from health.readers.batch import Batch, Origin, Stream
from health.readers.clock import Instant, of_epoch
from health.readers.items import Member, items
from health.readers.rows import HOURS, Rows
from health.readers.table import each
from imports.table import Row, Table, number

FIT = Origin(app="Google Fit", device_kind="phone")
TOTALS = Origin(app="Google Fit", device="daily totals")
POINTS = "Data Points"
MMOL_PER_L = 18.01558800000541


class Type(msgspec.Struct, frozen=True):
    """What the values of a point mean, in order."""

    metrics: tuple[str, ...]
    factor: float = 1.0
    covers: bool = False
    """A point stands for the time from its start to its end."""


TYPES = {
    "com.google.step_count.delta": Type(("steps",), covers=True),
    "com.google.distance.delta": Type(("distance_on_foot",), covers=True),
    "com.google.active_minutes": Type(("exercise_time",), covers=True),
    "com.google.hydration": Type(("hydration",), 1_000, covers=True),
    "com.google.heart_rate.bpm": Type(("heart_rate",)),
    "com.google.weight": Type(("weight",)),
    "com.google.height": Type(("height",), 100),
    "com.google.body.fat.percentage": Type(("body_fat",)),
    "com.google.body.temperature": Type(("body_temperature",)),
    "com.google.oxygen_saturation": Type(("spo2",)),
    "com.google.blood_pressure": Type(("bp_systolic", "bp_diastolic")),
    "com.google.blood_glucose": Type(("blood_glucose",), MMOL_PER_L),
}
SLEEP = "com.google.sleep.segment"
STAGES = {
    1: "sleep_awake",
    2: "sleep_duration",
    4: "sleep_light",
    5: "sleep_deep",
    6: "sleep_rem",
}
OUT_OF_BED = 3
SOURCE = re.compile(r'"Data Source"\s*:\s*"([^"]{1,500})"')
TYPE = re.compile(r"com\.google\.[a-z_.]+")


def source_of(head: str) -> str | None:
    """`derived:com.google.weight:com.google.android.gms:merge_weight`, as a file's beginning says."""
    found = SOURCE.search(head)
    return found[1] if found else None


def type_of(source: str) -> str:
    found = TYPE.search(source)
    return found[0] if found else source[:100]


def is_merged(source: str) -> bool:
    """Google's own choice among all that reported the same."""
    return source.startswith("derived:") and ":merge_" in source


def read_json(file: BinaryIO, rows: Rows) -> Iterator[Batch]:
    for line, item in enumerate(items(file, POINTS), 1):
        if isinstance(item, Member):
            continue
        try:
            _point(item, rows)
        except (ValueError, OverflowError, TypeError, KeyError, AttributeError, IndexError) as error:
            rows.bad(line, error if isinstance(error, ValueError) else "the point has not the form it should have")
        if rows.full:
            yield rows.take(file)


def _point(item: dict[str, Any], rows: Rows) -> None:
    name = str(item["dataTypeName"])
    start = of_epoch(int(item["startTimeNanos"]) / 1e9)
    until = of_epoch(int(item.get("endTimeNanos") or item["startTimeNanos"]) / 1e9).at
    values = [_value(part["value"]) for part in item.get("fitValue") or ()]
    origin = rows.origin(FIT)
    if name == SLEEP:
        stage = STAGES.get(int(values[0] or 0))
        if stage:
            rows.length(Stream(stage, origin, HOURS, of_length=True), start, until)
        elif int(values[0] or 0) != OUT_OF_BED:
            rows.unknown(f"{name} {values[0]}")
        return
    what = TYPES.get(name)
    if what is None:
        rows.unknown(name[:100])
        return
    for metric, value in zip(what.metrics, values, strict=False):
        if value is not None:
            rows.put(Stream(metric, origin, what.factor), start, value, until if what.covers else None)


def _value(found: dict[str, Any]) -> float | None:
    value = found.get("fpVal", found.get("intVal"))
    return None if value is None else float(value)


# The daily tables: one file of days, and one file a day with a row every quarter of an hour.

COLUMNS = {
    "step count": "steps",
    "distance (m)": "distance_on_foot",
    "move minutes count": "exercise_time",
    "average heart rate (bpm)": "heart_rate",
    "average weight (kg)": "weight",
}
COVERING = {"steps", "distance_on_foot", "exercise_time"}
A_DAY = re.compile(r"(\d{4}-\d\d-\d\d)\.csv$")


def is_csv(names: list[str]) -> bool:
    return "move minutes count" in names or ("step count" in names and names[0] in {"date", "start time"})


def read_csv(file: BinaryIO, rows: Rows) -> Iterator[Batch]:
    table = Table(file, rows.reading.limits.line_bytes)
    columns = [(place, COLUMNS[name]) for place, name in enumerate(table.names) if name in COLUMNS]
    day = A_DAY.search(rows.name)
    whole_days = "date" in table.names
    if not whole_days and day is None:
        rows.issue("no-date", "the table has times without a date, and its name says none")
        return
    if whole_days:
        rows.warn("daily-totals", "the table has one row a day: its totals are spread evenly over the day")

    def put(cells: Row) -> None:
        start, until = _span(table, cells, day[1] if day else "", rows)
        middle = start._replace(at=start.at + (until - start.at) / 2)
        for place, metric in columns:
            if value := number(cells[place]):
                stream = Stream(metric, rows.origin(TOTALS))
                if metric in COVERING:
                    rows.put(stream, start, value, until)
                else:
                    rows.put(stream, middle, value)

    yield from each(table, file, rows, put)


def _span(table: Table, cells: Row, day: str, rows: Rows) -> tuple[Instant, datetime]:
    date = table.column("date")
    if date is not None:
        start, end = rows.clock.day(cells[date])
        return start, end.at
    start = rows.clock.read(f"{day}T{cells[table.needed('start time')]}")
    until = rows.clock.read(f"{day}T{cells[table.needed('end time')]}").at
    return start, until if until > start.at else until + timedelta(days=1)
