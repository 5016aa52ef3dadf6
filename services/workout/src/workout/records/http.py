"""/records"""

from typing import Annotated

from asyncpg import Connection
from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from chassis import pages
from chassis.pages import CursorText, Limit, Page
from chassis.problems import invalid
from chassis.tokens import Caller
from workout.records import queries
from workout.records.model import Records, Step

Exercise = Annotated[
    str | None,
    QueryParameter(
        pattern=r"^[a-z0-9][a-z0-9-]{0,99}$", description="Code in the catalogue, or the id of one's own exercise."
    ),
]
Sport = Annotated[
    str | None, QueryParameter(pattern=r"^[a-z][a-z0-9_]{0,39}$", description="In FIT's spelling: `running` …")
]
KindText = Annotated[
    str, QueryParameter(max_length=30, description="As in `/records`: `e1rm`, `distance 5000`, `longest` …")
]


@get("/")
async def list_records(
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    exercise: Exercise = None,
    sport: Sport = None,
) -> Records:
    """Read the records of an exercise or of a sport, each with the workout that holds it and its runner-up."""
    of_exercise, subject = _subject(exercise, sport)
    ask = queries.of_exercise if of_exercise else queries.of_sport
    return Records(await ask(db, caller.user_id, subject))


@get("/history")
async def list_history(
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    kind: KindText,
    exercise: Exercise = None,
    sport: Sport = None,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Page[Step]:
    """List how one record grew: each workout that was the best when it was done, newest first."""
    of_exercise, subject = _subject(exercise, sport)
    if kind not in (queries.STEPS_OF_EXERCISE if of_exercise else queries.STEPS_OF_SPORT):
        raise invalid("?kind", "is no kind of record here")
    ask = queries.history_of_exercise if of_exercise else queries.history_of_sport
    found = await ask(db, caller.user_id, subject, kind, pages.after(cursor), limit)
    return pages.of(found, limit, lambda step: pages.Cursor(step.started_at, step.workout_id))


def _subject(exercise: str | None, sport: str | None) -> tuple[bool, str]:
    """Whether an exercise is meant, and which; else which sport."""
    if exercise is not None and sport is None:
        return True, exercise
    if sport is not None and exercise is None:
        return False, sport
    raise invalid("?exercise", "give either exercise or sport")


router = Router("/records", route_handlers=[list_records, list_history], tags=["Records"])
