"""/users/me: the caller's profile and preferences."""

from collections.abc import Iterable
from datetime import UTC, datetime

from asyncpg import Connection
from litestar import Response, Router, delete, get, patch, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

import outbox
from chassis import versions
from chassis.problems import FieldError, InvalidValue, Unauthorized
from chassis.service import Runtime
from chassis.tokens import Caller
from chassis.versions import IfMatch
from contracts.events import UserUpdated, ZoneSince
from identity.erasures import queries as erasures
from identity.erasures.model import Receipt
from identity.users import model, queries
from identity.users.model import Profile, ProfileChanges, User, ZoneHistory


@get("/")
async def read_profile(caller: NamedDependency[Caller], db: NamedDependency[Connection]) -> Response[Profile]:
    """Read the caller's profile and preferences."""
    return _shown(_still_there(await queries.find(db, caller.user_id)))


@patch("/")
async def change_profile(
    data: JSONBody[ProfileChanges],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    if_match: IfMatch = None,
) -> Response[Profile]:
    """Change the members given; `time_zone` holds from now on."""
    now = datetime.now(UTC)
    refuse(model.faults(data, now))
    old = await _to_change(db, caller, if_match)
    return _shown(await _kept(db, old, model.changed(old, data, now)))


@put("/time-zones")
async def replace_time_zones(
    data: JSONBody[ZoneHistory],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    if_match: IfMatch = None,
) -> Response[Profile]:
    """Replace the history of time zones, which decides on which day something happened."""
    refuse(model.zone_faults(data.zones))
    old = await _to_change(db, caller, if_match)
    zones = tuple(ZoneSince(entry.zone, entry.since) for entry in data.zones)
    return _shown(await _kept(db, old, model.moved(old, zones)))


@delete("/", status_code=202)
async def erase_user(
    caller: NamedDependency[Caller], db: NamedDependency[Connection], runtime: NamedDependency[Runtime]
) -> Receipt:
    """Erase the caller here at once, and everywhere as soon as each service has heard of it."""
    user = await _to_change(db, caller, None)
    return await erasures.begin(db, user, runtime.settings)


def refuse(faults: Iterable[tuple[str, str]]) -> None:
    """Raise InvalidValue with all faults, if there are any."""
    if errors := [FieldError(detail, pointer) for pointer, detail in faults]:
        raise InvalidValue(errors=errors)


async def _to_change(db: Connection, caller: Caller, if_match: str | None) -> User:
    user = _still_there(await queries.find_locked(db, caller.user_id))
    versions.require(user.version, if_match)
    return user


async def _kept(db: Connection, old: User, new: User) -> User:
    """Store what differs as a new version, and tell of it."""
    if new == old:
        return old
    if len(new.zones) > model.MOST_ZONES:
        refuse([("/time_zone", f"there are {model.MOST_ZONES} already: replace the history")])
    kept = await queries.replace(db, new)
    contact = [kept.contact()] if new.email != old.email else []
    await outbox.add(db, kept.told_as(UserUpdated), *contact)
    return kept


def _still_there(user: User | None) -> User:
    if user is None:
        raise Unauthorized("the session has ended")
    return user


def _shown(user: User) -> Response[Profile]:
    return Response(model.profile_of(user), headers={"etag": versions.etag(user.version)})


router = Router(
    "/users/me",
    route_handlers=[read_profile, change_profile, replace_time_zones, erase_user],
    tags=["Users"],
)
