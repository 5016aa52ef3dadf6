"""GPX 1.0 and 1.1: each track that was recorded is an activity; routes and waypoints are plans."""

from array import array
from collections.abc import Iterator
from datetime import timedelta
from typing import BinaryIO

from lxml import etree

from imports import Broken
from workout.readers import fixes, sports
from workout.readers.markup import Document, Fields, Part
from workout.readers.model import Activity, Ask, Finding, Item
from workout.readers.points import EPOCH, Points

CHANNELS = {
    "time": "time",
    "ele": "altitude",
    **dict.fromkeys(("hr", "heartrate", "heart_rate"), "heart_rate"),
    **dict.fromkeys(("cad", "cadence", "RunCadence"), "cadence"),
    **dict.fromkeys(("power", "PowerInWatts", "watts"), "power"),
    **dict.fromkeys(("atemp", "temp", "temperature"), "temperature"),
    "speed": "speed",
    "distance": "distance",
}
"""By the names of the extensions too: TrackPointExtension v1 and v2, PowerExtension, Cluetrust's, Strava's."""
FIELDS = Fields("trkpt", CHANNELS, places=True)
ADJOINING_S = 60.0
"""Tracks of one sport that follow each other so soon are one activity."""
NO_TIMES = "A track has no times: it is a route, not a recording."
MADE_BY = {"stravagpx": "Strava", "connect": "Garmin Connect"}


def read(file: BinaryIO, ask: Ask) -> Iterator[Item]:
    document = Document(file, "gpx", point="trkpt", container="trkseg", others=("trk", "wpt", "rte"))
    tracks = Tracks(document, ask)
    lost = ""
    try:
        for part in document.parts():
            tracks.take(part)
            yield from tracks.told()
    except Broken as error:
        lost = str(error)
    tracks.finish()
    if not tracks.known:
        if lost:
            raise Broken(lost)
        what = "routes or waypoints" if tracks.plans else "nothing"
        yield Finding(kind="warning", code="not-an-activity", detail=f"The GPX file holds {what}, but no track.")
    yield from tracks.told(lost, over=True)


class Track:
    """What was read of one."""

    def __init__(self, most: int) -> None:
        self.points = Points(most)
        self.title: str | None = None
        self.notes: str | None = None
        self.sport: tuple[str, str | None] = ("generic", None)

    def describe(self, track: etree._Element, names: dict[str, str]) -> None:
        said = {names[str(child.tag)]: child.text.strip() for child in track if child.text}
        self.title = said.get("name", "")[:300] or None
        self.notes = (said.get("desc") or said.get("cmt") or "")[:4_000] or None
        self.sport = sports.of_word(said.get("type", ""))

    def adjoins(self, other: "Track") -> bool:
        """Whether another goes on where this one ended."""
        a, b = self.points.times, other.points.times
        return bool(a and b and self.sport == other.sport and 0 <= b[0] - a[-1] <= ADJOINING_S)

    def item(self, source: str, lost: str | None) -> Item:
        points = self.points
        if not points.n:
            return Finding(kind="warning", code="not-an-activity", detail=NO_TIMES)
        points.drop_repeated()
        start = min(points.times)
        points.channels["time"] = times = array("d", [at - start for at in points.times])
        pauses = fixes.pauses(times, points.borders)
        sport, sub_sport = self.sport
        warnings = points.warnings + fixes.clean(points.channels, sport, pauses)
        fixes.both_legs(points.channels, sport)
        return Activity(
            format="gpx",
            source=source,
            sport=sport,
            sub_sport=sub_sport,
            started_at=EPOCH + timedelta(seconds=start),
            offset_min=points.offset_min,
            duration_s=points.channels["time"][-1],
            title=self.title,
            notes=self.notes,
            pauses=pauses,
            channels=points.channels,
            partial=lost or points.lost,
            warnings=warnings,
        )


class Tracks:
    """Follows the elements of a file."""

    def __init__(self, document: Document, ask: Ask) -> None:
        self.names = document.names
        self.most, self.left = ask.records, ask.activities
        self.source = "GPX"
        self.plans = self.known = 0
        self._done: list[Track] = []
        self._track: Track | None = None
        self._segment: etree._Element | None = None

    def take(self, part: Part) -> None:
        if part.name == "trkseg":
            if rows := FIELDS.rows(part):
                self._points_of(part.element).add(rows)
        elif part.name == "trk":
            self._end(part.element)
        elif part.name in {"wpt", "rte"}:
            self.plans += 1

    def _points_of(self, segment: etree._Element) -> Points:
        self._track = self._track or Track(self.most)
        if segment is not self._segment:
            self._segment = segment
            self._track.points.begin()
            maker = segment.getroottree().getroot().get("creator", "").strip()
            self.source = MADE_BY.get(maker.lower(), maker[:100]) or "GPX"
        return self._track.points

    def _end(self, element: etree._Element) -> None:
        """A track is over; one that goes on where the last one ended belongs to that."""
        track, self._track, self._segment = self._track or Track(self.most), None, None
        track.describe(element, self.names)
        self._add(track)

    def _add(self, track: Track) -> None:
        self.known += 1
        if self._done and self._done[-1].adjoins(track):
            self._done[-1].points.join(track.points)
        elif self.left:
            self.left -= 1
            self._done.append(track)

    def finish(self) -> None:
        """Of a file that breaks off, what there is of the last track."""
        if self._track and self._track.points.n:
            self._add(self._track)
        self._track = None

    def told(self, lost: str = "", *, over: bool = False) -> Iterator[Item]:
        """The tracks to which nothing can be added any more."""
        while len(self._done) > (0 if over else 1):
            track = self._done.pop(0)
            yield track.item(self.source, lost if not self._done and lost else None)
