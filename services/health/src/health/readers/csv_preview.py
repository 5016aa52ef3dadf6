"""What a table looks like, and a guess at the mapping that it needs."""

import csv
import io
import re
from datetime import UTC, datetime
from typing import Literal

import msgspec

from health.catalogue.table import BY_CODE, METRICS
from health.catalogue.units import conversion
from health.readers.csv_mapping import Column, Mapping
from health.readers.detect import of_content
from imports.detect import HEAD, detect
from imports.table import Table

PREVIEW_ROWS = 20

WORDS = {metric.code.replace("_", " "): metric.code for metric in METRICS} | {
    "gewicht": "weight",
    "poids": "weight",
    "peso": "weight",
    "body mass": "weight",
    "fat": "body_fat",
    "step count": "steps",
    "schritte": "steps",
    "pas": "steps",
    "distance": "distance_on_foot",
    "bpm": "heart_rate",
    "pulse": "heart_rate",
    "puls": "heart_rate",
    "hrv": "hrv_rmssd",
    "rmssd": "hrv_rmssd",
    "sdnn": "hrv_sdnn",
    "systolic": "bp_systolic",
    "sys": "bp_systolic",
    "diastolic": "bp_diastolic",
    "dia": "bp_diastolic",
    "glucose": "blood_glucose",
    "oxygen saturation": "spo2",
    "temperature": "body_temperature",
    "sleep": "sleep_duration",
    "water": "hydration",
    "calories": "energy_intake",
    "vo2 max": "vo2max",
}
"""What people call metrics at the head of a column."""
WHEN = ("timestamp", "datetime", "date time", "start time", "start", "at", "date", "day", "datum", "fecha", "time")
UNIT = re.compile(r"^(.*?)\s*[\[(]([^\])]+)[\])]\s*$")
FORMATS = (
    *("%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y", "%d.%m.%y"),
    *("%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y %I:%M %p", "%m/%d/%Y", "%m/%d/%y"),
    *("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d"),
    *("%d-%m-%Y %H:%M", "%d-%m-%Y", "%d %b %Y, %H:%M", "%d %b %Y", "%b %d, %Y"),
)


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What a file looks like, and what it may mean."""

    format: str
    mapping: Mapping | None
    header: list[str]
    rows: list[list[str]]


def preview(head: bytes, name: str = "") -> Preview:
    """The first rows of a file, and a guess at what its columns mean."""
    content = detect(head)
    format_name = of_content(content, name).format
    if content.kind != "text":
        return Preview(format=format_name, mapping=None, header=[], rows=[])
    table = _Head(head, whole=len(head) < HEAD)
    rows = table.first
    return Preview(format=format_name, mapping=guess(table), header=table.header, rows=rows)


class _Head(Table):
    """The beginning of a file, whose last line may be cut off."""

    def __init__(self, head: bytes, *, whole: bool) -> None:
        super().__init__(io.BytesIO(head))
        found = [row for _, row in zip(range(PREVIEW_ROWS + 1), self.rows(), strict=False)]
        good = [row for _, row in found if not isinstance(row, csv.Error)]
        self.first = (good if whole or len(found) > PREVIEW_ROWS else good[:-1])[:PREVIEW_ROWS]


def guess(table: _Head) -> Mapping | None:
    """None where no column looks like a time, or none like a metric."""
    when = next((table.names.index(name) for name in WHEN if name in table.names), None)
    if when is None or not table.first:
        return None
    time = table.column("time") if table.names[when] in {"date", "day", "datum", "fecha"} else None
    texts = [row[when] if time is None else f"{row[when].strip()} {row[time].strip()}" for row in table.first]
    columns = [found for name in table.header if (found := guess_column(name))]
    date_format = guess_format(texts)
    if not columns or date_format is None:
        return None
    return Mapping(
        delimiter=table.delimiter,  # type: ignore[arg-type]  # one of the four
        decimal=guess_decimal(table, columns),
        at=table.header[when],
        time=table.header[time] if time is not None else None,
        date_format=date_format,
        columns=columns[:50],
    )


def guess_column(name: str) -> Column | None:
    """`Weight (lb)` -> weight in lb."""
    found = UNIT.match(name)
    called, unit = (found[1], found[2].strip()) if found else (name, None)
    code = WORDS.get(called.strip().lower().replace("_", " "))
    if code is None:
        return None
    known = unit if unit and conversion(BY_CODE[code], unit) else None
    return Column(column=name, metric=code, unit=known)


def guess_format(texts: list[str]) -> str | None:
    if all(text.strip().isdigit() and len(text.strip()) in {10, 13} for text in texts):
        return "epoch-s" if len(texts[0].strip()) == 10 else "epoch-ms"
    return next((pattern for pattern in ("iso", *FORMATS) if all(_fits(text.strip(), pattern) for text in texts)), None)


def _fits(text: str, pattern: str) -> bool:
    try:
        if pattern == "iso":
            datetime.fromisoformat(text)
        else:
            datetime.strptime(text, pattern).replace(tzinfo=UTC)
    except ValueError:
        return False
    return True


def guess_decimal(table: _Head, columns: list[Column]) -> Literal[".", ","]:
    cells = [row[table.header.index(column.column)] for row in table.first for column in columns]
    return "," if any(re.match(r"\s*\d+,\d{1,2}\b", cell) for cell in cells) else "."
