"""Files inside an archive, each read by its content."""

import io
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from imports import Broken
from imports.detect import HEAD, Content
from imports.detect import detect as look
from imports.unpack import CHUNK, Archive, Bomb, Member, gunzip
from workout.readers import apple
from workout.readers.detect import of_content
from workout.readers.faults import contained, finding
from workout.readers.model import MEMBER_BYTES, Activity, Ask, Finding, Item, Reader

OURS = (".fit", ".gpx", ".tcx", ".fit.gz", ".gpx.gz", ".tcx.gz")


class Enough(Broken):
    """More activities than are believed."""


class Members:
    """What comes out of one upload, also through nested archives; and how much of it is not ours."""

    def __init__(self, ask: Ask, within: str = "") -> None:
        self.ask = ask
        self.within = within
        self.activities = 0
        self.unread = 0

    def all(self, archive: Archive) -> Iterator[Item]:
        yield from self.refused(archive)
        for member in by_name(archive):
            yield from self.one(archive, member)

    def refused(self, archive: Archive) -> Iterator[Finding]:
        for refused in archive.refused:
            detail = f"not read: {refused.reason}"
            yield Finding(kind="error", code="refused", detail=detail, part=self.within + refused.name)

    def one(self, archive: Archive, member: Member) -> Iterator[Item]:
        """The activities of one file; where it is broken, a finding says why."""
        part = self.within + member.name
        try:
            with contained():
                yield from self._read(archive, member, part)
        except (Bomb, Enough):
            raise
        except Broken as error:
            yield finding(error, part)

    def _read(self, archive: Archive, member: Member, part: str) -> Iterator[Item]:
        content = look(head_of(archive, member))
        if content.kind == "zip":
            with archive.open_nested(member) as nested:
                outside, self.within = self.within, f"{part}/"
                try:
                    yield from self.all(nested)
                finally:
                    self.within = outside
        elif content.kind == "xml" and content.root == apple.ROOT:
            with archive.open(member) as file:
                yield from self._told(apple.read(file, self.ask), part, None)
        else:
            yield from self._whole(archive, member, part, content)

    def _whole(self, archive: Archive, member: Member, part: str, content: Content) -> Iterator[Item]:
        """A file that is read into memory, and kept as it is once something is found in it."""
        data = cut = None
        if content.kind == "gzip":
            with archive.open(member) as file:
                packed = whole(file)
            with gunzip(io.BytesIO(packed)) as file:
                data, cut = until_cut(file)
            archive.budget.spend(len(data))
            content = look(data[:HEAD])
        found = of_content(content)
        if found is None:
            if part.lower().endswith(OURS):
                raise Broken(f"It is {content.says}, which no reader here knows.")
            self.unread += 1
            return
        if data is None:
            with archive.open(member) as file:
                data = whole(file)
        items = self._items(found[1], data, part)
        yield from self._told(as_cut(items, cut) if cut else items, part, data)

    def _items(self, read: Reader, data: bytes, part: str) -> Iterator[Item]:
        name = part.rsplit("/", 1)[-1]
        return read(io.BytesIO(data), msgspec.structs.replace(self.ask, name=name.removesuffix(".gz")))

    def _told(self, items: Iterator[Item], part: str, data: bytes | None) -> Iterator[Item]:
        sha256 = None
        for item in items:
            if not isinstance(item, Activity):
                yield msgspec.structs.replace(item, part=part)
                continue
            self.count()
            if sha256 is None and data is not None and self.ask.keep:
                sha256 = self.ask.keep(part, io.BytesIO(data))
            item.part, item.sha256 = part, sha256
            yield item

    def count(self) -> None:
        if self.activities >= self.ask.activities:
            raise Enough(f"There are more than {self.ask.activities:,} activities in it: no more are read.")
        self.activities += 1

    def end(self) -> Iterator[Finding]:
        """What is to be said of the whole; `Broken` when there was nothing for us in it."""
        if self.unread:
            detail = "Files in it that are no activities: pictures, lists, what other services read."
            yield Finding(kind="warning", code="not-read", detail=detail, count=self.unread)
        if not self.activities:
            raise Broken("There is no activity in it that can be read.")

    def guarded(self, items: Iterator[Item]) -> Iterator[Item]:
        """What is too much ends it; what came before stays, and then that is only a finding."""
        try:
            yield from items
            yield from self.end()
        except (Bomb, Enough) as error:
            if not self.activities:
                raise
            yield Finding(kind="error", code="stopped", detail=f"{error}")


def by_name(archive: Archive) -> list[Member]:
    return sorted(archive.members, key=lambda member: member.name)


def head_of(archive: Archive, member: Member) -> bytes:
    with archive.open(member) as file:
        return file.read(HEAD)


def until_cut(file: BinaryIO, most: int = MEMBER_BYTES + 1) -> tuple[bytes, str | None]:
    """What comes out of a file until it ends or breaks, and why it broke; `Broken` when nothing does."""
    pieces = io.BytesIO()
    cut = None
    try:
        while pieces.tell() < most and (data := file.read1(CHUNK)):  # type: ignore[attr-defined]  # unpacked ones have it
            pieces.write(data)
    except Bomb:
        raise
    except Broken as error:
        if not pieces.tell():
            raise
        cut = f"{error}"
    return _bounded(pieces), cut


def as_cut(items: Iterator[Item], why: str) -> Iterator[Item]:
    """Activities of a file that breaks off are not all that was recorded."""
    for item in items:
        if isinstance(item, Activity):
            item.partial = item.partial or why
        yield item


def whole(file: BinaryIO) -> bytes:
    """All of it, within bounds."""
    pieces = io.BytesIO()
    while pieces.tell() <= MEMBER_BYTES and (data := file.read(CHUNK)):
        pieces.write(data)
    return _bounded(pieces)


def _bounded(pieces: io.BytesIO) -> bytes:
    if pieces.tell() > MEMBER_BYTES:
        raise Broken(f"It is larger than {MEMBER_BYTES >> 20} MiB.")
    return pieces.getvalue()
