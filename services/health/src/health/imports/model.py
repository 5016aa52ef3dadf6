"""What this service adds to an import: counts by metric and source, and values set aside."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from imports.model import Import, Instant, Part


class SeriesCount(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the samples of one metric from one source."""

    metric: str
    source_id: int
    source: str
    read: int
    inserted: int
    updated: int
    first_at: Instant
    last_at: Instant


class Elsewhere(msgspec.Struct, frozen=True, kw_only=True):
    """What the workout service has made of the same file."""

    state: Literal["queued", "running", "finished", "partial", "failed", "undone"]
    counts: dict[str, int]
    """`workouts`, `recordings`, `duplicates`, `unreadable` …"""
    error: str | None


class ImportDetails(Import, frozen=True, kw_only=True):
    """An import with all that is known of it."""

    workout: Elsewhere | None
    """Of recordings and gym logs in the file; null where there are none, or nobody who reads them."""
    series: list[SeriesCount]
    parts: list[Part]
    """Of the files inside an archive at most 200, those with errors first."""


class Aside(msgspec.Struct, frozen=True, kw_only=True):
    """A value outside of what its metric can be."""

    id: int
    metric: str
    unit: str
    source_id: int
    at: Instant
    duration_s: int
    value: float


class Accept(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which of the values set aside are right after all: these, or `all`."""

    ids: Annotated[list[Annotated[int, Meta(ge=1, le=(1 << 63) - 1)]], Meta(min_length=1, max_length=1_000)] | None = (
        None
    )
    all: bool = False

    def __post_init__(self) -> None:
        if (self.ids is not None) == self.all:
            raise ValueError("give either ids or all")


class Accepted(msgspec.Struct, frozen=True):
    """What accepting came to."""

    accepted: int
    left: int
    """Still set aside: send it again for the next 5,000."""


class Told(msgspec.Struct, frozen=True):
    """The sum over all series of an import."""

    id: UUID
    file: str
    format: str | None
    inserted: int
    updated: int
    first_at: Instant | None
    last_at: Instant | None
    bytes: int
    records: int
    seconds: float
    kept: str
    zone: str
