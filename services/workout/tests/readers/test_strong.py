"""Strong's log in all its dialects."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from services.workout.tests.readers.reading import KG, Reading
from services.workout.tests.samples import expected, sample

from workout.readers.model import Ask

OLD = "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,RPE\n"
ROW = '2024-11-28 17:36:08,"B",35m,"Bent Over Row (Barbell)",1,10.0,13.0,0,0.0,\n'
WITH_UNITS = (
    "Date;Workout Name;Exercise Name;Set Order;Weight;Weight Unit;Reps;RPE;Distance;Distance Unit;Seconds;Notes;"
    "Workout Notes;Workout Duration\n"
)
NUMBERED = (
    "Workout #;Date;Workout Name;Duration (sec);Exercise Name;Set Order;Weight (kg);Reps;RPE;Distance (meters);Seconds;"
    "Notes;Workout Notes\n"
)


@pytest.mark.parametrize("name", ["strength/strong.csv", "strength/strong-legacy.csv"])
def test_the_samples(name):
    figures = expected(name)
    read = Reading(sample(name).read_bytes(), KG)
    assert (read.format, read.broken, read.findings) == ("strong", None, [])
    rows = [
        [
            activity.local_start.isoformat(),
            activity.title,
            activity.duration_s / 60,
            len({each.exercise for each in activity.sets}),
            len(activity.sets),
            sum(each.reps for each in activity.sets),
            pytest.approx(sum(each.reps * each.weight_kg for each in activity.sets)),
        ]
        for activity in read.activities
    ]
    assert rows == figures["workouts"]["rows"]
    assert {each.exercise for each in read.sets} == set(figures["by_exercise"]["rows"])
    assert {each.kind for each in read.sets} == {"working"}
    assert all(each.rpe is None and each.duration_s is None and each.distance_m is None for each in read.sets)


def test_pounds_where_they_are_asked_for():
    assert Reading(OLD + ROW, Ask(weight_unit="lb")).sets[0].weight_kg == pytest.approx(4.5359237)


def test_no_unit_anywhere_and_nobody_asked():
    assert '{"weight_unit": "kg"}' in Reading(OLD + ROW, Ask()).broken
    assert '{"distance_unit": "km"}' in Reading(OLD + ROW.replace("10.0,13.0,0", "0,13.0,5"), Ask()).broken
    assert Reading(OLD + ROW.replace(",10.0,", ",0,"), Ask()).sets, "no weight needs no unit"


def test_units_in_columns_and_semicolons():
    read = Reading(
        WITH_UNITS
        + "2024-02-01 09:00:00;Legs;Squat (Barbell);W;225;lbs;5;8,5;;;0;deep;felt good;1h 5m\n"
        + "2024-02-01 09:00:00;Legs;Leg Press;1;102,5;kg;10;;;;;;;1h 5m\n"
        + "2024-02-01 09:00:00;Legs;Running;D;0;kg;0;;1,5;mi;600;;;1h 5m\n"
        + "2024-02-01 09:00:00;Legs;Leg Press;2;5;stone;10;;;;;;;1h 5m\n",
        Ask(),
    )
    [activity] = read.activities
    squat, press, run = activity.sets
    assert (activity.duration_s, activity.notes) == (3_900, "felt good")
    assert (squat.weight_kg, squat.rpe, squat.kind, squat.notes) == (pytest.approx(102.058283), 8.5, "warm_up", "deep")
    assert press.weight_kg == 102.5
    assert (run.distance_m, run.duration_s, run.kind) == (pytest.approx(2_414.016), 600, "drop")
    assert [finding.line for finding in read.findings] == [5]


def test_rest_timers_belong_to_the_set_before():
    read = Reading(
        NUMBERED
        + "1;2026-08-10 18:00:00;Push;3600;Bench Press;F;40;10;;20;;;\n"
        + "1;2026-08-10 18:00:00;Push;3600;Bench Press;Rest Timer;;;;;90;;\n"
        + "1;2026-08-10 18:00:00;Push;3600;Bench Press;Note;;;;;;wide grip;\n"
        + "1;2026-08-10 18:00:00;Push;3600;Squat;Rest Timer;;;;;60;;\n"
        + "2;2026-08-10 18:00:00;Push;3600;Squat;1;40;10;;;;;\n",
        Ask(),
    )
    first, second = read.activities
    [bench] = first.sets
    assert (bench.rest_s, bench.notes, bench.kind, bench.distance_m) == (90, "wide grip", "failure", 20)
    assert second.sets[0].rest_s is None
    assert first.duration_s == 3_600


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2024-11-28 5:36:08\u202fPM", "2024-11-28 17:36:08"),
        ("2024-11-28 12:00:00\u202fAM", "2024-11-28 00:00:00"),
        ('"Aug 28, 2023 2:32 PM"', "2023-08-28 14:32:00"),
        ("28/08/2023 14:32", "2023-08-28 14:32:00"),
        ("2024-11-28", "2024-11-28 00:00:00"),
    ],
)
def test_times(written, meant):
    [activity] = Reading(OLD + ROW.replace("2024-11-28 17:36:08", written)).activities
    assert activity.local_start == datetime.fromisoformat(meant)
    assert activity.started_at is None


def test_an_offset_makes_it_an_instant():
    [activity] = Reading(OLD + ROW.replace("17:36:08", "17:36:08 +0200")).activities
    assert activity.started_at.isoformat() == "2024-11-28T17:36:08+02:00"
    assert activity.local_start is None


@pytest.mark.parametrize(
    "written", ["04/03/2024 07:30", "2024-13-28 1:1", "25:00", "0000-01-01 00:00:00", "1970-01-01 00:00"]
)
def test_times_that_are_none(written):
    read = Reading(OLD + ROW + ROW.replace("2024-11-28 17:36:08", written))
    assert len(read.sets) == 1
    assert read.codes == {"bad-line": 1}


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        *(("35m", 2_100), ("1h 5m", 3_900), ("1h", 3_600), ("1:05:00", 3_900), ("35:20", 2_120), ("90 sec", 90)),
        *(("7 min", 420), ("3900", 3_900), ("3900.0", 3_900), ("", 0), ("1h 5m 3s", 3_903)),
    ],
)
def test_durations(written, seconds):
    assert Reading(OLD + ROW.replace("35m", written)).activities[0].duration_s == seconds


@pytest.mark.parametrize("written", ["long", "-5m", "9999h", "1e9"])
def test_durations_that_are_none(written):
    assert Reading(OLD + ROW.replace("35m", written)).broken


def test_the_same_start_with_another_name_is_another_workout():
    assert len(Reading(OLD + ROW + ROW.replace('"B"', '"C"')).activities) == 2


def test_an_unknown_unit_in_the_heading():
    assert "stone" in Reading(OLD.replace("Weight", "Weight (stone)") + ROW).broken


def test_cut_off_anywhere():
    text = (OLD + ROW * 20).encode()
    for length in range(0, len(text), 64):
        read = Reading(text[:length])
        assert read.broken or read.sets


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.text(max_size=12), max_size=16), max_size=6), st.sampled_from([OLD, WITH_UNITS, NUMBERED]))
def test_any_cells(rows, header):
    delimiter = ";" if ";" in header else ","
    Reading(header + "".join(delimiter.join(row) + "\n" for row in rows))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes(data):
    Reading(OLD.encode() + data)
