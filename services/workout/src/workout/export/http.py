"""/workouts/export, and /workouts/{id}/export"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from asyncpg import Connection, Record
from litestar import Request, Router, get
from litestar.di import NamedDependency
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, Operation
from litestar.params import FromPath, QueryParameter
from litestar.response import Stream

from chassis.problems import Conflict
from chassis.tokens import Caller
from imports.sending import exporter
from workout.edits import apply
from workout.edits.model import Current
from workout.export import gpx, parts, queries, tcx, whole
from workout.workouts.detail import WorkoutNotFound

MEDIA_TYPES = {
    "gpx": "application/gpx+xml",
    "tcx": "application/vnd.garmin.tcx+xml",
    "json": "application/json",
}
SAYS = """Take all of your workouts away: a zip of JSON lines that `POST /workouts/import` of any instance reads back.

It begins at once and comes as it is made. Recordings stand in it with their streams, and beside them all that you have
said of workouts and done to them, gear, routines, own exercises, thresholds, and the files that were imported. What is
derived, records for example, is not in it: it is made anew.
"""

Format = Annotated[
    Literal["gpx", "tcx", "json"],
    QueryParameter(
        name="format", description="GPX: what has positions; TCX: laps too; JSON: all there is, sets included."
    ),
]


class NoTrack(Conflict):
    """Nothing with a position was recorded: take TCX or JSON."""


@dataclass
class InManyFormats(Operation):
    """What is answered is of any of these types."""

    def __post_init__(self) -> None:
        """Name them in place of the one that litestar knows."""
        answer = (self.responses or {}).get("200")
        if isinstance(answer, OpenAPIResponse):
            answer.content = {each: OpenAPIMediaType() for each in MEDIA_TYPES.values()}


export_workouts = exporter("workout", parts.archive, called="export_workouts", name="fitmesh-workouts.zip", says=SAYS)


@get("/{workout_id:uuid}/export", media_type=MEDIA_TYPES["json"], operation_class=InManyFormats)
async def export_workout(
    workout_id: FromPath[UUID],
    request: Request[Any, Any, Any],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    as_: Format = "json",
) -> Stream:
    """Take one workout away as it is now, after its edits, for other programs; `POST /workouts/import` reads it too."""
    row = await queries.one(db, caller.user_id, workout_id)
    if row is None:
        raise WorkoutNotFound
    now = await apply.current(db, caller.user_id, workout_id)
    if as_ == "json":
        page = await whole.page_of(db, caller.user_id, [row])
        told = await whole.as_it_is(db, caller.user_id, row, page, now)
        pieces = iter([await asyncio.to_thread(msgspec.json.encode, told)])
    else:
        pieces = _file(as_, row, now)
    request.scope["state"]["patience"].lift()
    name = f"{row['started_at']:%Y-%m-%d}-{row['sport']}.{as_}"
    return Stream(
        _in_a_thread(pieces),
        headers={
            "content-type": MEDIA_TYPES[as_],  # what the handler says goes before what a stream says of itself
            "content-disposition": f'attachment; filename="{name}"',
            "x-content-type-options": "nosniff",
        },
    )


def _file(as_: Literal["gpx", "tcx"], row: Record, now: Current | None) -> Iterator[bytes]:
    """GPX or TCX; what was not recorded has no track, so that GPX cannot hold it."""
    now = msgspec.structs.replace(
        now or Current(started_at=row["started_at"], duration_s=row["duration_s"], sport=row["sport"], channels={}),
        sport=row["sport"],
    )
    if as_ == "tcx":
        return tcx.write(now, row["title"], row["notes"], whole.totals(row))
    if "lat" not in now.channels:
        raise NoTrack
    return gpx.write(now, row["title"], row["notes"])


async def _in_a_thread(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Piece by piece, so that others are answered meanwhile."""
    while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
        yield piece


router = Router("/workouts", route_handlers=[export_workouts, export_workout], tags=["Workouts"])
