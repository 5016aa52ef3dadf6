"""/exercises"""

from typing import Annotated
from uuid import UUID

from asyncpg import Connection
from litestar import Response, Router, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from chassis import Runtime, ids, versions
from chassis.pages import Limit, Page
from chassis.problems import Conflict, Forbidden, NotFound
from chassis.tokens import Caller
from chassis.versions import IfMatch
from workout.exercises import find, model, queries
from workout.exercises.catalogue import BY_CODE
from workout.exercises.find import Wanted
from workout.exercises.model import (
    Category,
    Change,
    Equipment,
    Exercise,
    ExerciseDetails,
    ExerciseItem,
    Locale,
    Muscle,
    OwnExercise,
    Values,
)
from workout.workouts import drain

Search = Annotated[
    str | None,
    QueryParameter(min_length=1, max_length=100, description="Words of its name, in any order; may be mistyped."),
]
WithMuscle = Annotated[Muscle | None, QueryParameter(description="That it trains, first or second.")]
WithEquipment = Annotated[Equipment | None, QueryParameter()]
OfCategory = Annotated[Category | None, QueryParameter()]
In = Annotated[Locale, QueryParameter(description="Names in this language, where there are any.")]
Place = Annotated[
    str | None, QueryParameter(name="cursor", max_length=1_200, description="`next_cursor` of the page before.")
]


class ExerciseNotFound(NotFound):
    """No such exercise."""


class NameTaken(Conflict):
    """There is an exercise of that name."""


class TooManyExercises(Conflict):
    """No more exercises can be added."""


class ExerciseInUse(Conflict):
    """Sets or routines name this exercise."""


class OfTheCatalogue(Forbidden):
    """Exercises of the catalogue are the same for all."""


@get("/")
async def list_exercises(
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    search: Search = None,
    muscle: WithMuscle = None,
    equipment: WithEquipment = None,
    category: OfCategory = None,
    locale: In = "en",
    limit: Limit = 50,
    cursor: Place = None,
) -> Page[ExerciseItem]:
    """The catalogue and the caller's own exercises: what fits best first, else by name."""
    wanted = Wanted(search=search, muscle=muscle, equipment=equipment, category=category, locale=locale)
    return await find.page(db, caller.user_id, wanted, find.place_of(cursor), limit)


@get("/{exercise_id:str}")
async def read_exercise(
    exercise_id: FromPath[str], caller: NamedDependency[Caller], db: NamedDependency[Connection], locale: In = "en"
) -> Response[ExerciseDetails]:
    """Read an exercise of the catalogue, by its code, or one of the caller's."""
    listed = BY_CODE.get(exercise_id)
    return _answer(listed or _there(await queries.find(db, caller.user_id, _own(exercise_id))), locale)


@post("/")
async def add_exercise(
    data: JSONBody[Values], caller: NamedDependency[Caller], db: NamedDependency[Connection]
) -> Response[ExerciseDetails]:
    """Add an exercise that the catalogue lacks; only the caller sees it."""
    if await queries.count(db, caller.user_id) >= model.MOST_OWN:
        raise TooManyExercises(f"{model.MOST_OWN} is the most")
    kept = _free(await queries.insert(db, caller.user_id, ids.new(), data))
    return _answer(kept, location=f"/exercises/{kept.exercise_id}")


@patch("/{exercise_id:str}")
async def change_exercise(
    exercise_id: FromPath[str],
    data: JSONBody[Change],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    runtime: NamedDependency[Runtime],
    if_match: IfMatch = None,
) -> Response[ExerciseDetails]:
    """Correct an exercise of the caller's (JSON merge patch); workouts it was done in are made anew."""
    kept = _there(await queries.lock(db, caller.user_id, _own(exercise_id)))
    versions.require(kept.version, if_match)
    changed = _free(await queries.replace(db, caller.user_id, kept, model.merged(kept, data)))
    if await queries.make_dirty(db, caller.user_id, str(kept.exercise_id)):
        runtime.bell.ring(drain.BELL)
    return _answer(changed)


@delete("/{exercise_id:str}")
async def delete_exercise(
    exercise_id: FromPath[str],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    if_match: IfMatch = None,
) -> None:
    """Take an exercise away that no set and no routine names."""
    kept = _there(await queries.lock(db, caller.user_id, _own(exercise_id)))
    versions.require(kept.version, if_match)
    if await queries.is_used(db, caller.user_id, str(kept.exercise_id)):
        raise ExerciseInUse
    await queries.delete(db, caller.user_id, kept.exercise_id)


def _own(exercise_id: str) -> UUID:
    if exercise_id in BY_CODE:
        raise OfTheCatalogue
    try:
        return UUID(exercise_id)
    except ValueError:
        raise ExerciseNotFound from None


def _there(kept: OwnExercise | None) -> OwnExercise:
    if kept is None:
        raise ExerciseNotFound
    return kept


def _free(kept: OwnExercise | None) -> OwnExercise:
    if kept is None:
        raise NameTaken
    return kept


def _answer(kept: Exercise | OwnExercise, locale: Locale = "en", **headers: str) -> Response[ExerciseDetails]:
    shown = model.details(kept, locale)
    return Response(shown, headers={"etag": versions.etag(shown.version)} | headers)


router = Router(
    "/exercises",
    route_handlers=[list_exercises, read_exercise, add_exercise, change_exercise, delete_exercise],
    tags=["Exercises"],
)
"""The sets of workouts and the plans of routines name an exercise by its id."""
