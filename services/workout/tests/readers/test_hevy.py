"""Hevy's log in all its dialects."""

import time
from collections import Counter
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from services.workout.tests.readers.reading import KG, Reading
from services.workout.tests.samples import expected, sample

from workout.readers.model import Ask

HEADER = (
    '"title","start_time","end_time","description","exercise_title","superset_id","exercise_notes","set_index",'
    '"set_type","weight_kg","reps","distance_km","duration_seconds","rpe"\n'
)
SET = (
    '"Legs","15 Sep 2025, 07:48","15 Sep 2025, 09:13","",{exercise},{superset},"{notes}",{index},"{kind}",{weight},'
    "{reps},{far},{lasted},{rpe}\n"
)


def a_set(
    exercise="Squat", superset="", notes="", index=0, kind="normal", weight=60, reps=5, far="", lasted="", rpe=""
) -> str:
    return SET.format(
        exercise=f'"{exercise}"',
        superset=superset,
        notes=notes,
        index=index,
        kind=kind,
        weight=weight,
        reps=reps,
        far=far,
        lasted=lasted,
        rpe=rpe,
    )


def volume(sets) -> float:
    return sum((each.reps or 0) * (each.weight_kg or 0) for each in sets)


def test_the_sample():
    figures = expected("strength/hevy.csv")
    read = Reading(sample("strength/hevy.csv").read_bytes(), Ask())
    sets = read.sets
    assert (read.format, read.broken, read.findings) == ("hevy", None, [])
    counts = figures["counts"]
    assert len(read.activities) == counts["workouts"] == 335
    assert len({each.exercise for each in sets}) == counts["exercises"] == 86
    assert len(sets) == counts["sets"] == 7_211
    assert sum(len({each.exercise for each in one.sets}) for one in read.activities) == counts["exercises_in_workouts"]
    assert Counter(each.kind for each in sets) == figures["sets_by_kind"]
    working = [each for each in sets if each.kind != "warm_up"]
    assert sum(each.reps or 0 for each in sets) == figures["total_reps"]["all"]
    assert sum(each.reps or 0 for each in working) == figures["total_reps"]["without_warm_ups"]
    assert volume(working) == figures["volume_kg"]["without_warm_ups"] == 1_964_741.75
    assert volume(sets) == figures["volume_kg"]["all"]
    assert sum(each.weight_kg is None for each in sets) == figures["empty"]["weight_kg"]
    assert sum(each.reps is None for each in sets) == figures["empty"]["reps"]
    assert Counter(f"{each.rpe:g}" for each in sets if each.rpe) == figures["rpe"]
    assert sum(each.superset is not None for each in sets) == figures["superset"]["rows"]
    assert sum(each.duration_s or 0 for each in sets if each.exercise == "Warm Up") == figures["timed_rows"]["seconds"]
    assert sum(one.duration_s for one in read.activities) == figures["duration_min"]["sum"] * 60
    starts = [one.local_start.isoformat(timespec="minutes") for one in read.activities]
    assert (min(starts), max(starts)) == (figures["time"]["first_start_local"], figures["time"]["last_start_local"])
    for exercise, row in figures["by_exercise"]["rows"].items():
        of_it = [each for each in working if each.exercise == exercise]
        assert volume(of_it) == pytest.approx(row[3]), exercise


def test_a_workout_has_what_the_log_says_of_it():
    text = HEADER + a_set(superset=0, notes="slow", rpe=8.5) + a_set(superset=0, notes="slow", kind="warmup", reps="")
    read = Reading(text + a_set("Plank", weight="", reps=0, lasted=60, notes="slow"), Ask())
    [activity] = read.activities
    assert (activity.title, activity.source, activity.sport) == ("Legs", "Hevy", "strength_training")
    assert activity.started_at is None
    assert activity.local_start == datetime(2025, 9, 15, 7, 48)  # noqa: DTZ001  a wall clock
    assert activity.duration_s == activity.totals.elapsed_s == 85 * 60
    first, second, plank = activity.sets
    assert (first.superset, first.notes, first.rpe, first.kind) == (0, "slow", 8.5, "working"), "0 is a superset"
    assert (second.superset, second.notes, second.kind, second.reps) == (0, None, "warm_up", None), (
        "a note is told once"
    )
    assert (plank.superset, plank.notes, plank.reps, plank.duration_s, plank.weight_kg) == (None, "slow", 0, 60, None)


def test_pounds_and_miles_are_in_the_heading():
    header = HEADER.replace("weight_kg", "weight_lbs").replace("distance_km", "distance_miles")
    [one] = Reading(header + a_set(weight=225, far=1.5), KG).sets
    assert one.weight_kg == pytest.approx(102.058283)
    assert one.distance_m == pytest.approx(2_414.016)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("15 Sep 2025, 07:48", "2025-09-15T07:48:00"),
        ("May 15, 2026, 7:26 PM", "2026-05-15T19:26:00"),
        ("May 15, 2026, 12:06\u202fAM", "2026-05-15T00:06:00"),
        ("2026-05-15 19:26:05", "2026-05-15T19:26:05"),
    ],
)
def test_times_are_english_in_more_than_one_way(written, meant):
    text = HEADER + a_set().replace("15 Sep 2025, 07:48", written).replace("15 Sep 2025, 09:13", "")
    [activity] = Reading(text).activities
    assert activity.local_start.isoformat() == meant
    assert activity.duration_s == 0


