"""Look again at every day a change matters to: one query, the rules, one statement, however many days."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from asyncpg import Connection
from prometheus_client import Counter

import outbox
from analytics.days.model import Touched
from analytics.insights import queries
from analytics.insights.model import FOUND_DAYS, JUDGED_DAYS, REACH, RULES, TOLD_DAYS, Rule, in_unit, insight_id
from analytics.insights.queries import Appeared, Judged, Value, Wanted
from contracts.events import InsightFound

FOUND = Counter("analytics_insights_found_total", "Insights that appeared or came back.", ("rule",))

Values = Mapping[tuple[UUID, str], dict[date, float]]
"""Value by date, by user and metric."""


async def judge(db: Connection, touched: Sequence[Touched], todays: Mapping[UUID, date]) -> None:
    """Bring insights up to date with the days that changed; tell of those that appear about today or yesterday."""
    changed = [day for day in touched if day.metric in REACH and _near(day.on_date, todays[day.user_id])]
    if not changed:
        return
    values = _by_metric(await queries.values(db, [_around(day) for day in changed]))
    questions = {(day.user_id, rule, on) for day in changed for rule, on in _asked(day, values)}
    judged = [_judged(user_id, rule, on, values, todays[user_id]) for user_id, rule, on in questions]
    appeared = await queries.settle(db, judged)
    for insight in appeared:
        FOUND.labels(insight.rule).inc()
    await outbox.add(db, *(_told(i) for i in appeared if (todays[i.user_id] - i.on_date).days < TOLD_DAYS))


def _near(on: date, today: date) -> bool:
    return abs((today - on).days) <= JUDGED_DAYS


def _around(day: Touched) -> Wanted:
    reach = timedelta(REACH[day.metric])
    return Wanted(day.user_id, day.metric, day.on_date - reach, day.on_date + reach)


def _asked(day: Touched, values: Values) -> Iterator[tuple[Rule, date]]:
    """The day itself, and those after it that have a value and are judged by it too; a day without has no findings."""
    known = values.get((day.user_id, day.metric), {})
    for rule in RULES:
        if rule.metric == day.metric:
            yield rule, day.on_date
            later = (day.on_date + timedelta(n) for n in range(1, rule.reach + 1))
            yield from ((rule, on) for on in later if on in known)


def _by_metric(found: Iterable[Value]) -> Values:
    values: defaultdict[tuple[UUID, str], dict[date, float]] = defaultdict(dict)
    for each in found:
        values[each.user_id, each.metric][each.on_date] = in_unit(each.value, each.unit)
    return values


def _judged(user_id: UUID, rule: Rule, on: date, values: Values, today: date) -> Judged:
    return Judged(
        user_id=user_id,
        id=insight_id(user_id, rule.code, on),
        rule=rule.code,
        on_date=on,
        recent=(today - on).days < FOUND_DAYS,
        finding=rule.judge(values.get((user_id, rule.metric), {}), on),
    )


def _told(insight: Appeared) -> InsightFound:
    return InsightFound(
        user_id=insight.user_id,
        version=insight.version,
        insight_id=insight.id,
        rule=insight.rule,
        on_date=insight.on_date,
        title=insight.title,
        body=insight.body,
        evidence=insight.evidence,
    )
