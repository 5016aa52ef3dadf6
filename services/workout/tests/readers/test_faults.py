"""A fault in a reader costs no more than the file it is met in; and bytes that nobody meant bring none to light."""

import io
import logging
import struct
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from services.workout.tests.readers.fit_bytes import CYCLING, HR, NOON, RECORD, Fit
from services.workout.tests.readers.reading import KG, Reading, a_track, a_zip
from services.workout.tests.readers.test_hevy import HEADER, a_set
from services.workout.tests.readers.test_strong import OLD, ROW
from services.workout.tests.readers.test_tcx import a_lap, a_point, a_tcx, an_activity

from imports import Broken
from workout.imports import batches as batching
from workout.imports.batches import Assumed, Originals, batches
from workout.readers import faults, members, strava_list
from workout.readers.detect import recognise
from workout.recordings.prepare import File, Zones

FAULTS = (ValueError, OverflowError, KeyError, IndexError, RecursionError, struct.error, TypeError, MemoryError)
SECRET = "a heart rate of 171"
WHOLE = File(
    name="a",
    sha256=None,
    zones=Zones([(datetime.min.replace(tzinfo=UTC), "UTC")]),
    imported_at=datetime(2026, 6, 1, tzinfo=UTC),
)
A_LOG = HEADER + "".join(a_set(name) for name in ("Squat", "Row", "Row"))
CHANCE = settings(max_examples=400, deadline=None, derandomize=True)


def a_fit():
    """With records, heartbeats, a lap and two sports."""
    file = Fit()
    for second in range(40):
        place = {0: ("i", (1 << 29) + second * 300), 1: ("i", 1 << 28), 2: ("H", 2_600 + second)}
        file.add(RECORD, {253: ("I", NOON + second)} | place | {3: ("B", 120 + second), 5: ("I", second * 300)})
    file.add(HR, {253: ("I", NOON), 9: ("I", 1_024), 6: ("B", 120)}, local=1)
    return file.session(NOON, 20).session(NOON + 20, 20, sport=CYCLING).made()


SMALL = {
    "fit": a_fit(),
    "tcx": a_tcx(an_activity(a_lap("".join(map(a_point, range(30)))), a_lap(a_point(40), start=40))).encode(),
    "gpx": a_track(points=30).encode(),
    "hevy": A_LOG.encode(),
    "strong": (OLD + ROW * 4).encode(),
}


class Failing:
    """A reader that comes to one activity, and then to a fault."""

    def __init__(self, fault):
        self.fault = fault

    def __call__(self, _file, ask):
        yield from Reading(a_track().encode(), ask).activities
        raise self.fault(SECRET)


@contextmanager
def failing_over(marker, fault):
    """Whatever holds the marker is for a reader with that fault."""
    known = members.of_content

    def of_content(content):
        return ("gpx", Failing(fault)) if marker in content.text else known(content)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(members, "of_content", of_content)
        yield


def batched(content):
    """What an import comes to, up to the database: batches, and why it did not come to the end."""
    file, made = io.BytesIO(content), []
    try:
        _, read = recognise(file, "")
        file.seek(0)
        made.extend(batches(read(file, KG), file, WHOLE, Originals(), Assumed(None)))
    except Broken as broken:
        return made, broken
    return made, None


@pytest.mark.parametrize("fault", FAULTS)
def test_the_other_files_of_an_archive_go_on(fault, caplog):
    files = {"a.gpx": a_track(day=1), "b.gpx": a_track(day=2, name="MARKED"), "c.gpx": a_track(day=3), "d.csv": A_LOG}
    with failing_over("MARKED", fault):
        found = Reading(a_zip(files))
    assert found.broken is None
    assert [activity.part for activity in found.activities] == ["a.gpx", "b.gpx", "c.gpx", "d.csv"]
    [told] = found.findings
    assert (told.kind, told.code, told.part) == ("error", "reader-failed", "b.gpx")
    assert told.detail == (faults.TOO_LARGE if fault is MemoryError else faults.FAILED)
    [record] = caplog.records
    assert record.name == "workout.readers"
    assert fault.__name__ in record.message
    assert "__call__" in record.message
    assert SECRET not in record.message


