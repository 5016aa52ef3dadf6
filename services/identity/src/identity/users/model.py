"""A user's profile and preferences, and what may be said of them."""

import re
import unicodedata
import zoneinfo
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from contracts.events import UserContactChanged, UserState, ZoneSince

State = TypeVar("State", bound=UserState)
Units = Literal["metric", "imperial"]
Sex = Literal["female", "male", "other"]
Weekday = Annotated[int, Meta(ge=1, le=7, description="ISO weekday, 1 is Monday.")]
Username = Annotated[
    str,
    Meta(
        min_length=3,
        max_length=32,
        description="Lower-cased on entry.",
        extra_json_schema={"pattern": "^[A-Za-z0-9._-]+$"},
    ),
]
Email = Annotated[str, Meta(min_length=3, max_length=254)]
DisplayName = Annotated[str, Meta(min_length=1, max_length=100)]
ZoneName = Annotated[str, Meta(min_length=1, max_length=64, description="IANA name, as in Europe/Berlin.")]
Locale = Annotated[str, Meta(max_length=35, description="BCP 47, as in de or pt-BR.")]
HeightCm = Annotated[float, Meta(ge=30, le=300)]

ZONES = zoneinfo.available_timezones() - {"Factory", "localtime"}
MOST_ZONES = 200
OLDEST_ON = date(1900, 1, 1)

_USERNAME = re.compile(r"[A-Za-z0-9._-]+")
_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f]{1,64}@([^\W_]([\w-]*[^\W_])?\.)+[^\W\d_]([\w-]*[^\W_])?")


