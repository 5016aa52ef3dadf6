"""/routines"""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from asyncpg import Connection
from litestar import Response, Router, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from chassis import ids, pages, versions
from chassis.pages import Cursor, CursorText, Limit, Page
from chassis.problems import Conflict, NotFound
from chassis.tokens import Caller
from chassis.versions import IfMatch
from workout.routines import model, queries, schedule
from workout.routines.model import MOST_DAYS, MOST_ROUTINES, MOST_SESSIONS, Change, NewRoutine, Preview, Routine, Start
from workout.workouts import detail
from workout.workouts import http as workouts
from workout.workouts.detail import Workout

LARGEST_BODY = 512 * 1024
"""Fourteen full days."""

OfDay = Annotated[
    int | None, QueryParameter(name="day", ge=0, lt=MOST_DAYS, description="Only this day, counted from 0.")
]
Sessions = Annotated[int, QueryParameter(ge=1, le=MOST_SESSIONS, description="How many.")]


class RoutineNotFound(NotFound):
    """No such routine."""


class TooManyRoutines(Conflict):
    """No more routines can be added."""


@get("/")
async def list_routines(
    caller: NamedDependency[Caller], db: NamedDependency[Connection], limit: Limit = 50, cursor: CursorText = None
) -> Page[Routine]:
    """The caller's routines, newest first."""
    found = await queries.select(db, caller.user_id, pages.after(cursor), limit)
    return pages.of(found, limit, lambda kept: Cursor(kept.created_at, kept.id))


@post("/", request_max_body_size=LARGEST_BODY)
async def add_routine(
    data: JSONBody[NewRoutine], caller: NamedDependency[Caller], db: NamedDependency[Connection]
) -> Response[Routine]:
    """Keep a new routine."""
    if await queries.count(db, caller.user_id) >= MOST_ROUTINES:
        raise TooManyRoutines(f"{MOST_ROUTINES} is the most")
    await schedule.require_exercises(db, caller.user_id, data.days)
    kept = await queries.insert(db, caller.user_id, ids.new(), model.fresh(data))
    return _answer(kept, location=f"/routines/{kept.id}")


@get("/{routine_id:uuid}")
async def read_routine(
    routine_id: FromPath[UUID], caller: NamedDependency[Caller], db: NamedDependency[Connection]
) -> Response[Routine]:
    """Read one of the caller's routines."""
    return _answer(_there(await queries.find(db, caller.user_id, routine_id)))


@patch("/{routine_id:uuid}", request_max_body_size=LARGEST_BODY)
async def change_routine(
    routine_id: FromPath[UUID],
    data: JSONBody[Change],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    if_match: IfMatch = None,
) -> Response[Routine]:
    """Plan it otherwise (JSON merge patch); the rules of items that have changed begin anew."""
    kept = _there(await queries.lock(db, caller.user_id, routine_id))
    versions.require(kept.version, if_match)
    new = model.merged(kept, data, datetime.now(UTC))
    await schedule.require_exercises(db, caller.user_id, new.days)
    return _answer(await queries.replace(db, caller.user_id, routine_id, new))


@delete("/{routine_id:uuid}")
async def delete_routine(
    routine_id: FromPath[UUID],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    if_match: IfMatch = None,
) -> None:
    """Forget a routine; the workouts done by it stay."""
    versions.require(_there(await queries.lock(db, caller.user_id, routine_id)).version, if_match)
    await queries.delete(db, caller.user_id, routine_id)


@get("/{routine_id:uuid}/preview")
async def preview_routine(
    routine_id: FromPath[UUID],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    day: OfDay = None,
    sessions: Sessions = 12,
) -> Preview:
    """What comes next, if every session succeeds: of one day, or of all days in their order."""
    kept = _there(await queries.find(db, caller.user_id, routine_id))
    coming = await schedule.coming(db, caller.user_id, kept, day, sessions, datetime.now(UTC))
    return Preview(routine_id, coming)


@post("/{routine_id:uuid}/start")
async def start_routine(
    routine_id: FromPath[UUID],
    data: JSONBody[Start],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
) -> Response[Workout]:
    """Begin the next session, or a day: a live workout with its sets still to be done (those without `done_at`)."""
    kept = _there(await queries.find(db, caller.user_id, routine_id))
    workout_id = await schedule.start(db, caller.user_id, kept, data.day, data.at, datetime.now(UTC))
    made = await detail.read(db, caller.user_id, workout_id)
    return workouts.answer(made, location=f"/workouts/{workout_id}")


def _there(kept: Routine | None) -> Routine:
    if kept is None:
        raise RoutineNotFound
    return kept


def _answer(kept: Routine, **headers: str) -> Response[Routine]:
    return Response(kept, headers={"etag": versions.etag(kept.version)} | headers)


router = Router(
    "/routines",
    route_handlers=[
        *(list_routines, add_routine, read_routine, change_routine, delete_routine),
        *(preview_routine, start_routine),
    ],
    tags=["Routines"],
)
"""Days are done in their order; what was done is read from the workouts that name the routine."""
