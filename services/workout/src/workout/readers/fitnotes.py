"""FitNotes' CSV: a set a row, and nothing but the date to tell workouts apart."""

from datetime import time

from imports.table import Row, Table
from workout.readers import clock
from workout.readers.log import Log, reader, said, text
from workout.readers.model import Activity, Ask

COLUMNS = frozenset(("date", "exercise", "category", "reps"))
"""By which it is known."""
NOON = time(12)


class FitNotes(Log):
    """Weights in kilograms or pounds by their heading, or by a column beside."""

    format = "fitnotes"
    source = "FitNotes"

    def __init__(self, table: Table, ask: Ask) -> None:
        super().__init__(table, ask)
        self.date = table.needed("date")
        self.exercise = table.needed("exercise")
        self.time = table.column("time")
        self.comment = table.column("comment", "notes")

    def put(self, cells: Row) -> None:
        date = cells[self.date].strip()
        self.add(
            self.workout(date, lambda: self._begin(date)),
            cells,
            cells[self.exercise],
            duration_s=clock.seconds(said(cells, self.time)),
            notes=text(said(cells, self.comment)),
        )

    def _begin(self, date: str) -> Activity:
        at = clock.wall(date)
        made = self.activity(at if at.time() != time() else at.combine(at, NOON))
        if at.time() == time():
            made.warnings.append("FitNotes says on which day it was, not when: it is taken to have begun at noon.")
        return made


read = reader(FitNotes)
