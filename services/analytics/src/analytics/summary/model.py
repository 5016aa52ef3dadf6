"""Where a metric stands."""

from collections.abc import Sequence
from datetime import date

import msgspec

from analytics.insights.model import Insight
from contracts.events import MetricKind

INSIGHTS = 20
"""How many insights a summary shows, newest first."""


class Latest(msgspec.Struct, frozen=True):
    """The newest day with a value."""

    value: float
    on_date: date


class MetricSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One metric up to today: averages are over days that have a value, null without any."""

    metric: str
    unit: str
    kind: MetricKind
    latest: Latest
    average_7_days: float | None
    average_28_days: float | None
    days_7: int
    """Days with a value, of the last 7."""
    days_28: int
    """Days with a value, of the last 28."""
    min: float | None
    """Least of the last 28 days: a day's total for additive metrics and sleep, else a single reading."""
    max: float | None


class Summary(msgspec.Struct, frozen=True):
    """All metrics you have values of, by code, and what was found in the last 28 days."""

    items: Sequence[MetricSummary]
    insights: Sequence[Insight]
