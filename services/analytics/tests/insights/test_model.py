"""What each rule finds, and what it does not."""

from datetime import date, timedelta

import pytest

from analytics.insights import model
from contracts.events import Evidence

DAY = date(2026, 11, 22)


def back(*values: float | None) -> dict[date, float]:
    """Values of the day and the days before it, newest first."""
    return {DAY - timedelta(n): value for n, value in enumerate(values) if value is not None}


@pytest.mark.parametrize(
    ("hours", "found"), [(5.99, True), (0.0, True), (5.999, False), (6.0, False), (8.0, False), (None, False)]
)
def test_a_night_under_six_hours(hours, found):
    assert bool(model.short_night(back(hours), DAY)) is found


def test_a_short_night_says_how_long():
    assert model.short_night(back(5.5), DAY) == model.Finding(
        "You sleep less than 6 hours",
        "5\u202fh 30\u202fmin in the night to Sunday, 22 November.",
        (Evidence("sleep_duration", 5.5, "h", DAY, 6.0),),
    )


@pytest.mark.parametrize(
    ("rate", "before", "found"),
    [
        (100, [], False),
        (101, [], True),
        (63, [54] * 6, False),
        (63, [54] * 7, True),
        (62, [54] * 7, False),
        (63, [54] * 7 + [None] * 21 + [90] * 7, True),
        (60, [None] * 28 + [40] * 7, False),
        (None, [54] * 7, False),
    ],
)
def test_a_resting_heart_rate_above_ones_own(rate, before, found):
    assert bool(model.high_resting_rate(back(rate, *before), DAY)) is found


def test_the_usual_is_the_evidence():
    found = model.high_resting_rate(back(104, *[54] * 9), DAY)
    assert found.evidence == (Evidence("resting_heart_rate", 104, "/min", DAY, 54),)
    assert "54\u202f/min (9 days with a value)" in found.body


@pytest.mark.parametrize(("steps", "found"), [(9999.9, False), (10_000, True), (None, False)])
def test_the_goal(steps, found):
    assert bool(model.step_goal(back(steps), DAY)) is found


@pytest.mark.parametrize(
    ("now", "before", "found"),
    [
        ([6000] * 7, [5000] * 7, True),
        ([5999] * 7, [5000] * 7, False),
        ([6000] * 4 + [None] * 3, [5000] * 4, True),
        ([6000] * 3 + [None] * 4, [5000] * 7, False),
        ([6000] * 7, [5000] * 3, False),
        ([None] + [6000] * 6, [5000] * 7, False),
        ([6000] * 7, [0] * 7, False),
    ],
)
def test_a_fifth_more_than_the_week_before(now, before, found):
    assert bool(model.more_steps(back(*now, *before), DAY)) is found


def test_a_rise_is_found_once():
    days = {date(2026, 1, 1) + timedelta(n): 5000.0 if n < 20 else 9000.0 for n in range(60)}
    found = [on for on in days if model.more_steps(days, on)]
    assert found == [date(2026, 1, 22)]


def test_an_insight_keeps_its_id():
    user_id = model.NAMES
    assert model.insight_id(user_id, "short-night", DAY) == model.insight_id(user_id, "short-night", DAY)
    others = {
        model.insight_id(user_id, "more-steps", DAY),
        model.insight_id(user_id, "short-night", DAY - timedelta(1)),
        model.insight_id(model.insight_id(user_id, "", DAY), "short-night", DAY),
    }
    assert len(others | {model.insight_id(user_id, "short-night", DAY)}) == 4


def test_minutes_are_understood():
    assert model.in_unit(330, "min") == 5.5
    assert model.in_unit(5.5, "h") == 5.5
