"""Garmin Connect's reports: dates on lines of their own, values with their units, nights by their waking."""

import pytest
from services.health.tests.readers.uploads import Row, Upload

WEIGHT = (
    "\ufeffTime,Weight,Change,BMI,Body Fat,Skeletal Muscle Mass,Bone Mass,Body Water,\n"
    '" Jul 18, 2026",\n'
    "8:28 AM,80.0 kg,0.5 kg,25.0,18.0 %,35.0 kg,3.5 kg,61.0 %,\n"
    '" 21 Sep 2023",\n'
    "17:08,179.5 lbs,--,--,--,--,--,--,\n"
    "12:05 AM,12 stone,--,--,--,--,--,--,\n"
)
SLEEP = (
    "Sleep Score 4 Weeks,Score,Resting Heart Rate,Body Battery,Pulse Ox,Respiration,Skin Temp Change,HRV Status,"
    "Quality,Duration,Sleep Need,Bedtime,Wake Time\n"
    "2025-11-07,88,53,72,96.18,14.63,+0.3°,34,Good,7h 55min,8h,10:31 PM,6:40 AM\n"
    '"Jun 26, 2026",76,52,"+35",97,15,--,48,Good,5h 8min,9h 0min,12:31 AM,6:04 AM\n'
    "2025-11-05,--,--,--,--,--,--,--,--,--,--,--,--\n"
)


def test_weight():
    read = Upload(WEIGHT, "Weight.csv")
    assert read.format == "garmin"
    assert {row.metric: row.value for row in read.rows if row.at == "2026-07-18T06:28:00Z"} == {
        "weight": 80,
        "bmi": 25,
        "body_fat": 18,
        "bone_mass": 3.5,
    }
    assert read.of("weight")[1] == Row("weight", "2023-09-21T15:08:00Z", 81.41983, device="scale")
    assert [(issue.line, issue.detail) for issue in read.issues] == [(6, "“stone” is no unit of weight that is known")]


def test_steps_of_days():
    read = Upload(",Actual,Goal\n07/12/2026,5565,11790\n07/13/2026,,11790\nAverage,6000,\n", "Steps.csv")
    assert read.rows == [Row("steps", "2026-07-11T22:00:00Z", 5565, 86_400)]
    assert read.codes == {"daily-totals": 1, "bad-line": 1}
    summer = Upload(",Actual,Goal\n03/31/2024,100,0\n10/27/2024,100,0\n")
    assert [row.seconds for row in summer.rows] == [23 * 3600, 25 * 3600], "days of 23 and 25 hours"


def test_nights():
    read = Upload(SLEEP, "Sleep.csv")
    assert read.of("sleep_in_bed") == [
        Row("sleep_in_bed", "2025-11-06T21:31:00Z", 8.15, 8.15 * 3600),
        Row("sleep_in_bed", "2026-06-25T22:31:00Z", 5.55, 5.55 * 3600),
    ]
    assert [row.value for row in read.of("sleep_duration")] == [7.916667, 5.133333]
    assert [row.value for row in read.of("resting_heart_rate")] == [53, 52]
    assert read.total("skin_temperature_delta") == 0.3
    assert not read.issues


def test_heart_rate_and_activities():
    read = Upload("Heart Rate 4 Weeks,Resting,High\n2026-07-12,52 bpm,140 bpm\n")
    assert read.rows == [Row("resting_heart_rate", "2026-07-12T10:00:00Z", 52)]
    activities = 'Activity Type,Date,Title,Distance\nRunning,"6/26/2026 6:04 AM",Morning,6.91\nCardio,x,y,0\n'
    assert Upload(activities, "Activities.csv").kept == {"workout": 2}


@pytest.mark.parametrize("time", ["25:00", "8:61 AM", "13:00 PM", "noon", ":"])
def test_times_that_are_none(time):
    table = (
        f'Time,Weight,Change,BMI,Body Fat,Skeletal Muscle Mass,Bone Mass,Body Water,\n" Jul 18, 2026",\n{time},80 kg,\n'
    )
    assert Upload(table).codes == {"bad-line": 1}
