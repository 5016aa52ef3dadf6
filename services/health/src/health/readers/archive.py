"""Zip archives of many files: each is read by its content, and what comes of each is told apart."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from health.export.model import FORMAT
from health.readers import detect, fitmesh, samsung, takeout
from health.readers.batch import Batch, Limits, Reader, Reading
from health.readers.rows import Rows
from imports import Broken
from imports.detect import HEAD, Content
from imports.detect import detect as look
from imports.unpack import Archive, Bomb, Bounds, Member, gunzip

DIGITS = re.compile(r"\d[\d._T:+-]*(?:[ap]m)?")
UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}")
DATA = re.compile(r"\.(?:csv|json|xml|fit|gpx|tcx|zip|gz)$", re.IGNORECASE)
AGGREGATE = re.compile(r"aggregates_(steps|distance|calories_earned)\.csv$")
RAW_OF = {"steps": "steps", "distance": "distance", "calories_earned": "calories-earned"}


def recognise_zip(file: BinaryIO) -> tuple[str, Reader]:
    """Broken when it is none that can be opened."""
    file.seek(0)
    with Archive(file) as archive:
        if not archive.members and not archive.refused:
            raise Broken("The archive is empty.")
        said = fitmesh.format_of(archive)
        if said == FORMAT:
            return "fitmesh", fitmesh.read
        if said == detect.WORKOUTS.format and detect.WORKOUTS.reader:
            return detect.WORKOUTS.format, detect.WORKOUTS.reader
        return vendor_of(archive) or "zip", read


def vendor_of(archive: Archive) -> str | None:
    names = [member.name.lower() for member in archive.members]
    return next((vendor for vendor, mark in NAMES if any(mark.search(name) for name in names)), None)


NAMES = (
    ("apple-health", re.compile(r"apple_health_export/|(?:^|/)export_cda\.xml$|^export\.xml$")),
    ("fitbit", re.compile(r"global export data/|_googledata/")),
    ("google-fit", re.compile(r"(?:^|/)(?:raw|derived)_com\.google\.|daily activity metrics")),
    ("samsung", re.compile(r"com\.samsung\.s?health\.")),
    ("withings", re.compile(r"(?:^|/)raw_(?:tracker|hr)_[\w-]+\.csv$")),
    ("garmin", re.compile(r"di_connect/|di-connect-")),
)
"""What to call an archive: nothing but a name hangs on it."""


def recognise_gzip(file: BinaryIO, name: str) -> tuple[str, Reader]:
    file.seek(0)
    with gunzip(file) as content:
        head = content.read(HEAD)
    inner = look(head)
    if inner.kind in {"zip", "gzip"} or inner.says == "a tar archive":
        raise Broken(f"The gzip file holds {inner.says}: send that by itself, or as a zip archive.")
    found = detect.of_content(inner, name.removesuffix(".gz"))
    if found.reader is None:
        raise Broken(f"The gzip file holds {inner.says}; no reader here knows it.")
    within = detect.with_mapping(found.reader) if inner.kind == "text" else found.reader

    def unpacked(file: BinaryIO, reading: Reading) -> Iterator[Batch]:
        with gunzip(file, bounds_of(reading.limits)) as content:
            yield from within(content, msgspec.structs.replace(reading, name=reading.name.removesuffix(".gz")))

    return found.format, unpacked


def bounds_of(limits: Limits) -> Bounds:
    return Bounds(files=limits.files, unpacked_bytes=limits.unpacked_bytes, ratio=limits.ratio)


def read(file: BinaryIO, reading: Reading) -> Iterator[Batch]:
    """Every file of an archive; one that is broken costs only itself, a bomb the whole."""
    rows = Rows(reading)
    with Archive(file, bounds_of(reading.limits)) as archive:
        rows.total = sum(min(member.size, reading.limits.unpacked_bytes) for member in archive.members)
        try:
            yield from Unpacking(archive, rows).batches()
        except Broken:
            if rows.pending:
                yield rows.take()
            raise
    yield rows.take()


class Unpacking:
    """Goes through an archive, and through those in it."""

    def __init__(self, archive: Archive, rows: Rows, within: str = "") -> None:
        self.archive = archive
        self.rows = rows
        self.within = within
        self.groups = Counter(group_of(member.name) for member in archive.members)
        self.vendor = vendor_of(archive)
        self.devices = samsung.Devices()
        self.instead: dict[str, str] = {}
        """Files that are left out, and for what."""

    def batches(self) -> Iterator[Batch]:
        rows = self.rows
        for refused in self.archive.refused:
            rows.part = self.within + refused.name
            rows.issue("refused", f"not read: {refused.reason}")
        self._prepare()
        group = None
        for member in sorted(self.archive.members, key=lambda each: (group_of(each.name), each.name)):
            if group_of(member.name) != group and rows.pending:
                yield rows.take()
            group = group_of(member.name)
            yield from self._one(member, group)
            rows.part = self._label(member, group)
            rows.before += member.size
        if rows.pending:
            yield rows.take()
        rows.part = None

    def _label(self, member: Member, group: str) -> str:
        """Many small files of one kind are told of as one."""
        return self.within + (group if self.groups[group] > 1 else member.name)

    def _one(self, member: Member, group: str) -> Iterator[Batch]:
        rows = self.rows
        rows.part = rows.name = self.within + member.name
        try:
            if why := self.instead.get(member.name):
                rows.warn("left-out", why)
                return
            yield from self._read(member, self._label(member, group))
        except Bomb:
            raise
        except Broken as error:
            rows.part = self.within + member.name
            rows.issue("broken", f"{error}")
        finally:
            rows.end_part()

    def _read(self, member: Member, label: str) -> Iterator[Batch]:
        rows = self.rows
        with self.archive.open(member) as file:
            content = look(file.read(HEAD))
        if content.kind == "zip":
            before = rows.before
            with self.archive.open_nested(member) as nested:
                yield from Unpacking(nested, rows, f"{self.within}{member.name}/").batches()
            rows.before = before
            return
        found = detect.of_content(content, member.name)
        if found.reader is None or (found is detect.CSV and rows.reading.mapping is None):
            self._unread(content, label)
            return
        with self.archive.open(member) as file:
            if found.format == "samsung":
                batches = samsung.read_with(file, rows, self.devices)
            elif found.parse:
                batches = found.parse(file, rows)
            elif found.read:
                batches = self._adopted(found.read(file, msgspec.structs.replace(rows.reading, name=member.name)))
            for batch in batches:
                batch.part = label
                yield batch

    def _adopted(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        numbers: list[int] = []
        for batch in batches:
            yield self.rows.adopt(batch, numbers)

    def _unread(self, content: Content, label: str) -> None:
        """What no reader knows is counted by its name; pictures and read-me texts are not worth a word."""
        if content.kind in {"json", "xml", "text"} and DATA.search(label):
            self.rows.unknown(label.rsplit("/", 1)[-1])
            if content.kind == "text" and not self.vendor:
                self.rows.warn("no-mapping", "a table that no reader here knows: send it by itself, with a mapping")

    def _prepare(self) -> None:
        """What has to be known before the first file: names of devices, and which files say the same as others."""
        names = {member.name for member in self.archive.members}
        points = [member for member in self.archive.members if "com.google." in member.name.rsplit("/", 1)[-1]]
        self._choose_points(points)
        for member in self.archive.members:
            base = member.name.rsplit("/", 1)[-1]
            if "device_profile" in base:
                self._learn_devices(member)
            elif base.lower() == "export_cda.xml":
                self.instead[member.name] = "export.xml holds the same and more"
            elif (found := AGGREGATE.match(base)) and any(f"raw_tracker_{RAW_OF[found[1]]}." in name for name in names):
                self.instead[member.name] = "the raw values are in the archive too"
            elif points and base.lower().endswith(".csv") and "daily activity metrics" in member.name.lower():
                self.instead[member.name] = "its single points are in the archive too"
        days = [name for name in names if takeout.A_DAY.search(name) and "daily activity metrics" in name.lower()]
        if days:
            totals = (name for name in names if name.lower().endswith("daily activity metrics.csv"))
            self.instead |= dict.fromkeys(totals, "the tables of the single days are in the archive too")

    def _choose_points(self, members: list[Member]) -> None:
        """Google Fit writes each device's points, and its own choice among them: that alone, where there is one."""
        sources: dict[str, str] = {}
        for member in members:
            try:
                with self.archive.open(member) as file:
                    sources[member.name] = takeout.source_of(look(file.read(HEAD)).text) or ""
            except Bomb:
                raise
            except Broken:
                continue
        chosen = {takeout.type_of(source) for source in sources.values() if takeout.is_merged(source)}
        for name, source in sources.items():
            if takeout.type_of(source) in chosen and not takeout.is_merged(source):
                self.instead[name] = "Google's choice among these points is in the archive too"

    def _learn_devices(self, member: Member) -> None:
        try:
            with self.archive.open(member) as file:
                samsung.read_devices(file, self.rows, self.devices)
        except Bomb:
            raise
        except Broken:
            return


def group_of(name: str) -> str:
    """`Global Export Data/heart_rate-2026-03-01.json` -> `Global Export Data/heart_rate-*.json`."""
    folder, slash, base = name.rpartition("/")
    stem, dot, ending = base.rpartition(".")
    return f"{folder}{slash}{DIGITS.sub('*', UUID.sub('*', stem))}{dot}{ending}"