def test_equal_rows_are_real_sets_and_shuffled_rows_the_same_workouts():
    rows = [a_set(reps=reps) for reps in (5, 5, 3)] + [a_set().replace("Legs", "Arms")]
    read, shuffled = Reading(HEADER + "".join(rows)), Reading(HEADER + "".join(reversed(rows)))
    assert [len(one.sets) for one in read.activities] == [3, 1]
    assert {(one.title, len(one.sets)) for one in shuffled.activities} == {("Legs", 3), ("Arms", 1)}


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("begin", ["", "\ufeff"])
def test_line_ends_marks_and_quoted_lines(ending, begin):
    text = begin + (HEADER + a_set("Press, seated") + a_set("Row")[:-1]).replace("\n", ending)
    text = text.replace('"",', f'"first{ending}second, ""third""",', 1)
    read = Reading(text)
    assert [each.exercise for each in read.sets] == ["Press, seated", "Row"]
    assert read.activities[0].notes.split()[0] == "first"
    assert read.findings == []


def test_bad_rows_are_told_by_their_line_and_the_others_stay():
    bad = [
        a_set(reps=-3),
        a_set(reps=2.5),
        a_set(weight="1e308"),
        a_set(weight="nan kg"),
        a_set(weight=-5),
        a_set(lasted="soon"),
        a_set().replace("15 Sep 2025, 07:48", "31 Feb 2025, 07:48"),
        a_set().replace("15 Sep 2025, 07:48", "15 Sep 0000, 07:48"),
        a_set(""),
        a_set().replace('"normal"', '"normal",1,2,3'),
        '"Legs","15 Sep 2025, 07:48"\n',
    ]
    read = Reading(HEADER + a_set() + "".join(bad) + a_set(rpe=11) + a_set(kind="myoreps"))
    assert len(read.sets) == 3
    assert [finding.line for finding in read.findings if finding.code == "bad-line"] == list(range(3, 14))
    assert read.codes == {"bad-line": 11, "left-out": 1, "unknown-kind": 1}
    assert read.sets[1].rpe is None


def test_help_is_no_negative_weight():
    [one] = Reading(HEADER + a_set("Pull Up (Assisted)", weight=-25)).sets
    assert one.weight_kg == 25


def test_only_so_many_faults_are_listed():
    read = Reading(HEADER + a_set() + a_set(reps="x") * 5_000)
    assert len(read.findings) == 101
    assert read.codes == {"bad-line": 5_000}


@pytest.mark.parametrize("text", [HEADER, HEADER + "\n\n", HEADER + a_set(reps="x")])
def test_a_log_without_a_set_is_broken(text):
    assert Reading(text).broken


def test_an_end_before_the_start_is_left_out():
    read = Reading(HEADER + a_set().replace("09:13", "06:00"))
    assert read.activities[0].duration_s == 0
    assert read.codes == {"left-out": 1}


def test_more_workouts_than_are_believed():
    rows = "".join(a_set().replace("Legs", f"Legs {number}") for number in range(6))
    assert "more than 5" in Reading(HEADER + rows, Ask(activities=5)).broken


@pytest.mark.parametrize("rows", ["x\n", ",x\n", '"\n', '"x', "\n \n"])
def test_rows_without_end_are_given_up(rows):
    begun = time.process_time()
    read = Reading(HEADER + a_set() + rows * 1_000_000)
    assert read.broken or read.findings
    assert time.process_time() - begun < 10


def test_cut_off_anywhere():
    text = (HEADER + a_set() * 12 + a_set("Press\nlying")).encode()
    for length in range(0, len(text), 64):
        read = Reading(text[:length])
        assert read.broken or read.sets or read.findings


def test_what_is_too_large():
    assert Reading("c," * 100_000 + HEADER + a_set()).broken
    read = Reading(HEADER + a_set(notes="x" * (1 << 20)) + a_set())
    assert read.broken or read.codes["bad-line"]
    assert len(Reading(HEADER + a_set(notes="x" * 100_000)).sets[0].notes) <= 4_000
    assert Reading(HEADER + a_set("\0Squat\0")).broken, "no text holds a zero byte"


CELL = st.one_of(
    st.text(max_size=12),
    st.floats().map(str),
    st.integers().map(str),
    st.sampled_from(["15 Sep 2025, 07:48", "normal", '"', "\n", "1e308", "-0", "\0", "9" * 400, "0000-00-00"]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(CELL, max_size=16), max_size=6))
def test_any_cells(rows):
    Reading(HEADER + "".join(",".join(row) + "\n" for row in rows))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes(data):
    Reading(HEADER.encode() + data)
