"""TCX: activities of laps of tracks of points. What stands in a course or a plan is not read."""

from array import array
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import BinaryIO

from lxml import etree

from imports import Broken
from workout.readers import fixes, sports
from workout.readers.markup import Document, Fields, Part
from workout.readers.model import Activity, Ask, Finding, Item, Lap, Totals
from workout.readers.points import EPOCH, Points, instant, number, started
from workout.readers.totals import of_both_legs, together

CHANNELS = {
    "Time": "time",
    "LatitudeDegrees": "lat",
    "LongitudeDegrees": "lon",
    "AltitudeMeters": "altitude",
    "DistanceMeters": "distance",
    "Value": "heart_rate",
    "Cadence": "cadence",
    "RunCadence": "cadence",
    "Watts": "power",
    "Speed": "speed",
}
"""Of a point: its first ``Value`` is the heart rate."""
FIELDS = Fields("Trackpoint", CHANNELS)
FIGURES = {
    "TotalTimeSeconds": "timer_s",
    "DistanceMeters": "distance_m",
    "Calories": "energy_kcal",
    "AverageHeartRateBpm": "average_heart_rate",
    "MaximumHeartRateBpm": "max_heart_rate",
    "MaximumSpeed": "max_speed",
    "Cadence": "average_cadence",
    "AvgRunCadence": "average_cadence",
    "MaxBikeCadence": "max_cadence",
    "MaxRunCadence": "max_cadence",
    "AvgSpeed": "average_speed",
    "AvgWatts": "average_power",
    "MaxWatts": "max_power",
}
HIGHEST = 1e9
MOST_LAPS = 10_000
LONGEST_LAP_S = 31 * 86_400


def read(file: BinaryIO, ask: Ask) -> Iterator[Item]:
    others = ("Lap", "Activity", "Course", "Workout")
    document = Document(file, "TrainingCenterDatabase", point="Trackpoint", container="Track", others=others)
    activities = Activities(document, ask)
    lost = ""
    try:
        for part in document.parts():
            activities.take(part)
            yield from activities.told()
    except Broken as error:
        lost = str(error)
    activities.finish(document)
    if not activities.known:
        if lost:
            raise Broken(lost)
        what = "courses or plans" if activities.plans else "nothing"
        yield Finding(kind="warning", code="not-an-activity", detail=f"The TCX file holds {what}, but no activity.")
    yield from activities.told(lost, over=True)


class Recorded:
    """What was read of one activity."""

    def __init__(self, most: int) -> None:
        self.points = Points(most)
        self.laps: list[tuple[datetime | None, Totals, str | None]] = []
        """Start, figures and why it ended."""
        self.sport: tuple[str, str | None] = ("generic", None)
        self.device: str | None = None
        self.notes: str | None = None
        self.said: datetime | None = None

    def describe(self, activity: etree._Element, names: dict[str, str]) -> None:
        self.sport = sports.of_word(activity.get("Sport", ""))
        for child in activity:
            name = names[str(child.tag)]
            if name == "Creator":
                of_device = (names[str(each.tag)] == "Name" and each.text for each in child)
                self.device = next((text.strip()[:100] for text in of_device if text and text.strip()), None)
            elif name == "Notes" and child.text:
                self.notes = child.text.strip()[:4_000] or None
            elif name == "Id":
                self.said = instant(child.text or "")

    def item(self, lost: str | None) -> Item:
        points = self.points
        points.drop_repeated()
        first = next((start for start, _, _ in self.laps if start), self.said)
        begun = started(points, first)
        if begun is None:
            return Finding(kind="error", code="no-time", detail="An activity does not say when it was: not read.")
        origin = (begun - EPOCH).total_seconds()
        points.channels["time"] = times = array("d", [at - origin for at in points.times])
        go_on(points.channels.get("distance"), points.borders)
        pauses = fixes.pauses(times, points.borders)
        sport, sub_sport = self.sport
        warnings = points.warnings + fixes.clean(points.channels, sport, pauses)
        doubled = fixes.both_legs(points.channels, sport)
        laps = self._laps(begun, doubled=doubled)
        ends = [lap.start_s + lap.duration_s for lap in laps]
        times = points.channels["time"]
        duration_s = max(0.0, times[-1] if times else max(ends, default=0.0))
        return Activity(
            format="tcx",
            source=self.device or "TCX",
            device=self.device,
            sport=sport,
            sub_sport=sub_sport,
            started_at=begun,
            offset_min=points.offset_min,
            duration_s=duration_s,
            notes=self.notes,
            totals=together([lap.totals for lap in laps], elapsed_s=duration_s) if laps else Totals(),
            laps=laps,
            pauses=pauses,
            channels=points.channels if points.n else {},
            partial=lost or points.lost,
            warnings=warnings,
        )

    def _laps(self, begun: datetime, *, doubled: bool) -> list[Lap]:
        """One after the other, where their starts are not said."""
        laps: list[Lap] = []
        end_s = 0.0
        for start, totals, trigger in self.laps:
            start_s = (start - begun).total_seconds() if start else end_s
            if not 0 <= start_s <= fixes.LONGEST_S:
                start_s = end_s
            duration_s = totals.timer_s or 0.0
            end_s = start_s + duration_s
            laps.append(
                Lap(
                    start_s=start_s,
                    duration_s=duration_s,
                    trigger=trigger,
                    totals=of_both_legs(totals) if doubled else totals,
                )
            )
        return laps


