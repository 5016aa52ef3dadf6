"""A piece of gear as it is sent, kept and shown, and when it is due for service."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

MOST_GEAR = 1_000
"""Of one user."""
MOST_SERVICES = 20
MOST_SPORTS = 40
SOON = 0.9
"""Of the interval: from there on a service is near."""

Kind = Literal["bike", "shoes", "component", "other"]
Instant = Annotated[datetime, Meta(tz=True)]
Name = Annotated[str, Meta(min_length=1, max_length=100)]
Notes = Annotated[str, Meta(min_length=1, max_length=5_000)]
Sport = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Sports = Annotated[
    tuple[Sport, ...],
    Meta(max_length=MOST_SPORTS, description="New workouts of these use it, unless they say otherwise."),
]
Metres = Annotated[float, Meta(ge=0, le=1e9, description="m")]
Seconds = Annotated[float, Meta(ge=0, le=1e9, description="s")]


class Service(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Something to be done again and again; by whichever interval comes first."""

    name: Name
    every_m: Annotated[float, Meta(ge=1, le=1e9)] | None = None
    every_s: Annotated[float, Meta(ge=1, le=1e9)] | None = None
    every_days: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    last_on: date | None = None
    """When it was done last, at the end of that day; null: never, so all that the gear has done counts."""

    def __post_init__(self) -> None:
        if self.every_m is None and self.every_s is None and self.every_days is None:
            raise ValueError("give every_m, every_s or every_days")


Services = Annotated[tuple[Service, ...], Meta(max_length=MOST_SERVICES)]


class NewGear(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A piece of gear as it is sent."""

    kind: Kind
    name: Name
    brand: Name | None = None
    model: Name | None = None
    notes: Notes | None = None
    sports: Sports = ()
    part_of: UUID | None = None
    """Of a component: what it is fitted to, whose workouts from `fitted_on` to `retired_on` count for it."""
    fitted_on: date | None = None
    retired_on: date | None = None
    start_distance_m: Metres = 0.0
    """What it had done before."""
    start_s: Seconds = 0.0
    services: Services = ()


class Change(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A merge patch: what is absent stays, null clears."""

    kind: Kind | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    brand: Name | UnsetType | None = UNSET
    model: Name | UnsetType | None = UNSET
    notes: Notes | UnsetType | None = UNSET
    sports: Sports | UnsetType = UNSET
    part_of: UUID | UnsetType | None = UNSET
    fitted_on: date | UnsetType | None = UNSET
    retired_on: date | UnsetType | None = UNSET
    start_distance_m: Metres | UnsetType = UNSET
    start_s: Seconds | UnsetType = UNSET
    services: Services | UnsetType = UNSET


class Kept(NewGear, frozen=True, kw_only=True):
    """A piece of gear as it is kept."""

    id: UUID
    version: int
    created_at: datetime


class Use(msgspec.Struct, frozen=True):
    """What a piece of gear has done since some day."""

    workouts: int = 0
    distance_m: float = 0.0
    seconds: float = 0.0
    last_on: date | None = None


class Due(Service, frozen=True, kw_only=True):
    """A service, and how near it is."""

    state: Literal["fine", "soon", "due"]
    since_m: float
    since_s: float
    since_days: int
    share: float
    """Of the interval that is used up most; 1 and more: due."""


class Gear(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of gear with what it has done."""

    id: UUID
    version: int
    kind: Kind
    name: str
    brand: str | None
    model: str | None
    notes: str | None
    sports: tuple[str, ...]
    part_of: UUID | None
    fitted_on: date | None
    retired_on: date | None
    start_distance_m: float
    start_s: float
    workouts: int
    distance_m: float
    """With what it had done before."""
    seconds: float
    """In motion; with what it had done before."""
    last_used_on: date | None
    services: list[Due]
    created_at: Instant


class Used(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was used in a workout."""

    gear: Annotated[tuple[UUID, ...], Meta(max_length=20)]


Uses = Mapping[tuple[UUID, date | None], Use]
"""By gear, and by the day after which it counts; None: from the beginning."""


def asked(kept: Sequence[Kept]) -> list[tuple[UUID, date | None]]:
    """All that has to be known of pieces of gear to show them."""
    return [*{(one.id, since) for one in kept for since in (None, *(service.last_on for service in one.services))}]


def shown(kept: Kept, uses: Uses, today: date) -> Gear:
    """With totals, and with what is due."""
    whole = uses.get((kept.id, None), Use())
    same = {name: getattr(kept, name) for name in Kept.__struct_fields__ if name != "services"}
    return Gear(
        **same,
        workouts=whole.workouts,
        distance_m=round(whole.distance_m + kept.start_distance_m, 2),
        seconds=round(whole.seconds + kept.start_s, 2),
        last_used_on=whole.last_on,
        services=[due(service, kept, uses.get((kept.id, service.last_on), Use()), today) for service in kept.services],
    )


def due(service: Service, kept: Kept, use: Use, today: date) -> Due:
    """Whether it is time; gear that is retired is never due."""
    new = service.last_on is None
    metres = use.distance_m + (kept.start_distance_m if new else 0.0)
    seconds = use.seconds + (kept.start_s if new else 0.0)
    days = max(0, (today - (service.last_on or kept.fitted_on or kept.created_at.date())) // timedelta(days=1))
    shares = [
        done / interval
        for done, interval in ((metres, service.every_m), (seconds, service.every_s), (days, service.every_days))
        if interval is not None
    ]
    share = max(shares)
    active = kept.retired_on is None or kept.retired_on > today
    return Due(
        **{name: getattr(service, name) for name in Service.__struct_fields__},
        state="due" if active and share >= 1 else "soon" if active and share >= SOON else "fine",
        since_m=round(metres, 2),
        since_s=round(seconds, 2),
        since_days=days,
        share=round(share, 4),
    )
