"""/workouts/{id}/streams, track, laps, zones, best-efforts, file"""

import asyncio
from collections.abc import Sequence
from pathlib import PurePath
from typing import Annotated, Any, Literal
from urllib.parse import quote
from uuid import UUID

import msgspec
from asyncpg import Connection
from litestar import Request, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Stream

from chassis import Runtime
from chassis.problems import NotFound, invalid
from chassis.tokens import Caller
from imports.door import objects_of
from workout.readers.model import Channel
from workout.streams import efforts, laps, queries, reading, show, track
from workout.streams.laps import LapItem
from workout.streams.model import EffortKind
from workout.streams.reading import Spent
from workout.streams.show import Streams
from workout.streams.simplify import MOST_ZOOM
from workout.streams.track import Track
from workout.streams.zones import By
from workout.thresholds import queries as thresholds

KNOWN: frozenset[str] = frozenset(Channel.__args__)  # type: ignore[attr-defined]  # mypy knows no members of a Literal
POSITIONS = ("lat", "lon", "altitude")

Channels = Annotated[
    str | None, QueryParameter(max_length=500, description="Names of channels, by commas; all by default.")
]
Points = Annotated[
    int,
    QueryParameter(ge=show.LEAST_POINTS, le=show.MOST_POINTS, description="At most so many, by largest triangle."),
]
Zoom = Annotated[
    int | None, QueryParameter(ge=0, le=MOST_ZOOM, description="Detail of this zoom of a map; all, unless said.")
]
For = Annotated[
    Literal["owner", "others"], QueryParameter(name="for", description="`others`: as shown to them, privacy zones cut.")
]
Every = Annotated[
    float | None, QueryParameter(ge=100, le=100_000, description="Splits of so many metres, not the device's laps.")
]
ZonesBy = Annotated[By | None, QueryParameter(description="The best that the thresholds allow, unless said.")]
RecordingId = Annotated[UUID | None, QueryParameter(description="One of the workout's recordings.")]


class NoFile(NotFound):
    """No original file is kept of this."""


class Laps(msgspec.Struct, frozen=True):
    """In the order of their start."""

    items: Sequence[LapItem]


class BestEffort(msgspec.Struct, frozen=True):
    """`distance`: the fewest seconds (`value`) over `size` metres; `power`: the most watts over `size` seconds."""

    kind: EffortKind
    size: int
    value: float
    at_s: float
    """Seconds since the start."""
    formula: str


class BestEfforts(msgspec.Struct, frozen=True):
    """By kind and size."""

    items: Sequence[BestEffort]


@get("/{workout_id:uuid}/streams")
async def read_streams(
    workout_id: FromPath[UUID],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    channels: Channels = None,
    points: Points = 1_000,
) -> Streams:
    """What was recorded, after edits, each channel from the recording that knows it best."""
    return await reading.streams(db, caller.user_id, workout_id, _asked(channels), points)


@get("/{workout_id:uuid}/track")
async def read_track(
    workout_id: FromPath[UUID],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    zoom: Zoom = None,
    for_: For = "owner",
) -> Track:
    """The way as GeoJSON, with a break at every pause; at most 10,000 positions, those that say most of the line."""
    now = await reading.current(db, caller.user_id, workout_id, POSITIONS)
    hidden = await thresholds.circles(db, caller.user_id) if for_ == "others" else ()
    channels, pauses = (now.channels, now.pauses) if now else ({}, ())
    return await asyncio.to_thread(track.track, channels, pauses, zoom=zoom, hidden=hidden)


@get("/{workout_id:uuid}/laps")
async def list_laps(
    workout_id: FromPath[UUID],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    every: Every = None,
) -> Laps:
    """The device's laps, or splits of equal distance."""
    now = await reading.current(db, caller.user_id, workout_id)
    if now is None:
        return Laps(())
    if every is None:
        return Laps(await asyncio.to_thread(laps.told, now.laps, now.channels, now.pauses, now.sport))
    return Laps(await asyncio.to_thread(laps.every, every, now.channels, now.pauses, now.sport))


@get("/{workout_id:uuid}/zones")
async def read_zones(
    workout_id: FromPath[UUID],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    by: ZonesBy = None,
) -> Spent:
    """Seconds in each zone of heart rate and power, by the thresholds that held on the workout's date."""
    return await reading.zones(db, caller.user_id, workout_id, by)


@get("/{workout_id:uuid}/best-efforts")
async def list_best_efforts(
    workout_id: FromPath[UUID], caller: NamedDependency[Caller], db: NamedDependency[Connection]
) -> BestEfforts:
    """The best stretches of the workout, by distance and by power."""
    await reading.require(db, caller.user_id, workout_id)
    found = await queries.efforts(db, caller.user_id, workout_id)
    return BestEfforts([BestEffort(**row, formula=efforts.FORMULAS[row["kind"]]) for row in found])


@get("/{workout_id:uuid}/file", media_type="application/octet-stream")
async def read_file(
    workout_id: FromPath[UUID],
    request: Request[Any, Any, Any],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    runtime: NamedDependency[Runtime],
    recording: RecordingId = None,
) -> Stream:
    """Get the file that a recording was read from, as it was sent."""
    await reading.require(db, caller.user_id, workout_id)
    found = await queries.file(db, caller.user_id, workout_id, recording)
    if found is None:
        raise NoFile
    objects = objects_of(runtime.settings, "workout")
    key = objects.key(caller.user_id, found["sha256"])
    if not await objects.has(key):
        raise NoFile
    request.scope["state"]["patience"].lift()
    name = PurePath(found["file"] or f"workout.{found['format']}").name
    return Stream(
        objects.read(key),
        media_type="application/octet-stream",
        headers={
            "content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
            "x-content-type-options": "nosniff",
        },
    )


def _asked(channels: str | None) -> list[str] | None:
    if channels is None:
        return None
    names = [name.strip() for name in channels.split(",")]
    for name in names:
        if name not in KNOWN:
            raise invalid("?channels", f"{name[:50]!r} is no channel")
    return names


router = Router(
    "/workouts",
    route_handlers=[read_streams, read_track, list_laps, read_zones, list_best_efforts, read_file],
    tags=["Workouts"],
)
"""Below a workout."""
