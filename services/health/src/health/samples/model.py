"""Samples as they are sent and shown."""

from datetime import UTC, datetime
from typing import Annotated, Generic, Literal, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from health.readers.batch import DeviceKind

MOST = 50_000
"""Samples of one request."""
MOST_SERIES = 200
MOST_POINTS = 10_000
LONGEST_S = 7 * 24 * 3600
"""A sample may last a week."""
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC).timestamp()
LATEST = datetime(2100, 1, 1, tzinfo=UTC).timestamp()
LARGEST_N = 999
"""No source has more than a thousand things to say of one instant; an import goes on without the rest."""
RESERVED = "manual"
"""The source of what is entered by hand at ``/health-data``."""

Name = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
Instant = Annotated[datetime, Meta(tz=True)]
At = Instant | float
"""RFC 3339 with an offset, or seconds since 1970."""
Duration = Annotated[int, Meta(ge=0, le=LONGEST_S)]
Resolution = Literal["raw", "hour", "day", "week", "month"]

Row = TypeVar("Row")
AtItem = TypeVar("AtItem")
ValueItem = TypeVar("ValueItem")
DurationItem = TypeVar("DurationItem")


class Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who measured; the same app and device are the same source."""

    app: Name
    device: Name | None = None
    device_kind: DeviceKind = "unknown"

    def __post_init__(self) -> None:
        if self.app.strip().lower() == RESERVED:
            raise ValueError(f"the app {RESERVED} is reserved for what is entered at /health-data")


class Sample(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """One value."""

    at: At
    value: float
    duration_s: Duration = 0


class Columns(
    msgspec.Struct, Generic[AtItem, ValueItem, DurationItem], frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """The same as a list of samples, in less space."""

    at: Annotated[list[AtItem], Meta(max_length=MOST)]
    value: Annotated[list[ValueItem], Meta(max_length=MOST)]
    duration_s: Annotated[list[DurationItem], Meta(max_length=MOST)] | UnsetType = UNSET

    def __post_init__(self) -> None:
        lengths = {len(self.at), len(self.value)} | ({len(self.duration_s)} if self.duration_s else set())
        if len(lengths) > 1:
            raise ValueError("at, value and duration_s must be of one length")


class Head(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the samples of a series have in common."""

    source: Source
    metric: str
    """Code in the catalogue."""
    unit: str | None = None
    """Canonical, if not said."""


class Series(
    Head, Generic[Row, AtItem, ValueItem, DurationItem], frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """Samples of one metric from one source."""

    samples: Annotated[list[Row], Meta(max_length=MOST)] | Columns[AtItem, ValueItem, DurationItem]


class Mixed(
    msgspec.Struct, Generic[Row, AtItem, ValueItem, DurationItem], frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """Several series at once."""

    series: Annotated[list[Series[Row, AtItem, ValueItem, DurationItem]], Meta(min_length=1, max_length=MOST_SERIES)]


class Rejected(msgspec.Struct, frozen=True):
    """A sample that is not stored, by its place among all that were sent."""

    index: int
    reason: str


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the samples; those that were stored before, equal in all, are unchanged."""

    inserted: int
    updated: int
    unchanged: int
    rejected: list[Rejected]


class Deleted(msgspec.Struct, frozen=True):
    deleted: int


class Point(msgspec.Struct, frozen=True, gc=False):
    """A sample of one source."""

    at: Instant
    duration_s: int
    value: float
    source_id: int


class Aggregate(msgspec.Struct, frozen=True, gc=False):
    """What an hour, day, week or month comes to."""

    from_: str = msgspec.field(name="from")
    """The instant at which an hour begins; else a date."""
    min: float | None
    max: float | None
    avg: float | None
    """Of the samples of an hour; of the days' values."""
    sum: float | None
    """Only of what adds up."""
    n: int


class Points(msgspec.Struct, frozen=True, kw_only=True):
    """Samples, oldest first."""

    metric: str
    unit: str
    resolution: Literal["raw"] = "raw"
    items: list[Point]


class Aggregates(msgspec.Struct, frozen=True, kw_only=True):
    """What pieces of time come to, oldest first."""

    metric: str
    unit: str
    resolution: Literal["hour", "day", "week", "month"]
    items: list[Aggregate]