class NewUser(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What someone tells of themselves when they register."""

    username: Username
    password: Annotated[str, Meta(max_length=1024, description="At least 8 characters, at most 1,024 bytes.")]
    email: Email | None = None
    display_name: DisplayName | None = None
    time_zone: ZoneName | None = None
    locale: Locale | None = None


class ProfileChanges(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A merge patch: what is absent stays, null clears."""

    display_name: DisplayName | UnsetType | None = UNSET
    email: Email | UnsetType | None = UNSET
    units: Units | UnsetType = UNSET
    time_zone: ZoneName | UnsetType = UNSET
    """Where the user is from now on."""
    locale: Locale | UnsetType = UNSET
    first_day_of_week: Weekday | UnsetType = UNSET
    birth_date: date | UnsetType | None = UNSET
    sex: Sex | UnsetType | None = UNSET
    height_cm: HeightCm | UnsetType | None = UNSET


class ZoneGiven(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A time zone and since when; the first has always been."""

    zone: ZoneName
    since: Annotated[datetime, Meta(tz=True)] | None = msgspec.field(default=None, name="from")


class ZoneHistory(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the user was and is, oldest first."""

    zones: Annotated[tuple[ZoneGiven, ...], Meta(min_length=1, max_length=MOST_ZONES)]


class User(msgspec.Struct, frozen=True, kw_only=True):
    """Everything kept of a user but what proves who they are."""

    user_id: UUID
    username: str
    version: int = 1
    display_name: str | None = None
    email: str | None = None
    locale: str = "en"
    units: Units = "metric"
    first_day_of_week: int = 1
    birth_date: date | None = None
    sex: Sex | None = None
    height_cm: float | None = None
    zones: tuple[ZoneSince, ...] = (ZoneSince("UTC"),)
    sessions_epoch: int = 0
    state: Literal["active", "deactivated"] = "active"
    created_at: datetime

    def told_as(self, event: type[State], **more: Any) -> State:
        """The state as other services may know it, without the address; ``more`` is what the event has beyond it."""
        state = {name: getattr(self, name) for name in UserState.__struct_fields__ if name != "event_id"}
        return event(**state, **more)

    def contact(self) -> UserContactChanged:
        return UserContactChanged(user_id=self.user_id, version=self.version, email=self.email)

    def zone_at(self, at: datetime) -> str:
        """The zone in force at an instant."""
        return [z.zone for z in self.zones if z.since is None or z.since <= at][-1]


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """A user as they see themselves."""

    id: UUID
    username: str
    display_name: str | None
    email: str | None
    units: Units
    time_zone: str
    """The zone in force now; the last of those that have begun."""
    time_zones: tuple[ZoneSince, ...]
    locale: str
    first_day_of_week: int
    birth_date: date | None
    sex: Sex | None
    height_cm: float | None
    created_at: datetime


def profile_of(user: User) -> Profile:
    """What the user is shown."""
    same = {name: getattr(user, name) for name in Profile.__struct_fields__ if name in User.__struct_fields__}
    return Profile(id=user.user_id, time_zone=user.zone_at(datetime.now(UTC)), time_zones=user.zones, **same)


def named(new: NewUser, user_id: UUID, now: datetime) -> User:
    """The user that a registration makes."""
    return User(
        user_id=user_id,
        username=new.username.lower(),
        display_name=_tidy(new.display_name),
        email=new.email,
        locale=new.locale or "en",
        zones=(ZoneSince(new.time_zone or "UTC"),),
        created_at=now,
    )


def changed(user: User, changes: ProfileChanges, now: datetime) -> User:
    """The user after a merge patch, at the same version; equal to ``user`` when nothing differs."""
    given = {name: value for name, value in msgspec.structs.asdict(changes).items() if value is not UNSET}
    if "display_name" in given:
        given["display_name"] = _tidy(given["display_name"])
    zone = given.pop("time_zone", None)
    if zone and zone != user.zone_at(now):
        given["zones"] = (*(z for z in user.zones if z.since is None or z.since < now), ZoneSince(zone, now))
    return msgspec.structs.replace(user, **given)


def moved(user: User, zones: tuple[ZoneSince, ...]) -> User:
    """The user with another history of time zones."""
    return msgspec.structs.replace(user, zones=zones)


def faults(given: NewUser | ProfileChanges, now: datetime) -> Iterator[tuple[str, str]]:
    """Pointer and sentence for each value that no pattern can judge."""
    if isinstance(given, NewUser) and not _USERNAME.fullmatch(given.username):
        yield "/username", "may have letters a-z, digits, dots, hyphens and underscores"
    if isinstance(given.time_zone, str) and given.time_zone not in ZONES:
        yield "/time_zone", "is not a known time zone"
    if isinstance(given.locale, str) and not _LOCALE.fullmatch(given.locale):
        yield "/locale", "is not a language tag"
    if isinstance(given.email, str) and not _EMAIL.fullmatch(given.email):
        yield "/email", "is not an e-mail address"
    if isinstance(given.display_name, str) and not _is_text(given.display_name):
        yield "/display_name", "must be visible text on one line"
    born = given.birth_date if isinstance(given, ProfileChanges) else None
    if isinstance(born, date) and not OLDEST_ON <= born <= now.date():
        yield "/birth_date", f"must lie between {OLDEST_ON} and today"


def zone_faults(zones: Sequence[ZoneGiven]) -> Iterator[tuple[str, str]]:
    """Pointer and sentence for each entry that breaks the history."""
    for place, entry in enumerate(zones):
        if entry.zone not in ZONES:
            yield f"/zones/{place}/zone", "is not a known time zone"
        if (entry.since is None) != (place == 0):
            yield f"/zones/{place}/from", "is null for the first entry, and only there"
        elif entry.since and not 1900 <= entry.since.year <= 2200:
            yield f"/zones/{place}/from", "must lie between 1900 and 2200"
        elif entry.since and (before := zones[place - 1].since) and entry.since <= before:
            yield f"/zones/{place}/from", "must be later than the entry before"


def _tidy(name: str | None) -> str | None:
    return unicodedata.normalize("NFC", name).strip() if name else None


def _is_text(name: str) -> bool:
    return bool(name.strip()) and not any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} for c in name)
