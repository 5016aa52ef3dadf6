"""Samsung Health's CSV files: a first line about the table, then the header, whose names may carry a long prefix.

Times are written in UTC; `time_offset` (`UTC+0530`) says how far from it the wearer's clock was.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import BinaryIO

import msgspec

from health.readers.batch import Batch, DeviceKind, Origin, Stream
from health.readers.clock import Instant, of_epoch, of_utc, offset_of
from health.readers.rows import HOURS, Rows
from health.readers.table import each
from imports.table import Row, Table, number

PREFIX = "com.samsung."
APP = "com.sec.android.app.shealth"
MMOL_PER_L = 18.01558800000541
STAGES = {"40001": "sleep_awake", "40002": "sleep_light", "40003": "sleep_deep", "40004": "sleep_rem"}
DEVICE_KINDS: dict[str, DeviceKind] = {"360001": "phone", "360003": "watch"}


class Column(msgspec.Struct, frozen=True):
    """A column of a table that is read."""

    metric: str
    factor: float = 1.0
    covers: bool = False


TABLES: dict[str, dict[str, Column]] = {
    "tracker.pedometer_step_count": {
        "count": Column("steps", covers=True),
        "distance": Column("distance_on_foot", covers=True),
    },
    "tracker.heart_rate": {"heart_rate": Column("heart_rate")},
    "tracker.oxygen_saturation": {"spo2": Column("spo2")},
    "tracker.floors_climbed": {"floor": Column("floors", covers=True)},
    "floors_climbed": {"floor": Column("floors", covers=True)},
    "weight": {
        "weight": Column("weight"),
        "body_fat": Column("body_fat"),
        "fat_free_mass": Column("lean_mass"),
        "total_body_water": Column("body_water"),
    },
    "height": {"height": Column("height")},
    "blood_pressure": {"systolic": Column("bp_systolic"), "diastolic": Column("bp_diastolic")},
    "blood_glucose": {"glucose": Column("blood_glucose", MMOL_PER_L)},
    "body_temperature": {"temperature": Column("body_temperature")},
    "respiratory_rate": {"average": Column("respiratory_rate")},
    "water_intake": {"amount": Column("hydration")},
    "caffeine_intake": {"amount": Column("caffeine")},
    "stress": {"score": Column("stress")},
}
WORKOUTS = {"exercise"}
DEVICES = 1_000
SLEEP, SLEEP_STAGES = "sleep", "sleep_stage"


class Devices:
    """Names and kinds of the devices that an export lists."""

    def __init__(self) -> None:
        self.known: dict[str, Origin] = {}

    def origin(self, device: str, package: str) -> Origin:
        app = "Samsung Health" if package in {"", APP} else package[:200]
        found = self.known.get(device)
        if found:
            return Origin(app=app, device=found.device, device_kind=found.device_kind)
        return Origin(app=app, device=device[:60] or None)


def is_csv(head: str) -> bool:
    return head.lstrip("\ufeff").startswith(PREFIX)


def table_of(head: str) -> str:
    """`com.samsung.shealth.tracker.heart_rate,6310,8` -> `tracker.heart_rate`."""
    name = head.lstrip("\ufeff").splitlines()[0].split(",")[0].strip()
    return name.removeprefix("com.samsung.").removeprefix("shealth.").removeprefix("health.")


def read_devices(file: BinaryIO, rows: Rows, devices: Devices) -> None:
    """`device_profile`: what the ids of devices in the other tables stand for."""
    table = _table(file, rows)
    ident, kind = table.column("deviceuuid"), table.column("device_type", "device_group")
    name = table.column("name", "model")
    for _, row in table.rows():
        if isinstance(row, list) and ident is not None and row[ident]:
            called = (row[name].strip() if name is not None else "")[:200] or row[ident][:60]
            number_of = row[kind].strip() if kind is not None else ""
            if len(devices.known) >= DEVICES:
                return
            devices.known[row[ident]] = Origin("Samsung Health", called, DEVICE_KINDS.get(number_of, "unknown"))


def read(file: BinaryIO, rows: Rows) -> Iterator[Batch]:
    return read_with(file, rows, Devices())


def read_with(file: BinaryIO, rows: Rows, devices: Devices) -> Iterator[Batch]:
    table = _table(file, rows)
    name = table.about
    if name in WORKOUTS:
        rows.kept("workout", sum(1 for _ in table.rows()))
    elif name in {SLEEP, SLEEP_STAGES}:
        yield from each(table, file, rows, _intervals(table, devices, rows))
    elif name in TABLES:
        yield from each(table, file, rows, _values(table, TABLES[name], devices, rows))
    else:
        rows.unknown(f"Samsung {name[:80]}")


class _Table(Table):
    about: str


def _table(file: BinaryIO, rows: Rows) -> _Table:
    table = _Table(file, rows.reading.limits.line_bytes, delimiter=",")
    table.about = table_of(table.header[0]) if table.header else ""
    header = next((row for _, row in table.rows() if isinstance(row, list)), [])
    table.header = [cell.strip() for cell in header]
    table.names = [cell.rsplit(".", 1)[-1].lower() for cell in table.header]
    return table


def _values(table: Table, columns: dict[str, Column], devices: Devices, rows: Rows) -> Callable[[Row], None]:
    found = [(place, columns[name]) for place, name in enumerate(table.names) if name in columns]

    def put(cells: Row) -> None:
        start, until = _times(table, cells)
        origin = rows.origin(_origin(table, cells, devices))
        for place, column in found:
            if value := number(cells[place]):
                end = until if column.covers and until >= start.at else None
                rows.put(Stream(column.metric, origin, column.factor), start, value, end)

    return put


def _intervals(table: _Table, devices: Devices, rows: Rows) -> Callable[[Row], None]:
    stage = table.column("stage") if table.about == SLEEP_STAGES else None

    def put(cells: Row) -> None:
        metric = "sleep_in_bed" if stage is None else STAGES.get(cells[stage].strip())
        if metric is None:
            rows.unknown(f"Samsung sleep stage {cells[stage or 0][:20]}")
            return
        start, until = _times(table, cells)
        origin = rows.origin(_origin(table, cells, devices))
        rows.length(Stream(metric, origin, HOURS, of_length=True), start, until)

    return put


def _times(table: Table, cells: Row) -> tuple[Instant, datetime]:
    offset = _cell(table, cells, "time_offset")
    start = _instant(_cell(table, cells, "start_time"))
    end = _cell(table, cells, "end_time")
    return start._replace(offset_min=offset_of(offset)), _instant(end).at if end else start.at


def _instant(text: str) -> Instant:
    if text.isdigit():
        return of_epoch(int(text) / 1_000)
    found = datetime.fromisoformat(text)
    return of_utc(found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found)


def _origin(table: Table, cells: Row, devices: Devices) -> Origin:
    return devices.origin(_cell(table, cells, "deviceuuid"), _cell(table, cells, "pkg_name"))


def _cell(table: Table, cells: Row, name: str) -> str:
    place = table.column(name)
    return cells[place].strip() if place is not None else ""
