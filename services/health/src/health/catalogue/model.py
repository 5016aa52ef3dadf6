"""What is known of a metric."""

from typing import Literal

import msgspec

Aggregate = Literal["sum", "avg", "last", "max"]

SAMPLED, ADDITIVE, POINT, SLEEP = range(4)
"""Kinds by number, as the database keeps them; ``days.model.KINDS`` names them."""


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the catalogue; bounds are of a single sample, in the canonical unit."""

    metric_id: int
    code: str
    name: str
    unit: str
    """Canonical, in UCUM."""
    kind: int
    day_aggregate: Aggregate
    slot_s: int | None = None
    """Sampled metrics: the piece of time within which one source wins."""
    loinc: str | None = None
    min: float | None = None
    max: float | None = None
    """Nothing outside is stored: requests are refused, imports set it aside."""
    usual_min: float | None = None
    usual_max: float | None = None
    """What lies outside is stored, and pointed out."""
    day_max: float | None = None
    """More than this on one day is pointed out."""
    healthkit: tuple[str, ...] = ()
    """Without ``HKQuantityTypeIdentifier`` or ``HKCategoryTypeIdentifier``; a category's value follows a colon."""
    health_connect: tuple[str, ...] = ()
    """Without ``Record``; a stage's number follows a colon."""

    @property
    def several(self) -> bool:
        """Whether a source may say several things of it at one instant."""
        return self.kind in {ADDITIVE, SLEEP}
