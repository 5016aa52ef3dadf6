"""/workouts"""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from asyncpg import Connection
from litestar import Response, Router, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from chassis import versions
from chassis.tokens import Caller
from chassis.versions import IfMatch
from workout.workouts import change, detail, live, overview
from workout.workouts.detail import Workout
from workout.workouts.model import MOST_SETS, Change, Finish, NewWorkout, SetChange, SetValues

Several = Annotated[list[SetValues], Meta(min_length=1, max_length=MOST_SETS)]
LARGEST_BODY = 1024 * 1024
"""A thousand sets with notes."""
LARGEST_NEW = 4 * LARGEST_BODY
"""Those, and a track."""


@post("/", request_max_body_size=LARGEST_NEW)
async def add_workout(
    data: JSONBody[NewWorkout], caller: NamedDependency[Caller], db: NamedDependency[Connection]
) -> Response[Workout]:
    """Keep a workout, or begin one that goes on (`live`)."""
    workout_id = await change.add(db, caller.user_id, data, datetime.now(UTC))
    return answer(await detail.read(db, caller.user_id, workout_id), location=f"/workouts/{workout_id}")


@get("/{workout_id:uuid}")
async def read_workout(
    workout_id: FromPath[UUID], caller: NamedDependency[Caller], db: NamedDependency[Connection]
) -> Response[Workout]:
    """Read a workout with its sets, recordings, laps, edits and gear."""
    return answer(await detail.read(db, caller.user_id, workout_id))


@patch("/{workout_id:uuid}", request_max_body_size=LARGEST_BODY)
async def change_workout(
    workout_id: FromPath[UUID],
    data: JSONBody[Change],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    if_match: IfMatch = None,
) -> Response[Workout]:
    """Say it better (JSON merge patch); null goes back to what the recordings say."""
    await change.change(db, caller.user_id, workout_id, data, if_match, datetime.now(UTC))
    return answer(await detail.read(db, caller.user_id, workout_id))


@delete("/{workout_id:uuid}")
async def delete_workout(
    workout_id: FromPath[UUID],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    if_match: IfMatch = None,
) -> None:
    """Delete a workout with its recordings."""
    await change.delete(db, caller.user_id, workout_id, if_match)


@post("/{workout_id:uuid}/sets", status_code=200, request_max_body_size=LARGEST_BODY)
async def add_sets(
    workout_id: FromPath[UUID],
    data: JSONBody[SetValues | Several],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    if_match: IfMatch = None,
) -> Response[Workout]:
    """Add a set, or several as an array, after the last one; sent again under its `Idempotency-Key` it counts once."""
    values = [data] if isinstance(data, SetValues) else data
    await live.append(db, caller.user_id, workout_id, values, if_match, datetime.now(UTC))
    return answer(await detail.read(db, caller.user_id, workout_id))


@delete("/{workout_id:uuid}/sets/last", status_code=200)
async def undo_set(
    workout_id: FromPath[UUID],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    if_match: IfMatch = None,
) -> Response[Workout]:
    """Take the last set back: of a live workout the one done last, which is to do again if it was planned."""
    await live.undo(db, caller.user_id, workout_id, if_match)
    return answer(await detail.read(db, caller.user_id, workout_id))


@delete("/{workout_id:uuid}/sets/{set_id:uuid}", status_code=200)
async def delete_set(
    workout_id: FromPath[UUID],
    set_id: FromPath[UUID],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    if_match: IfMatch = None,
) -> Response[Workout]:
    """Take a set back."""
    await live.take_back(db, caller.user_id, workout_id, set_id, if_match)
    return answer(await detail.read(db, caller.user_id, workout_id))


@patch("/{workout_id:uuid}/sets/{set_id:uuid}")
async def change_set(
    workout_id: FromPath[UUID],
    set_id: FromPath[UUID],
    data: JSONBody[SetChange],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    if_match: IfMatch = None,
) -> Response[Workout]:
    """Correct a set (JSON merge patch)."""
    await live.correct(db, caller.user_id, workout_id, set_id, data, if_match, datetime.now(UTC))
    return answer(await detail.read(db, caller.user_id, workout_id))


@post("/{workout_id:uuid}/finish", status_code=200)
async def finish_workout(
    workout_id: FromPath[UUID],
    data: JSONBody[Finish],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    if_match: IfMatch = None,
) -> Response[Workout]:
    """End a live workout: now, unless `ended_at` says otherwise."""
    await change.finish(db, caller.user_id, workout_id, data.ended_at, if_match, datetime.now(UTC))
    return answer(await detail.read(db, caller.user_id, workout_id))


def answer(found: Workout, status_code: int | None = None, **headers: str) -> Response[Workout]:
    """A workout with its version."""
    return Response(found, status_code=status_code, headers={"etag": versions.etag(found.version)} | headers)


router = Router(
    "/workouts",
    route_handlers=[
        *overview.HANDLERS,
        *(add_workout, read_workout, change_workout, delete_workout),
        *(add_sets, undo_set, delete_set, change_set, finish_workout),
    ],
    tags=["Workouts"],
)
