"""Strava's activities.csv: a row an activity, some columns twice: as shown on the page, then in SI units."""

from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import BinaryIO

import msgspec

from imports import Broken
from imports.table import Row, Table, good
from workout.readers import clock, units
from workout.readers.findings import Findings
from workout.readers.log import FAULTS, name, text
from workout.readers.model import Activity, Ask, Totals
from workout.readers.sports import of_word

COLUMNS = frozenset(("activity id", "activity date", "activity type"))
"""By which it is known."""
STEPS = frozenset(("running", "walking", "hiking"))
"""Sports whose cadence Strava counts by one leg."""
MOST = 1e8
TRUE = frozenset(("true", "1", "1.0"))
FIGURES = {
    "moving_s": "moving time",
    "ascent_m": "elevation gain",
    "descent_m": "elevation loss",
    "energy_kcal": "calories",
    "average_heart_rate": "average heart rate",
    "max_heart_rate": "max heart rate",
    "average_power": "average watts",
    "max_power": "max watts",
    "weighted_power": "weighted average power",
    "average_cadence": "average cadence",
    "max_cadence": "max cadence",
    "average_speed": "average speed",
    "max_speed": "max speed",
}


class Gear(msgspec.Struct, frozen=True):
    """A row of bikes.csv or shoes.csv."""

    kind: str
    name: str
    brand: str | None
    model: str | None


class Entry(msgspec.Struct):
    """What the list says of one activity."""

    activity: Activity
    file: str
    read: bool = False


def entries(file: BinaryIO, ask: Ask, gear: Mapping[str, Gear], findings: Findings) -> Iterator[Entry]:
    table = _List(Table(file), ask, gear, findings)
    for count, entry in enumerate(table.entries(), 1):
        if count > ask.activities:
            raise Broken(f"It lists more than {ask.activities:,} activities.")
        yield entry


def gear_of(file: BinaryIO, kind: str) -> Iterator[Gear]:
    """Broken rows are left out: an activity names its gear itself."""
    table = Table(file)
    what = kind.removesuffix("s")
    called, brand, model = (
        table.column(f"{what} {column}", f"{kind} {column}") for column in ("name", "brand", "model")
    )
    for _, row in table.rows():
        if isinstance(row, list):
            found = [name(row[place]) if place is not None else None for place in (called, brand, model)]
            shown = found[0] or " ".join(part for part in found[1:] if part)
            if shown:
                yield Gear(kind, shown, found[1], found[2])


class _List:
    def __init__(self, table: Table, ask: Ask, gear: Mapping[str, Gear], findings: Findings) -> None:
        self.table = table
        self.ask = ask
        self.gear = gear
        self.findings = findings
        self.places: dict[str, list[int]] = {}
        for place, column in enumerate(table.names):
            self.places.setdefault(column, []).append(place)
        self.assumed = False

    def entries(self) -> Iterator[Entry]:
        faults = 0
        for line, row in self.table.rows():
            try:
                yield self._entry(good(row), line)
            except (ValueError, OverflowError) as error:
                self.findings.bad(line, error)
                faults += 1
                if faults > FAULTS:
                    raise Broken(f"More than {FAULTS:,} of its rows cannot be read.") from error

    def _entry(self, cells: Row, line: int) -> Entry:
        kind = self._text(cells, "activity type")
        sport, sub_sport = of_word(kind)
        at = clock.wall(self._text(cells, "activity date"))
        elapsed_s = clock.seconds(self._text(cells, "elapsed time")) or 0.0
        effort = self._number(cells, "perceived exertion")
        activity = Activity(
            format="strava",
            source="Strava",
            sport=sport,
            sub_sport=sub_sport,
            started_at=at if at.tzinfo else at.replace(tzinfo=UTC),
            duration_s=elapsed_s,
            title=name(self._text(cells, "activity name")),
            notes=text(self._text(cells, "activity description")),
            rpe=effort if effort and 1 <= effort <= 10 else None,
            totals=self._totals(cells, sport, elapsed_s, line),
        )
        if shown := name(self._text(cells, "activity gear")):
            activity.gear.append(shown)
            if known := self.gear.get(shown.casefold()):
                activity.extra["gear"] = msgspec.to_builtins(known)
        if any(cells[place].strip().lower() in TRUE for place in self.places.get("commute", ())):
            activity.extra["commute"] = True
        if number := name(self._text(cells, "activity id")):
            activity.extra["strava_id"] = number
        return Entry(activity, self._text(cells, "filename").strip().strip("/"))

    def _totals(self, cells: Row, sport: str, elapsed_s: float, line: int) -> Totals:
        figures = {figure: self._number(cells, column) for figure, column in FIGURES.items()}
        if sport in STEPS:
            for cadence in ("average_cadence", "max_cadence"):
                one_leg = figures[cadence]
                figures[cadence] = one_leg * 2 if one_leg is not None else None
        return Totals(elapsed_s=elapsed_s or None, distance_m=self._distance(cells, line), **figures)

    def _distance(self, cells: Row, line: int) -> float | None:
        """The second column is in metres; where there is but one, it is as the page shows it."""
        found = self._number(cells, "distance")
        if not found or len(self.places["distance"]) > 1:
            return found
        if self.ask.distance_unit is None and not self.assumed:
            self.assumed = True
            self.findings.warn("unit-assumed", "Distances of the list are taken to be in kilometres.", line)
        return found * units.DISTANCES[self.ask.distance_unit or "km"]

    def _text(self, cells: Row, column: str) -> str:
        places = self.places.get(column)
        return cells[places[0]] if places else ""

    def _number(self, cells: Row, column: str) -> float | None:
        """Of the last column of the name; what cannot be is left out."""
        places = self.places.get(column)
        try:
            found = units.decimal(cells[places[-1]], self.table.delimiter) if places else None
        except ValueError:
            return None
        return found if found is not None and 0 <= found <= MOST else None