@pytest.mark.parametrize("fault", FAULTS)
def test_a_file_by_itself_is_partial(fault):
    source = io.BytesIO()
    given = batches(Failing(fault)(source, KG), source, WHOLE, Originals(), Assumed(None))
    batch = next(given)
    with pytest.raises(faults.Failed):
        next(given)
    assert len(batch.prepared) == 1
    assert [(issue.kind, issue.code, issue.part) for issue in batch.issues] == [("error", "reader-failed", None)]


def test_where_the_store_is_away_no_file_is_to_blame():
    with pytest.raises(ConnectionError), faults.contained():
        raise ConnectionError


def test_a_list_of_strava_that_fails_leaves_the_files(monkeypatch):
    def fails(*_):
        raise KeyError("activity date")

    head = "Activity ID,Activity Date,Activity Name,Activity Type,Filename\n"
    row = '1,"May 1, 2026, 6:00:00 AM",Ride,Ride,activities/1.gpx\n'
    packed = a_zip({"activities.csv": head + row, "activities/1.gpx": a_track()})
    assert Reading(packed).activities[0].title == "Ride"
    monkeypatch.setattr(strava_list._List, "_entry", fails)
    found = Reading(packed)
    assert [activity.title for activity in found.activities] == ["Track"]
    assert found.codes["reader-failed"] == 1


def test_an_activity_that_cannot_be_prepared_is_one(monkeypatch):
    known = batching.prepare

    def prepare(activity, *given):
        if activity.part == "b.gpx":
            raise ZeroDivisionError
        return known(activity, *given)

    monkeypatch.setattr(batching, "prepare", prepare)
    [batch], broken = batched(a_zip({f"{name}.gpx": a_track(day=day) for day, name in enumerate("abc", 1)}))
    assert broken is None
    assert [prepared.part for prepared in batch.prepared] == ["a.gpx", "c.gpx"]
    assert [(issue.code, issue.part) for issue in batch.issues] == [("reader-failed", "b.gpx")]


# Bytes that nobody meant


@contextmanager
def no_fault():
    """None that had to be contained."""
    met = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda record: met.append(record.getMessage())
    faults.log.addHandler(handler)
    try:
        yield
    finally:
        faults.log.removeHandler(handler)
    assert met == []


PIECES = (
    *(b"\0", b"\xff" * 4, b"\xff" * 8, b"\x80", b"<", b">", b'"', b",", b"\n", b"\r", b"&", b"]]>", b"<!--", b"-"),
    *(
        b"1e999",
        b"nan",
        b"inf",
        b"9" * 400,
        b"-1",
        b"0",
        b"1e308",
        b"0001-01-01T00:00:00Z",
        b"9999-12-31T23:59:59+14:00",
    ),
    *(b"\xc3\x28", b"\xd9\xa3", b"\xf0\x9d\x9f\x98", b"</Track>", b"<trkseg>", b"<Lap>", b"kg", b"lbs"),
)
CHANGES = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True), st.integers(0, 40), st.one_of(st.sampled_from(PIECES), st.binary(max_size=8))
    ),
    min_size=1,
    max_size=6,
)


@pytest.mark.parametrize("name", SMALL)
@given(changes=CHANGES)
@CHANCE
@example(changes=[(0.5, 1 << 30, b"")])
def test_changed_bytes_come_to_findings_or_broken(name, changes):
    content = bytearray(SMALL[name])
    for place, length, piece in changes:
        at = int(place * len(content))
        content[at : at + length] = piece
    with no_fault():
        made, broken = batched(bytes(content))
    assert broken is None or str(broken)
    assert all(issue.detail for batch in made for issue in batch.issues)


@pytest.mark.parametrize("name", SMALL)
def test_the_small_files_are_sound(name):
    made, broken = batched(SMALL[name])
    assert broken is None
    assert [len(batch.prepared) for batch in made] == [1]
    assert not any(issue.kind == "error" for batch in made for issue in batch.issues)
