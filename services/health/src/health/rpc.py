"""fitmesh.health.v1"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from grpc import aio

from chassis import Runtime, rpc
from chassis.database import connected
from chassis.problems import BadRequest
from chassis.rpc import Register
from contracts.health.v1 import health_pb2, health_pb2_grpc
from health.days import queries
from health.days.model import Day

MOST_DAYS = 366
MOST_METRICS = 200

Context = aio.ServicerContext[health_pb2.GetDaysRequest, health_pb2.GetDaysResponse]


def servicers(runtime: Runtime) -> Sequence[Register]:
    """What this service answers over gRPC."""
    return [lambda server: health_pb2_grpc.add_HealthServicer_to_server(Health(runtime), server)]  # type: ignore[no-untyped-call]


class Health(health_pb2_grpc.HealthServicer):
    """Day summaries, for the dashboard and for those who compute with them."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def GetDays(  # noqa: N802 - the name in the proto file
        self, request: health_pb2.GetDaysRequest, _context: Context
    ) -> health_pb2.GetDaysResponse:
        rpc.may_read(request.user_id)
        user_id, from_, to = _asked(request)
        async with connected(self._runtime.api) as db:
            days = await queries.select(db, user_id, from_, to, list(request.metrics))
        return health_pb2.GetDaysResponse(days=map(_message, days))


def _asked(request: health_pb2.GetDaysRequest) -> tuple[UUID, date, date]:
    try:
        user_id, from_, to = (
            UUID(request.user_id),
            date.fromisoformat(getattr(request, "from")),
            date.fromisoformat(request.to),
        )
    except ValueError:
        raise BadRequest("user_id must be a UUID, from and to ISO 8601 dates") from None
    if not 0 <= (to - from_).days < MOST_DAYS:
        raise BadRequest(f"from one date to a later one, at most {MOST_DAYS} days")
    if len(request.metrics) > MOST_METRICS:
        raise BadRequest(f"at most {MOST_METRICS} metrics")
    return user_id, from_, to


def _message(day: Day) -> health_pb2.Day:
    return health_pb2.Day(
        metric=day.metric,
        on_date=day.on_date.isoformat(),
        value=day.value,
        unit=day.unit,
        min=day.min,
        max=day.max,
        n=day.n,
        sources=day.sources,
        version=day.version,
    )
