"""Archives of many files, and whatever else comes to the door."""

import gzip
import os
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from services.health.tests.readers.apple_export import a_record, an_export
from services.health.tests.readers.uploads import Upload, a_zip, as_json

from health.readers.batch import Limits

MIB = 1 << 20
SAMPLES = os.environ.get("SAMPLES")
TABLE = "date,time,weight,fat,water\n2024-10-28,07:30:00,80,20,50\n"
RAW = "start,duration,value\n2026-06-09T09:00:00+02:00,[60],[40]\n"
NAMES = (
    "steps-1.json",
    "heart_rate-1.json",
    "sleep-1.json",
    "weight-1.json",
    "raw_tracker_steps.csv",
    "2024-01-01.csv",
)


def test_apple_in_a_zip_with_all_that_lies_beside_it():
    read = Upload(
        a_zip(
            {
                "apple_health_export/export.xml": an_export(a_record(value="10"), a_record(source="Watch", value="7")),
                "apple_health_export/export_cda.xml": "<ClinicalDocument/>",
                "apple_health_export/workout-routes/route_2024-01-01_9.41am.gpx": '<?xml version="1.0"?><gpx/>',
                "apple_health_export/workout-routes/route_2024-01-02_9.41am.gpx": '<?xml version="1.0"?><gpx/>',
                "apple_health_export/electrocardiograms/ecg_2024-01-01.csv": "Name,Ana\nDate of Birth,x\n",
                "other.json": as_json([{"dateTime": "07/15/24 22:30:00", "value": {"bpm": 61, "confidence": 2}}]),
                "second/export.xml": an_export(
                    a_record(source="Ring", value="5"),
                    a_record(value="11", at="2024-01-02 08:00:00 +0100", until="2024-01-02 08:10:00 +0100"),
                ),
            }
        )
    )
    assert read.format == "apple-health"
    assert read.total("steps") == 33
    assert {stream.origin.app for stream in read.streams} >= {"Ana’s iPhone", "Watch", "Ring", "Fitbit"}
    assert len(read.streams) == len(set(read.streams)) == 4, "a source in both exports has one number"
    assert read.kept["activity-file"] == 2
    assert read.codes == {"left-out": 1}
    assert read.unknown == {"ecg_2024-01-01.csv": 1}


def test_bytes_done_grow_to_their_total():
    read = Upload(
        a_zip({f"{number}/raw_tracker_steps.csv": RAW * 3_000 for number in range(5)}), limits=Limits(rows=1_000)
    )
    done = [batch.done for batch in read.batches]
    assert done == sorted(done)
    assert done[-1] == read.batches[-1].total == 5 * 3_000 * len(RAW)
    assert all(batch.n <= 1_000 for batch in read.batches)


def test_the_same_file_gives_the_same_batches():
    packed = a_zip(
        {
            "b/raw_tracker_steps.csv": RAW * 100,
            "a/steps-1.json": as_json([{"dateTime": "07/15/24 22:30:00", "value": "12"}]),
            "c.csv": TABLE,
        }
    )
    assert Upload(packed).batches == Upload(packed).batches


def test_a_broken_part_costs_only_itself():
    read = Upload(
        a_zip(
            {"1.json": '[{"dateTime": "07/15/24 22:30:00", "value": {"bpm": 61}}, {', "2.csv": TABLE, "../3.csv": TABLE}
        )
    )
    assert (len(read.of("heart_rate")), len(read.of("weight"))) == (1, 1)
    assert [(issue.kind, issue.code, issue.part) for issue in read.issues] == [
        ("error", "refused", "../3.csv"),
        ("error", "broken", "1.json"),
    ]


def test_archives_in_archives():
    inner = a_zip({"deep.csv": TABLE, "deeper.zip": a_zip({"x.csv": TABLE})})
    read = Upload(a_zip({"part1.zip": inner}))
    assert len(read.of("weight")) == 1
    assert [batch.part for batch in read.batches if batch.n] == ["part1.zip/deep.csv"]
    assert [(issue.code, issue.part) for issue in read.issues] == [("broken", "part1.zip/deeper.zip")]


