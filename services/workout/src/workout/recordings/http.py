"""``/workouts/{id}/recordings``, and what the user says of them."""

from uuid import UUID

from asyncpg import Connection
from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from chassis.tokens import Caller
from workout.recordings import link, show
from workout.recordings.model import Link, Recordings, Resulting, Unlink


@get("/{workout_id:uuid}/recordings")
async def list_recordings(
    workout_id: FromPath[UUID], caller: NamedDependency[Caller], db: NamedDependency[Connection]
) -> Recordings:
    """List what several devices and apps say of a workout, what is taken from which, and why they are the same.

    Beside them stand other workouts that may be the same, and why: `link` makes one of them.
    """
    return await show.of_workout(db, caller.user_id, workout_id)


@post("/{workout_id:uuid}/unlink", status_code=200)
async def unlink_recording(
    workout_id: FromPath[UUID],
    data: JSONBody[Unlink],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
) -> Resulting:
    """Make a recording a workout of its own. No later import joins it to the others again."""
    return Resulting(await link.unlink(db, caller.user_id, workout_id, data.recording))


@post("/{workout_id:uuid}/link", status_code=200)
async def link_workout(
    workout_id: FromPath[UUID],
    data: JSONBody[Link],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
) -> Resulting:
    """Say that another workout is the same: its recordings become this one's, until they are unlinked."""
    return Resulting(await link.link(db, caller.user_id, workout_id, data.workout))


router = Router("/workouts", route_handlers=[list_recordings, unlink_recording, link_workout], tags=["Workouts"])
