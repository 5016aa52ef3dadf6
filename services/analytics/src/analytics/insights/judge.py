"""Look again at every day a change may matter to: one query, the rules, one statement, however many days."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from asyncpg import Connection
from prometheus_client import Counter

import outbox
from analytics.days.model import Touched
from analytics.insights import queries
from analytics.insights.model import FOUND_DAYS, RULES, TOLD_DAYS, Days, Rule, insight_id
from analytics.insights.queries import Judged, Value, Wanted
from contracts.events import InsightFound

FOUND = Counter("analytics_insights_found_total", "Insights that appeared or came back.", ("rule",))

HOURS = {"h": 1.0, "min": 1 / 60}


async def judge(db: Connection, touched: Sequence[Touched], todays: Mapping[UUID, date]) -> None:
    """Bring the insights up to date with the days that changed, and tell of new ones about today or yesterday."""
    asked = {(t.user_id, rule, on) for t in touched for rule in RULES if rule.metric == t.metric
             for on in affected(rule, t.on_date, todays[t.user_id])}
    if not asked:
        return