def test_gzip():
    assert Upload(gzip.compress(TABLE.encode()), "scale.csv.gz").total("weight") == 80
    assert Upload(gzip.compress(RAW.encode()), "raw_tracker_steps.csv.gz").total("steps") == 40
    half = gzip.compress(os.urandom(4_000).hex().encode() + TABLE.encode())[:2_000]
    assert "cut off" in Upload(half).broken
    assert "a zip archive" in Upload(gzip.compress(a_zip({"a": "b"}))).broken


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (a_zip({}), "empty"),
        (b"PK\x03\x04 but no zip", "damaged"),
        (b"%PDF-1.4", "a PDF"),
        (b"\x7fELF" + bytes(100), "no known kind"),
        (b"<html><body/></html>", "“html”|the root html"),
        (b"only words", "a text file"),
        (b'{"some": "thing"}', "a JSON file"),
        (a_zip({f"{number}": "" for number in range(10_001)}), "10,001 files"),
    ],
)
def test_what_nobody_can_read(content, says):
    read = Upload(content, "weight.csv")
    assert read.broken
    assert any(each in read.broken for each in says.split("|"))
    assert not read.rows


def test_names_do_not_matter():
    assert Upload(TABLE, "export.zip").format == "openscale"
    assert Upload(a_zip({"x": TABLE}), "weight.csv").total("weight") == 80
    assert Upload(an_export(a_record()), "ride.fit").format == "apple-health"


@pytest.mark.parametrize("name", ["hevy.csv", "strong.csv", "strong-legacy.csv"])
@pytest.mark.skipif(SAMPLES is None, reason="SAMPLES names no folder with sample files")
def test_strength_logs_are_kept(name):
    read = Upload(Path(SAMPLES, "strength", name).read_bytes(), name)
    assert (read.kept, read.rows, read.broken) == ({"strength-log": 1}, [], None)


def test_bombs_leave_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    one = b'[{"dateTime": "07/15/24 22:30:00", "value": 5},' + b" " * (200 * MIB) + b"]"
    bomb = a_zip({"steps-1.json": one})
    assert len(bomb) < 250_000
    began = time.monotonic()
    read = Upload(bomb)
    assert time.monotonic() - began < 4
    assert "far more than its size allows" in read.broken
    assert read.total("steps") == 5, "what came before is kept"
    assert "far more than its size allows" in Upload(gzip.compress(one[: 20 * MIB]), "steps-1.json.gz").broken
    many = a_zip({f"{number}.zip": a_zip({"steps-1.json": one[: 6 * MIB]}) for number in range(4)})
    assert "far more than its size allows" in Upload(many).broken
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "content",
    [
        b'[{"dateTime": ' + b"[" * 1_000_000,
        b"[" * 2_000_000,
        b'[{"dateTime": "07/15/24 22:30:00", "value": ' + b"9" * 100_000 + b"}]",
        b'[{"dateTime": "07/15/24 22:30:00", "value": "' + b"9" * 100_000 + b'"}]',
        b'[{"dateTime": "07/15/24 22:30:00", "value": 1e999}]',
        b'[{"dateTime": "07/15/24 22:30:00", "value": NaN}]',
        b'[{"dateTime": "99/99/99999999999999999999 22:30:00", "value": 1}]',
        b'[{"dateTime": "01/01/0001 00:00:00", "value": 1}]',
        b"date,time,weight,fat,water\n" + b"\n" * (8 * MIB),
        b'[{"dateTime": "07/15/24 22:30:00", "value": {"bpm": 1e308}}]',
        b'[{"dateTime": "' + b"x" * (9 * MIB) + b'"}]',
        b'{"Data Source": "x", "Data Points": [' + b'{"a":' * 100_000,
        b'[{"dateOfSleep": "", "startTime": "2024-01-01T00:00", "endTime": "2024-01-01T08:00", "levels": {"data": 5}}]',
        b'"Time","Weight","Bone Mass"\n"' + b"x" * (3 * MIB),
        b"date,time,weight,fat,water\n" + b"x" * (3 * MIB),
        b"date,time,weight,fat,water\n" + b'"' * 1_001 + b"\n2024-10-28,07:30:00,80,20,50\n",
        b"date,time,weight,fat,water\n0001-01-01,00:00,1,1,1\n9999-12-31,23:59,1,1,1\n2024-01-01,00:00,nan,inf,1e400\n",
        b"com.samsung.shealth.stress,1,1\n",
        b"com.samsung.shealth.stress,1,1\nstart_time,score\n2024-01-01 00:00,5\n,,\n99999999999999,1,\n",
        b"start,duration,value\n2026-06-09T09:00:00+02:00,[1e308],[1]\n2026-06-09T09:00:00+02:00,[9999999],[1]\n",
    ],
)
@pytest.mark.parametrize("name", ["steps-1.json", "raw_tracker_steps.csv"])
def test_hostile(content, name):
    began = time.monotonic()
    read = Upload(content, name)
    assert read.broken or read.issues or read.unknown or not read.rows
    assert time.monotonic() - began < 2


