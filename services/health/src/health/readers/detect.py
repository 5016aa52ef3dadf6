"""Which reader a file is for: by its content. A name only helps where a format keeps its meaning there."""

import re
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from health.readers import (
    apple,
    csv_mapping,
    fit_monitoring,
    fitbit,
    fitbit_csv,
    garmin,
    openscale,
    samsung,
    takeout,
    withings,
)
from health.readers.batch import Batch, Reader, Reading
from health.readers.rows import Parse, Rows, reader
from imports import Broken
from imports.detect import HEAD, Content, detect, header_of

ACTIVITY = "activity-file"


class Found(msgspec.Struct, frozen=True):
    """How a file is read; one of the two, or nothing."""

    format: str
    parse: Parse | None = None
    read: Reader | None = None

    @property
    def reader(self) -> Reader | None:
        return self.read or (reader(self.parse) if self.parse else None)


def kept(name: str) -> Parse:
    """For files of workouts: they are counted here and read elsewhere."""

    def parse(_: BinaryIO, rows: Rows) -> Iterator[Batch]:
        rows.kept(name)
        yield from ()

    return parse


NOTHING = Found("unknown")
CSV = Found("csv", csv_mapping.read)
WORKOUTS = Found("fitmesh-workouts", kept("workout-archive"))
"""What the workout service has written: all that it keeps of a user, or one workout."""
A_WORKOUT = re.compile(r'\{\s*"format"\s*:\s*"fitmesh-workout"')
ROOTS = {
    "HealthData": Found("apple-health", read=apple.read),
    "gpx": Found("gpx", kept(ACTIVITY)),
    "TrainingCenterDatabase": Found("tcx", kept(ACTIVITY)),
}
TABLES = (
    ("google-fit", takeout.is_csv, takeout.read_csv),
    ("withings", withings.is_csv, withings.read),
    ("garmin", garmin.is_csv, garmin.read),
    ("openscale", openscale.is_csv, openscale.read),
)
LOGS = (
    ("hevy", {"exercise_title", "set_index", "superset_id"}, "strength-log"),
    ("strong", {"workout name", "exercise name", "set order"}, "strength-log"),
    ("fitnotes", {"date", "exercise", "category", "reps"}, "strength-log"),
    ("strava", {"activity id", "activity date", "activity type"}, "activity-list"),
)
FITBIT_JSON = re.compile(r'"(?:dateTime|dateOfSleep|logId)"\s*:')


def of_content(content: Content, name: str) -> Found:
    """The reader for what is no archive."""
    if content.kind == "fit":
        return Found("fit", fit_monitoring.read)
    if content.kind == "xml":
        return ROOTS.get(content.root or "", NOTHING)
    if content.kind == "json":
        return of_json(content.text, name)
    if content.kind == "text":
        return of_table(content.text, name)
    return NOTHING


def of_json(head: str, name: str) -> Found:
    if A_WORKOUT.match(head.lstrip()):
        return WORKOUTS
    if takeout.source_of(head) or f'"{takeout.POINTS}"' in head:
        return Found("google-fit", takeout.read_json)
    if FITBIT_JSON.search(head) and (head.lstrip().startswith("[") or fitbit.family(name) in fitbit.PER_MINUTE):
        return Found("fitbit", fitbit.read_json)
    return NOTHING


def of_table(head: str, name: str) -> Found:
    if samsung.is_csv(head):
        return Found("samsung", samsung.read)
    names = [each.lower().lstrip("\ufeff") for each in header_of(head)]
    if len(names) < 2:
        return CSV if any(len(header_of(line)) > 1 for line in head.splitlines()[1:20]) else NOTHING
    for format_name, telling, what in LOGS:
        if telling <= set(names):
            return Found(format_name, kept(what))
    if fitbit_csv.is_csv(names, name):
        return Found("fitbit", fitbit_csv.read_csv)
    for format_name, fits, parse in TABLES:
        if fits(names):
            return Found(format_name, parse)
    return CSV


def recognise(file: BinaryIO, name: str) -> tuple[str, Reader]:
    """Name and reader of an upload's format; Broken when nobody can read it."""
    from health.readers import archive  # noqa: PLC0415  it finds the readers of its parts here

    content = detect(file.read(HEAD))
    if content.kind == "empty":
        raise Broken("The file is empty.")
    if content.kind == "zip":
        return archive.recognise_zip(file)
    if content.kind == "gzip":
        return archive.recognise_gzip(file, name)
    found = of_content(content, name)
    if found.reader is None:
        what = f", with the root “{content.root[:40]}”" if content.root else ""
        raise Broken(f"This is {content.says}{what}; no reader here knows it.")
    return found.format, with_mapping(found.reader) if content.kind == "text" else found.reader


def with_mapping(read: Reader) -> Reader:
    """A mapping sent along says more than what a table looks like; any other table needs one."""
    mapped = reader(csv_mapping.read)

    def choose(file: BinaryIO, reading: Reading) -> Iterator[Batch]:
        return mapped(file, reading) if reading.mapping is not None else read(file, reading)

    return choose
