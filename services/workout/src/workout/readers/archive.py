"""Zip archives and gzip files of activities, whatever they are called."""

import io
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from imports import Broken
from imports.detect import HEAD
from imports.detect import detect as look
from imports.unpack import Archive, gunzip
from workout.export import reader as ours
from workout.export.model import FORMAT
from workout.readers import apple, apple_zip, strava
from workout.readers.detect import Found, of_content
from workout.readers.members import Members, as_cut, until_cut
from workout.readers.model import Ask, Item


def recognise_zip(file: BinaryIO) -> Found:
    """What an archive is of; `Broken` when it cannot be opened or is empty."""
    file.seek(0)
    with Archive(file) as archive:
        if not archive.members and not archive.refused:
            raise Broken("The archive is empty.")
        if ours.is_ours(archive):
            return FORMAT, ours.read
        if strava.list_in(archive):
            return "strava", strava.read
        if apple_zip.export_in(archive):
            return "apple-health", apple_zip.read
    return "archive", read


def recognise_gzip(file: BinaryIO) -> Found:
    file.seek(0)
    with gunzip(file) as content:
        inner = look(until_cut(content, HEAD)[0])
    if inner.kind in {"zip", "gzip"} or inner.says == "a tar archive":
        raise Broken(f"The gzip file holds {inner.says}: send that by itself, or as a zip archive.")
    found = of_content(inner)
    if found is None:
        raise Broken(f"The gzip file holds {inner.says}; no reader here knows it.")
    kind, within = found

    def unpacked(file: BinaryIO, ask: Ask) -> Iterator[Item]:
        named = msgspec.structs.replace(ask, name=ask.name.removesuffix(".gz"))
        with gunzip(file) as content:
            if within is apple.read:  # it may be too large for the memory, and needs no more than a part of it
                yield from within(content, named)
                return
            data, cut = until_cut(content)
        items = within(io.BytesIO(data), named)
        yield from as_cut(items, cut) if cut else items

    return kind, unpacked


def read(file: BinaryIO, ask: Ask) -> Iterator[Item]:
    """Every file that is an activity, in the order of their names; one that is broken costs only itself."""
    members = Members(ask)
    with Archive(file) as archive:
        yield from members.guarded(members.all(archive))
