"""A file as the door takes it: recognised by its content, then read to the end; and what came of it."""

import hashlib
import io
import zipfile
from collections import Counter
from collections.abc import Mapping
from typing import BinaryIO

from imports import Broken
from workout.readers.detect import recognise
from workout.readers.model import Activity, Ask, Finding, Set

KG = Ask(weight_unit="kg", distance_unit="km")
TRACK = """<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="Test" xmlns="http://www.topografix.com/GPX/1/1">
<trk><name>{name}</name><type>{kind}</type><trkseg>
{points}</trkseg></trk></gpx>
"""
POINT = (
    '<trkpt lat="52.{place:05d}" lon="13.0"><ele>{ele}</ele>'
    "<time>2026-05-0{day}T06:{minute:02d}:{second:02d}Z</time></trkpt>\n"
)


class Reading:
    """What one file came to."""

    def __init__(self, content: bytes | str, ask: Ask = KG, name: str = "") -> None:
        file = io.BytesIO(content.encode() if isinstance(content, str) else content)
        self.format: str | None = None
        self.broken: str | None = None
        self.activities: list[Activity] = []
        self.findings: list[Finding] = []
        try:
            self.format, read = recognise(file, name)
            file.seek(0)
            for item in read(file, ask):
                (self.activities if isinstance(item, Activity) else self.findings).append(item)
        except Broken as broken:
            self.broken = str(broken)

    @property
    def sets(self) -> list[Set]:
        return [each for activity in self.activities for each in activity.sets]

    @property
    def codes(self) -> Counter[str]:
        return sum((Counter({finding.code: finding.count}) for finding in self.findings), Counter())


class Kept:
    """An object store that lives as long as a test."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.names: list[str] = []

    def keep(self, name: str, file: BinaryIO) -> str:
        content = file.read()
        sha256 = hashlib.sha256(content).hexdigest()
        self.files[sha256] = content
        self.names.append(name)
        return sha256


def a_zip(files: Mapping[str, bytes | str], pack: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", pack) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def a_track(*, day: int = 1, minute: int = 0, points: int = 30, name: str = "Track", kind: str = "running") -> str:
    """A point a second, 1.11 m from one to the next."""
    made = (
        POINT.format(place=minute * 100 + second, ele=30 + second / 10, day=day, minute=minute, second=second)
        for second in range(points)
    )
    return TRACK.format(name=name, kind=kind, points="".join(made))
