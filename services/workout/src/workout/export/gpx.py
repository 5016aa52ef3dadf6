"""GPX 1.1, with the extensions that others read: TrackPointExtension v2, and power as Strava and Garmin write it."""

from collections.abc import Iterator
from math import isfinite

from workout.edits.model import Current
from workout.export.points import BLOCK, cadence, column, number, segments, stamp, stamps, tag, text

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="Fitmesh" xmlns="http://www.topografix.com/GPX/1/1"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v2"
 xsi:schemaLocation="http://www.topografix.com/GPX/1/1 http://www.topografix.com/GPX/1/1/gpx.xsd">
"""


def write(now: Current, title: str | None, notes: str | None) -> Iterator[bytes]:
    """A track; each pause begins a new segment. Records without a position cannot be told in GPX."""
    name = f"<name>{text(title)}</name>" if title else ""
    told = f"<desc>{text(notes)}</desc>" if notes else ""
    head = f"<metadata><time>{stamp(now.started_at)}</time></metadata>\n"
    yield f"{HEAD}{head}<trk>{name}{told}<type>{text(now.sport)}</type>\n".encode()
    for places in segments(now.channels["time"], now.pauses):
        yield b"<trkseg>\n"
        for first in range(places.start, places.stop, BLOCK):
            yield _points(now, range(first, min(first + BLOCK, places.stop)))
        yield b"</trkseg>\n"
    yield b"</trk></gpx>\n"


def _points(now: Current, places: range) -> bytes:
    cut = slice(places.start, places.stop)
    columns = (
        *(
            column(now, "lat")[cut],
            column(now, "lon")[cut],
            column(now, "altitude")[cut],
            column(now, "heart_rate")[cut],
        ),
        *(cadence(now)[cut], column(now, "speed")[cut], column(now, "temperature")[cut], column(now, "power")[cut]),
    )
    times = stamps(now.started_at, now.channels["time"][cut])
    lines = []
    for at, lat, lon, altitude, heart_rate, steps, speed, warmth, power in zip(times, *columns, strict=True):
        if not (isfinite(lat) and isfinite(lon)):
            continue
        more = (
            f"{tag('gpxtpx:atemp', warmth, 1)}{tag('gpxtpx:hr', heart_rate)}{tag('gpxtpx:cad', steps, 1)}"
            f"{tag('gpxtpx:speed', speed, 3)}"
        )
        extension = f"<gpxtpx:TrackPointExtension>{more}</gpxtpx:TrackPointExtension>" if more else ""
        extensions = f"{tag('power', power)}{extension}"
        lines.append(
            f'<trkpt lat="{number(lat, 7)}" lon="{number(lon, 7)}">{tag("ele", altitude, 2)}<time>{at}</time>'
            f"{f'<extensions>{extensions}</extensions>' if extensions else ''}</trkpt>\n"
        )
    return "".join(lines).encode()
