"""Any CSV, with a mapping that says what its columns mean."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, BinaryIO, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta

from health.catalogue.table import BY_CODE
from health.catalogue.units import Conversion, accepted, conversion
from health.readers import clock
from health.readers.batch import Batch, DeviceKind, Origin, Stream
from health.readers.clock import Clock, Instant
from health.readers.rows import Rows
from health.readers.table import each
from imports import Broken
from imports.table import Row, Table, number, quantity

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Code = Annotated[str, Meta(min_length=1, max_length=64)]


class Column(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A column that becomes samples of a metric."""

    column: Name
    metric: Code
    unit: Annotated[str, Meta(max_length=40)] | None = None
    """Of the values; none: the metric's own, or what is written behind each number."""


class Mapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a CSV file means."""

    delimiter: Literal[",", ";", "\t", "|"] = ","
    decimal: Literal[".", ","] = "."
    skip_lines: Annotated[int, Meta(ge=0, le=100)] = 0
    """Before the header."""
    at: Name
    """Column of the instant, or of the date when `time` names that of the time."""
    time: Name | None = None
    until: Name | None = None
    """Column of the end, for what lasted …"""
    duration: Name | None = None
    """… or of the length …"""
    duration_unit: Literal["s", "min", "h"] = "s"
    date_format: Annotated[str, Meta(min_length=1, max_length=40)] = "iso"
    """`iso`, `epoch-s`, `epoch-ms`, or as `strptime` writes it: `%d.%m.%Y %H:%M`."""
    zone: Annotated[str, Meta(max_length=64)] | None = None
    """Of times without an offset; none: the user's."""
    columns: Annotated[list[Column], Meta(min_length=1, max_length=50)]
    source: Name | None = None
    device: Name | None = None
    device_kind: DeviceKind = "unknown"


def convert(mapping: object) -> Mapping:
    """The decoded JSON of a mapping; `msgspec.ValidationError` says what is wrong with it."""
    found = msgspec.convert(mapping, Mapping)
    for place, column in enumerate(found.columns):
        metric = BY_CODE.get(column.metric)
        if metric is None:
            raise msgspec.ValidationError(f"There is no metric “{column.metric}” - at `$.columns[{place}].metric`")
        if column.unit is not None and conversion(metric, column.unit) is None:
            units = ", ".join(accepted(metric))
            raise msgspec.ValidationError(
                f"“{column.unit}” is no unit of {metric.code}: {units} - at `$.columns[{place}].unit`"
            )
    if found.zone is not None:
        try:
            ZoneInfo(found.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise msgspec.ValidationError(f"There is no zone “{found.zone}” - at `$.zone`") from error
    return found


def read(file: BinaryIO, rows: Rows) -> Iterator[Batch]:
    if rows.reading.mapping is None:
        raise Broken("No reader here knows this table: send a mapping with it, which POST /imports/preview guesses.")
    try:
        mapping = convert(rows.reading.mapping)
    except msgspec.ValidationError as error:
        raise Broken(f"The mapping cannot be used: {error}.") from error
    table = Table(file, rows.reading.limits.line_bytes, skip=mapping.skip_lines, delimiter=mapping.delimiter)
    yield from each(table, file, rows, Mapped(mapping, table, rows).put)


class Mapped:
    """A mapping laid over the header of a table."""

    def __init__(self, mapping: Mapping, table: Table, rows: Rows) -> None:
        self.mapping = mapping
        self.rows = rows
        self.clock = Clock(mapping.zone) if mapping.zone else rows.clock
        self.at = table.needed(mapping.at.strip().lower())
        self.time = table.needed(mapping.time.strip().lower()) if mapping.time else None
        self.until = table.needed(mapping.until.strip().lower()) if mapping.until else None
        self.duration = table.needed(mapping.duration.strip().lower()) if mapping.duration else None
        app = rows.reading.source or mapping.source or "CSV"
        self.origin = Origin(app=app, device=mapping.device, device_kind=mapping.device_kind)
        self.columns = [
            (table.needed(column.column.strip().lower()), column, self._how(column.metric, column.unit))
            for column in mapping.columns
        ]
        self.other: dict[tuple[str, str], Conversion] = {}

    def put(self, cells: Row) -> None:
        text = cells[self.at] if self.time is None else f"{cells[self.at].strip()} {cells[self.time].strip()}"
        start = self._instant(text)
        until = self._until(cells, start)
        for place, column, how in self.columns:
            found = quantity(cells[place], self.mapping.decimal)
            if found is None:
                continue
            value, unit = found
            if unit and column.unit is None:
                how = self._how(column.metric, unit)  # noqa: PLW2901  this row says another unit
            self.rows.put(Stream(column.metric, self.origin, how.factor, how.shift), start, value, until)

    def _until(self, cells: Row, start: Instant) -> datetime | None:
        if self.until is not None and cells[self.until].strip():
            return self._instant(cells[self.until]).at
        if self.duration is not None and (length := number(cells[self.duration], self.mapping.decimal)):
            seconds = length * {"s": 1, "min": 60, "h": 3600}[self.mapping.duration_unit]
            if not 0 <= seconds <= 7 * 86_400:
                raise ValueError("it lasts longer than a week")
            return start.at + timedelta(seconds=seconds)
        return None

    def _instant(self, text: str) -> Instant:
        text = text.strip()
        match self.mapping.date_format:
            case "iso":
                return self.clock.read(text)
            case "epoch-s":
                return clock.of_epoch(float(text))
            case "epoch-ms":
                return clock.of_epoch(float(text) / 1_000)
            case pattern:
                found = datetime.strptime(text, pattern)  # noqa: DTZ007  the zone follows
                return clock.of_aware(found) if found.tzinfo else self.clock.local(found)

    def _how(self, metric: str, unit: str | None) -> Conversion:
        how = conversion(BY_CODE[metric], unit)
        if how is None:
            raise ValueError(f"“{(unit or '')[:20]}” is no unit of {metric}")
        return how
