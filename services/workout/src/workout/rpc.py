"""fitmesh.workout.v1"""

from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import cast
from uuid import UUID

from asyncpg import Record
from google.protobuf.timestamp_pb2 import Timestamp
from grpc import aio

from chassis import Runtime, rpc
from chassis.database import connected
from chassis.problems import BadRequest
from chassis.rpc import Register
from contracts.workout.v1 import workout_pb2, workout_pb2_grpc
from workout.edits import apply
from workout.workouts import listing, queries, stats
from workout.workouts.detail import WorkoutNotFound
from workout.workouts.listing import Wanted
from workout.workouts.stats import Group, OfKey

MOST = 200
MOST_CHANNELS = 50
GROUPS = frozenset({"week", "month", "year", "sport", "muscle"})
OPTIONAL = (
    *("title", "moving_s", "distance_m", "ascent_m", "energy_kcal", "average_heart_rate", "max_heart_rate"),
    *("average_power", "weighted_power", "rpe", "load", "load_method"),
)
PLAIN = ("version", "sport", "duration_s", "sets", "reps", "volume_load_kg")
PIECE = 100_000
"""Values in one message: a quarter of the most that one may weigh."""


def servicers(runtime: Runtime) -> Sequence[Register]:
    """What this service answers over gRPC."""
    return [lambda server: workout_pb2_grpc.add_WorkoutServicer_to_server(Workout(runtime), server)]  # type: ignore[no-untyped-call]


class Workout(workout_pb2_grpc.WorkoutServicer):
    """Workouts, their totals and their streams, for the dashboard and for those who compute with them."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def ListWorkouts(  # noqa: N802 - the name in the proto file
        self,
        request: workout_pb2.ListWorkoutsRequest,
        _context: aio.ServicerContext[workout_pb2.ListWorkoutsRequest, workout_pb2.ListWorkoutsResponse],
    ) -> workout_pb2.ListWorkoutsResponse:
        rpc.may_read(request.user_id)
        user_id, (from_, to) = _id(request.user_id, "user_id"), _dates(request)
        if not 0 <= request.limit <= MOST:
            raise BadRequest(f"limit must lie between 1 and {MOST}, or be 0 for 50")
        wanted = Wanted(from_=from_, to=to, sport=request.sport or None)
        async with connected(self._runtime.api) as db:
            rows = await listing.select(db, user_id, wanted, "-started_at", request.limit or 50)
        return workout_pb2.ListWorkoutsResponse(workouts=map(_item, rows))

    async def GetWorkout(  # noqa: N802 - the same
        self,
        request: workout_pb2.GetWorkoutRequest,
        _context: aio.ServicerContext[workout_pb2.GetWorkoutRequest, workout_pb2.GetWorkoutResponse],
    ) -> workout_pb2.GetWorkoutResponse:
        rpc.may_read(request.user_id)
        user_id, workout_id = _id(request.user_id, "user_id"), _id(request.workout_id, "workout_id")
        async with connected(self._runtime.api) as db:
            row = await queries.find(db, user_id, workout_id)
        if row is None:
            raise WorkoutNotFound
        return workout_pb2.GetWorkoutResponse(workout=_item(row))

    async def GetStats(  # noqa: N802 - the same
        self,
        request: workout_pb2.GetStatsRequest,
        _context: aio.ServicerContext[workout_pb2.GetStatsRequest, workout_pb2.GetStatsResponse],
    ) -> workout_pb2.GetStatsResponse:
        rpc.may_read(request.user_id)
        user_id, (from_, to) = _id(request.user_id, "user_id"), _dates(request)
        if request.group not in GROUPS:
            raise BadRequest("group must be week, month, year, sport or muscle")
        async with connected(self._runtime.api) as db:
            found = await stats.stats(db, user_id, cast("Group", request.group), from_, to, None)
        return workout_pb2.GetStatsResponse(stats=map(_stats, found.items))

    async def GetStreams(  # noqa: N802 - the same
        self,
        request: workout_pb2.GetStreamsRequest,
        _context: aio.ServicerContext[workout_pb2.GetStreamsRequest, workout_pb2.GetStreamsResponse],
    ) -> AsyncIterator[workout_pb2.GetStreamsResponse]:
        rpc.may_read(request.user_id)
        user_id, workout_id = _id(request.user_id, "user_id"), _id(request.workout_id, "workout_id")
        if len(request.channels) > MOST_CHANNELS:
            raise BadRequest(f"at most {MOST_CHANNELS} channels")
        async with connected(self._runtime.api) as db:
            if await queries.find(db, user_id, workout_id) is None:
                raise WorkoutNotFound
            now = await apply.current(db, user_id, workout_id, list(request.channels) or None)
        for channel, values in now.channels.items() if now else ():
            if request.channels and channel not in request.channels:
                continue
            for begin in range(0, len(values), PIECE):
                yield workout_pb2.GetStreamsResponse(channel=channel, values=values[begin : begin + PIECE])


def _id(text: str, name: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadRequest(f"{name} must be a UUID") from None


def _dates(request: workout_pb2.ListWorkoutsRequest | workout_pb2.GetStatsRequest) -> tuple[date, date]:
    try:
        from_, to = date.fromisoformat(getattr(request, "from")), date.fromisoformat(request.to)
    except ValueError:
        raise BadRequest("from and to must be ISO 8601 dates") from None
    if from_ > to:
        raise BadRequest("from one date to a later one")
    return from_, to


def _item(row: Record) -> workout_pb2.WorkoutItem:
    given = {name: row[name] for name in OPTIONAL if row[name] is not None}
    started_at = Timestamp()
    started_at.FromDatetime(row["started_at"])
    return workout_pb2.WorkoutItem(
        workout_id=str(row["workout_id"]),
        started_at=started_at,
        on_date=row["on_date"].isoformat(),
        **{name: row[name] for name in PLAIN},
        **given,
    )


def _stats(of: OfKey) -> workout_pb2.Stats:
    return workout_pb2.Stats(
        key=of.key,
        workouts=of.workouts,
        duration_s=of.duration_s,
        distance_m=of.distance_m,
        ascent_m=of.ascent_m,
        volume_load_kg=of.volume_load_kg,
        sets=of.sets,
        load=of.load,
    )
