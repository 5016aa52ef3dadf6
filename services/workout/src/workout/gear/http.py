"""/gear, and what was used in a workout"""

from typing import Annotated
from uuid import UUID

import msgspec
from asyncpg import Connection
from litestar import Response, Router, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import UNSET

from chassis import pages, versions
from chassis.pages import CursorText, Limit, Page
from chassis.problems import Conflict, NotFound, invalid
from chassis.tokens import Caller
from chassis.versions import IfMatch
from workout.gear import model, queries
from workout.gear.model import Change, Gear, Kept, Kind, NewGear, Used
from workout.workouts import queries as workouts
from workout.workouts.change import locked
from workout.workouts.remake import remake

OfKind = Annotated[Kind | None, QueryParameter(description="Only of this kind.")]
Retired = Annotated[bool | None, QueryParameter(description="Only what is retired by today, or only what is not.")]


class GearNotFound(NotFound):
    """No such gear."""


class WorkoutGear(msgspec.Struct, frozen=True):
    """What was used in a workout."""

    items: list[Gear]


@post("/")
async def add_gear(
    data: JSONBody[NewGear], caller: NamedDependency[Caller], db: NamedDependency[Connection]
) -> Response[Gear]:
    """Keep a bike, shoes, a component or something else."""
    await workouts.lock(db, caller.user_id)
    if await queries.count(db, caller.user_id) >= model.MOST_GEAR:
        raise Conflict(f"there may be {model.MOST_GEAR:,} pieces of gear: delete what you do not need")
    await _check(db, caller.user_id, data)
    kept = await queries.add(db, caller.user_id, data)
    return _answer(await _shown(db, caller.user_id, kept), location=f"/gear/{kept.id}")


@get("/")
async def list_gear(
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    kind: OfKind = None,
    retired: Retired = None,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Page[Gear]:
    """List your gear with what it has done, newest first."""
    user_id, today = caller.user_id, await queries.today(db, caller.user_id)
    found = await queries.page(db, user_id, pages.after(cursor), limit, kind=kind, retired=retired, today=today)
    page = pages.of(found, limit, lambda kept: pages.Cursor(kept.created_at, kept.id))
    uses = await queries.uses(db, user_id, model.asked(page.items))
    return Page([model.shown(kept, uses, today) for kept in page.items], page.next_cursor)


@get("/{gear_id:uuid}")
async def read_gear(
    gear_id: FromPath[UUID], caller: NamedDependency[Caller], db: NamedDependency[Connection]
) -> Response[Gear]:
    """Read a piece of gear: distance, time, and which services are due."""
    kept = _there(await queries.find(db, caller.user_id, gear_id))
    return _answer(await _shown(db, caller.user_id, kept))


@patch("/{gear_id:uuid}")
async def change_gear(
    gear_id: FromPath[UUID],
    data: JSONBody[Change],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    if_match: IfMatch = None,
) -> Response[Gear]:
    """Change it (JSON merge patch): retire it, say that a service was done (`last_on`) …"""
    await workouts.lock(db, caller.user_id)
    kept = _there(await queries.find(db, caller.user_id, gear_id, lock=True))
    versions.require(kept.version, if_match)
    said = {name: value for name in Change.__struct_fields__ if (value := getattr(data, name)) is not UNSET}
    changed = msgspec.structs.replace(kept, **said)
    await _check(db, caller.user_id, changed, gear_id)
    return _answer(await _shown(db, caller.user_id, await queries.change(db, caller.user_id, changed)))


@delete("/{gear_id:uuid}")
async def delete_gear(
    gear_id: FromPath[UUID],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    if_match: IfMatch = None,
) -> None:
    """Delete it: workouts forget that it was used. What is worn out is better retired."""
    await workouts.lock(db, caller.user_id)
    versions.require(_there(await queries.find(db, caller.user_id, gear_id, lock=True)).version, if_match)
    await queries.delete(db, caller.user_id, gear_id)


@put("/{workout_id:uuid}/gear")
async def set_gear(
    workout_id: FromPath[UUID],
    data: JSONBody[Used],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    if_match: IfMatch = None,
) -> WorkoutGear:
    """Say what was used in a workout, instead of what was said before."""
    user_id = caller.user_id
    await locked(db, user_id, workout_id, if_match)
    if unknown := await workouts.unknown_gear(db, user_id, data.gear):
        raise invalid("/gear", f"there is no {min(unknown)}")
    await workouts.set_gear(db, user_id, workout_id, data.gear)
    await remake(db, user_id, [workout_id])
    kept, today = await queries.of_workout(db, user_id, workout_id), await queries.today(db, user_id)
    uses = await queries.uses(db, user_id, model.asked(kept))
    return WorkoutGear([model.shown(one, uses, today) for one in kept])


async def _check(db: Connection, user_id: UUID, gear: NewGear, gear_id: UUID | None = None) -> None:
    """Components are fitted to something of the user's that is no component itself; dates are in order."""
    if gear.fitted_on and gear.retired_on and gear.retired_on < gear.fitted_on:
        raise invalid("/retired_on", "must not come before fitted_on")
    if gear.part_of is None:
        return
    if gear.kind != "component":
        raise invalid("/part_of", "is for components")
    whole = await queries.find(db, user_id, gear.part_of)
    if whole is None:
        raise invalid("/part_of", f"there is no {gear.part_of}")
    if whole.kind == "component" or (gear_id is not None and await queries.has_parts(db, user_id, gear_id)):
        raise invalid("/part_of", "a component cannot be part of a component")


async def _shown(db: Connection, user_id: UUID, kept: Kept) -> Gear:
    return model.shown(kept, await queries.uses(db, user_id, model.asked([kept])), await queries.today(db, user_id))


def _there(kept: Kept | None) -> Kept:
    if kept is None:
        raise GearNotFound
    return kept


def _answer(gear: Gear, **headers: str) -> Response[Gear]:
    return Response(gear, headers={"etag": versions.etag(gear.version)} | headers)


router = Router("/gear", route_handlers=[add_gear, list_gear, read_gear, change_gear, delete_gear], tags=["Gear"])
of_workout = Router("/workouts", route_handlers=[set_gear], tags=["Gear"])
