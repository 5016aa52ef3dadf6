"""Withings' (Health Mate's) export: a CSV for each kind of thing; `raw_*` with lists of lengths and values.

Some headers are in the user's language, so nights are read by the order of their columns.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import BinaryIO

import msgspec

from health.readers.batch import Batch, Origin, Stream
from health.readers.clock import Instant
from health.readers.rows import HOURS, Rows
from health.readers.table import each
from imports.table import Row, Table, number

APP = "Withings"
SCALE = Origin(app=APP, device="scale", device_kind="scale")
CUFF = Origin(app=APP, device="blood pressure monitor", device_kind="unknown")
TYPED = Origin(app=APP, device_kind="app")
DEVICES: dict[str, Origin] = {
    "tracker": Origin(app=APP, device="tracker", device_kind="watch"),
    "hr": Origin(app=APP, device="tracker", device_kind="watch"),
    "spo2": Origin(app=APP, device="tracker", device_kind="watch"),
    "sleep-monitor": Origin(app=APP, device="sleep monitor"),
}
POUNDS, STONES = 0.45359237, 6.35029318
MASSES = {"kg": 1.0, "lb": POUNDS, "lbs": POUNDS, "st": STONES}
COMPOSITION = {"weight": "weight", "bone mass": "bone_mass", "hydration": "body_water"}
MASS = re.compile(r"(weight|fat mass|bone mass|hydration) \((\w+)\)$")
RAW = re.compile(r"raw_(hr|spo2|tracker|sleep-monitor)_(?:auto_)?([\w-]+?)\.csv$")
DAYS = re.compile(r"aggregates_([\w_]+?)\.csv$")


class Raw(msgspec.Struct, frozen=True):
    """What the values of a `raw_*` file are."""

    metric: str
    covers: bool = False


RAW_METRICS = {
    "steps": Raw("steps", covers=True),
    "distance": Raw("distance_on_foot", covers=True),
    "calories-earned": Raw("active_energy", covers=True),
    "hr": Raw("heart_rate"),
    "spo2": Raw("spo2"),
    "respiratory-rate": Raw("respiratory_rate"),
}
SLEEP_STATE = "sleep-state"
DAY_METRICS = {"steps": "steps", "distance": "distance_on_foot", "calories_earned": "active_energy"}
STAGES = {"0": "sleep_awake", "1": "sleep_light", "2": "sleep_deep", "3": "sleep_rem"}
MONITOR_STAGES = {**STAGES, "1": "sleep_duration"}


def is_csv(names: list[str]) -> bool:
    return kind_of(names) is not None


def kind_of(names: list[str]) -> str | None:
    """Which of the files, by its header."""
    known: tuple[tuple[str, bool], ...] = (
        ("raw", names == ["start", "duration", "value"]),
        ("weight", names[:1] == ["date"] and any(MASS.match(name) for name in names)),
        ("bp", names[:4] == ["date", "heart rate", "systolic", "diastolic"]),
        ("height", names[:1] == ["date"] and any(name.startswith("height (") for name in names)),
        ("sleep", "duration to sleep (s)" in names and len(names) > 5),
        ("days", names == ["date", "value"]),
        ("activities", {"activity type", "gps"} <= set(names) or {"from (manual)", "to (manual)"} <= set(names)),
    )
    return next((kind for kind, fits in known if fits), None)


def read(file: BinaryIO, rows: Rows) -> Iterator[Batch]:
    table = Table(file, rows.reading.limits.line_bytes)
    kind = kind_of(table.names)
    if kind == "activities":
        rows.kept("workout", sum(1 for _ in table.rows()))
        return
    put = PUT[kind or ""]
    yield from each(table, file, rows, lambda cells: put(cells, table, rows))


def _weight(cells: Row, table: Table, rows: Rows) -> None:
    start = rows.clock.read(cells[0])
    origin = rows.origin(SCALE)
    masses: dict[str, float] = {}
    for place, name in enumerate(table.names):
        if (found := MASS.match(name)) and found[2] in MASSES and (value := number(cells[place])):
            masses[found[1]] = value
            if found[1] in COMPOSITION:
                rows.put(Stream(COMPOSITION[found[1]], origin, MASSES[found[2]]), start, value)
    if masses.get("weight") and masses.get("fat mass"):
        rows.put(Stream("body_fat", origin, 100), start, round(masses["fat mass"] / masses["weight"], 6))


def _pressure(cells: Row, _: Table, rows: Rows) -> None:
    start = rows.clock.read(cells[0])
    for place, metric in ((1, "heart_rate"), (2, "bp_systolic"), (3, "bp_diastolic")):
        if value := number(cells[place]):
            rows.put(Stream(metric, rows.origin(CUFF)), start, value)


def _height(cells: Row, table: Table, rows: Rows) -> None:
    place = next(i for i, name in enumerate(table.names) if name.startswith("height ("))
    factor = {"height (m)": 100.0, "height (cm)": 1.0, "height (in)": 2.54}.get(table.names[place])
    if factor is None:
        rows.warn("unknown-unit", f"“{table.header[place]}” is no unit that is known")
    elif value := number(cells[place]):
        rows.put(Stream("height", rows.origin(TYPED), factor), rows.clock.read(cells[0]), value)


def _night(cells: Row, table: Table, rows: Rows) -> None:
    """Bed from the first two columns; how long one slept from those in seconds, which come before `wake up`."""
    start, end = rows.clock.read(cells[0]), rows.clock.read(cells[1])
    origin = rows.origin(DEVICES["tracker"])
    rows.length(Stream("sleep_in_bed", origin, HOURS, of_length=True), start, end.at)
    stages = [place for place, name in enumerate(table.names[2:6], 2) if name.endswith(" (s)")]
    asleep = sum(number(cells[place]) or 0 for place in stages[:-1])
    if asleep:
        rows.put(Stream("sleep_duration", origin, HOURS), end, asleep)


def _day(cells: Row, _: Table, rows: Rows) -> None:
    found = DAYS.search(rows.name)
    metric = DAY_METRICS.get(found[1]) if found else None
    if metric is None:
        rows.unknown(f"Withings {found[1] if found else 'table of days'}")
    elif value := number(cells[1]):
        start, end = rows.clock.day(cells[0])
        rows.put(Stream(metric, rows.origin(DEVICES["tracker"])), start, value, end.at)


def _raw(cells: Row, _: Table, rows: Rows) -> None:
    found = RAW.search(rows.name)
    device, what = (found[1], found[2]) if found else ("", "")
    start = rows.clock.read(cells[0])
    lengths, values = _list(cells[1]), _list(cells[2])
    if what != SLEEP_STATE and what not in RAW_METRICS:
        rows.unknown(f"Withings {what or 'raw values without a name'}")
        return
    origin = rows.origin(DEVICES.get(device, TYPED))
    if len(lengths) != len(values):
        raise ValueError("as many lengths as values are wanted")
    at = start
    for length, text in zip(lengths, values, strict=True):
        seconds = number(length) or 0.0
        if not 0 <= seconds <= 7 * 86_400:
            raise ValueError("a length that cannot be")
        until = at.at + timedelta(seconds=seconds)
        if what == SLEEP_STATE:
            stage = (MONITOR_STAGES if device == "sleep-monitor" else STAGES).get(text)
            if stage:
                rows.length(Stream(stage, origin, HOURS, of_length=True), at, until)
        elif value := number(text):
            raw = RAW_METRICS[what]
            rows.put(Stream(raw.metric, origin), at, value, until if raw.covers else None)
        at = Instant(until, at.offset_min)


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.strip().removeprefix("[").removesuffix("]").split(",")]


PUT = {"raw": _raw, "weight": _weight, "bp": _pressure, "height": _height, "sleep": _night, "days": _day}
