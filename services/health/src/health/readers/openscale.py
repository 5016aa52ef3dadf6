"""openScale's CSV: one row a measurement, the columns in alphabetical order; masses in kg, shares in percent."""

from collections.abc import Iterator
from typing import BinaryIO

from health.readers.batch import Batch, Origin, Stream
from health.readers.rows import Rows
from health.readers.table import each
from imports.table import Row, Table, number

OPENSCALE = Origin(app="openScale", device_kind="scale")
COLUMNS = {
    "weight": "weight",
    "fat": "body_fat",
    "lbm": "lean_mass",
    "bone": "bone_mass",
    "waist": "waist",
    "hip": "hip",
    "hips": "hip",
    "bmi": "bmi",
}
TELLING = {"fat", "water", "muscle", "lbm", "visceralfat", "visceral_fat", "biceps", "caliper1"}


def is_csv(names: list[str]) -> bool:
    dated = "datetime" in names or {"date", "time"} <= set(names)
    return dated and "weight" in names and len(TELLING & set(names)) >= 2


def read(file: BinaryIO, rows: Rows) -> Iterator[Batch]:
    table = Table(file, rows.reading.limits.line_bytes)
    when, day, hour = table.column("datetime"), table.column("date"), table.column("time")
    columns = [(place, COLUMNS[name]) for place, name in enumerate(table.names) if name in COLUMNS]
    weight = table.needed("weight")
    origin = rows.origin(OPENSCALE)
    water = table.column("water")

    def put(cells: Row) -> None:
        text = cells[when] if when is not None else f"{cells[day or 0].strip()} {cells[hour or 0].strip()}"
        start = rows.clock.read(text)
        for place, metric in columns:
            if value := number(cells[place]):
                rows.put(Stream(metric, origin), start, value)
        share, mass = number(cells[water]) if water is not None else None, number(cells[weight])
        if share and mass:
            rows.put(Stream("body_water", origin), start, round(mass * share / 100, 6))

    yield from each(table, file, rows, put)
