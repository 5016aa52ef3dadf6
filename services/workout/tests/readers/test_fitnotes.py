"""FitNotes' log: nothing but dates."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from services.workout.tests.readers.reading import KG, Reading

from workout.readers.model import Ask

HEADER = "Date,Exercise,Category,Weight (kgs),Reps,Distance,Distance Unit,Time,Comment\n"
BESIDE = "Date,Exercise,Category,Weight,Weight Unit,Reps,Distance,Distance Unit,Time,Comment\n"
ROW = "2024-06-01,Squat,Legs,100.0,5,,,,deep\n"


def test_a_workout_a_date():
    read = Reading(
        HEADER
        + ROW
        + "2024-06-01,Plank,Abs,,,,,0:01:30,\n"
        + "2024-06-02,Running,Cardio,0.0,0,5.0,km,0:25:00,\n"
        + "2024-06-01,Squat,Legs,90,8,,,,\n",
        Ask(),
    )
    first, second = read.activities
    assert read.format == "fitnotes"
    assert first.local_start == datetime.fromisoformat("2024-06-01 12:00")
    assert "noon" in first.warnings[0]
    squat, plank, again = first.sets
    assert (squat.weight_kg, squat.reps, squat.notes) == (100, 5, "deep")
    assert (plank.duration_s, plank.reps, plank.weight_kg) == (90, None, None)
    assert again.reps == 8
    assert (second.sets[0].distance_m, second.sets[0].duration_s) == (5_000, 1_500)


@pytest.mark.parametrize("unit", ["lbs", "lb"])
def test_pounds_in_the_heading_or_beside(unit):
    for text in (HEADER.replace("kgs", unit) + ROW, BESIDE + ROW.replace("100.0,", f"100.0,{unit},")):
        assert Reading(text, Ask()).sets[0].weight_kg == pytest.approx(45.359237)


def test_a_weight_without_a_unit_is_asked_for():
    text = BESIDE + ROW.replace("100.0,", "100.0,,")
    assert "weight_unit" in Reading(text, Ask()).broken
    assert Reading(text, KG).sets[0].weight_kg == 100


def test_cut_off_anywhere():
    text = (HEADER + ROW * 30).encode()
    for length in range(0, len(text), 64):
        read = Reading(text[:length])
        assert read.broken or read.sets


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes(data):
    Reading(HEADER.encode() + data)
