"""What we have written ourselves, read again: the archive of everything, or one workout as JSON."""

import io
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import BinaryIO

import msgspec

from imports import Broken
from imports.unpack import Archive, Member
from workout.exercises.model import MOST_OWN
from workout.export import lines
from workout.export.checking import Known
from workout.export.lines import Apart, Recording, Returning
from workout.export.model import FORMAT, MANIFEST, ONE, ORIGINALS, VERSION, Exported, Manifest, activity
from workout.gear.model import MOST_GEAR
from workout.readers.findings import Findings
from workout.readers.model import MEMBER_BYTES, Ask, Item, Kept
from workout.routines.model import MOST_ROUTINES
from workout.thresholds.model import MOST_ZONES

LARGEST_LINE = 256 << 20
"""A million records of sixteen channels."""
LARGEST_OTHER = 32 << 20
"""Of what holds no streams."""
PIECE = 1 << 20
LARGEST_MANIFEST = 64 << 20
MOST_THRESHOLDS, MOST_NAMED = 500, 200_000
AT_ONCE = 20
"""Lines that are brought back together."""

_decode = msgspec.json.Decoder(Exported).decode
PARTS: Mapping[str, tuple[type[msgspec.Struct], int]] = {
    lines.EXERCISES: (lines.Exercise, MOST_OWN),
    lines.GEAR: (lines.Gear, MOST_GEAR),
    lines.ROUTINES: (lines.Routine, MOST_ROUTINES),
    lines.THRESHOLDS: (lines.Threshold, MOST_THRESHOLDS),
    lines.ZONES: (lines.Zone, MOST_ZONES),
    lines.DELETED: (lines.Deleted, MOST_NAMED),
    lines.APART: (lines.Apart, MOST_NAMED),
    lines.RECORDINGS: (lines.Recording, MOST_NAMED),
    lines.WORKOUTS: (lines.Workout, MOST_NAMED),
}
TOGETHER = {lines.EXERCISES: MOST_OWN, lines.GEAR: MOST_GEAR, lines.DELETED: 5_000, lines.APART: 5_000}
FIRST = (lines.EXERCISES, lines.GEAR, lines.ROUTINES, lines.THRESHOLDS, lines.ZONES, lines.DELETED)
"""What has to be there when recordings come."""


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
    with Archive(file) as archive:
        yield from _Reading(archive, ask).items()


def read_one(file: BinaryIO, ask: Ask) -> Iterator[Item]:  # noqa: ARG001 - every reader is asked alike
    """One workout."""
    text = file.read(LARGEST_LINE + 1)
    if len(text) > LARGEST_LINE:
        raise Broken("The workout is larger than any that we write.")
    try:
        yield activity(_decode(text))
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Broken(f"It is no workout of ours: {error}"[:300]) from None


