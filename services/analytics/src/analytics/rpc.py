"""What other services may ask: the summary of a user."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from grpc import aio

from analytics.days import queries as days
from analytics.summary import queries
from analytics.summary.model import MetricSummary
from chassis import Runtime
from chassis.problems import BadRequest
from chassis.rpc import Register, may_read
from contracts.analytics.v1 import analytics_pb2
from contracts.analytics.v1.analytics_pb2_grpc import AnalyticsServicer, add_AnalyticsServicer_to_server


class Analytics(AnalyticsServicer):
    """fitmesh.analytics.v1."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def GetSummary(  # noqa: N802 - the name in the .proto
        self, request: analytics_pb2.GetSummaryRequest, _context: aio.ServicerContext[Any, Any]
    ) -> analytics_pb2.GetSummaryResponse:
        may_read(request.user_id)
        user_id = _uuid(request.user_id)
        async with self._runtime.api.acquire(timeout=2) as db:
            today = await days.today(db, user_id, self._runtime.ask_identity)  # type: ignore[arg-type] # a proxy of it
            metrics = await queries.metrics(db, user_id, today)  # type: ignore[arg-type]
        return analytics_pb2.GetSummaryResponse(metrics=[_message(each) for each in metrics])


def servicers(runtime: Runtime) -> Sequence[Register]:
    return [partial(add_AnalyticsServicer_to_server, Analytics(runtime))]


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadRequest("user_id is not a UUID") from None


def _message(summary: MetricSummary) -> analytics_pb2.MetricSummary:
    return analytics_pb2.MetricSummary(
        metric=summary.metric,
        unit=summary.unit,
        latest=summary.latest.value,
        latest_on=summary.latest.on_date.isoformat(),
        average_7_days=summary.average_7_days,
        average_28_days=summary.average_28_days,
        min=summary.min,
        max=summary.max,
    )
