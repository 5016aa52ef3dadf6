"""Withings: tables with units in the header, raw lists of lengths and values, nights with translated headers."""

import pytest
from services.health.tests.readers.uploads import Row, Upload, a_zip

WEIGHT = (
    'Date,"Weight (kg)","Fat mass (kg)","Bone mass (kg)","Muscle mass (kg)","Hydration (kg)",Comments\n'
    "2026-06-08 07:12:33,78.40,15.20,3.10,57.00,43.80,\n"
    '2026-06-10 07:05:10,78.1,,3.1,,,"after the run"\n'
)
STEPS = (
    "start,duration,value\n"
    "2026-06-09T09:00:00+02:00,[60],[40]\n"
    '2026-06-09T09:05:00+02:00,"[60,120,60]","[10,0,20]"\n'
    '2026-06-09T09:10:00+02:00,"[60,60]","[10]"\n'
)
NIGHT = (
    "von,bis,leicht (s),tief (s),rem (s),wach (s),Aufwachen,Duration to sleep (s),Duration to wake up (s),Snoring (s)\n"
    "2026-06-08T23:10:00+02:00,2026-06-09T06:40:00+02:00,14400,7200,3600,1800,2,300,60,0\n"
)


def test_a_scale():
    read = Upload(WEIGHT, "weight.csv")
    assert read.format == "withings"
    assert {row.metric: row.value for row in read.rows if row.at == "2026-06-08T05:12:33Z"} == {
        "weight": 78.4,
        "bone_mass": 3.1,
        "body_water": 43.8,
        "body_fat": 19.3878,
    }
    assert len(read.rows) == 6
    pounds = Upload("Date,Weight (lb),Comments\n2026-06-08 07:12:33,172.8,\n", "weight.csv")
    assert pounds.rows == [Row("weight", "2026-06-08T05:12:33Z", 78.380762, device="scale")]


def test_raw_lists():
    read = Upload(STEPS, "raw_tracker_steps.csv")
    assert read.rows == [
        Row("steps", "2026-06-09T07:00:00Z", 40, 60, 120, "tracker"),
        Row("steps", "2026-06-09T07:05:00Z", 10, 60, 120, "tracker"),
        Row("steps", "2026-06-09T07:08:00Z", 20, 60, 120, "tracker"),
    ]
    assert [(issue.code, issue.line) for issue in read.issues] == [("bad-line", 4)]
    assert Upload(STEPS, "some.csv").unknown == {"Withings raw values without a name": 3}
    stages = Upload(
        'start,duration,value\n2026-06-09T00:00:00+02:00,"[600,1200]","[1,2]"\n', "raw_tracker_sleep-state.csv"
    )
    assert [(row.metric, row.seconds) for row in stages.rows] == [("sleep_light", 600), ("sleep_deep", 1200)]
    beats = Upload("start,duration,value\n2026-06-09T00:00:00+02:00,[1],[58]\n", "raw_hr_hr.csv")
    assert beats.rows == [Row("heart_rate", "2026-06-08T22:00:00Z", 58, 0, 120, "tracker")]


@pytest.mark.parametrize("header", [NIGHT, NIGHT.replace("von,bis,leicht", "from,to,light").replace("wach", "awake")])
def test_nights_in_any_language(header):
    read = Upload(header, "sleep.csv")
    assert read.total("sleep_in_bed") == 7.5
    assert read.of("sleep_duration") == [Row("sleep_duration", "2026-06-09T04:40:00Z", 7, 0, 120, "tracker")]


def test_cuff_and_height():
    read = Upload("Date,Heart rate,Systolic,Diastolic,Comments\n2026-06-09 08:30:00,61,121,78,\n", "bp.csv")
    assert [(row.metric, row.value) for row in read.rows] == [
        ("heart_rate", 61),
        ("bp_systolic", 121),
        ("bp_diastolic", 78),
    ]
    assert Upload('Date,"Height (m)",Comments\n2020-01-01 10:00:00,1.82,\n').total("height") == 182


def test_totals_of_days_only_without_the_raw_values():
    days = "date,value\n2026-06-09,70\n"
    read = Upload(a_zip({"aggregates_steps.csv": days, "raw_tracker_steps.csv": STEPS, "weight.csv": WEIGHT}))
    assert read.format == "withings"
    assert read.total("steps") == 70
    assert read.codes == {"left-out": 1, "bad-line": 1}
    alone = Upload(a_zip({"aggregates_steps.csv": days, "weight.csv": WEIGHT}))
    assert alone.of("steps") == [Row("steps", "2026-06-08T22:00:00Z", 70, 86_400, device="tracker")]
