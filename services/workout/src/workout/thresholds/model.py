"""What a user's body can do, by the date from which it holds."""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

Beats = Annotated[int, Meta(ge=20, le=260)]
Name = Annotated[str, Meta(min_length=1, max_length=100)]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Radius = Annotated[int, Meta(ge=10, le=5_000)]
MOST_ZONES = 50


class Thresholds(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of the list: it holds from ``since`` until the next one."""

    since: date
    max_heart_rate: Beats | None = None
    resting_heart_rate: Beats | None = None
    threshold_heart_rate: Beats | None = None
    ftp_w: Annotated[int, Meta(ge=30, le=1_000)] | None = None
    """Functional threshold power."""
    threshold_pace_s_km: Annotated[float, Meta(ge=100, le=1_800)] | None = None


class NewThresholds(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole list: it replaces what was there."""

    items: Annotated[tuple[Thresholds, ...], Meta(max_length=500)]

    def __post_init__(self) -> None:
        if len({each.since for each in self.items}) < len(self.items):
            raise ValueError("each date may come but once")
        for each in self.items:
            if each.max_heart_rate and max(each.resting_heart_rate or 0, each.threshold_heart_rate or 0) >= (
                each.max_heart_rate
            ):
                raise ValueError("max_heart_rate must be above the resting and the threshold heart rate")


class NewZone(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A circle in which nobody but the owner sees a position."""

    name: Name
    lat: Latitude
    lon: Longitude
    radius_m: Radius = 200


class ZoneChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A merge patch: what is absent stays."""

    name: Name | UnsetType = UNSET
    lat: Latitude | UnsetType = UNSET
    lon: Longitude | UnsetType = UNSET
    radius_m: Radius | UnsetType = UNSET


class PrivacyZone(msgspec.Struct, frozen=True, kw_only=True):
    """A circle as it is kept."""

    id: UUID
    name: str
    lat: float
    lon: float
    radius_m: int