class Activities:
    """Follows the elements of a file."""

    def __init__(self, document: Document, ask: Ask) -> None:
        self.names = document.names
        self.most, self.left = ask.records, ask.activities
        self.plans = self.known = 0
        self._done: list[Recorded] = []
        self._open: Recorded | None = None
        self._track: etree._Element | None = None

    def take(self, part: Part) -> None:
        if part.name != "Track":
            self._end(part.name, part.element)
        elif not self._is_in(part.element, "Course") and (rows := FIELDS.rows(part)):
            self._points_of(part.element).add(rows)

    def _is_in(self, element: etree._Element, name: str) -> bool:
        above = element.getparent()
        return above is not None and self.names[str(above.tag)] == name

    def _points_of(self, track: etree._Element) -> Points:
        if track is not self._track:
            self._track = track
            self._current.points.begin()
        return self._current.points

    @property
    def _current(self) -> Recorded:
        if self._open is None:
            self._open = Recorded(self.most)
        return self._open

    def _end(self, name: str, element: etree._Element) -> None:
        self._track = None
        if name in {"Course", "Workout"}:
            self.plans += 1
        elif name == "Lap":
            if self._is_in(element, "Activity") and len(self._current.laps) < MOST_LAPS:
                self._current.laps.append(lap_of(element, self.names))
        elif name == "Activity":
            self._current.describe(element, self.names)
            self._add()

    def _add(self) -> None:
        if self._open and self.left:
            self.left -= 1
            self.known += 1
            self._done.append(self._open)
        self._open = None

    def finish(self, document: Document) -> None:
        """Of a file that is not read to its end, what there is of the last activity."""
        if self._open and (self._open.points.n or self._open.laps):
            if (begun := document.begun("Activity")) is not None:
                self._open.describe(begun, self.names)
            self._add()

    def told(self, lost: str = "", *, over: bool = False) -> Iterator[Item]:
        """The activities that are over; the last waits, as it is not all that was recorded where the file is broken."""
        while len(self._done) > (0 if over else 1):
            yield self._done.pop(0).item(lost if not self._done and lost else None)


def lap_of(element: etree._Element, names: dict[str, str]) -> tuple[datetime | None, Totals, str | None]:
    """Start, figures and trigger of a lap whose points have been taken out."""
    figures: dict[str, float | None] = {}
    trigger = None
    for child in element.iterdescendants():
        name = names[str(child.tag)]
        if name == "TriggerMethod" and child.text:
            trigger = child.text.strip().lower()[:20]
        elif (figure := FIGURES.get(name)) and not _in_point(child, names):
            value = number(child.text) if len(child) == 0 else number("".join(each.text or "" for each in child))
            if value is not None and 0 <= value <= HIGHEST:
                figures.setdefault(figure, value)
    if (time_s := figures.get("timer_s")) and time_s > LONGEST_LAP_S:
        figures["timer_s"] = None
    return instant(element.get("StartTime", "")), Totals(**figures), trigger


def _in_point(child: etree._Element, names: dict[str, str]) -> bool:
    """Whether it is of the one point that may be left in the tree."""
    return any(names[str(each.tag)] == "Trackpoint" for each in child.iterancestors())


def go_on(distance: "array[float] | None", borders: Sequence[int]) -> None:
    """A counter that begins anew with each track goes on where the one before ended; in place."""
    if distance is None or len(borders) < 2:
        return
    added, last, begins = 0.0, 0.0, set(borders)
    fresh = False
    for i, value in enumerate(distance):
        fresh = fresh or i in begins
        if value != value:
            continue
        if fresh and last and value + added < last / 2 + added / 2:
            added = last
        fresh = False
        distance[i] = last = value + added
