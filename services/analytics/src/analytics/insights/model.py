"""Insights, and the rules that find them: pure functions of the days of one metric of one user."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from math import fsum
from statistics import median
from uuid import UUID, uuid5

import msgspec

from analytics.steps.model import GOAL_STEPS
from contracts.events import Evidence

NAMES = UUID("2f0c9a52-7c1b-5d0e-9a34-6f6d0b0a1c11")
"""Namespace of the ids of insights."""
TOLD_DAYS = 2
"""A finding is told (``insight.found``) only about today and the day before: old files must not ring anybody."""
JUDGED_DAYS = 3_660
"""Changes of days further away than this change no insight."""
FOUND_DAYS = 28
"""Older days bring nothing new; what was found in them before is still withdrawn when they are corrected."""

SHORT_NIGHT_H = 6.0
HIGH_RESTING_RATE = 100.0
USUAL_DAYS, USUAL_AT_LEAST = 28, 7
ABOVE_USUAL = 1.15
RISE = 1.2
WEEK, WEEK_AT_LEAST = 7, 4

Days = Mapping[date, float]
"""Value by date, of the days that have one."""


class Finding(msgspec.Struct, frozen=True):
    """What a rule says of a day."""

    title: str
    body: str
    evidence: tuple[Evidence, ...]


class Rule(msgspec.Struct, frozen=True):
    """A question asked of a day that has a value, with those of ``reach`` days before it at hand."""

    code: str
    metric: str
    judge: Callable[[Days, date], Finding | None]
    reach: int = 0


class Insight(msgspec.Struct, frozen=True, kw_only=True):
    """A finding about your data with the figures it rests on; gone from the list once the data no longer say so."""

    id: UUID
    rule: str
    on_date: date
    title: str
    body: str
    evidence: tuple[Evidence, ...]
    version: int
    found_at: datetime


def insight_id(user_id: UUID, rule: str, on_date: date) -> UUID:
    """The same for the same finding, however often it is found."""
    return uuid5(NAMES, f"{user_id}/{rule}/{on_date}")


def in_unit(value: float, unit: str) -> float:
    """The value in the unit the rules reckon in: durations in hours."""
    return value / 60 if unit == "min" else value


def short_night(days: Days, on: date) -> Finding | None:
    """Less than six hours of sleep, to the minute, on the date of waking."""
    hours = days.get(on)
    if hours is None or (minutes := round(hours * 60)) >= SHORT_NIGHT_H * 60:
        return None
    return Finding(
        f"You sleep less than {SHORT_NIGHT_H:.0f} hours",
        f"{minutes // 60}\u202fh {minutes % 60}\u202fmin in the night to {_day(on)}.",
        (Evidence("sleep_duration", hours, "h", on, SHORT_NIGHT_H),),
    )


def high_resting_rate(days: Days, on: date) -> Finding | None:
    """Above 100 /min, or 15 % above the median of the user's own 28 days before, of which at least 7 have a value."""
    rate = days.get(on)
    if rate is None:
        return None
    before = _values(days, on - timedelta(USUAL_DAYS), on - timedelta(1))
    if len(before) >= USUAL_AT_LEAST and rate > ABOVE_USUAL * (usual := median(before)):
        return Finding(
            "Your resting heart rate is above your usual",
            f"{rate:.0f}\u202f/min on {_day(on)}; the median of the {USUAL_DAYS} days before is "
            f"{usual:.0f}\u202f/min ({len(before)} days with a value).",
            (Evidence("resting_heart_rate", rate, "/min", on, usual),),
        )
    if rate > HIGH_RESTING_RATE:
        return Finding(
            f"Your resting heart rate is above {HIGH_RESTING_RATE:.0f}\u202f/min",
            f"{rate:.0f}\u202f/min on {_day(on)}.",
            (Evidence("resting_heart_rate", rate, "/min", on, HIGH_RESTING_RATE),),
        )
    return None


def step_goal(days: Days, on: date) -> Finding | None:
    """At least 10,000 steps on a day."""
    steps = days.get(on)
    if steps is None or steps < GOAL_STEPS:
        return None
    return Finding(
        "You reach your step goal",
        f"{steps:,.0f} steps on {_day(on)}; the goal is {GOAL_STEPS:,}.",
        (Evidence("steps", steps, "{steps}", on, GOAL_STEPS),),
    )


def more_steps(days: Days, on: date) -> Finding | None:
    """A seven-day average first 20 % above that of the seven days before; told once, not on each day of a rise."""
    rise = _rise(days, on)
    if rise is None or any(_rise(days, on - timedelta(back)) for back in range(1, WEEK)):
        return None
    now, then = fsum(rise[0]) / len(rise[0]), fsum(rise[1]) / len(rise[1])
    return Finding(
        "You walk more than the week before",
        f"{now:,.0f} steps a day in the 7 days to {_day(on)} ({len(rise[0])} with a value), "
        f"+{(now / then - 1) * 100:.0f}\u202f% against {then:,.0f} in the 7 days before ({len(rise[1])} with a value).",
        (Evidence("steps", now, "{steps}", on, then),),
    )


RULES = (
    Rule("short-night", "sleep_duration", short_night),
    Rule("resting-heart-rate-high", "resting_heart_rate", high_resting_rate, reach=USUAL_DAYS),
    Rule("step-goal-reached", "steps", step_goal),
    Rule("more-steps", "steps", more_steps, reach=3 * WEEK - 2),
)
REACH = {metric: max(rule.reach for rule in RULES if rule.metric == metric) for metric in {r.metric for r in RULES}}
"""How many days back the judgement of a day may rest on, by metric."""


def _rise(days: Days, on: date) -> tuple[Sequence[float], Sequence[float]] | None:
    """The values of both weeks, when the later average is 20 % above the earlier and each has four days or more."""
    now = _values(days, on - timedelta(WEEK - 1), on)
    then = _values(days, on - timedelta(2 * WEEK - 1), on - timedelta(WEEK))
    if on not in days or min(len(now), len(then)) < WEEK_AT_LEAST or fsum(then) <= 0:
        return None
    return (now, then) if fsum(now) * len(then) >= RISE * fsum(then) * len(now) else None


def _values(days: Days, first: date, last: date) -> list[float]:
    dates = (first + timedelta(n) for n in range((last - first).days + 1))
    return [days[on] for on in dates if on in days]


def _day(on: date) -> str:
    return f"{on:%A}, {on.day} {on:%B}"
