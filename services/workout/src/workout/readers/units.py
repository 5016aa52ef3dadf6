"""Numbers, weights and distances of the cells of a table, in whatever unit."""

import math
import re
from collections.abc import Mapping
from typing import NamedTuple

from imports import Broken
from imports.table import ENGLISH, Row, Table, number

POUND_KG = 0.45359237
MILE_M = 1_609.344
WEIGHTS = dict.fromkeys(("kg", "kgs", "kilogram", "kilograms"), 1.0) | dict.fromkeys(
    ("lb", "lbs", "pound", "pounds"), POUND_KG
)
DISTANCES = (
    dict.fromkeys(("m", "meter", "meters", "metre", "metres"), 1.0)
    | dict.fromkeys(("km", "kms", "kilometer", "kilometers", "kilometre", "kilometres"), 1_000.0)
    | dict.fromkeys(("mi", "mile", "miles"), MILE_M)
    | dict.fromkeys(("yd", "yds", "yard", "yards"), 0.9144)
    | dict.fromkeys(("ft", "foot", "feet"), 0.3048)
    | dict.fromkeys(("cm", "centimeters", "centimetres"), 0.01)
)


class Quantity(NamedTuple):
    """What a column may hold."""

    name: str
    """As its heading begins."""
    units: Mapping[str, float]
    most: float
    ask: str


WEIGHT = Quantity("weight", WEIGHTS, 10_000, '{"weight_unit": "kg"} or {"weight_unit": "lb"}')
DISTANCE = Quantity("distance", DISTANCES, 1_000_000, '{"distance_unit": "km"} or {"distance_unit": "mi"}')


class Measured:
    """The columns of a table that hold one quantity: the unit in the heading, in a column beside, or in neither."""

    def __init__(self, table: Table, quantity: Quantity, asked: str | None) -> None:
        self.quantity = quantity
        self.delimiter = table.delimiter
        self.unit = table.column(f"{quantity.name} unit", f"{quantity.name}_unit")
        self.asked = quantity.units[asked] if asked else None
        heading = re.compile(rf"{quantity.name}(?:[ _]*\(?([a-z]+)\)?)?")
        self.columns: list[tuple[int, float | None]] = []
        for place, name in enumerate(table.names):
            if (found := heading.fullmatch(name)) and found[1] != "unit":
                self.columns.append((place, self._factor(found[1]) if found[1] else None))

    def _factor(self, unit: str) -> float:
        if (factor := self.quantity.units.get(unit)) is None:
            raise Broken(f"A {self.quantity.name} in “{unit[:20]}” is not known here.")
        return factor

    def read(self, cells: Row) -> float | None:
        """In kilograms or metres; `Broken` when a unit is needed and nobody has said one."""
        for place, factor in self.columns:
            if (value := decimal(cells[place], self.delimiter)) is not None:
                if value == 0:
                    return 0.0
                value *= factor or self._beside(cells)
                if not abs(value) <= self.quantity.most:
                    raise ValueError(f"a {self.quantity.name} that cannot be: {cells[place].strip()[:40]}")
                return value
        return None

    def _beside(self, cells: Row) -> float:
        said = cells[self.unit].strip().lower() if self.unit is not None else ""
        if said:
            if (factor := self.quantity.units.get(said)) is None:
                raise ValueError(f"“{said[:20]}” is no unit of {self.quantity.name} known here")
            return factor
        if self.asked is None:
            what, ask = self.quantity.name, self.quantity.ask
            raise Broken(f"Nothing in it says in which unit a {what} is: send it again with {ask} as mapping.")
        return self.asked


def decimal(text: str, delimiter: str = ",") -> float | None:
    """A number with a point or a comma; None for an empty cell, ValueError for what is none."""
    comma = "," in text and "." not in text and (delimiter == ";" or not ENGLISH.fullmatch(text.strip()))
    found = number(text, "," if comma else ".")
    if found is not None and not math.isfinite(found):
        raise ValueError(f"not a number: {text.strip()[:40]}")
    return found


def whole(text: str, what: str, most: int) -> int | None:
    """`13` or `13.0`."""
    found = decimal(text)
    if found is None:
        return None
    if not 0 <= found <= most or found != int(found):
        raise ValueError(f"{what} that cannot be: {text.strip()[:40]}")
    return int(found)
