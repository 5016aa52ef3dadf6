"""TCX: activities of laps of tracks of points. What stands in a course or a plan is not read."""

from array import array
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import BinaryIO, NamedTuple

from lxml import etree
from msgspec import structs

from workout.readers import fixes, sports
from workout.readers.fields import Fields
from workout.readers.gathering import Gathering
from workout.readers.markup import Document, Part
from workout.readers.model import Activity, Ask, Finding, Item, Lap, Totals
from workout.readers.points import EPOCH, Points, instant, number, started
from workout.readers.totals import footed, together

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
SPORTS = frozenset(("FirstSport", "NextSport"))
"""Of several sports in one session."""
HIGHEST = 1e9
MOST_LAPS = 10_000
MOST_SPORTS = 100
"""Of one session, with the ways between them."""
LONGEST_LAP_S = 31 * 86_400


def read(file: BinaryIO, ask: Ask) -> Iterator[Item]:
    others = ("Lap", "Activity", "Transition", "MultiSportSession", "Course", "Workout")
    document = Document(file, "TrainingCenterDatabase", FIELDS, container="Track", others=others)
    yield from Activities(document, ask).items()


class Ended(NamedTuple):
    """A lap that is over."""

    start: datetime | None
    totals: Totals
    trigger: str | None
    """Why it ended."""
    sport: tuple[str | None, str | None] = (None, None)
    """Of a lap within one of several sports."""


class Recorded:
    """What was read of one activity, or of one of the sports of a session."""

    def __init__(self, most: int) -> None:
        self.points = Points(most)
        self.laps: list[Ended] = []
        self.legs: list[Lap] = []
        """Sports of a session, by seconds since 1970."""
        self.sport: tuple[str, str | None] = ("generic", None)
        self.device: str | None = None
        self.notes: str | None = None
        self.said: datetime | None = None

    @property
    def used(self) -> bool:
        return bool(self.points.n or self.laps)

    @property
    def begun(self) -> datetime | None:
        return started(self.points, next((lap.start for lap in self.laps if lap.start), self.said))

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

    def join(self, other: "Recorded") -> None:
        """Go on with the next sport of a session."""
        if begun := other.begun:
            self.legs.append(other.leg(begun))
        self.points.join(other.points)
        self.laps += [lap._replace(sport=other.sport) for lap in other.laps[: MOST_LAPS - len(self.laps)]]
        self.device, self.notes = self.device or other.device, self.notes or other.notes
        self.said = self.said or other.said

    def leg(self, begun: datetime) -> Lap:
        start_s = (begun - EPOCH).total_seconds()
        laps = self.parts(begun)
        until_s = max(self.points.times) - start_s if self.points.n else last_of(laps)
        duration_s = min(max(0.0, until_s), fixes.LONGEST_S)
        totals = together([lap.totals for lap in laps], elapsed_s=duration_s) if laps else Totals()
        sport, sub_sport = self.sport
        return Lap(start_s=start_s, duration_s=duration_s, sport=sport, sub_sport=sub_sport, totals=totals)

    def item(self, lost: str | None) -> Item:
        points = self.points
        points.drop_repeated()
        begun = self.begun
        if begun is None:
            return Finding(kind="error", code="no-time", detail="An activity does not say when it was: not read.")
        origin = (begun - EPOCH).total_seconds()
        points.channels["time"] = times = array("d", [at - origin for at in points.times])
        go_on(points.channels.get("distance"), points.borders)
        pauses = fixes.pauses(times, points.borders)
        sport, sub_sport = self.sport
        warnings = points.warnings + fixes.clean(points.channels, sport, pauses)
        legs, laps = [structs.replace(leg, start_s=leg.start_s - origin) for leg in self.legs], self.parts(begun)
        if fixes.both_legs(points.channels, sport, legs):
            legs, laps = footed(legs, sport), footed(laps, sport)
        times = points.channels["time"]
        duration_s = max(0.0, times[-1] if times else last_of(laps))
        parts = legs or laps
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
            totals=together([part.totals for part in parts], elapsed_s=duration_s) if parts else Totals(),
            legs=legs,
            laps=laps,
            pauses=pauses,
            channels=points.channels if points.n else {},
            partial=lost or points.lost,
            warnings=warnings,
        )

    def parts(self, begun: datetime) -> list[Lap]:
        """Laps, one after the other where their starts are not said."""
        laps: list[Lap] = []
        for lap in self.laps:
            start_s = (lap.start - begun).total_seconds() if lap.start else -1
            if not 0 <= start_s <= fixes.LONGEST_S:
                start_s = laps[-1].start_s + laps[-1].duration_s if laps else 0.0
            sport, sub_sport = lap.sport
            duration_s = lap.totals.timer_s or 0.0
            laps.append(
                Lap(
                    start_s=start_s,
                    duration_s=duration_s,
                    sport=sport,
                    sub_sport=sub_sport,
                    trigger=lap.trigger,
                    totals=lap.totals,
                )
            )
        return laps


