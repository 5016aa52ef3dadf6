"""By content, never by name."""

import gzip
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from services.workout.tests.readers.reading import Reading, a_track, a_zip
from services.workout.tests.samples import WHEEL, sample

from imports import Broken
from workout.readers.detect import recognise

HEALTH = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE HealthData [\n<!ELEMENT HealthData (Me)>\n]>\n<HealthData locale="en"/>'
)
LIST = "Activity ID,Activity Date,Activity Name,Activity Type,Filename\n"
HEVY = '"title","start_time","end_time","exercise_title","set_index","set_type","weight_kg","reps"\n'


def known(content: bytes | str, name: str = "") -> str:
    return recognise(io.BytesIO(content.encode() if isinstance(content, str) else content), name)[0]


@pytest.mark.parametrize(
    ("content", "is_a"),
    [
        (a_track(), "gpx"),
        ("\ufeff" + a_track(), "gpx"),
        ("junk before\n" + a_track(), "gpx"),
        ("<x:gpx xmlns:x='y'></x:gpx>", "gpx"),
        ("<?xml version='1.0'?><!-- x --><TrainingCenterDatabase/>", "tcx"),
        ("   \n<TrainingCenterDatabase xmlns='x'>", "tcx"),
        (HEALTH, "apple-health"),
        (HEVY, "hevy"),
        ("Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps\n", "strong"),
        ("\ufeffDate;Workout Name;Exercise Name;Set Order;Weight (kg);Reps\r\n", "strong"),
        ("Date,Exercise,Category,Weight (lbs),Reps,Distance,Distance Unit,Time\n", "fitnotes"),
        (a_zip({"a.txt": a_track()}), "archive"),
        (a_zip({"activities.csv": LIST}), "strava"),
        (a_zip({"export_1/activities.csv": LIST, "export_1/media/a.jpg": b"\xff\xd8\xff"}), "strava"),
        (a_zip({"activities.csv": "a,b\n"}), "archive"),
        (
            a_zip({"apple_health_export/Exportieren.xml": HEALTH, "apple_health_export/export_cda.xml": "<C/>"}),
            "apple-health",
        ),
        (gzip.compress(a_track().encode()), "gpx"),
        (gzip.compress(HEVY.encode()), "hevy"),
        ('{"format": "fitmesh-workout", "version": 1}', "fitmesh-workouts"),
        (
            a_zip({"workouts.jsonl": "", "manifest.json": '{"format":"fitmesh-workouts","version":1}'}),
            "fitmesh-workouts",
        ),
    ],
)
@pytest.mark.parametrize("name", ["", "workout.fit", "x.zip", "photo.jpg.gz"])
def test_known(content, is_a, name):
    assert known(content, name) == is_a


def test_files_of_the_wheel():
    assert known((WHEEL / "4078723797.fit").read_bytes(), "a.csv") == "fit"
    assert known((WHEEL / "activity_4078723797.tcx").read_bytes()) == "tcx"
    assert known((WHEEL / "4078723797_strava.gpx").read_bytes()) == "gpx"


def test_files_of_the_samples():
    for name, is_a in (
        ("strength/hevy.csv", "hevy"),
        ("strength/strong-legacy.csv", "strong"),
        ("apple-health/export-2017.xml", "apple-health"),
        ("fit/activity-unexpected-eof.fit", "fit"),
    ):
        assert known(sample(name).read_bytes()) == is_a


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b" \n\n ", "empty"),
        (b"%PDF-1.4", "a PDF"),
        (b"date,steps\n2024-01-01,5\n", "no reader"),
        (b'{"a": 1}', "a JSON file"),
        (b"<html><body/></html>", "html"),
        (b"\x00\x01\x02", "no known kind"),
        (b"\x1f\x8b", "gzip"),
        (gzip.compress(b"hello"), "no reader"),
        (gzip.compress(a_zip({"a": "b"})), "a zip archive"),
        (gzip.compress(gzip.compress(b"x")), "a gzip file"),
        (a_zip({}), "empty"),
        (a_zip({"a": "b"})[:-8], "cut off"),
    ],
)
def test_unknown(content, why):
    with pytest.raises(Broken, match=why):
        known(content)


def test_it_looks_from_the_beginning_and_leaves_the_file_there():
    file = io.BytesIO(HEVY.encode())
    file.read()
    assert recognise(file, "")[0] == "hevy"
    assert file.tell() == 0


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b\x08", b"<gpx", b"<HealthData>", b"\xef\xbb\xbf"]),
)
def test_any_bytes(data, begin):
    Reading(begin + data)
