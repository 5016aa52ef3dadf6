"""A day summary: what a metric comes to on a user's local date."""

from datetime import date
from uuid import UUID

import msgspec

from contracts.events import DaySummarised, MetricKind

KINDS: tuple[MetricKind, ...] = ("sampled", "additive", "point", "sleep")
"""By the number the catalogue gives them."""


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """One metric on one date; ``value`` is None when nothing is left there."""

    user_id: UUID
    metric: str
    unit: str
    kind: MetricKind
    on_date: date
    value: float | None
    min: float | None
    max: float | None
    n: int
    sources: tuple[str, ...]
    version: int


def event(day: Day) -> DaySummarised:
    """The event that tells the others."""
    return DaySummarised(**msgspec.structs.asdict(day))
