"""/workouts/thresholds and /workouts/privacy-zones"""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from asyncpg import Connection
from litestar import Response, Router, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from chassis import ids
from chassis.problems import Conflict, NotFound
from chassis.tokens import Caller
from workout.thresholds import change, queries
from workout.thresholds.model import MOST_ZONES, NewThresholds, NewZone, PrivacyZone, Thresholds, ZoneChange


class ThresholdList(msgspec.Struct, frozen=True):
    """Oldest first; each holds from its date until the next."""

    items: Sequence[Thresholds]


class PrivacyZones(msgspec.Struct, frozen=True):
    """By name."""

    items: Sequence[PrivacyZone]


class ZoneNotFound(NotFound):
    """No such privacy zone."""


class TooManyZones(Conflict):
    """There are too many privacy zones."""


@get("/thresholds")
async def list_thresholds(caller: NamedDependency[Caller], db: NamedDependency[Connection]) -> ThresholdList:
    """List what zones and load are reckoned from, by the date from which it holds."""
    return ThresholdList(await queries.select(db, caller.user_id))


@put("/thresholds")
async def set_thresholds(
    data: JSONBody[NewThresholds], caller: NamedDependency[Caller], db: NamedDependency[Connection]
) -> ThresholdList:
    """Replace the list. Workouts from the first date that differs on are made anew soon after."""
    await change.replace(db, caller.user_id, data.items)
    return ThresholdList(await queries.select(db, caller.user_id))


@get("/privacy-zones")
async def list_zones(caller: NamedDependency[Caller], db: NamedDependency[Connection]) -> PrivacyZones:
    """List the circles in which nobody but you sees a position."""
    return PrivacyZones(await queries.zones(db, caller.user_id))


@post("/privacy-zones")
async def add_zone(
    data: JSONBody[NewZone], caller: NamedDependency[Caller], db: NamedDependency[Connection]
) -> Response[PrivacyZone]:
    """Add a circle."""
    new = PrivacyZone(id=ids.new(), **msgspec.structs.asdict(data))
    made = await queries.add_zone(db, caller.user_id, new, MOST_ZONES)
    if made is None:
        raise TooManyZones(f"at most {MOST_ZONES}")
    return Response(made, headers={"location": f"/workouts/privacy-zones/{made.id}"})


@get("/privacy-zones/{zone_id:uuid}")
async def read_zone(
    zone_id: FromPath[UUID], caller: NamedDependency[Caller], db: NamedDependency[Connection]
) -> PrivacyZone:
    """Read a circle."""
    return await _found(db, caller, zone_id)


@patch("/privacy-zones/{zone_id:uuid}")
async def change_zone(
    zone_id: FromPath[UUID],
    data: JSONBody[ZoneChange],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
) -> PrivacyZone:
    """Move, resize or rename a circle (JSON merge patch)."""
    given = {name: value for name, value in msgspec.structs.asdict(data).items() if value is not msgspec.UNSET}
    changed = msgspec.structs.replace(await _found(db, caller, zone_id), **given)
    await queries.set_zone(db, caller.user_id, changed)
    return changed


@delete("/privacy-zones/{zone_id:uuid}")
async def delete_zone(
    zone_id: FromPath[UUID], caller: NamedDependency[Caller], db: NamedDependency[Connection]
) -> None:
    """Delete a circle."""
    if not await queries.delete_zone(db, caller.user_id, zone_id):
        raise ZoneNotFound


async def _found(db: Connection, caller: Caller, zone_id: UUID) -> PrivacyZone:
    found = await queries.zone(db, caller.user_id, zone_id)
    if found is None:
        raise ZoneNotFound
    return found


router = Router(
    "/workouts",
    route_handlers=[list_thresholds, set_thresholds, list_zones, add_zone, read_zone, change_zone, delete_zone],
    tags=["Workouts"],
)
"""Beside the workouts."""
