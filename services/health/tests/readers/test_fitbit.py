"""Fitbit's export: JSON of local nights and UTC minutes, tables of UTC instants."""

import pytest
from services.health.tests.readers.uploads import Row, Upload, a_zip, as_json

NIGHT = {
    "logId": 26589710670,
    "dateOfSleep": "2024-03-02",
    "startTime": "2024-03-01T23:00:00.000",
    "endTime": "2024-03-02T00:30:00.000",
    "duration": 5400000,
    "minutesAsleep": 80,
    "mainSleep": True,
    "type": "stages",
    "levels": {
        "summary": {"deep": {"minutes": 30}},
        "data": [
            {"dateTime": "2024-03-01T23:00:00.000", "level": "wake", "seconds": 300},
            {"dateTime": "2024-03-01T23:05:00.000", "level": "light", "seconds": 1500},
            {"dateTime": "2024-03-01T23:30:00.000", "level": "deep", "seconds": 1800},
            {"dateTime": "2024-03-02T00:00:00.000", "level": "rem", "seconds": 1800},
        ],
        "shortData": [{"dateTime": "2024-03-01T23:10:00.000", "level": "wake", "seconds": 60}],
    },
}

RUN = {"logId": 1, "activityName": "Run", "dateTime": "x"}
STAGE_TABLE = (
    "sleep_id,sleep_stage_id,sleep_stage_type,start_utc_offset,sleep_stage_start,end_utc_offset,sleep_stage_end,"
    "data_source,sleep_stage_created,sleep_stage_last_updated\n"
    "1,2,DEEP,+08:00,2026-05-06T16:00:00Z,+08:00,2026-05-06T16:30:00Z,UNKNOWN,x,y\n"
)


def a_minute(day: int) -> str:
    return as_json([{"dateTime": f"07/{day}/24 22:30:00", "value": f"{day}"}])


def test_minutes_are_utc_and_zeros_are_nothing():
    steps = [
        {"dateTime": "07/15/24 22:30:00", "value": "12"},
        {"dateTime": "07/15/24 22:31:00", "value": "0"},
        {"dateTime": "07/15/24 22:32:00", "value": "30"},
    ]
    read = Upload(as_json(steps), "Takeout/Fitbit/Global Export Data/steps-2024-07-15.json")
    assert read.format == "fitbit"
    assert read.rows == [Row("steps", "2024-07-15T22:30:00Z", 12, 60), Row("steps", "2024-07-15T22:32:00Z", 30, 60)]
    assert read.streams[0].origin.app == "Fitbit"
    assert Upload(as_json(steps), "distance-2024-07-15.json").total("distance_on_foot") == 0.42, "centimetres"


def test_heart_rate_without_confidence_is_left_out():
    beats = [
        {"dateTime": "07/15/24 22:30:05", "value": {"bpm": 61, "confidence": 2}},
        {"dateTime": "07/15/24 22:30:10", "value": {"bpm": 70, "confidence": 0}},
    ]
    read = Upload(as_json(beats), "heart_rate-2024-07-15.json")
    assert read.rows == [Row("heart_rate", "2024-07-15T22:30:05Z", 61)]
    assert read.unknown == {"heart rates without confidence": 1}


def test_a_day_is_the_wearers():
    days = [
        {"dateTime": "07/15/24 00:00:00", "value": {"date": "07/15/24", "value": 57.4, "error": 6.8}},
        {"dateTime": "07/16/24 00:00:00", "value": {"date": None, "value": 0.0, "error": 0.0}},
    ]
    read = Upload(as_json(days), "resting_heart_rate-2024-07-01.json")
    assert read.rows == [Row("resting_heart_rate", "2024-07-15T10:00:00Z", 57.4)], "noon in Berlin"


def test_weight_is_in_pounds_and_local():
    read = Upload(
        as_json([{"logId": 1, "weight": 176.4, "bmi": 24.1, "fat": 20.5, "date": "01/05/24", "time": "07:30:00"}]),
        "weight-2024-01-01.json",
    )
    assert read.rows == [
        Row("weight", "2024-01-05T06:30:00Z", 80.013694),
        Row("bmi", "2024-01-05T06:30:00Z", 24.1),
        Row("body_fat", "2024-01-05T06:30:00Z", 20.5),
    ]


def test_a_night_with_short_wakes():
    read = Upload(as_json([NIGHT]), "sleep-2024-03-01.json")
    hours = {metric: read.total(metric) for metric in {row.metric for row in read.rows}}
    assert hours == {
        "sleep_in_bed": 1.5,
        "sleep_awake": round(360 / 3600, 6),
        "sleep_light": 0.4,
        "sleep_deep": 0.5,
        "sleep_rem": 0.5,
    }
    assert [(row.at, row.seconds) for row in read.of("sleep_light")] == [
        ("2024-03-01T22:05:00Z", 300),
        ("2024-03-01T22:11:00Z", 1140),
    ]


def test_a_classic_night_and_one_without_stages():
    classic = NIGHT | {
        "type": "classic",
        "levels": {"data": [{"dateTime": "2024-03-01T23:00:00.000", "level": "asleep", "seconds": 5400}]},
    }
    assert Upload(as_json([classic]), "sleep-1.json").total("sleep_duration") == 1.5
    bare = {name: value for name, value in NIGHT.items() if name != "levels"}
    read = Upload(as_json([bare]), "sleep-1.json")
    assert read.of("sleep_duration") == [Row("sleep_duration", "2024-03-01T23:30:00Z", round(80 / 60, 6))]


