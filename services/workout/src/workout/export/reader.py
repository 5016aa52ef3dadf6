"""What we have written ourselves, read again: the archive of everything, or one workout as JSON."""

import io
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from imports import Broken
from imports.unpack import Archive
from workout.export.model import FORMAT, MANIFEST, ONE, VERSION, WORKOUTS, Exported, Manifest, activity
from workout.readers.findings import Findings
from workout.readers.model import Ask, Item

LARGEST_LINE = 256 << 20
"""A million records of sixteen channels."""
PIECE = 1 << 20
LARGEST_MANIFEST = 64 << 20

_decode = msgspec.json.Decoder(Exported).decode


def is_ours(archive: Archive) -> bool:
    """Whether it is an archive of workouts."""
    for member in archive.members:
        if member.name == MANIFEST:
            with archive.open(member) as file:
                return f'"{FORMAT}"'.encode() in file.read(200)
    return False


def is_one(head: str) -> bool:
    """Whether a JSON file is a workout of ours, by how it begins."""
    return f'"format":"{ONE}"' in head[:200].replace(" ", "").replace("\n", "")


def read(file: BinaryIO, ask: Ask) -> Iterator[Item]:
    """The archive."""
    findings, known = Findings(WORKOUTS), 0
    with Archive(file) as archive:
        members = {member.name: member for member in archive.members}
        if MANIFEST not in members:
            findings.warn("no-manifest", "The manifest is missing: the archive was cut off.")
        else:
            with archive.open(members[MANIFEST]) as manifest:
                _check(manifest.read(LARGEST_MANIFEST))
        if WORKOUTS not in members:
            raise Broken("The archive has no workouts.jsonl.")
        with archive.open(members[WORKOUTS]) as lines:
            for number, line in enumerate(_lines(lines), 1):
                if known >= ask.activities:
                    raise Broken(f"There are more than {ask.activities:,} workouts in it: no more are read.")
                try:
                    made = activity(_decode(line))
                except (msgspec.MsgspecError, ValueError) as error:
                    findings.bad(number, error)
                    continue
                known += 1
                made.part = f"{WORKOUTS}/{number}"
                yield made
    yield from findings.take()


def read_one(file: BinaryIO, ask: Ask) -> Iterator[Item]:  # noqa: ARG001 - every reader is asked alike
    """One workout."""
    text = file.read(LARGEST_LINE + 1)
    if len(text) > LARGEST_LINE:
        raise Broken("The workout is larger than any that we write.")
    try:
        yield activity(_decode(text))
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Broken(f"It is no workout of ours: {error}"[:300]) from None


def _check(manifest: bytes) -> None:
    try:
        found = msgspec.json.decode(manifest, type=Manifest)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Broken(f"The manifest cannot be read: {error}"[:300]) from None
    if found.version > VERSION:
        raise Broken(f"The archive is of version {found.version}, and this reads up to {VERSION}.")


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Line by line, none of them without end."""
    rest = io.BytesIO()
    while piece := file.read(PIECE):
        *whole, last = piece.split(b"\n")
        for line in whole:
            rest.write(line)
            if rest.tell():
                yield rest.getvalue()
            rest = io.BytesIO()
        rest.write(last)
        if rest.tell() > LARGEST_LINE:
            raise Broken("A line is longer than any that we write.")
    if rest.tell():
        yield rest.getvalue()
