"""Google Fit: points in JSON, tables of days and of quarter hours."""

from services.health.tests.readers.uploads import Row, Upload, a_zip, as_json

MERGED = "derived:com.google.step_count.delta:com.google.android.gms:merge_step_deltas"
RAW = "raw:com.google.step_count.delta:com.xiaomi.hm.health:"
DAYS = "Date,Move Minutes count,Calories (kcal),Distance (m),Average heart rate (bpm),Step count,Average weight (kg)\n"
HOURS = "Start time,End time,Move Minutes count,Step count\n"


def points(source, kind, *found):
    values = [
        {
            "dataTypeName": kind,
            "startTimeNanos": start * 10**9,
            "endTimeNanos": end * 10**9,
            "fitValue": [{"value": value} for value in values],
            "originDataSourceId": "raw:x",
        }
        for start, end, *values in found
    ]
    return as_json({"Data Source": source, "Data Points": values})


def test_points():
    read = Upload(points(MERGED, "com.google.step_count.delta", (1704096000, 1704096060, {"intVal": 25})))
    assert read.format == "google-fit"
    assert read.rows == [Row("steps", "2024-01-01T08:00:00Z", 25, 60)]
    read = Upload(points("x", "com.google.blood_pressure", (1704096000, 1704096000, {"fpVal": 121}, {"fpVal": 79})))
    assert read.rows == [
        Row("bp_systolic", "2024-01-01T08:00:00Z", 121),
        Row("bp_diastolic", "2024-01-01T08:00:00Z", 79),
    ]
    read = Upload(points("x", "com.google.height", (1704096000, 1704096000, {"fpVal": 1.8})))
    assert read.rows == [Row("height", "2024-01-01T08:00:00Z", 180)]


def test_sleep_segments():
    nights = points(
        "x",
        "com.google.sleep.segment",
        (1704063600, 1704067200, {"intVal": 4}),
        (1704067200, 1704070800, {"intVal": 5}),
        (1704070800, 1704071000, {"intVal": 3}),
        (1704071000, 1704072000, {"intVal": 77}),
    )
    read = Upload(nights)
    assert (read.total("sleep_light"), read.total("sleep_deep")) == (1, 1)
    assert read.unknown == {"com.google.sleep.segment 77.0": 1}


def test_bad_points():
    read = Upload(
        '{"Data Source": "x", "Data Points": [{}, 1, {"dataTypeName": "com.google.weight", "startTimeNanos": "x"}]}'
    )
    assert read.codes == {"bad-line": 3}


def test_googles_choice_among_the_same_points():
    steps = ("com.google.step_count.delta", (1704096000, 1704096060, {"intVal": 25}))
    read = Upload(
        a_zip(
            {
                "Takeout/Fit/All data/derived_com.google.step_count.delta_com.google.a.json": points(MERGED, *steps),
                "Takeout/Fit/All data/raw_com.google.step_count.delta_com.xiaomi.hm.h.json": points(RAW, *steps),
                "Takeout/Fit/All data/raw_com.google.weight_x.json": points(
                    "raw:com.google.weight:x", "com.google.weight", (1704096000, 1704096000, {"fpVal": 80})
                ),
                "Takeout/Fit/Daily activity metrics/Daily activity metrics.csv": DAYS
                + "2024-01-01,10,2000,1,60,999,80\n",
                "Takeout/Fit/Daily activity metrics/2024-01-01.csv": HOURS
                + "09:00:00.000+01:00,09:15:00.000+01:00,1,99\n",
            }
        )
    )
    assert read.format == "google-fit"
    assert (read.total("steps"), read.total("weight")) == (25, 80)
    assert read.codes == {"left-out": 3}


def test_tables():
    read = Upload(DAYS + "2024-01-01,10,2000,7000.5,60,9999,80\n2024-01-02,,,,,,\n", "Daily activity metrics.csv")
    assert read.rows == [
        Row("exercise_time", "2023-12-31T23:00:00Z", 10, 86_400, device="daily totals"),
        Row("distance_on_foot", "2023-12-31T23:00:00Z", 7000.5, 86_400, device="daily totals"),
        Row("heart_rate", "2024-01-01T11:00:00Z", 60, device="daily totals"),
        Row("steps", "2023-12-31T23:00:00Z", 9999, 86_400, device="daily totals"),
        Row("weight", "2024-01-01T11:00:00Z", 80, device="daily totals"),
    ]
    assert read.codes == {"daily-totals": 1}
    quarters = HOURS + "23:45:00.000+05:30,00:00:00.000+05:30,,11\n"
    read = Upload(quarters, "2026-01-01.csv")
    assert read.rows == [Row("steps", "2026-01-01T18:15:00Z", 11, 900, 330, "daily totals")]
    assert Upload(quarters, "some.csv").codes == {"no-date": 1}