def last_of(laps: Sequence[Lap]) -> float:
    """When the last of them ends."""
    return max([lap.start_s + lap.duration_s for lap in laps], default=0.0)


class Activities(Gathering[Recorded]):
    """Of a file; the sports of one session are one activity."""

    plans, without = "courses or plans", "The TCX file holds {}, but no activity."

    def __init__(self, document: Document, ask: Ask) -> None:
        super().__init__(document, ask)
        self._session: list[Recorded] = []
        """Its sports that are over."""
        self._open: Recorded | None = None
        self._over: etree._Element | None = None
        """The activity that ended last."""
        self._track: etree._Element | None = None

    def take(self, part: Part) -> None:
        if part.name != "Track":
            self._end(part.name, part.element)
        elif part.points and not self._is_in(part.element, "Course"):
            self._points_of(part.element).add(part.points)

    def _is_in(self, element: etree._Element, *names: str) -> bool:
        above = element.getparent()
        return above is not None and self.names[str(above.tag)] in names

    def _points_of(self, track: etree._Element) -> Points:
        if track is not self._track:
            self._track = track
            self._current.points.begin()
        return self._current.points

    @property
    def _current(self) -> Recorded:
        if self._open is None:
            self._open = Recorded(self.most - sum(sport.points.n for sport in self._session))
        return self._open

    def _end(self, name: str, element: etree._Element) -> None:
        self._track = None
        match name:
            case "Course" | "Workout":
                self.planned += 1
            case "Lap" if self._is_in(element, "Activity") and len(self._current.laps) < MOST_LAPS:
                self._current.laps.append(lap_of(element, self.names))
            case "Transition" if self._is_in(element, *SPORTS):
                self._current.laps.append(lap_of(element, self.names))
                self._sport_over(None)
            case "Activity" if self._is_in(element, *SPORTS):
                self._sport_over(element)
            case "Activity":
                self._current.describe(element, self.names)
                self._add(self._current)
            case "MultiSportSession":
                self._session_over(element)

    def _sport_over(self, activity: etree._Element | None) -> None:
        """None: it was the way from one sport to the next."""
        self._over = self._over if activity is None else activity
        if activity is None:
            self._current.sport = ("transition", None)
        else:
            self._current.describe(activity, self.names)
        if len(self._session) < MOST_SPORTS:
            self._session.append(self._current)
        self._open = None

    def _session_over(self, element: etree._Element | None) -> None:
        sports_of, self._session = self._session, []
        if len(sports_of) == 1:
            self._add(sports_of[0])
        elif sports_of:
            whole = Recorded(self.most)
            if element is not None:
                whole.describe(element, self.names)
            for each in sports_of:
                whole.join(each)
            found = {each.sport for each in sports_of} - {("transition", None)}
            whole.sport = found.pop() if len(found) == 1 else ("multisport", None)
            self._add(whole)

    def _add(self, recorded: Recorded) -> None:
        self.add(recorded)
        self._open = None

    def finish(self) -> None:
        if self._open and self._open.used:
            begun = self.document.begun("Activity")
            if self._session:
                self._sport_over(begun if begun is not self._over else None)
            elif begun is not None:
                self._open.describe(begun, self.names)
                self._add(self._open)
            else:
                self._add(self._open)
        self._session_over(None)


def lap_of(element: etree._Element, names: dict[str, str]) -> Ended:
    """A lap whose points have been taken out."""
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
    return Ended(instant(element.get("StartTime", "")), Totals(**figures), trigger)


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
