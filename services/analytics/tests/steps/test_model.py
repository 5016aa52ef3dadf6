"""The arithmetic of periods, against brute force."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.steps.model import DaySteps, Period, compare

DATES = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@given(DATES, st.integers(0, 100), st.dictionaries(st.integers(-250, 150), st.integers(0, 100_000)))
def test_a_period_against_the_one_before(first, length, steps):
    period = Period(first, first + timedelta(length))
    before = period.before()
    days = {first + timedelta(n): value for n, value in steps.items()}
    found = [DaySteps(on, days[on]) for on in sorted(days) if before.first_on <= on <= period.last_on]
    result = compare(period, found)
    now = [days[on] for on in days if period.first_on <= on <= period.last_on]
    then = [days[on] for on in days if first - timedelta(length + 1) <= on < first]
    assert (result.days, result.total_steps, result.previous_days, result.previous_total_steps) == (
        len(now),
        sum(now),
        len(then),
        sum(then),
    )
    assert result.average_steps == (sum(now) / len(now) if now else None)
    assert result.previous_average_steps == (sum(then) / len(then) if then else None)
    assert result.days_goal_reached == sum(value >= 10_000 for value in now)
    assert before.last_on + timedelta(1) == period.first_on
    assert before.days == period.days
    if now and sum(then) > 0:
        assert result.change_percent == pytest.approx((sum(now) / len(now)) / (sum(then) / len(then)) * 100 - 100)
    else:
        assert result.change_percent is None
