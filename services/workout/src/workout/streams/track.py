"""The way on a map: GeoJSON, in pieces where there was a pause, without what others are not to see."""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from heapq import nlargest
from math import cos, hypot, isfinite, radians

import msgspec

from workout.streams import simplify
from workout.streams.clock import read
from workout.streams.model import Channels, Pauses
from workout.streams.simplify import METRES_PER_DEGREE

MOST = 10_000
"""Positions of one answer: those that say most of the line, where there are more."""
FINEST = 16
"""Zoom of a line with too many positions of which no zoom is said: to less than a metre, finer than devices know."""

Position = Sequence[float]
"""Longitude, latitude and, where it is known, metres of altitude."""


class Circle(msgspec.Struct, frozen=True):
    """Where nobody but the owner sees a position."""

    lat: float
    lon: float
    radius_m: float


class LineString(msgspec.Struct, frozen=True, tag_field="type", tag="LineString"):
    """One line."""

    coordinates: Sequence[Position]


class MultiLineString(msgspec.Struct, frozen=True, tag_field="type", tag="MultiLineString"):
    """Several lines with pauses between."""

    coordinates: Sequence[Sequence[Position]]


class Track(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="Feature"):
    """A feature of GeoJSON (RFC 7946); its geometry is null where no position is known."""

    geometry: LineString | MultiLineString | None
    properties: Mapping[str, int]
    """``points`` of this line, at most 10,000, and ``of`` how many there are."""
    bbox: tuple[float, float, float, float] | None = None
    """West, south, east, north."""


def track(channels: Channels, pauses: Pauses, *, zoom: int | None, hidden: Sequence[Circle] = ()) -> Track:
    """The line with the detail that a zoom shows, or all; ``hidden`` circles are cut out of it."""
    pieces = [piece for piece in _pieces(channels, pauses, hidden) if len(piece) > 1]
    total = sum(map(len, pieces))
    lines = pieces if zoom is None and total <= MOST else _thinned(pieces, FINEST if zoom is None else zoom)
    flat = [position for line in lines for position in line]
    if not flat:
        return Track(geometry=None, properties={"points": 0, "of": total})
    geometry = LineString(lines[0]) if len(lines) == 1 else MultiLineString(lines)
    lon, lat = [position[0] for position in flat], [position[1] for position in flat]
    bbox = (min(lon), min(lat), max(lon), max(lat))
    return Track(geometry=geometry, properties={"points": len(flat), "of": total}, bbox=bbox)


def _pieces(channels: Channels, pauses: Pauses, hidden: Sequence[Circle]) -> Iterator[list[Position]]:
    lat, lon = channels.get("lat"), channels.get("lon")
    if lat is None or lon is None:
        return
    altitude = channels.get("altitude")
    for first, end in read(channels["time"], pauses).pieces:
        piece = list[Position]()
        for place in range(first, end):
            here = lat[place], lon[place]
            if not isfinite(here[0] + here[1]):
                continue
            if hidden and any(_within(here, circle) for circle in hidden):
                yield piece
                piece = []
                continue
            if piece and hidden and any(_through((piece[-1][1], piece[-1][0]), here, circle) for circle in hidden):
                yield piece
                piece = []
            high = altitude[place] if altitude is not None else float("nan")
            piece.append((here[1], here[0], high) if isfinite(high) else (here[1], here[0]))
        yield piece


def _thinned(pieces: Sequence[Sequence[Position]], zoom: int) -> list[list[Position]]:
    ranked = [
        (weight, -number, -place)
        for number, piece in enumerate(pieces)
        for place, weight in enumerate(_weights(piece, zoom))
        if weight
    ]
    lines: list[list[Position]] = [[] for _ in pieces]
    for _, number, place in sorted(nlargest(MOST, ranked), key=lambda each: each[1:], reverse=True):
        lines[-number].append(pieces[-number][-place])
    return [line for line in lines if len(line) > 1]


def _weights(piece: Sequence[Position], zoom: int) -> "array[float]":
    lat, lon = [position[1] for position in piece], [position[0] for position in piece]
    return simplify.weights(lat, lon, simplify.tolerance(zoom, lat[0]))


def _off(here: tuple[float, float], circle: Circle) -> tuple[float, float]:
    """Metres east and north of the centre, on a plane: circles are small."""
    east = ((here[1] - circle.lon + 180) % 360 - 180) * METRES_PER_DEGREE * cos(radians(circle.lat))
    return east, (here[0] - circle.lat) * METRES_PER_DEGREE


def _within(here: tuple[float, float], circle: Circle) -> bool:
    return hypot(*_off(here, circle)) <= circle.radius_m


def _through(before: tuple[float, float], here: tuple[float, float], circle: Circle) -> bool:
    """The straight line between two points outside leads through the circle."""
    (x, y), (east, north) = _off(before, circle), _off(here, circle)
    run, rise = east - x, north - y
    length = run * run + rise * rise
    share = min(max(-(x * run + y * rise) / length, 0.0), 1.0) if length > 0 else 0.0
    return hypot(x + share * run, y + share * rise) <= circle.radius_m
