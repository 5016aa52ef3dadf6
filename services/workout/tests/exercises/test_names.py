"""What gym logs call things: by the table of aliases and by the rule, on names written out here."""

import csv
from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from services.workout.tests.samples import sample

from workout.exercises import names, words
from workout.exercises.catalogue import BY_CODE, EXERCISES

LOGGED = {
    "Bench Press (Barbell)": "barbell-bench-press-medium-grip",
    "Bench Press": "barbell-bench-press-medium-grip",
    "Flat Barbell Bench Press": "barbell-bench-press-medium-grip",
    "Bench Press (Dumbbell)": "dumbbell-bench-press",
    "Incline Bench Press (Dumbbell)": "incline-dumbbell-press",
    "Chest Press (Machine)": "machine-bench-press",
    "Iso-Lateral Chest Press (Machine)": "leverage-chest-press",
    "Chest Fly (Machine)": "butterfly",
    "Pec Deck (Machine)": "butterfly",
    "Cable Fly Crossovers": "cable-crossover",
    "Push Up": "pushups",
    "Chest Dip (Assisted)": "assisted-chest-dip",
    "Pull Up": "pullups",
    "Pull Up (Assisted)": "assisted-pull-up",
    "Pull Up (Weighted)": "weighted-pull-ups",
    "Chin Up": "chin-up",
    "Lat Pulldown (Cable)": "wide-grip-lat-pulldown",
    "Lat Pulldown (Machine)": "lat-pulldown-machine",
    "Lat Pulldown - Close Grip (Cable)": "close-grip-front-lat-pulldown",
    "Single Arm Lat Pulldown": "one-arm-lat-pulldown",
    "Seated Row (Cable)": "seated-cable-rows",
    "Seated Row (Machine)": "seated-row-machine",
    "Bent Over Row (Barbell)": "bent-over-barbell-row",
    "Dumbbell Row": "one-arm-dumbbell-row",
    "T Bar Row": "t-bar-row-with-handle",
    "Pendlay Row (Barbell)": "pendlay-row",
    "Shrug (Smith Machine)": "smith-machine-shrug",
    "Deadlift (Barbell)": "barbell-deadlift",
    "Deadlift (Trap bar)": "trap-bar-deadlift",
    "RDL": "romanian-deadlift",
    "Romanian Deadlift (Dumbbell)": "dumbbell-romanian-deadlift",
    "Straight Leg Deadlift": "stiff-legged-barbell-deadlift",
    "Squat (Barbell)": "barbell-squat",
    "Squat (Smith Machine)": "smith-machine-squat",
    "Squat (Bodyweight)": "bodyweight-squat",
    "Bulgarian Split Squat": "bulgarian-split-squat",
    "Bulgarian Split Squat (Dumbbell)": "split-squat-with-dumbbells",
    "Leg Press (Machine)": "leg-press",
    "Leg Extension (Machine)": "leg-extensions",
    "Seated Leg Curl (Machine)": "seated-leg-curl",
    "Lying Leg Curl (Machine)": "lying-leg-curls",
    "Hip Thrust (Barbell)": "barbell-hip-thrust",
    "Hip Adduction (Machine)": "thigh-adductor",
    "Calf Press on Seated Leg Press": "calf-press-on-the-leg-press-machine",
    "Standing Calf Raise (Dumbbell)": "standing-dumbbell-calf-raise",
    "Overhead Press (Barbell)": "standing-military-press",
    "Shoulder Press (Dumbbell)": "dumbbell-shoulder-press",
    "Seated Shoulder Press (Machine)": "machine-shoulder-military-press",
    "Lateral Raise (Dumbbell)": "side-lateral-raise",
    "Lateral Raise (Cable)": "cable-lateral-raise",
    "Rear Delt Reverse Fly (Machine)": "reverse-machine-flyes",
    "Face Pull (Cable)": "face-pull",
    "Bicep Curl (Barbell)": "barbell-curl",
    "Bicep Curl (Dumbbell)": "dumbbell-bicep-curl",
    "EZ Bar Biceps Curl": "ez-bar-curl",
    "Hammer Curl (Dumbbell)": "hammer-curls",
    "Preacher Curl (Machine)": "machine-preacher-curls",
    "Triceps Pushdown": "triceps-pushdown",
    "Triceps Rope Pushdown": "triceps-pushdown-rope-attachment",
    "Skullcrusher (Barbell)": "barbell-skullcrusher",
    "Triceps Extension (Cable)": "cable-rope-overhead-triceps-extension",
    "Crunch (Machine)": "ab-crunch-machine",
    "Lying Leg Raise": "flat-bench-lying-leg-raise",
    "Plank": "plank",
    "Ab Wheel": "ab-roller",
    "Kettlebell Swing": "kettlebell-swing",
    "Running (Treadmill)": "running-treadmill",
    "Rowing (Machine)": "rowing-stationary",
    "Warm Up": "warm-up",
}
SPELT_OTHERWISE = {
    "  bench press (barbell) ": "Bench Press (Barbell)",
    "BENCH PRESS - BARBELL": "Bench Press (Barbell)",
    "Barbell Bench Presses": "Bench Press (Barbell)",
    "DB Bench Press": "Bench Press (Dumbbell)",
    "Dumbell bench-press": "Bench Press (Dumbbell)",
    "Pull-Ups": "Pull Up",
    "pullup": "Pull Up",
    "Cable Lat Pull-Down": "Lat Pulldown (Cable)",
    "Push–ups": "Push Up",
    "Farmer’s Walk": "Farmer's Walk",
    "Calf Raises (Standing, Dumbbell)": "Standing Calf Raise (Dumbbell)",
    "1-Arm Lat Pulldown": "Single Arm Lat Pulldown",
    "Flyes (Dumbbell, Incline)": "Incline Dumbbell Fly",
}


