"""/analytics/summary: where every metric stands."""

from asyncpg import Connection
from litestar import Router, get
from litestar.di import NamedDependency

from analytics.days import queries as days
from analytics.insights import queries as insights
from analytics.summary import queries
from analytics.summary.model import INSIGHTS, Summary
from chassis import Runtime
from chassis.tokens import Caller


@get("/", summary="Summary of all metrics")
async def summary(
    caller: NamedDependency[Caller], db: NamedDependency[Connection], runtime: NamedDependency[Runtime]
) -> Summary:
    """Per metric the latest value and the averages of 7 and 28 days up to today, and the newest insights."""
    today = await days.today(db, caller.user_id, runtime.ask_identity)
    return Summary(
        items=await queries.metrics(db, caller.user_id, today),
        insights=await insights.newest(db, caller.user_id, today, INSIGHTS),
    )


router = Router("/analytics/summary", route_handlers=[summary], tags=["Analytics"])