def test_issues_are_told_up_to_a_thousand():
    bad = "".join(f"bad {number}\n" for number in range(5_000))
    read = Upload(TABLE + bad)
    assert read.codes == {"bad-line": 5_000}
    assert len(read.issues) == 101
    packed = Upload(a_zip({f"{chr(97 + number)}.csv": TABLE + bad for number in range(20)}))
    assert packed.codes == {"bad-line": 100_000}
    assert len(packed.issues) <= 1_020


PIECES = st.sampled_from(
    [
        *(
            b"[",
            b"]",
            b"{",
            b"}",
            b'"dateTime"',
            b":",
            b",",
            b'"07/15/24 22:30:00"',
            b'"value"',
            b'"bpm"',
            b"5",
            b"null",
        ),
        *(
            b'"levels"',
            b'"data"',
            b'"startTime"',
            b'"2024-01-01T00:00:00"',
            b'"endTime"',
            b'"Data Points"',
            b'"Data Source"',
        ),
        *(
            b"timestamp,steps,data source\n",
            b"date,time,weight,fat,water\n",
            b"start,duration,value\n",
            b"\n",
            b"80 kg",
            b";",
        ),
        *(
            b"Time,Weight,Change,BMI,Body Fat,Skeletal Muscle Mass,Bone Mass,Body Water,\n",
            b'" Jul 18, 2026",\n',
            b"[60,60]",
        ),
        *(
            b"com.samsung.shealth.tracker.heart_rate,1,1\n",
            b"start_time,heart_rate,end_time,time_offset\n",
            b"2024-01-01 00:00",
        ),
        *(
            b"Sleep Score 4 Weeks,Duration,Bedtime,Wake Time\n",
            b"5h 8min",
            b"11:00 PM",
            b"Start time,End time,Step count\n",
        ),
        *(
            b"PK\x03\x04",
            b"\x1f\x8b\x08",
            b".FIT",
            b"<HealthData>",
            b"<Record ",
            b"/>",
            b"\xff\xfe",
            b"\x00",
            b'"',
            b"\xef\xbb\xbf",
        ),
    ]
)


@settings(deadline=2_000, max_examples=400)
@given(st.lists(PIECES | st.binary(max_size=8), max_size=30), st.sampled_from(NAMES))
def test_anything(pieces, name):
    Upload(b"".join(pieces), name)


@settings(deadline=2_000)
@given(st.lists(st.tuples(st.sampled_from(NAMES), st.lists(PIECES, max_size=12)), max_size=3))
def test_any_archive(files):
    Upload(a_zip({f"{place}/{name}": b"".join(pieces) for place, (name, pieces) in enumerate(files)}))
