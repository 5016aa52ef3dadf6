"""/workouts, many at a time"""

from datetime import date
from typing import Annotated

from asyncpg import Connection
from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from chassis.pages import CursorText, Limit, Page
from chassis.tokens import Caller
from workout.workouts import listing, stats
from workout.workouts.listing import Sort, Wanted
from workout.workouts.model import WorkoutItem
from workout.workouts.stats import Calendar, Group, Stats

FromDate = Annotated[date | None, QueryParameter(name="from", description="First local date.")]
ToDate = Annotated[date | None, QueryParameter(name="to", description="Last local date.")]
OfSport = Annotated[
    str | None, QueryParameter(name="sport", max_length=40, description="Of this sport alone, in FIT's spelling.")
]
OfExercise = Annotated[
    str | None, QueryParameter(name="exercise", max_length=100, description="With sets of this exercise.")
]
Search = Annotated[
    str | None, QueryParameter(name="search", min_length=1, max_length=200, description="In title or notes.")
]
NearText = Annotated[
    str | None, QueryParameter(name="near", max_length=100, description="Begun there: `lat,lon,radius_m`.")
]
MinDistance = Annotated[float | None, QueryParameter(name="min_distance", ge=0, le=20_000_000, description="m")]
SortBy = Annotated[Sort, QueryParameter(name="sort", description="`-` before it: most, or newest, first.")]
GroupBy = Annotated[Group, QueryParameter(name="group", description="What is added up.")]


@get("/")
async def list_workouts(
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    from_: FromDate = None,
    to: ToDate = None,
    sport: OfSport = None,
    exercise: OfExercise = None,
    search: Search = None,
    near: NearText = None,
    min_distance: MinDistance = None,
    sort: SortBy = "-started_at",
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Page[WorkoutItem]:
    """List the caller's workouts, newest first unless another order is asked for."""
    wanted = Wanted(
        from_=from_ or listing.FIRST,
        to=to or listing.LAST,
        sport=sport,
        exercise=exercise,
        search=search,
        min_distance_m=min_distance,
        near=listing.near(near) if near is not None else None,
    )
    return await listing.page(db, caller.user_id, wanted, sort, limit, cursor)


@get("/calendar")
async def read_calendar(
    caller: NamedDependency[Caller], db: NamedDependency[Connection], from_: FromDate = None, to: ToDate = None
) -> Calendar:
    """What was done on each date; the last 31 days unless said otherwise, at most 1,100."""
    return await stats.calendar(db, caller.user_id, from_, to)


@get("/stats")
async def read_stats(
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    group: GroupBy = "week",
    from_: FromDate = None,
    to: ToDate = None,
    sport: OfSport = None,
) -> Stats:
    """Totals between two dates beside those of as many days before; weeks begin as the caller's do."""
    return await stats.stats(db, caller.user_id, group, from_, to, sport)


HANDLERS = (list_workouts, read_calendar, read_stats)
