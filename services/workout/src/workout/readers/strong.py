"""Strong's CSV: a set a row; its number, where it has one, start and name together are a workout."""

import msgspec

from imports.table import Row, Table
from workout.readers import clock
from workout.readers.log import Log, reader, said, text
from workout.readers.model import Activity, Ask, SetKind

COLUMNS = frozenset(("date", "exercise name", "set order"))
"""By which it is known."""
KINDS: dict[str, SetKind] = {"w": "warm_up", "d": "drop", "f": "failure"}
"""What stands in the place of a set's number; anything else is a working set."""
REST, NOTE = "rest timer", "note"
LONGEST_REST_S = 86_400


class Strong(Log):
    """Comma or semicolon; units in the heading, in a column, or nowhere."""

    format = "strong"
    source = "Strong"

    def __init__(self, table: Table, ask: Ask) -> None:
        super().__init__(table, ask)
        self.date = table.needed("date")
        self.exercise = table.needed("exercise name")
        self.order = table.needed("set order")
        self.number, self.title, self.duration, self.seconds, self.notes, self.description = (
            table.column(*names)
            for names in (
                ("workout #", "workout no"),
                ("workout name",),
                ("duration", "duration (sec)", "workout duration"),
                ("seconds",),
                ("notes",),
                ("workout notes",),
            )
        )

    def put(self, cells: Row) -> None:
        at, title = cells[self.date], said(cells, self.title)
        workout = self.workout((said(cells, self.number), at, title), lambda: self._begin(cells, at, title))
        if not workout.notes:
            workout.notes = text(said(cells, self.description))
        order = cells[self.order].strip().lower()
        if order == REST:
            self._rest(workout, cells)
        elif order == NOTE:
            self._note(workout, cells)
        else:
            length = clock.seconds(said(cells, self.seconds))
            notes = text(said(cells, self.notes))
            kind = KINDS.get(order, "working")
            self.add(workout, cells, cells[self.exercise], kind=kind, duration_s=length, notes=notes)

    def _begin(self, cells: Row, at: str, title: str) -> Activity:
        return self.activity(clock.wall(at), clock.seconds(said(cells, self.duration)) or 0, title=title)

    def _rest(self, workout: Activity, cells: Row) -> None:
        """How long the timer ran after the set before it."""
        length = clock.seconds(said(cells, self.seconds))
        if length and length <= LONGEST_REST_S and self._of_the_last(workout, cells):
            workout.sets[-1] = msgspec.structs.replace(workout.sets[-1], rest_s=round(length))

    def _note(self, workout: Activity, cells: Row) -> None:
        """A note of an exercise, in a row of its own."""
        notes = text(said(cells, self.notes))
        if notes and self._of_the_last(workout, cells) and not workout.sets[-1].notes:
            workout.sets[-1] = msgspec.structs.replace(workout.sets[-1], notes=notes)

    def _of_the_last(self, workout: Activity, cells: Row) -> bool:
        return bool(workout.sets) and workout.sets[-1].exercise == " ".join(cells[self.exercise].split())


read = reader(Strong)
