"""Sources as they are shown and set."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from health.readers.batch import DeviceKind

MANUAL = "manual"
"""The app of what is entered by hand at ``/health-data``."""

SourceId = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Name = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
Order = Annotated[list[SourceId], Meta(max_length=1_000)]


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Who measured."""

    id: int
    app: str
    device: str | None
    device_kind: DeviceKind
    name: str
    """What the user calls it; else app and device."""
    ignored: bool
    """Nothing of it counts in days."""
    merged_into: int | None
    """It counts as that source."""
    first_at: datetime | None
    last_at: datetime | None
    """Of its oldest and newest sample."""
    metrics: list[str]


class Sources(msgspec.Struct, frozen=True):
    items: list[Source]


class Setting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the user says of a source; what is left out is as if never said."""

    id: SourceId
    name: Name | None = None
    ignored: bool = False
    merged_into: SourceId | None = None

    def __post_init__(self) -> None:
        if self.merged_into == self.id:
            raise ValueError("a source cannot be merged into itself")


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Replaces what was said of the sources listed; the others stay."""

    items: Annotated[list[Setting], Meta(min_length=1, max_length=1_000)]


class Priority(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is believed first; sources not listed come after those that are, by the kind of their device."""

    overall: Order = []
    metrics: Annotated[dict[str, Order], Meta(max_length=200)] = {}
    """By code: an order of its own for a metric."""

    def __post_init__(self) -> None:
        for order in (self.overall, *self.metrics.values()):
            if len(set(order)) < len(order):
                raise ValueError("a source may be listed once only in an order")
