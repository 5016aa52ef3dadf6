"""How targets grow: pure arithmetic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workout.routines import progression
from workout.routines.model import Deload, Double, Item, Linear, Percentage, PercentSet, Target
from workout.routines.progression import Done, State, after, as_planned, planned, rounded

BENCH = "barbell-bench-press-medium-grip"
KG = st.floats(0, 400).map(lambda kg: round(kg, 2))
STEPS = st.sampled_from([0.5, 1.0, 1.25, 2.5, 5.0, 1.134])
ADDED = st.sampled_from([0.5, 1.25, 2.5, 5.0])


def an_item(*sets, **changes):
    return Item(exercise=BENCH, sets=sets or (Target(reps=5, weight_kg=100),) * 3, **changes)


def run(item, count, state=None, e1rm_kg=None):
    """The next sessions when each goes as planned."""
    state, sessions = state or State(), []
    for _ in range(count):
        plan = planned(item, state, e1rm_kg)
        sessions.append(plan)
        state = after(item, state, as_planned(plan), e1rm_kg)
    return sessions


def tops(sessions):
    return [max(each.weight_kg for each in one.sets if each.kind != "warm_up") for one in sessions]


def done(*sets):
    return [Done(reps=reps, weight_kg=kg) for reps, kg in sets]


def test_without_a_rule_it_stays():
    assert tops(run(an_item(), 4)) == [100, 100, 100, 100]


def test_linear():
    assert tops(run(an_item(progression=Linear(add_kg=2.5)), 5)) == [100, 102.5, 105, 107.5, 110]


def test_linear_every_third_session():
    assert tops(run(an_item(progression=Linear(add_kg=5, every=3)), 7)) == [100, 100, 100, 105, 105, 105, 110]


def test_steps_smaller_than_the_plates_add_up():
    item = an_item(progression=Linear(add_kg=1.25))
    assert tops(run(item, 5)) == [100, 102.5, 102.5, 105, 105]
    assert tops(run(an_item(progression=Linear(add_kg=1.25), step_kg=1.25), 3)) == [100, 101.25, 102.5]


def test_warm_ups_grow_in_proportion():
    item = an_item(
        Target(kind="warm_up", reps=5, weight_kg=50), Target(reps=5, weight_kg=100), progression=Linear(add_kg=20)
    )
    assert [[each.weight_kg for each in one.sets] for one in run(item, 3)] == [[50, 100], [60, 120], [70, 140]]


def test_double():
    item = an_item(Target(weight_kg=60), Target(weight_kg=60), progression=Double(reps_from=8, reps_to=10, add_kg=2.5))
    seen = [(one.sets[0].reps, one.sets[1].reps, one.sets[0].weight_kg) for one in run(item, 7)]
    assert seen == [(8, 8, 60), (9, 9, 60), (10, 10, 60), (8, 8, 62.5), (9, 9, 62.5), (10, 10, 62.5), (8, 8, 65)]


def test_double_goes_by_the_worst_set():
    item = an_item(Target(weight_kg=60), Target(weight_kg=60), progression=Double(reps_from=8, reps_to=12, add_kg=2.5))
    assert after(item, State(), done((12, 60), (10, 60)), None).added_reps == 3
    assert after(item, State(), done((12, 60), (12, 60)), None).added_kg == 2.5
    assert after(item, State(), done((12, 60), (7, 60)), None) == State(sessions=1, failures=1, held_kg=60)


def test_percentage_of_what_is_said():
    weeks = tuple((PercentSet(percent_e1rm=percent, reps=5),) for percent in (65, 75, 85))
    item = an_item(Target(), progression=Percentage(weeks=weeks, of_kg=100, add_kg=10))
    assert tops(run(item, 7)) == [65, 75, 85, 72.5, 82.5, 92.5, 77.5]


def test_percentage_of_the_estimated_maximum():
    weeks = (
        (PercentSet(percent_e1rm=50, reps=10), PercentSet(percent_e1rm=70)),
        (PercentSet(percent_e1rm=60, reps=8),),
    )
    item = an_item(
        Target(kind="warm_up", reps=5, weight_kg=40), Target(), progression=Percentage(weeks=weeks, sessions_per_week=2)
    )
    sessions = run(item, 5, e1rm_kg=150)
    assert [[each.weight_kg for each in one.sets] for one in sessions] == [
        [40, 75, 105],
        [40, 75, 105],
        [40, 90],
        [40, 90],
        [40, 75, 105],
    ]
    assert [each.weight_kg for each in planned(item, State(), None).sets] == [40, None, None]


def test_share_of_the_estimated_maximum():
    item = an_item(Target(reps=5, percent_e1rm=80))
    assert planned(item, State(), 120.0).sets[0].weight_kg == 95
    assert planned(item, State(), None).sets[0].weight_kg is None


def test_light_sessions_come_where_they_should_and_cost_nothing():
    item = an_item(progression=Linear(add_kg=2.5), deload=Deload(every=4, factor=0.8))
    sessions = run(item, 9)
    assert [one.deload for one in sessions] == [None, None, None, "planned", None, None, None, "planned", None]
    assert tops(sessions) == [100, 102.5, 105, 85, 107.5, 110, 112.5, 92.5, 115]


def test_after_failures_it_goes_down_and_up_again():
    item = an_item(progression=Linear(add_kg=2.5), deload=Deload(after_failures=2, factor=0.9))
    state = after(item, State(added_kg=10), done((5, 110), (5, 110), (4, 110)), None)
    assert (state.failures, planned(item, state, None).sets[0].weight_kg) == (1, 110)
    state = after(item, state, done((5, 110), (5, 110)), None)
    assert tops(run(item, 4, state)) == [100, 102.5, 105, 107.5]
    assert [one.deload for one in run(item, 2, state)] == ["after_failures", None]


def test_a_measured_maximum_is_eased_once():
    item = an_item(Target(reps=5, percent_e1rm=80), deload=Deload(after_failures=1, factor=0.5))
    state = after(item, State(), done((4, 80)), 100.0)
    assert tops(run(item, 3, state, 100.0)) == [40, 80, 80]


def test_success_ends_a_row_of_failures():
    item = an_item(deload=Deload(after_failures=3))
    state = after(item, State(failures=2), done((5, 100), (5, 100), (5, 100)), None)
    assert state.failures == 0


def test_who_lifts_more_goes_on_from_there():
    item = an_item(progression=Linear(add_kg=2.5))
    state = after(item, State(), done((5, 110), (5, 110), (5, 110)), None)
    assert planned(item, state, None).sets[0].weight_kg == 112.5


def test_who_lifts_less_has_not_succeeded():
    item = an_item(progression=Linear(add_kg=2.5))
    assert after(item, State(), done((5, 90), (5, 90), (5, 90)), None).added_kg == 0


def test_rounding_of_what_is_written_is_no_progress():
    item = an_item(Target(reps=5, weight_kg=61), progression=Linear(add_kg=0))
    state = State()
    for _ in range(10):
        state = after(item, state, done((5, 60)), None)
    assert planned(item, state, None).sets[0].weight_kg == 60
    assert state.failures == 0


def test_where_no_weight_is_written_it_is_the_last_one():
    item = an_item(Target(reps=5), Target(reps=5), progression=Linear(add_kg=2.5))
    assert planned(item, State(), None).sets[0].weight_kg is None
    state = after(item, State(), done((5, 40), (5, 42.5)), None)
    assert planned(item, state, None).sets[0].weight_kg == 45


def test_time_and_distance_count_too():
    item = Item(exercise="plank", sets=(Target(duration_s=60),), deload=Deload(after_failures=1))
    assert after(item, State(), [Done(duration_s=59)], None).lowered
    assert not after(item, State(), [Done(duration_s=60)], None).lowered


def test_sessions_without_sets_are_none():
    item = an_item(progression=Linear(add_kg=2.5))
    full = done((5, 100), (5, 100), (5, 100))
    assert progression.state_of(item, [full, [], full], None).sessions == 2


@given(KG, STEPS)
def test_rounding_is_to_a_step_and_near(kg, step):
    shown = rounded(kg, step)
    assert abs(shown - kg) <= step / 2 + 1e-3
    assert abs(shown / step - round(shown / step)) < 1e-3


@given(KG, KG, STEPS)
def test_rounding_keeps_the_order(one, other, step):
    assert (rounded(one, step) <= rounded(other, step)) or one > other


@given(KG, ADDED, st.integers(1, 5), STEPS)
def test_linear_never_goes_down(kg, add_kg, every, step):
    item = an_item(Target(reps=5, weight_kg=kg), progression=Linear(add_kg=add_kg, every=every), step_kg=step)
    weights = tops(run(item, 30))
    assert weights == sorted(weights)
    assert weights[-1] == pytest.approx(rounded(kg + 29 // every * add_kg, step))


@given(KG, ADDED, st.integers(1, 20), st.integers(0, 10), STEPS)
def test_double_climbs_repetitions_then_weight(kg, add_kg, low, width, step):
    rule = Double(reps_from=low, reps_to=low + width, add_kg=add_kg)
    item = an_item(Target(weight_kg=kg), progression=rule, step_kg=step)
    sessions = run(item, 40)
    assert [one.sets[0].reps for one in sessions] == [low + number % (width + 1) for number in range(40)]
    assert tops(sessions) == sorted(tops(sessions))


@given(KG, ADDED, st.integers(2, 8), st.floats(0.3, 0.95), STEPS)
def test_light_sessions_are_lighter_and_the_others_unmoved(kg, add_kg, every, factor, step):
    plain = an_item(Target(reps=5, weight_kg=kg), progression=Linear(add_kg=add_kg), step_kg=step)
    eased = an_item(
        Target(reps=5, weight_kg=kg),
        progression=Linear(add_kg=add_kg),
        step_kg=step,
        deload=Deload(every=every, factor=factor),
    )
    sessions = run(eased, 40)
    light = [one.deload == "planned" for one in sessions]
    assert light == [(number + 1) % every == 0 for number in range(40)]
    hard = [one for one, is_light in zip(sessions, light, strict=True) if not is_light]
    assert tops(hard) == tops(run(plain, len(hard)))
    for before, one, is_light in zip(tops(sessions), tops(sessions)[1:], light[1:], strict=False):
        assert not is_light or one <= before + add_kg + step


SETS = st.lists(st.tuples(st.integers(0, 20), st.floats(0, 300)), max_size=6)


@given(st.lists(SETS, max_size=30), st.sampled_from([None, 100.0]), st.integers(0, 5))
def test_whatever_was_done_what_comes_is_possible(sessions, e1rm_kg, which):
    weeks = ((PercentSet(percent_e1rm=70, reps=5),), (PercentSet(percent_e1rm=90),))
    rules = (
        {},
        {"progression": Linear(add_kg=2.5, every=2)},
        {"progression": Double(reps_from=5, reps_to=8, add_kg=5)},
        {"progression": Percentage(weeks=weeks, of_kg=80, add_kg=2.5)},
        {"progression": Percentage(weeks=weeks)},
        {"progression": Linear(add_kg=100)},
    )
    item = an_item(deload=Deload(every=3, after_failures=2, factor=0.5), **rules[which])
    state = progression.state_of(item, (done(*sets) for sets in sessions), e1rm_kg)
    for each in planned(item, state, e1rm_kg).sets:
        assert each.weight_kg is None or 0 <= each.weight_kg <= 2_000
        assert each.reps is None or 0 <= each.reps <= 1_000
