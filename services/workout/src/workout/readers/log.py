"""What the logs of gym apps have in common: rows of sets that make up workouts."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterator
from datetime import datetime
from typing import BinaryIO

from imports import Broken
from imports.table import Row, Table, good
from workout.readers import units
from workout.readers.faults import Failed, contained
from workout.readers.findings import Findings
from workout.readers.model import Activity, Ask, Item, Reader, Set, SetKind, Totals

SETS, SETS_OF_ONE = 500_000, 1_000
FAULTS = 100_000
"""Rows of a file that cannot be read; with more of them it is no log."""
REPS = 100_000
NAME, NOTES = 200, 4_000
"""Characters that are kept of a name and of notes."""


class Log(ABC):
    """A table of sets, gathered by workout; the log of an app says what its columns are."""

    format: str
    source: str

    def __init__(self, table: Table, ask: Ask) -> None:
        self.table = table
        self.ask = ask
        self.findings = Findings()
        self.workouts: dict[Hashable, Activity] = {}
        self.sets = self.line = 0
        self.first = ""
        """What was wrong first."""
        self.weight = units.Measured(table, units.WEIGHT, ask.weight_unit)
        self.distance = units.Measured(table, units.DISTANCE, ask.distance_unit)
        self.reps = table.needed("reps")
        self.rpe = table.column("rpe")

    @abstractmethod
    def put(self, cells: Row) -> None:
        """Take a row; ValueError says what is wrong with it."""

    def items(self) -> Iterator[Item]:
        failed: Failed | None = None
        try:
            with contained():
                self._read()
        except Failed as error:
            failed = error
        yield from (workout for workout in self.workouts.values() if workout.sets)
        yield from self.findings.take()
        if failed:
            raise failed
        if not self.sets:
            raise Broken(f"None of its rows can be read; {self.first}." if self.first else "There are no sets in it.")

    def _read(self) -> None:
        faults = 0
        for line, row in self.table.rows():
            self.line = line
            try:
                self.put(self._whole(good(row)))
            except (ValueError, OverflowError) as error:
                self.first = self.first or f"line {line:,}: {error}"
                self.findings.bad(line, error)
                faults += 1
                if faults > FAULTS:
                    raise Broken(f"More than {FAULTS:,} of its rows cannot be read; {self.first}.") from error

    def _whole(self, cells: Row) -> Row:
        """A row that is cut off, or one with commas that nobody quoted, says something else than was meant."""
        width = len(self.table.header)
        if not self.reps < self.table.cells <= width + 1 or any(cells[width:]):
            raise ValueError(f"it has {self.table.cells} cells below a heading of {width}")
        return cells

    def workout(self, key: Hashable, begin: Callable[[], Activity]) -> Activity:
        """The one that a row belongs to."""
        found = self.workouts.get(key)
        if found is None:
            if len(self.workouts) >= self.ask.activities:
                raise Broken(f"There are more than {self.ask.activities:,} workouts in it.")
            found = self.workouts[key] = begin()
        return found

    def activity(self, at: datetime, duration_s: float = 0, *, title: str = "", notes: str = "") -> Activity:
        aware = at.tzinfo is not None
        return Activity(
            format=self.format,
            source=self.source,
            sport="strength_training",
            started_at=at if aware else None,
            local_start=None if aware else at,
            duration_s=duration_s,
            title=name(title),
            notes=text(notes),
            totals=Totals(elapsed_s=duration_s or None),
        )

    def add(
        self,
        workout: Activity,
        cells: Row,
        exercise: str,
        *,
        kind: SetKind = "working",
        duration_s: float | None = None,
        superset: int | None = None,
        notes: str | None = None,
    ) -> None:
        """A set: what all logs say of one, and what only some do."""
        made = Set(
            exercise=name(exercise) or "",
            kind=kind,
            reps=units.whole(cells[self.reps], "repetitions", REPS),
            weight_kg=self._weight(cells, exercise),
            duration_s=duration_s or None,
            distance_m=self._distance(cells),
            rpe=self._rpe(cells),
            superset=superset,
            notes=notes,
        )
        if not made.exercise:
            raise ValueError("it names no exercise")
        if len(workout.sets) >= SETS_OF_ONE:
            raise ValueError(f"its workout has more than {SETS_OF_ONE:,} sets")
        if self.sets >= SETS:
            raise Broken(f"There are more than {SETS:,} sets in it.")
        workout.sets.append(made)
        self.sets += 1

    def _weight(self, cells: Row, exercise: str) -> float | None:
        found = self.weight.read(cells)
        if found is None or found >= 0:
            return found
        if "assist" in exercise.lower():
            return -found  # how much it helps, as some write it
        raise ValueError("its weight is less than nothing")

    def _distance(self, cells: Row) -> float | None:
        found = self.distance.read(cells)
        if found is not None and found < 0:
            raise ValueError("its distance is less than nothing")
        return found or None

    def _rpe(self, cells: Row) -> float | None:
        found = units.decimal(cells[self.rpe], self.table.delimiter) if self.rpe is not None else None
        if not found:
            return None
        if not 1 <= found <= 10:
            self.findings.warn("left-out", f"an effort (RPE) of {found:g}, which is none from 1 to 10", self.line)
            return None
        return found


def reader(log: type[Log]) -> Reader:
    """A whole file of one app."""

    def read(file: BinaryIO, ask: Ask) -> Iterator[Item]:
        yield from log(Table(file), ask).items()

    return read


def said(cells: Row, place: int | None) -> str:
    """What stands in a column that not every file has."""
    return cells[place] if place is not None else ""


def name(said: str) -> str | None:
    """On one line, and None when there is nothing in it."""
    return " ".join(said.split())[:NAME] or None


def text(said: str) -> str | None:
    return said.strip()[:NOTES] or None
