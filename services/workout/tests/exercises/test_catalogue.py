"""What comes with the product."""

import importlib.util
import json
import re
from pathlib import Path

import pytest
from services.workout.tests.samples import sample

from workout.exercises import catalogue
from workout.exercises.catalogue import BY_CODE, EXERCISES, SOURCE

SCRIPT = Path(__file__).parents[2] / "build_catalogue.py"


@pytest.fixture
def build():
    spec = importlib.util.spec_from_file_location("build_catalogue", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_source_commit_and_licence_are_named():
    assert (SOURCE.repository, SOURCE.commit, SOURCE.licence) == ("yuhonas/free-exercise-db", "acd61f75", "Unlicense")


def test_the_seed_and_our_own():
    assert sum(exercise.origin == "seed" for exercise in EXERCISES) == 873
    assert sum(exercise.origin == "fitmesh" for exercise in EXERCISES) > 200


def test_codes_are_unique_and_kebab_case():
    assert len(BY_CODE) == len(EXERCISES)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code) and len(code) <= 100 for code in BY_CODE)
    assert [exercise.code for exercise in EXERCISES] == sorted(BY_CODE)


def test_names_are_unique_without_case_and_punctuation():
    plain = [re.sub(r"[^a-z0-9]", "", exercise.name.lower()) for exercise in EXERCISES]
    assert len(set(plain)) == len(plain)


def test_the_gaps_of_the_seed_are_closed():
    for exercise in EXERCISES:
        muscles = exercise.primary_muscles + exercise.secondary_muscles
        assert len(set(muscles)) == len(muscles), exercise.code
        assert all(text.strip() for text in exercise.instructions), exercise.code
        assert exercise.equipment


def test_what_is_our_own_says_how():
    assert all(exercise.instructions for exercise in EXERCISES if exercise.origin == "fitmesh")


def test_assisted_weight_is_marked():
    assert {code for code, exercise in BY_CODE.items() if exercise.assisted} == {
        "assisted-chest-dip",
        "assisted-chin-up",
        "assisted-pull-up",
        "assisted-triceps-dip",
        "band-assisted-pull-up",
    }


@pytest.mark.parametrize(
    ("code", "measure", "bodyweight"),
    [
        ("barbell-squat", "weight_reps", False),
        ("pullups", "reps", True),
        ("weighted-pull-ups", "weight_reps", True),
        ("plank", "time", False),
        ("farmers-walk", "weight_distance", False),
        ("running", "distance", False),
        ("plate-pinch", "weight_time", False),
        ("bulgarian-split-squat", "weight_reps", True),
    ],
)
def test_what_is_counted(code, measure, bodyweight):
    assert (BY_CODE[code].measure, BY_CODE[code].bodyweight) == (measure, bodyweight)


def test_common_ones_have_names_in_other_languages():
    named = [exercise for exercise in EXERCISES if exercise.names]
    assert len(named) >= 60
    assert all(set(exercise.names) == {"de", "es", "fr"} for exercise in named)


def test_the_script_makes_what_is_committed(build):
    seed = json.loads(sample("exercises/exercises.json").read_bytes())
    held = json.loads((Path(catalogue.__file__).parent / "catalogue.json").read_bytes())
    assert build.made(seed) == held["exercises"]
    assert held["source"] == build.SOURCE


def test_the_script_refuses_what_does_not_fit(build):
    row = {
        "name": "Squat",
        "category": "strength",
        "equipment": None,
        "level": "beginner",
        "force": None,
        "mechanic": None,
        "primaryMuscles": ["lower back"],
        "secondaryMuscles": ["lower back", "traps", "traps"],
        "instructions": ["", " Down. "],
    }
    clean = build.cleaned(row)
    assert (clean["primary_muscles"], clean["secondary_muscles"]) == (["lower_back"], ["traps"])
    assert clean["instructions"] == ["Down."]
    with pytest.raises(ValueError, match="two exercises would be called squat"):
        build.made([row, row | {"name": "SQUAT!"}])
    with pytest.raises(ValueError, match="no such exercises"):
        build.made([row])
