"""What this service is told about a file, and adds to what is shown of its import."""

from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from chassis.problems import invalid
from imports.model import CountedPart, Import

WeightUnit = Literal["kg", "lb"]
DistanceUnit = Literal["km", "mi"]


class Mapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a file may leave open."""

    weight_unit: WeightUnit | None = None
    """Where the file names none; the user's own by default."""
    distance_unit: DistanceUnit | None = None
    zone: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    """Of its wall clocks (IANA); where the user was at the time by default."""


class ImportDetails(Import, frozen=True, kw_only=True):
    """An import with all that is known of it."""

    workouts: list[UUID]
    """That its recordings belong to: at most 200, the newest first."""
    parts: list[CountedPart]
    """Of the files inside an archive at most 200, those with errors first."""


def check(given: object) -> None:
    """InvalidValue says what is wrong with a mapping."""
    try:
        mapping = msgspec.convert(given, Mapping)
    except msgspec.ValidationError as error:
        raise invalid("/mapping", str(error)) from None
    if mapping.zone is not None and not is_zone(mapping.zone):
        raise invalid("/mapping/zone", "is no time zone")


def is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        return False
    return True
