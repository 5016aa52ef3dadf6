"""The tables of a Fitbit export by Google: `*_GoogleData/*.csv` and the folders beside them; their instants are in UTC.

Many things stand in `Global Export Data` too, so both are kept as two sources, of which one counts at a time.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import BinaryIO

import msgspec

from health.readers.batch import Batch, DeviceKind, Origin, Stream
from health.readers.clock import Instant, of_aware, of_offset, offset_of
from health.readers.fitbit import MINUTE, STAGES, family
from health.readers.rows import HOURS, Rows
from health.readers.table import each
from imports.table import Row, Table, number

GOOGLE = Origin(app="Fitbit", device="Google data", device_kind="band")


class Column(msgspec.Struct, frozen=True):
    """A column of values beside a `timestamp`."""

    metric: str
    factor: float = 1.0
    covers: timedelta | None = None
    not_measured: float | None = 0.0
    """The value that stands for none."""


COLUMNS = {
    "steps": Column("steps", covers=MINUTE),
    "distance": Column("distance_on_foot", covers=MINUTE),
    "floors": Column("floors", covers=MINUTE),
    "beats per minute": Column("heart_rate"),
    "weight grams": Column("weight", 0.001),
    "height millimeters": Column("height", 0.1),
    "body fat percentage": Column("body_fat"),
    "rmssd": Column("hrv_rmssd"),
    "average heart rate variability milliseconds": Column("hrv_rmssd"),
    "oxygen saturation percentage": Column("spo2"),
    "breaths per minute": Column("respiratory_rate"),
    "daily_respiratory_rate": Column("respiratory_rate"),
}
BY_NAME = {
    "resting_heart_rate": Column("resting_heart_rate"),
    "daily_resting_heart_rate": Column("resting_heart_rate"),
    "minute spo": Column("spo2", not_measured=50.0),
    "minute spo2": Column("spo2", not_measured=50.0),
    "active_energy_burned": Column("active_energy", covers=MINUTE),
}
SUMMARY = Origin(app="Fitbit", device="daily summary")
SUMMARIES = {"daily heart rate variability summary", "daily_heart_rate_variability"}


def is_csv(names: list[str], name: str) -> bool:
    """Whether a header is one of those in the export; two of them mean something only by the name of the file."""
    if names[0] == "timestamp" and (family(name) in BY_NAME or "data source" in names or set(names) & COLUMNS.keys()):
        return True
    return "sleep_stage_type" in names or names[:1] in (["sleep_id"], ["exercise_id"])


def read_csv(file: BinaryIO, rows: Rows) -> Iterator[Batch]:
    table = Table(file, rows.reading.limits.line_bytes)
    if table.column("exercise_id") is not None:
        rows.kept("workout", sum(1 for _ in table.rows()))
        return
    put = _stage if "sleep_stage_type" in table.names else _night if "sleep_start" in table.names else _temperature
    if put is _temperature and "nightly temperature celsius" not in table.names:
        yield from _values(table, file, rows)
        return
    yield from each(table, file, rows, lambda cells: put(table, cells, rows))


def _values(table: Table, file: BinaryIO, rows: Rows) -> Iterator[Batch]:
    what = family(rows.name)
    named = BY_NAME.get(what)
    place = next((i for i, name in enumerate(table.names) if name in COLUMNS), None)
    if named and place is None:
        place = next((i for i, name in enumerate(table.names) if i and name != "data source"), None)
    if place is None or table.column("timestamp") is None:
        rows.unknown(what)
        return
    when, device = table.needed("timestamp"), table.column("data source")
    column = named or COLUMNS[table.names[place]]

    def put(cells: Row) -> None:
        value = number(cells[place])
        if value is None or value == column.not_measured:
            return
        origin = SUMMARY if what in SUMMARIES else _origin(cells, device)
        start = rows.clock.read(cells[when])._replace(offset_min=None)
        until = start.at + column.covers if column.covers else None
        rows.put(Stream(column.metric, rows.origin(origin), column.factor), start, value, until)

    yield from each(table, file, rows, put)


def _stage(table: Table, cells: Row, rows: Rows) -> None:
    stage = cells[table.needed("sleep_stage_type")].strip()
    metric = STAGES.get(stage.lower().removeprefix("sleep_stage_type_"))
    if metric is None:
        rows.unknown(f"sleep stage {stage[:40]}")
        return
    start = _with_offset(table, cells, "sleep_stage_start", "start_utc_offset")
    end = _with_offset(table, cells, "sleep_stage_end", "end_utc_offset")
    origin = rows.origin(_origin(cells, table.column("data_source")))
    rows.length(Stream(metric, origin, HOURS, of_length=True), start, end.at)


def _night(table: Table, cells: Row, rows: Rows) -> None:
    start = _with_offset(table, cells, "sleep_start", "start_utc_offset")
    end = _with_offset(table, cells, "sleep_end", "end_utc_offset")
    origin = rows.origin(_origin(cells, table.column("data_source")))
    rows.length(Stream("sleep_in_bed", origin, HOURS, of_length=True), start, end.at)
    asleep = table.column("minutes_asleep")
    if asleep is not None and (minutes := number(cells[asleep])):
        rows.put(Stream("sleep_duration", origin, 1 / 60), end, minutes)


def _temperature(table: Table, cells: Row, rows: Rows) -> None:
    night = number(cells[table.needed("nightly temperature celsius")])
    usual = number(cells[table.needed("baseline temperature celsius")])
    if night is not None and usual is not None:
        start = rows.clock.read(cells[table.needed("timestamp")])._replace(offset_min=None)
        rows.put(Stream("skin_temperature_delta", rows.origin(GOOGLE)), start, round(night - usual, 6))


def _with_offset(table: Table, cells: Row, time_name: str, offset_name: str) -> Instant:
    """The time is UTC; the offset beside it says where one slept."""
    found = datetime.fromisoformat(cells[table.needed(time_name)].strip())
    start = of_aware(found) if found.tzinfo else of_offset(found, 0)
    place = table.column(offset_name)
    return start._replace(offset_min=offset_of(cells[place]) if place is not None else None)


def _origin(cells: Row, device: int | None) -> Origin:
    name = cells[device].strip()[:200] if device is not None else ""
    return Origin(app="Fitbit", device=name, device_kind=kind_of(name)) if name and name != "UNKNOWN" else GOOGLE


def kind_of(name: str) -> DeviceKind:
    """What a device's name lets expect."""
    name = name.lower()
    kinds: tuple[tuple[str, DeviceKind], ...] = (
        *(("watch", "watch"), ("versa", "watch"), ("sense", "watch"), ("ionic", "watch"), ("ring", "ring")),
        *(("aria", "scale"), ("scale", "scale"), ("phone", "phone"), ("health kit", "app"), ("app", "app")),
        *(("fitbit", "band"), ("charge", "band"), ("inspire", "band"), ("band", "band"), ("pixel", "phone")),
    )
    return next((kind for word, kind in kinds if word in name), "unknown")
