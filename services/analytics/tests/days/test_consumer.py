"""However day summaries arrive, what is known of them, and what was found in them, ends the same."""

import asyncio
from collections import defaultdict
from datetime import date
from random import choice, sample
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from services.analytics.tests.make import a_day, ago, handle, today

from analytics.insights.model import FOUND_DAYS, RULES, Finding
from analytics.insights.queries import EVIDENCE
from analytics.steps import queries as steps
from analytics.steps.model import Period, compare
from contracts.events import DaySummarised
from testkit import until

pytestmark = pytest.mark.anyio

VALUES = {
    "steps": st.integers(0, 15_000).map(float),
    "sleep_duration": st.sampled_from([3.5, 5.99, 6.0, 8.0]),
    "resting_heart_rate": st.sampled_from([50.0, 51.0, 52.0, 58.0, 59.0, 70.0, 101.0]),
    "weight": st.floats(60, 80),
}

Kept = dict[tuple[str, date], DaySummarised]


@st.composite
def histories(draw: st.DrawFn) -> list[list[DaySummarised]]:
    """Days that change several times, each change sent three times, in any order and any grouping."""
    user_id = uuid4()
    events = []
    for metric in draw(st.sets(st.sampled_from(sorted(VALUES)), min_size=1)):
        for back in draw(st.sets(st.integers(-1, 45), min_size=1, max_size=30)):
            values = draw(st.lists(st.none() | VALUES[metric], min_size=1, max_size=3))
            events += [
                a_day(user_id, value, metric=metric, on_date=ago(back), version=version)
                for version, value in enumerate(values, 1)
            ]
    sent = draw(st.permutations(events * 3))
    size = draw(st.sampled_from([1, 7, 100]))
    return [sent[at : at + size] for at in range(0, len(sent), size)]


def newest(messages: list[list[DaySummarised]]) -> Kept:
    kept: Kept = {}
    for event in (event for message in messages for event in message):
        key = event.metric, event.on_date
        kept[key] = max(kept.get(key, event), event, key=lambda e: e.version)
    return kept


def findings(kept: Kept) -> dict[tuple[str, date], Finding]:
    """What the rules say of all days at once."""
    days: defaultdict[str, dict[date, float]] = defaultdict(dict)
    for (metric, on), event in kept.items():
        if event.value is not None:
            days[metric][on] = event.value
    return {
        (rule.code, on): found
        for rule in RULES
        for on in days[rule.metric]
        if (today() - on).days < FOUND_DAYS and (found := rule.judge(days[rule.metric], on))
    }


@given(histories())
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
async def test_any_order_ends_the_same(db, messages):
    user_id = messages[0][0].user_id
    told = [event for message in messages for event in await handle(db, *message)]
    kept = newest(messages)
    rows = await db.fetch("SELECT * FROM known_day WHERE user_id = $1", user_id)
    stored = {
        (row["metric"], row["on_date"]): (row["value"], row["version"], row["n"], msgspec.json.decode(row["sources"]))
        for row in rows
    }
    assert stored == {key: (e.value, e.version, e.n, list(e.sources)) for key, e in kept.items()}
    assert await listed(db, user_id) == findings(kept)
    assert {(event.rule, event.on_date) for event in told} >= {
        key for key in findings(kept) if (today() - key[1]).days < 2
    }
    await averages_match(db, user_id, kept)


async def listed(db, user_id: UUID) -> dict[tuple[str, date], Finding]:
    rows = await db.fetch("SELECT * FROM insight WHERE user_id = $1 AND NOT withdrawn", user_id)
    return {
        (row["rule"], row["on_date"]): Finding(row["title"], row["body"], EVIDENCE.decode(row["evidence"]))
        for row in rows
    }


async def averages_match(db, user_id: UUID, kept: Kept) -> None:
    for back in (0, 7):
        period = Period(ago(back + 6), ago(back))
        found = compare(period, await steps.days(db, user_id, period))
        values = [
            e.value
            for (metric, on), e in kept.items()
            if metric == "steps" and e.value is not None and period.first_on <= on <= period.last_on
        ]
        assert found.days == len(values)
        assert found.total_steps == sum(values)
        assert found.average_steps == (sum(values) / len(values) if values else None)


async def test_messages_side_by_side_miss_nothing(analytics):
    """Two messages each bring half of what makes a week; judged on its own half, neither would find the rise."""
    for _ in range(20):
        user_id = uuid4()
        before = [a_day(user_id, 5000, on_date=ago(n)) for n in range(7, 14)]
        now = [a_day(user_id, 6000, on_date=ago(n)) for n in range(4)]
        async with analytics.runtime.worker.acquire() as one, analytics.runtime.worker.acquire() as other:
            await handle(one, *before)
            await asyncio.gather(handle(one, *now[:2]), handle(other, *now[2:]))
            assert ("more-steps", today()) in await listed(one, user_id)


async def test_many_messages_at_once_about_the_same_users(analytics):
    """Four at a time, each about users the others are about too, in another order: no deadlock, nothing missed."""
    users = [uuid4() for _ in range(8)]
    events = [
        a_day(user_id, choice([None, 4000, 9000, 12_000]), on_date=ago(back), version=version)
        for user_id in users
        for back in range(16)
        for version in (1, 2)
    ]
    sent = sample(events * 3, len(events) * 3)
    messages = [sent[at : at + 40] for at in range(0, len(sent), 40)]

    async def work() -> None:
        async with analytics.runtime.worker.acquire() as db:
            while messages:
                await handle(db, *messages.pop())

    everything = list(messages)
    await asyncio.gather(*(work() for _ in range(4)))
    for user_id in users:
        own = [[event for event in message if event.user_id == user_id] for message in everything]
        assert await listed(analytics.db, user_id) == findings(newest(own))


async def test_a_full_message_takes_a_fixed_number_of_statements(db):
    async def statements(messages: list[DaySummarised]) -> int:
        seen = []
        db.add_query_logger(seen.append)
        await handle(db, *messages)
        db.remove_query_logger(seen.append)
        return len(seen)

    users = [uuid4() for _ in range(25)]
    hundred = [a_day(u, 12_000, on_date=ago(back)) for u in users for back in range(4)]
    assert len(hundred) == 100
    await statements([a_day(uuid4(), 12_000)])  # a connection asks for its types once
    few = await statements([a_day(uuid4(), 12_000)])
    assert await statements(hundred) == few
    assert few <= 10


async def test_what_cannot_be_kept_holds_up_nothing(analytics):
    """A number no column takes is put aside; the events beside it arrive."""
    user_id = uuid4()
    good = a_day(user_id, 7000)
    await analytics.publish(good, a_day(user_id, 1, on_date=ago(1), version=1 << 70), a_day(user_id, metric="weight"))

    async def both() -> bool:
        return await analytics.db.fetchval("SELECT count(*) FROM known_day WHERE user_id = $1", user_id) == 2

    await until(both)


@pytest.mark.parametrize("on", [date.min, date.max, date(1900, 1, 1)])
async def test_days_far_away_are_kept_and_not_judged(db, on):
    user_id = uuid4()
    assert await handle(db, a_day(user_id, 20_000, on_date=on)) == []
    assert await db.fetchval("SELECT on_date FROM known_day WHERE user_id = $1", user_id) == on
