"""A day summary: what a metric comes to on a user's local date."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

import msgspec

from contracts.events import DaySummarised, MetricKind
from health.catalogue.table import BY_CODE, METRICS

KINDS: tuple[MetricKind, ...] = ("sampled", "additive", "point", "sleep")
"""By the number the catalogue gives them."""

SLEEP_ID = BY_CODE["sleep_duration"].metric_id
SLEEP_IDS = tuple(metric.metric_id for metric in METRICS if KINDS[metric.kind] == "sleep")
"""A night is one thing: these are made together, and sources are believed as for ``sleep_duration``."""


class Key(NamedTuple):
    """Which summary; that of any sleep metric goes by ``SLEEP_ID``."""

    user_id: UUID
    metric_id: int
    on_date: date


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What a day comes to; as it stands here, to nothing."""

    value: float | None = None
    min: float | None = None
    max: float | None = None
    n: int = 0
    coverage: float | None = None
    sources: tuple[str, ...] = ()


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
    coverage: float | None
    sources: tuple[str, ...]
    version: int


def rounded(value: float) -> float:
    """As day values are kept, so that the same samples always give the same value."""
    return round(value, 6)


def event(day: Day) -> DaySummarised:
    """The event that tells the others."""
    said = msgspec.structs.asdict(day)
    del said["coverage"]
    return DaySummarised(**said)
