"""FIT files of days: running totals, short times, several activities; recordings of workouts are kept aside."""

import os
import struct
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from services.health.tests.readers.uploads import Row, Upload, a_zip

SAMPLES = os.environ.get("SAMPLES")
sample = pytest.mark.skipif(SAMPLES is None, reason="SAMPLES names no folder with sample files")
EPOCH = datetime(1989, 12, 31, tzinfo=UTC)
MONITORING = 32
ACTIVITY = 4
FILE_ID, INFO, COUNTED, WEIGHT = 0, 103, 55, 30
ENUM, UINT16, UINT32 = (0x00, "B"), (0x84, "H"), (0x86, "I")
TYPE, WALKING, RUNNING = (5, ENUM), 6, 1
TIME, LOCAL, LOW, CYCLES = (253, UINT32), (0, UINT32), (26, UINT16), (3, UINT32)
KIND = (0, ENUM)


def a_fit(*messages: tuple[int, dict]) -> bytes:
    """A FIT file of messages: number, and fields as {(number, type): value}."""
    body = b""
    for number, fields in messages:
        head = b"".join(struct.pack("BBB", field, struct.calcsize(form), base) for field, (base, form) in fields)
        body += b"\x40\x00\x00" + struct.pack("<HB", number, len(fields)) + head
        body += b"\x00" + b"".join(struct.pack("<" + form, value) for (_, (_, form)), value in fields.items())
    return struct.pack("<BBHI4sH", 14, 0x10, 2132, len(body), b".FIT", 0) + body + b"\x00\x00"


def seconds(at: str) -> int:
    return int((datetime.fromisoformat(at).replace(tzinfo=UTC) - EPOCH).total_seconds())


def begun(at: str, hours: int) -> tuple[tuple[int, dict], ...]:
    """A day's file begins, so many hours east of UTC."""
    now = seconds(at)
    return (FILE_ID, {KIND: MONITORING}), (INFO, {TIME: now, LOCAL: now + hours * 3600})


def counted(at: str, total: int, activity: int = WALKING) -> tuple[int, dict]:
    return COUNTED, {TYPE: activity, CYCLES: total, LOW: seconds(at) % 65_536}


@sample
def test_the_sample_of_a_day():
    read = Upload(Path(SAMPLES, "fit", "MonitoringFile.fit").read_bytes(), "MonitoringFile.fit")
    local = timedelta(hours=-6)
    days = Counter()
    for row in read.of("steps"):
        assert row.offset_min == -360
        days[(datetime.fromisoformat(row.at) + local).date().isoformat()] += row.value
    assert days == {"2014-12-27": 3173}
    assert sum(row.value for row in read.of("active_energy")) == 69
    assert all(row.seconds <= 3600 for row in read.rows)
    assert not read.issues


@sample
@pytest.mark.parametrize(
    "name", ["garmin-fenix-5-bike.fit", "antfs-dump.63.fit", "activity-unexpected-eof.fit", "big_activity.fit"]
)
def test_recordings_are_kept(name):
    read = Upload(Path(SAMPLES, "fit", name).read_bytes(), name)
    assert (read.kept, read.rows, read.broken) == ({"activity-file": 1}, [], None)


def test_totals_become_what_came_on_top():
    read = Upload(
        a_fit(
            *begun("2024-07-01T22:00:00", 2),
            counted("2024-07-02T06:00:00", 100),
            counted("2024-07-02T06:05:00", 100),
            counted("2024-07-02T06:10:00", 150),
            counted("2024-07-02T06:12:00", 30, RUNNING),
            counted("2024-07-02T22:00:00", 160),
            counted("2024-07-03T05:00:00", 20),
        )
    )
    assert read.rows == [
        Row("steps", "2024-07-02T05:00:00Z", 100, 3600, 120),
        Row("steps", "2024-07-02T06:05:00Z", 50, 300, 120),
        Row("steps", "2024-07-02T06:10:00Z", 30, 120, 120),
        Row("steps", "2024-07-02T21:00:00Z", 10, 3600, 120),
        Row("steps", "2024-07-03T04:00:00Z", 20, 3600, 120),
    ], "the total at midnight is still that of the day before"


def test_low_16_bits_roll_over():
    read = Upload(
        a_fit(
            *begun("2024-07-01T22:00:00", 2),
            *(counted(f"2024-07-02T{hour:02}:00:00", 10 * (hour + 1)) for hour in range(0, 20, 4)),
        )
    )
    assert [row.at[:13] for row in read.rows] == [
        f"2024-07-{day}" for day in ("01T23", "02T03", "02T07", "02T11", "02T15")
    ]


def test_a_file_that_begins_within_a_day():
    read = Upload(
        a_fit(
            *begun("2024-07-02T10:00:00", 2),
            counted("2024-07-02T10:00:00", 4_000),
            counted("2024-07-02T10:15:00", 4_200),
        )
    )
    assert [row.value for row in read.rows] == [200], "the first total was counted before"


def test_a_scale():
    weighed = (WEIGHT, {TIME: seconds("2024-07-02T06:00:00"), (0, UINT16): 8050, (1, UINT16): 2010})
    read = Upload(a_fit((FILE_ID, {KIND: 9}), weighed))
    assert [(row.metric, row.value) for row in read.rows] == [("weight", 80.5), ("body_fat", 20.1)]


def test_a_clock_that_was_never_set():
    early = (INFO, {TIME: 1_000, LOCAL: 1_000})
    read = Upload(a_fit((FILE_ID, {KIND: MONITORING}), early, counted("2024-07-02T06:00:00", 100)))
    assert not read.rows
    assert read.codes == {"no-date": 1}


def test_damage():
    good = a_fit(
        *begun("2024-07-01T22:00:00", 2), *(counted(f"2024-07-02T06:{minute:02}:00", minute) for minute in range(1, 60))
    )
    read = Upload(good[:400])
    assert "damaged after" in read.broken
    assert 0 < len(read.rows) < 59, "what stood before is read"
    assert Upload(b"\x0e\x10\x00\x00\x00\x00\x00\x00.FIT").broken
    both = Upload(a_zip({"day.fit": good, "ride.fit": a_fit((FILE_ID, {KIND: ACTIVITY})), "bad.fit": good[:300]}))
    assert both.kept == {"activity-file": 1}
    assert [(issue.code, issue.part) for issue in both.issues] == [("broken", "bad.fit")]


@settings(deadline=1_000)
@given(st.binary(max_size=600))
def test_anything(body):
    head = struct.pack("<BBHI4sH", 14, 0x10, 2132, len(body), b".FIT", 0)
    Upload(head + a_fit(*begun("2024-07-01T22:00:00", 2))[14:-2] + body)
    Upload(head + body + b"\x00\x00")