def test_others_are_kept_or_counted():
    assert Upload(as_json([RUN]), "exercise-0.json").kept == {"workout": 1}
    calories = as_json([{"dateTime": "07/15/24 22:30:00", "value": "1.2"}] * 3)
    assert Upload(calories, "Takeout/calories-2024-07-15.json").unknown == {"calories": 3}


def test_bad_elements_cost_only_themselves():
    steps = [
        {"dateTime": "02/30/24 22:30:00", "value": "12"},
        {"dateTime": "07/15/24", "value": "NaN"},
        {"dateTime": None, "value": "5"},
        "text",
        {"dateTime": "07/15/24 22:32:00", "value": "30"},
    ]
    read = Upload(as_json(steps), "steps-1.json")
    assert read.total("steps") == 30
    assert read.codes == {"bad-line": 3}
    assert [issue.line for issue in read.issues] == [1, 2, 3]


@pytest.mark.parametrize(
    ("name", "table", "rows"),
    [
        (
            "Physical Activity_GoogleData/steps_2026-05-01.csv",
            "timestamp,steps,data source\n2026-05-01T01:15:00Z,40,Google Fitbit Air\n2026-05-01T01:16:00Z,0,Phone\n",
            [Row("steps", "2026-05-01T01:15:00Z", 40, 60, device="Google Fitbit Air")],
        ),
        (
            "weight_2026-05-01.csv",
            "timestamp,weight grams,data source\n2026-05-27T05:33:27Z,93400,YAZIO Health Kit\n",
            [Row("weight", "2026-05-27T05:33:27Z", 93.4, device="YAZIO Health Kit")],
        ),
        (
            "daily_resting_heart_rate.csv",
            "timestamp,beats per minute,data source\n2026-05-27T22:00:00Z,51.0,Air\n2026-05-28T22:00:00Z,0.0,x\n",
            [Row("resting_heart_rate", "2026-05-27T22:00:00Z", 51, device="Air")],
        ),
        (
            "heart_rate_2026-05-01.csv",
            "timestamp,beats per minute\n2026-05-01T00:00:04Z,65.0\n",
            [Row("heart_rate", "2026-05-01T00:00:04Z", 65, device="Google data")],
        ),
        (
            "Oxygen Saturation (SpO2)/Minute SpO2 - 2026-05-01.csv",
            "timestamp,value\n2026-05-01T00:00:00Z,50.0\n2026-05-01T00:01:00Z,96.5\n",
            [Row("spo2", "2026-05-01T00:01:00Z", 96.5, device="Google data")],
        ),
        (
            "Heart Rate Variability Details - 2026-03-01.csv",
            "timestamp,rmssd,coverage,low_frequency,high_frequency\n2026-03-01T01:05:00,38.2,0.93,512.1,301.2\n",
            [Row("hrv_rmssd", "2026-03-01T00:05:00Z", 38.2, device="Google data")],
        ),
        (
            "UserSleepStages_2026-05-06.csv",
            STAGE_TABLE,
            [Row("sleep_deep", "2026-05-06T16:00:00Z", 0.5, 1800, 480, "Google data")],
        ),
    ],
)
def test_tables(name, table, rows):
    read = Upload(table, name)
    assert read.format == "fitbit"
    assert read.rows == rows
    assert not read.issues


def test_a_takeout_zip():
    data = "Takeout/Fitbit/Global Export Data"
    read = Upload(
        a_zip(
            {
                "Takeout/archive_browser.html": "<html></html>",
                f"{data}/README.txt": "Fitbit\n",
                f"{data}/steps-2024-07-15.json": a_minute(15),
                f"{data}/steps-2024-07-16.json": a_minute(16),
                f"{data}/steps-2024-07-17.json": a_minute(17)[:-1] + ', {"da',
                f"{data}/sleep-2024-03-01.json": as_json([NIGHT]),
                f"{data}/exercise-0.json": as_json([RUN]),
                "Takeout/Fitbit/Sleep Score/sleep_score.csv": "sleep_log_entry_id,timestamp,overall_score\n1,x,80\n",
            }
        ),
        "takeout.zip",
    )
    assert read.format == "fitbit"
    assert read.total("steps") == 48, "also what stands before a file's end came too early"
    assert read.total("sleep_rem") == 0.5
    assert read.kept == {"workout": 1}
    assert read.unknown == {"sleep_score.csv": 1}
    assert [(issue.code, issue.part) for issue in read.issues] == [("broken", f"{data}/steps-2024-07-17.json")]
    parts = {batch.part for batch in read.batches if batch.n}
    assert parts == {f"{data}/steps-*.json", f"{data}/sleep-2024-03-01.json"}


def test_more_sources_than_anybody_has():
    lines = "".join(f"2026-05-01T01:15:00Z,40,device {number}\n" for number in range(6_000))
    read = Upload("timestamp,steps,data source\n" + lines, "steps_2026-05-01.csv")
    assert len(read.streams) == 5_000
    assert read.codes == {"bad-line": 1_000}
