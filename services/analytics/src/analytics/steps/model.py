"""Steps of a period, and the arithmetic on them."""

from collections.abc import Sequence
from datetime import date, timedelta
from math import fsum

import msgspec

GOAL_STEPS = 10_000
"""A day's goal until users set their own."""
LONGEST_DAYS = 3_660
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)


class DaySteps(msgspec.Struct, frozen=True):
    """Steps of one day."""

    date: date
    steps: float


class Period(msgspec.Struct, frozen=True):
    """Dates of a period; both ends belong to it."""

    first_on: date
    last_on: date

    @property
    def days(self) -> int:
        return (self.last_on - self.first_on).days + 1

    def before(self) -> "Period":
        """As many days right before."""
        return Period(self.first_on - timedelta(self.days), self.first_on - timedelta(1))


class Steps(msgspec.Struct, frozen=True, kw_only=True):
    """Steps a day: averages are over days that have a value, and null without any."""

    first_on: date = msgspec.field(name="from")
    last_on: date = msgspec.field(name="to")
    average_steps: float | None
    total_steps: float
    days: int
    """Days with a value."""
    days_goal_reached: int
    goal_steps: int = GOAL_STEPS
    previous_from: date
    previous_to: date
    previous_average_steps: float | None
    previous_total_steps: float
    previous_days: int
    change_percent: float | None
    """Of the average against the period before; null when either is unknown or there was nothing before."""
    items: Sequence[DaySteps]
    """The days of the period that have a value, oldest first."""


def week_up_to(today: date) -> Period:
    return Period(today - timedelta(6), today)


def average(values: Sequence[float]) -> float | None:
    """Mean, to the last digit the same in any order; None of nothing."""
    return fsum(values) / len(values) if values else None


def change_percent(now: float | None, before: float | None) -> float | None:
    """How many percent more than before; None when that cannot be said."""
    return None if now is None or not before else (now - before) * 100 / before


def compare(period: Period, found: Sequence[DaySteps]) -> Steps:
    """Sum up the days of a period and of the one before, given oldest first."""
    items = [day for day in found if day.date >= period.first_on]
    now = [day.steps for day in items]
    then = [day.steps for day in found if day.date < period.first_on]
    before = period.before()
    return Steps(
        first_on=period.first_on,
        last_on=period.last_on,
        average_steps=average(now),
        total_steps=fsum(now),
        days=len(now),
        days_goal_reached=sum(steps >= GOAL_STEPS for steps in now),
        previous_from=before.first_on,
        previous_to=before.last_on,
        previous_average_steps=average(then),
        previous_total_steps=fsum(then),
        previous_days=len(then),
        change_percent=change_percent(average(now), average(then)),
        items=items,
    )
