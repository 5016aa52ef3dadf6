"""/analytics/insights: findings, newest day first."""

from datetime import UTC, datetime, time

from asyncpg import Connection
from litestar import Router, get
from litestar.di import NamedDependency

from analytics.insights import queries
from analytics.insights.model import Insight
from chassis import pages
from chassis.pages import Cursor, CursorText, Limit, Page
from chassis.tokens import Caller


@get("/", summary="List insights")
async def list_insights(
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Page[Insight]:
    """What was found in your data, newest day first; a finding whose data were corrected is not listed any more."""
    after = pages.after(cursor)
    found = await queries.page(db, caller.user_id, (after.at.date(), after.id), limit + 1)
    return pages.of(found, limit, place)


def place(insight: Insight) -> Cursor:
    return Cursor(datetime.combine(insight.on_date, time(), UTC), insight.id)


router = Router("/analytics/insights", route_handlers=[list_insights], tags=["Analytics"])
