"""Archives of any files: each is read by its content, and costs nothing but itself."""

import gzip
import hashlib
import io
import random
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from services.workout.tests.readers.reading import KG, Kept, Reading, a_track, a_zip
from services.workout.tests.samples import WHEEL

from workout.readers.model import Ask

HEVY = (
    '"title","start_time","end_time","exercise_title","set_index","set_type","weight_kg","reps"\n'
    '"Legs","15 Sep 2025, 07:48","15 Sep 2025, 09:13","Squat",0,"normal",60,5\n'
)
ZEROS = b"\0" * (40 << 20)


def test_every_file_that_is_an_activity():
    kept = Kept()
    fit = (WHEEL / "4078723797.fit").read_bytes()
    files = {
        "b/ride.bin": fit,
        "a.gpx": a_track(day=1),
        "c.gpx.gz": gzip.compress(a_track(day=2).encode()),
        "log.txt": HEVY,
        "photo.jpg": b"\xff\xd8\xff\xe0",
        "read me.txt": "hello",
        "steps.json": '{"steps": 1}',
        "__MACOSX/._a.gpx": b"\0\5\x16\7\0\2",
    }
    read = Reading(a_zip(files), Ask(keep=kept.keep))
    assert read.format == "archive"
    assert [(each.part, each.format) for each in read.activities] == [
        ("a.gpx", "gpx"),
        ("b/ride.bin", "fit"),
        ("c.gpx.gz", "gpx"),
        ("log.txt", "hevy"),
    ]
    assert kept.names == [each.part for each in read.activities]
    assert [each.sha256 for each in read.activities] == list(kept.files)
    assert read.activities[1].sha256 == hashlib.sha256(fit).hexdigest()
    assert kept.files[read.activities[2].sha256] == a_track(day=2).encode(), "unpacked"
    assert read.codes == {"not-read": 3, "broken": 1}, "one that is called an activity and is none is told by its name"
    assert next(finding.part for finding in read.findings if finding.code == "broken") == "__MACOSX/._a.gpx"


def test_the_order_is_that_of_names_and_always_the_same():
    names = [f"{number}.gpx" for number in range(20)]
    shuffled = random.Random(1).sample(names, len(names))
    one = Reading(a_zip({name: a_track(day=1 + int(name[:-4]) % 9) for name in names}))
    other = Reading(a_zip({name: a_track(day=1 + int(name[:-4]) % 9) for name in shuffled}))
    assert [each.part for each in one.activities] == sorted(names) == [each.part for each in other.activities]


def test_archives_in_it_are_opened_once():
    inner = a_zip({"x.gpx": a_track()})
    read = Reading(a_zip({"in.zip": inner, "deep.zip": a_zip({"in.zip": inner}), "y.gpx": a_track(day=2)}))
    assert [each.part for each in read.activities] == ["in.zip/x.gpx", "y.gpx"]
    assert [(each.code, each.part) for each in read.findings] == [("broken", "deep.zip/in.zip")]


def test_a_broken_member_costs_only_itself():
    files = {"a.gpx": a_track(), "b.fit": b"\x0e\x10\x00\x00\xff\xff\xff\x7f.FIT", "c.fit": b"", "d.tcx": "<html/>"}
    read = Reading(a_zip(files))
    assert [each.part for each in read.activities] == ["a.gpx"]
    assert [(each.kind, each.part) for each in read.findings if each.code == "broken"] == [
        ("error", "b.fit"),
        ("error", "c.fit"),
        ("error", "d.tcx"),
    ]
    assert all(each.detail for each in read.findings)


def test_damage_within_a_member():
    packed = bytearray(a_zip({"a.gpx": a_track(), "b.gpx": a_track(day=2, points=50)}))
    packed[packed.find(b"b.gpx") + 100] ^= 0xFF
    read = Reading(bytes(packed))
    assert [each.part for each in read.activities if not each.partial] == ["a.gpx"]
    assert [each.part for each in read.findings if each.kind == "error"] == ["b.gpx"]


def test_a_gzip_that_is_cut_off_gives_what_was_in_it():
    packed = gzip.compress(a_track(points=59).encode())[:-60]
    for read in (Reading(packed), Reading(a_zip({"a.gpx.gz": packed}))):
        [activity] = read.activities
        assert 10 < len(activity.channels["time"]) < 59
        assert activity.partial


@pytest.mark.parametrize("name", ["../a.gpx", "/a.gpx", "C:\\a.gpx", "x/../../a.gpx"])
def test_names_that_point_outside(name):
    read = Reading(a_zip({name: a_track(), "b.gpx": a_track(day=2)}))
    assert [each.part for each in read.activities] == ["b.gpx"]
    assert read.codes == {"refused": 1}


def test_a_bomb_ends_it_and_what_came_before_stays():
    bomb = gzip.compress(ZEROS)
    read = Reading(a_zip({"a.gpx": a_track(), "b.gpx.gz": bomb, "c.zip": a_zip({"x": ZEROS, "y": ZEROS, "z": ZEROS})}))
    assert [each.part for each in read.activities] == ["a.gpx"]
    assert read.codes == {"broken": 1} or read.codes["stopped"] == 1
    assert Reading(a_zip({"a.gpx.gz": bomb})).broken
    assert Reading(bomb).broken


def test_more_activities_than_are_believed():
    read = Reading(a_zip({f"{number}.gpx": a_track() for number in range(5)}), Ask(activities=3))
    assert len(read.activities) == 3
    assert read.codes == {"stopped": 1}


def test_nothing_for_us_in_it():
    read = Reading(a_zip({"a.jpg": b"\xff\xd8\xff", "b.txt": "x"}))
    assert "no activity" in read.broken
    assert read.codes == {"not-read": 2}


def test_a_log_that_lacks_its_unit_is_told_by_its_name():
    text = HEVY.replace("weight_kg", "weight")
    read = Reading(a_zip({"a.csv": text, "b.gpx": a_track()}), Ask())
    assert [each.part for each in read.findings] == ["a.csv"]
    assert Reading(a_zip({"a.csv": text}), KG).activities


def test_cut_off_anywhere():
    packed = a_zip({"a.gpx": a_track(), "b.csv": HEVY, "c.gz": gzip.compress(a_track().encode())})
    for length in range(0, len(packed), 64):
        assert Reading(packed[:length]).broken
    for place in range(0, len(packed), 16):
        Reading(packed[:place] + b"\xff\xff\xff\xff" + packed[place + 4 :])


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.text(min_size=1, max_size=20), st.binary(max_size=100), max_size=6),
    st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]),
)
def test_any_members(files, pack):
    try:
        packed = a_zip({name: b"PK\x03\x04" + data for name, data in files.items()}, pack)
    except (UnicodeEncodeError, ValueError, IndexError):
        return
    Reading(packed)


def test_the_reader_wants_no_more_than_a_stream():
    file = io.BytesIO(gzip.compress(a_track().encode()))
    assert Reading(file.getvalue(), Ask(name="x.gpx.gz")).activities
