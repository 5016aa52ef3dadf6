"""Apple Health's export.zip: export.xml, and beside it a file for each route."""

import io
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import BinaryIO

import msgspec

from imports import Broken
from imports.detect import detect as look
from imports.unpack import Archive, Member
from workout.readers import apple, gpx
from workout.readers.apple_workout import Workout
from workout.readers.clock import LONGEST_S
from workout.readers.faults import passed_over
from workout.readers.findings import Findings
from workout.readers.members import OURS, Members, head_of, whole
from workout.readers.model import NAN, Activity, Ask, Finding, Item

LOOKED_AT = 20
"""Files of which the beginning is read to find the export among them: it is one of the largest."""
ROUTES = 50
"""Of one workout."""


def export_in(archive: Archive) -> Member | None:
    """By its content: the name is in the language of the telephone."""
    others = [member for member in archive.members if not member.name.lower().endswith(OURS)]
    for member in sorted(others, key=lambda member: (-member.size, member.name))[:LOOKED_AT]:
        with passed_over():
            content = look(head_of(archive, member))
            if content.kind == "xml" and content.root == apple.ROOT:
                return member
    return None


def read(file: BinaryIO, ask: Ask) -> Iterator[Item]:
    members = Members(ask)
    with Archive(file) as archive:
        yield from members.guarded(_items(archive, members, ask))


def _items(archive: Archive, members: Members, ask: Ask) -> Iterator[Item]:
    export = export_in(archive)
    if export is None:
        raise Broken("There is no export.xml in it that can be read.")
    yield from members.refused(archive)
    routes = _Routes(archive, ask)
    with archive.open(export) as content:
        for found in apple.workouts(content, ask):
            if isinstance(found, Finding):
                yield msgspec.structs.replace(found, part=export.name)
                continue
            members.count()
            yield from routes.put(found)
            found.activity.part = export.name
            yield found.activity
    members.unread = len(archive.members) - 1 - len(routes.read)


class _Routes:
    """Files of points, by their place in the archive."""

    def __init__(self, archive: Archive, ask: Ask) -> None:
        self.archive = archive
        self.ask = ask
        self.members = {_place(member.name): member for member in archive.members}
        self.read: set[str] = set()

    def put(self, found: Workout) -> Iterator[Finding]:
        """The channels of a workout, from all its files; what is wrong with one of them is told."""
        tracks: list[Activity] = []
        for path in found.routes[:ROUTES]:
            member = self.members.get(_place(path))
            if member is None:
                detail = f"“{path[:100]}”, the route of a workout, is not in the archive."
                yield Finding(kind="warning", code="no-route", detail=detail)
                continue
            self.read.add(member.name)
            findings = Findings(member.name)
            with passed_over(findings.broken):
                for item in self._tracks(member):
                    if isinstance(item, Activity):
                        tracks.append(item)
                    elif isinstance(item, Finding):
                        yield msgspec.structs.replace(item, part=member.name)
            yield from findings.take()
        start = found.activity.started_at
        if tracks and start:
            found.activity.channels = joined(start, found.activity.duration_s, tracks)
            found.activity.warnings += [warning for track in tracks for warning in track.warnings]

    def _tracks(self, member: Member) -> Iterator[Item]:
        with self.archive.open(member) as file:
            data = whole(file)
        yield from gpx.read(io.BytesIO(data), msgspec.structs.replace(self.ask, name=member.name, keep=None))


def joined(start: datetime, duration_s: float, tracks: Sequence[Activity]) -> "dict[str, array[float]]":
    """The points of several files as those of one workout: by time since its start, none outside it, none twice."""
    names = dict.fromkeys(channel for track in tracks for channel in track.channels)
    channels: dict[str, array[float]] = {channel: array("d") for channel in names}
    time = channels.get("time", array("d"))
    timed = [(track.started_at, track) for track in tracks if track.started_at and track.channels.get("time")]
    for begun, track in sorted(timed, key=lambda each: each[0]):
        shift = (begun - start).total_seconds()
        if abs(shift) > LONGEST_S:
            continue
        own = track.channels["time"]
        first = bisect_right(own, time[-1] - shift) if time else bisect_left(own, -shift)
        last = bisect_right(own, duration_s - shift)
        for channel, values in channels.items():
            if channel == "time":
                values.extend(at + shift for at in own[first:last])
            elif channel in track.channels:
                values.extend(_onward(channel, values, track.channels[channel][first:last]))
            else:
                values.extend([NAN] * max(0, last - first))
    return channels if time else {}


def _onward(channel: str, before: "array[float]", values: "array[float]") -> "array[float]":
    """Distance begins anew in each file."""
    if channel != "distance" or not before or not values:
        return values
    behind = next((value for value in reversed(before) if value == value), 0.0)  # NaN is not itself
    return array("d", (value + behind for value in values))


def _place(path: str) -> str:
    """`/workout-routes/route_….gpx`, wherever in the archive that folder is."""
    return "/".join(path.strip("/").split("/")[-2:])