@pytest.mark.parametrize(("logged", "code"), LOGGED.items())
def test_common_names_of_logs(logged, code):
    assert names.resolve([logged]) == {logged: code}


@pytest.mark.parametrize(("one", "other"), SPELT_OTHERWISE.items())
def test_spelling_does_not_matter(one, other):
    found = names.resolve([one, other])
    assert found[one] == found[other] is not None


@pytest.mark.parametrize("name", ["Basket Press", "", "()", "Curl (Suspension, Barbell)", "Squat (Trap Bar)"])
def test_what_the_catalogue_lacks_is_not_guessed(name):
    assert names.resolve([name]) == {name: None}


def test_every_name_and_alias_means_its_own_exercise():
    for exercise in EXERCISES:
        found = names.resolve((exercise.name, *exercise.aliases))
        assert set(found.values()) == {exercise.code}, exercise.code


def test_no_spelling_means_two_exercises():
    assert names.ambiguous() == []


@given(st.text(max_size=300))
@example("\x00\ud800")
@example("²" * 300)
def test_anything_may_stand_in_a_log(name):
    found = names.resolve([name])[name]
    assert found is None or found in BY_CODE
    assert names.measure(name) in {"weight_reps", "reps", "time", "distance", "weight_time", "weight_distance"}
    names.equipment(name)


@given(st.lists(st.sampled_from([exercise.name for exercise in EXERCISES]), max_size=20))
def test_case_and_punctuation_take_nothing_away(some):
    for name in some:
        assert words.words(name.upper().replace("-", " - ")) == words.words(name)


def test_what_is_unknown_is_measured_by_its_name():
    assert names.measure("Sled Something Drag") == "weight_distance"
    assert names.measure("Copenhagen Hold") == "time"
    assert names.measure("Beach Run") == "distance"
    assert names.measure("Curious Push Up") == "reps"
    assert names.measure("Weighted Curious Push Up") == "weight_reps"
    assert names.measure("Curious Curl") == "weight_reps"
    assert names.equipment("Curious Curl (Cable)") == "cable"
    assert names.assisted("Curious Dip (Assisted)")


@pytest.mark.parametrize(
    ("file", "column", "sets"),
    [
        ("strength/hevy.csv", "exercise_title", 7211),
        ("strength/strong.csv", "Exercise Name", 250),
        ("strength/strong-legacy.csv", "Exercise Name", 6),
    ],
)
def test_real_logs_are_matched(file, column, sets):
    with sample(file).open(encoding="utf-8", newline="") as log:
        counted = Counter(row[column] for row in csv.DictReader(log))
    found = names.resolve(counted)
    matched = sum(count for name, count in counted.items() if found[name])
    print(f"{file}: {matched} of {counted.total()} sets, {sum(map(bool, found.values()))} of {len(found)} names")
    assert counted.total() == sets
    assert matched >= 0.98 * sets
