"""Hevy's CSV: a set a row; title, start and end together are a workout."""

from datetime import datetime

from imports.table import Row, Table
from workout.readers import clock, units
from workout.readers.log import Log, reader, said, text
from workout.readers.model import Activity, Ask, SetKind

COLUMNS = frozenset(("start_time", "exercise_title", "set_index"))
"""By which it is known."""
KINDS: dict[str, SetKind] = {
    "normal": "working",
    "": "working",
    "warmup": "warm_up",
    "failure": "failure",
    "dropset": "drop",
}
HIGHEST_SUPERSET = 32_767


class Hevy(Log):
    """In kilograms or pounds, kilometres or miles: each has its own column names."""

    format = "hevy"
    source = "Hevy"

    def __init__(self, table: Table, ask: Ask) -> None:
        super().__init__(table, ask)
        self.start = table.needed("start_time")
        self.exercise = table.needed("exercise_title")
        self.title, self.end, self.description, self.kind, self.superset, self.notes, self.seconds = (
            table.column(column)
            for column in (
                "title",
                "end_time",
                "description",
                "set_type",
                "superset_id",
                "exercise_notes",
                "duration_seconds",
            )
        )
        self._noted: tuple[Activity, str, str] | None = None

    def put(self, cells: Row) -> None:
        title, start, end = said(cells, self.title), cells[self.start], said(cells, self.end)
        workout = self.workout((title, start, end), lambda: self._begin(cells, title, start, end))
        kind = KINDS.get(said(cells, self.kind).strip().lower())
        if kind is None:
            unknown = said(cells, self.kind).strip()[:20]
            self.findings.warn("unknown-kind", f"a set of the kind “{unknown}” counts as a working set", self.line)
        self.add(
            workout,
            cells,
            cells[self.exercise],
            kind=kind or "working",
            duration_s=clock.seconds(said(cells, self.seconds)),
            superset=units.whole(said(cells, self.superset), "a superset", HIGHEST_SUPERSET),
            notes=self._note(workout, cells),
        )

    def _begin(self, cells: Row, title: str, start: str, end: str) -> Activity:
        at = clock.wall(start)
        notes = said(cells, self.description)
        return self.activity(at, self._length(at, clock.wall(end) if end.strip() else at), title=title, notes=notes)

    def _length(self, start: datetime, end: datetime) -> float:
        length = (end.replace(tzinfo=None) - start.replace(tzinfo=None)).total_seconds()
        if 0 <= length <= clock.LONGEST_S:
            return length
        self.findings.warn("left-out", "the end of a workout that is before its start, or a month after it", self.line)
        return 0.0

    def _note(self, workout: Activity, cells: Row) -> str | None:
        """Notes of an exercise stand in the rows of all its sets: they are kept with the first."""
        now = (workout, cells[self.exercise], said(cells, self.notes))
        before, self._noted = self._noted, now
        repeated = before is not None and before[0] is workout and before[1:] == now[1:]
        return None if repeated else text(now[2])


read = reader(Hevy)
