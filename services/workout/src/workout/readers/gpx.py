"""GPX 1.0 and 1.1: each track that was recorded is an activity; routes and waypoints are plans."""

from array import array
from collections.abc import Iterator
from datetime import timedelta
from typing import BinaryIO

from lxml import etree

from workout.readers import fixes, sports
from workout.readers.fields import Fields
from workout.readers.gathering import Gathering
from workout.readers.markup import Document, Part
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
    document = Document(file, "gpx", FIELDS, container="trkseg", others=("trk", "wpt", "rte"))
    yield from Tracks(document, ask).items()


class Track:
    """What was read of one."""

    def __init__(self, most: int) -> None:
        self.points = Points(most)
        self.source = "GPX"
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

    def item(self, lost: str | None) -> Item:
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
            source=self.source,
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


class Tracks(Gathering[Track]):
    """Of a file; one that goes on where the last one ended belongs to that."""

    plans, without = "routes or waypoints", "The GPX file holds {}, but no track."

    def __init__(self, document: Document, ask: Ask) -> None:
        super().__init__(document, ask)
        self._track: Track | None = None
        self._segment: etree._Element | None = None

    def take(self, part: Part) -> None:
        if part.name == "trkseg":
            if part.points:
                self._points_of(part.element).add(part.points)
        elif part.name == "trk":
            self._end(part.element)
        elif part.name in {"wpt", "rte"}:
            self.planned += 1

    def _points_of(self, segment: etree._Element) -> Points:
        self._track = self._track or Track(self.most)
        if segment is not self._segment:
            self._segment = segment
            self._track.points.begin()
            maker = segment.getroottree().getroot().get("creator", "").strip()
            self._track.source = MADE_BY.get(maker.lower(), maker[:100]) or "GPX"
        return self._track.points

    def _end(self, element: etree._Element) -> None:
        track, self._track, self._segment = self._track or Track(self.most), None, None
        track.describe(element, self.names)
        self.add(track)

    def add(self, recording: Track) -> None:
        if self.done and self.done[-1].adjoins(recording):
            self.done[-1].points.join(recording.points)
        else:
            super().add(recording)

    def finish(self) -> None:
        if self._track and self._track.points.n:
            self.add(self._track)
        self._track = None