class _Reading:
    """Goes through the parts of an archive, in an order in which each names only what was before it."""

    def __init__(self, archive: Archive, ask: Ask) -> None:
        self._archive = archive
        self._ask = ask
        self._members = {member.name: member for member in archive.members}
        self._known = Known(datetime.now(UTC))
        self._originals = dict[str, str | None]()
        self._whole = Findings()

    def items(self) -> Iterator[Item]:
        if MANIFEST not in self._members:
            self._whole.warn("no-manifest", "The manifest is missing: the archive was cut off.")
        else:
            with self._archive.open(self._members[MANIFEST]) as manifest:
                _check(manifest.read(LARGEST_MANIFEST))
        if lines.WORKOUTS not in self._members or lines.RECORDINGS not in self._members:
            raise Broken(f"The archive has no {lines.WORKOUTS} or no {lines.RECORDINGS}.")
        for part in FIRST:
            yield from self._kept(part)
        yield from self._kept(lines.APART, of_workouts=False)
        yield from self._recordings()
        yield from self._kept(lines.WORKOUTS)
        yield from self._kept(lines.APART, of_workouts=True)
        yield from self._whole.take()

    def _kept(self, part: str, *, of_workouts: bool | None = None) -> Iterator[Item]:
        findings = Findings(part)
        good = self._lines(part, findings)
        if of_workouts is not None:
            good = (each for each in good if _names_workout(each[1]) is of_workouts)
        while some := tuple(islice(good, TOGETHER.get(part, AT_ONCE))):
            yield Kept(part=part, lines=some)
        if not of_workouts:
            yield from findings.take()

    def _recordings(self) -> Iterator[Item]:
        findings = Findings(lines.RECORDINGS)
        for number, line in self._lines(lines.RECORDINGS, findings):
            if number > self._ask.activities:
                raise Broken(f"There are more than {self._ask.activities:,} recordings in it: no more are read.")
            if isinstance(line, Recording):
                yield self._returning(number, line)
        yield from findings.take()

    def _returning(self, number: int, line: Recording) -> Returning:
        made = activity(line)
        own = {each.exercise: name for each in line.sets if (name := self._known.name(each.exercise))}
        given = {name: getattr(made, name) for name in made.__struct_fields__}
        given |= {"extra": line.extra, "part": f"{lines.RECORDINGS}/{number}", "sha256": self._original(line.original)}
        bare = msgspec.structs.replace(line, channels={}, sets=[], laps=[], legs=[], pauses=[])
        return Returning(**given, line=bare, names=own)

    def _original(self, sha256: str | None) -> str | None:
        """The file that a recording came in, kept once and only if it is what it is said to be."""
        if sha256 is None or self._ask.keep is None:
            return sha256
        if sha256 not in self._originals:
            self._originals[sha256] = self._keep(sha256)
        return self._originals[sha256]

    def _keep(self, sha256: str) -> str | None:
        member: Member | None = self._members.get(ORIGINALS + sha256)
        if member is None:
            return None
        with self._archive.open(member) as file:
            data = file.read(MEMBER_BYTES + 1)
        if len(data) > MEMBER_BYTES:
            self._whole.warn("too-large", f"An original larger than {MEMBER_BYTES >> 20} MiB is not kept.")
        elif self._ask.keep and self._ask.keep(member.name, io.BytesIO(data)) == sha256:
            return sha256
        else:
            self._whole.warn("damaged", f"The original {sha256} is not what its name says: it is not kept.")
        return None

    def _lines(self, part: str, findings: Findings) -> Iterator[tuple[int, msgspec.Struct]]:
        """Those that are as they should be, with their numbers; what is wrong with the others is found."""
        if part not in self._members:
            findings.warn("missing", f"The archive has no {part}.")
            return
        kind, most = PARTS[part]
        decode = msgspec.json.Decoder(kind).decode
        with self._archive.open(self._members[part]) as file:
            for number, text in enumerate(_lines(file, LARGEST_LINE if kind is Recording else LARGEST_OTHER), 1):
                if number > most:
                    findings.bad(number, ValueError(f"there are more than {most:,} lines: no more are read"))
                    return
                try:
                    line = decode(text)
                    if kind is not Recording and (b"\\u0000" in text or b"\x00" in text):
                        raise ValueError("a text holds a character that none can hold")  # noqa: TRY301 - told below
                    self._known.check(line)
                except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as error:
                    findings.bad(number, error)
                    continue
                yield number, line


def _names_workout(line: msgspec.Struct) -> bool:
    """Whether a pair is not of two recordings."""
    return isinstance(line, Apart) and "-" in line.one + line.other


def _check(manifest: bytes) -> None:
    try:
        found = msgspec.json.decode(manifest, type=Manifest)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Broken(f"The manifest cannot be read: {error}"[:300]) from None
    if found.version > VERSION:
        raise Broken(f"The archive is of version {found.version}, and this reads up to {VERSION}.")


def _lines(file: BinaryIO, most: int) -> Iterator[bytes]:
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
        if rest.tell() > most:
            raise Broken("A line is longer than any that we write.")
    if rest.tell():
        yield rest.getvalue()
