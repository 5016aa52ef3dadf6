"""fitmesh.health.v1"""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime
from uuid import UUID

from google.protobuf.timestamp_pb2 import Timestamp
from grpc import aio

from chassis import Runtime, rpc
from chassis.database import connected
from chassis.problems import BadRequest
from chassis.rpc import Register
from contracts.health.v1 import health_pb2, health_pb2_grpc
from health.catalogue.table import BY_CODE
from health.days import queries
from health.days.model import Day
from health.samples import streaming
from health.sources import queries as sources

MOST_DAYS = 366
MOST_METRICS = 200
MOST_SOURCES = 1_000


def servicers(runtime: Runtime) -> Sequence[Register]:
    """What this service answers over gRPC."""
    return [lambda server: health_pb2_grpc.add_HealthServicer_to_server(Health(runtime), server)]  # type: ignore[no-untyped-call]


class Health(health_pb2_grpc.HealthServicer):
    """Day summaries, samples and sources, for the dashboard and for those who compute with them."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def GetDays(  # noqa: N802 - the name in the proto file
        self,
        request: health_pb2.GetDaysRequest,
        _context: aio.ServicerContext[health_pb2.GetDaysRequest, health_pb2.GetDaysResponse],
    ) -> health_pb2.GetDaysResponse:
        rpc.may_read(request.user_id)
        user_id, from_, to = _asked(request)
        async with connected(self._runtime.api) as db:
            days = await queries.select(db, user_id, from_, to, list(request.metrics))
        return health_pb2.GetDaysResponse(days=map(_message, days))

    async def GetSamples(  # noqa: N802 - the same
        self,
        request: health_pb2.GetSamplesRequest,
        _context: aio.ServicerContext[health_pb2.GetSamplesRequest, health_pb2.GetSamplesResponse],
    ) -> AsyncIterator[health_pb2.GetSamplesResponse]:
        rpc.may_read(request.user_id)
        user_id, metric_id, from_, to = _wanted(request)
        async for source_id, rows in streaming.pages(
            self._runtime.api, user_id, metric_id, from_, to, list(request.source_ids)
        ):
            at, duration_s, value = zip(*rows, strict=True)
            yield health_pb2.GetSamplesResponse(source_id=source_id, at_us=at, duration_s=duration_s, value=value)

    async def GetSources(  # noqa: N802 - the same
        self,
        request: health_pb2.GetSourcesRequest,
        _context: aio.ServicerContext[health_pb2.GetSourcesRequest, health_pb2.GetSourcesResponse],
    ) -> health_pb2.GetSourcesResponse:
        rpc.may_read(request.user_id)
        async with connected(self._runtime.api) as db:
            found = await sources.select(db, _user_id(request.user_id))
        return health_pb2.GetSourcesResponse(
            sources=(
                health_pb2.Source(
                    source_id=source.id,
                    app=source.app,
                    device=source.device,
                    device_kind=source.device_kind,
                    name=source.name,
                    ignored=source.ignored,
                    merged_into=source.merged_into,
                    metrics=source.metrics,
                )
                for source in found
            )
        )


def _user_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadRequest("user_id must be a UUID") from None


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


def _wanted(request: health_pb2.GetSamplesRequest) -> tuple[UUID, int, datetime, datetime]:
    user_id = _user_id(request.user_id)
    if request.metric not in BY_CODE:
        raise BadRequest("metric must be a code of the catalogue")
    if len(request.source_ids) > MOST_SOURCES:
        raise BadRequest(f"at most {MOST_SOURCES} sources")
    if not (request.HasField("from") and request.HasField("to")):
        raise BadRequest("from and to are needed")
    return user_id, BY_CODE[request.metric].metric_id, _instant(getattr(request, "from")), _instant(request.to)


def _instant(given: Timestamp) -> datetime:
    try:
        return given.ToDatetime(UTC)
    except (ValueError, OverflowError):
        raise BadRequest("from and to must lie between the years 1 and 9999") from None


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
