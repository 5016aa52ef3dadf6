"""Formulas of strength: vectors, and what must hold of any sets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workout.workouts.strength import Lift, Trait, e1rm_kg, summed, volume_kg

KINDS = st.sampled_from(["working", "warm_up", "drop", "failure"])
LIFTS = st.builds(
    Lift,
    exercise=st.sampled_from(["bench", "squat", "pull-up-assisted", "plank"]),
    kind=KINDS,
    reps=st.none() | st.integers(0, 30),
    weight_kg=st.none() | st.integers(0, 2_000).map(lambda quarters: quarters / 4),
    duration_s=st.none() | st.integers(0, 600).map(float),
    distance_m=st.none() | st.integers(0, 600).map(float),
)
TRAITS = {
    "bench": Trait(primary=("chest",), secondary=("triceps", "shoulders")),
    "squat": Trait(primary=("quadriceps", "glutes"), secondary=("hamstrings",)),
    "pull-up-assisted": Trait(assisted=True, primary=("lats",), secondary=("biceps",)),
}


@pytest.mark.parametrize(
    ("weight_kg", "reps", "expected"),
    [(100, 5, 116.667), (100, 10, 133.333), (140, 3, 154.0), (185, 5, 215.833), (100, 1, 100.0)],
)
def test_epley(weight_kg, reps, expected):
    assert e1rm_kg(weight_kg, reps) == pytest.approx(expected, abs=0.0005)


@pytest.mark.parametrize(("weight_kg", "reps"), [(60, 12), (60, 11), (60, 0), (0, 5)])
def test_no_maximum_can_be_told(weight_kg, reps):
    assert e1rm_kg(weight_kg, reps) is None


@given(st.floats(0.5, 1_000), st.integers(1, 9))
def test_more_repetitions_are_more_strength(weight_kg, reps):
    assert weight_kg <= e1rm_kg(weight_kg, reps) < e1rm_kg(weight_kg, reps + 1)


@given(st.lists(LIFTS, max_size=30))
def test_sums_equal_a_recomputation_by_hand(lifts):
    found = summed(lifts, TRAITS)
    work = [lift for lift in lifts if lift.kind != "warm_up"]
    assert found.sets == len(lifts)
    assert found.reps == sum(lift.reps or 0 for lift in work)
    assert found.volume_load_kg == pytest.approx(sum((lift.weight_kg or 0) * (lift.reps or 0) for lift in work))
    assert found.exercises.keys() == {lift.exercise for lift in lifts}
    for name, done in found.exercises.items():
        own = [lift for lift in work if lift.exercise == name]
        maxima = [m for lift in own if (m := e1rm_kg(lift.weight_kg or 0, lift.reps or 0)) is not None]
        assisted = TRAITS.get(name, Trait()).assisted
        assert done.e1rm_kg == (None if assisted else max(maxima, default=None))
        assert (done.best_weight_kg is None) or not assisted
        assert done.longest_s == max((lift.duration_s for lift in own if lift.duration_s), default=None)
    for muscle, got in found.muscles.items():
        sets = volume = 0.0
        for lift in work:
            trait = TRAITS.get(lift.exercise, Trait())
            share = 1.0 if muscle in trait.primary else 0.5 if muscle in trait.secondary else 0.0
            sets += share
            volume += share * volume_kg(lift)
        assert (got.sets, got.volume_load_kg) == pytest.approx((sets, volume))


@given(st.lists(LIFTS, max_size=20), st.randoms())
def test_the_order_of_sets_does_not_matter(lifts, random):
    shuffled = list(lifts)
    random.shuffle(shuffled)
    one, other = summed(lifts, TRAITS), summed(shuffled, TRAITS)
    assert one.muscles == other.muscles
    assert dict(one.exercises) == dict(other.exercises)


def test_warm_ups_and_assisted_weight_make_no_best():
    warm = Lift("bench", "warm_up", 5, 200.0, None, None)
    helped = Lift("pull-up-assisted", "working", 8, 30.0, None, None)
    found = summed([warm, helped], TRAITS)
    assert (found.exercises["bench"].e1rm_kg, found.exercises["bench"].best_weight_kg) == (None, None)
    assert (found.exercises["pull-up-assisted"].e1rm_kg, found.exercises["pull-up-assisted"].best_reps) == (None, None)
    assert found.volume_load_kg == 240
    assert "chest" not in found.muscles
