"""/workouts/{id}/edits"""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import msgspec
from asyncpg import Connection
from litestar import Response, Router, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, PathParameter

from chassis.tokens import Caller
from workout.edits import edit
from workout.edits.model import Edit, NewEdit

Number = Annotated[int, PathParameter(ge=0, le=32_767, description="Number of the edit.")]


class Edits(msgspec.Struct, frozen=True):
    """In the order in which they are applied."""

    items: Sequence[Edit]


@get("/{workout_id:uuid}/edits")
async def list_edits(
    workout_id: FromPath[UUID], caller: NamedDependency[Caller], db: NamedDependency[Connection]
) -> Edits:
    """List the changes to what was recorded, in the order in which they are applied."""
    return Edits(await edit.listed(db, caller.user_id, workout_id))


@post("/{workout_id:uuid}/edits")
async def add_edit(
    workout_id: FromPath[UUID],
    data: JSONBody[NewEdit],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
) -> Response[Edit]:
    """Change what was recorded; the recordings stay as they are, so that it can be undone."""
    made = await edit.add(db, caller.user_id, workout_id, data)
    return Response(made, headers={"location": f"/workouts/{workout_id}/edits/{made.number}"})


@delete("/{workout_id:uuid}/edits/{number:int}")
async def undo_edit(
    workout_id: FromPath[UUID], number: Number, caller: NamedDependency[Caller], db: NamedDependency[Connection]
) -> None:
    """Undo an edit, the last or an earlier one; those after it are applied anew."""
    await edit.undo(db, caller.user_id, workout_id, number)


router = Router("/workouts", route_handlers=[list_edits, add_edit, undo_edit], tags=["Workouts"])
"""Below a workout."""
