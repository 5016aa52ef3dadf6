"""Insights appear, are withdrawn, come back, and are told once each time."""

from datetime import datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import msgspec
import pytest
from services.analytics.tests.make import a_day, a_user, ago, handle, today

from contracts.events import InsightFound
from testkit import until
from testkit.events import as_admin

pytestmark = pytest.mark.anyio

ROWS = "SELECT id, version, withdrawn, found_at FROM insight WHERE user_id = $1"


async def insights(analytics, user_id, **query):
    answer = await analytics.http.get("/analytics/insights", params=query, headers=analytics.signer.headers(user_id))
    assert answer.status_code == 200
    return answer.json()


async def test_appears_is_withdrawn_and_comes_back(analytics, db):
    user_id = uuid4()
    (told,) = await handle(db, a_day(user_id, 5, metric="sleep_duration"))
    assert (told.rule, told.on_date, told.version) == ("short-night", today(), 1)
    (item,) = (await insights(analytics, user_id))["items"]
    assert item["id"] == str(told.insight_id)
    assert item["evidence"] == [
        {"metric": "sleep_duration", "value": 5, "unit": "h", "on_date": str(today()), "reference": 6}
    ]

    assert await handle(db, a_day(user_id, 5.5, metric="sleep_duration", version=2)) == []
    assert (await insights(analytics, user_id))["items"][0]["version"] == 2

    assert await handle(db, a_day(user_id, 8, metric="sleep_duration", version=3)) == []
    assert (await insights(analytics, user_id))["items"] == []

    (again,) = await handle(db, a_day(user_id, 4, metric="sleep_duration", version=4))
    assert (again.insight_id, again.version) == (told.insight_id, 4)
    (back,) = (await insights(analytics, user_id))["items"]
    assert datetime.fromisoformat(back["found_at"]) > datetime.fromisoformat(item["found_at"])

    assert await handle(db, a_day(user_id, None, metric="sleep_duration", version=5)) == []
    assert [row["withdrawn"] for row in await db.fetch(ROWS, user_id)] == [True]


async def test_repeated_and_late_events_tell_nothing(db):
    user_id = uuid4()
    event = a_day(user_id, 12_000, version=2)
    assert len(await handle(db, event)) == 1
    for late in (event, a_day(user_id, 12_000, version=2), a_day(user_id, 4000, version=1)):
        assert await handle(db, late) == []
    assert [row["version"] for row in await db.fetch(ROWS, user_id)] == [1]


async def test_a_change_elsewhere_withdraws_what_rested_on_it(analytics, db):
    user_id = uuid4()
    usual = [a_day(user_id, 54, metric="resting_heart_rate", on_date=ago(n)) for n in range(1, 8)]
    (told,) = await handle(db, *usual, a_day(user_id, 63, metric="resting_heart_rate"))
    assert told.rule == "resting-heart-rate-high"
    await handle(db, a_day(user_id, None, metric="resting_heart_rate", on_date=ago(7), version=2))
    assert (await insights(analytics, user_id))["items"] == []


async def test_only_today_and_yesterday_are_told(analytics, db):
    user_id = uuid4()
    told = await handle(db, *(a_day(user_id, 12_000, on_date=ago(n)) for n in range(60)))
    assert {event.on_date for event in told} == {today(), ago(1)}
    listed = (await insights(analytics, user_id, limit=200))["items"]
    assert {item["on_date"] for item in listed} == {str(ago(n)) for n in range(28)}


async def test_today_is_the_users_own(analytics, db):
    """Where it is a day later already, the day before yesterday of UTC is no news; where it is earlier, it may be."""
    east, west = uuid4(), uuid4()
    for user_id, zone in ((east, "Pacific/Kiritimati"), (west, "Pacific/Pago_Pago")):
        await analytics.publish(a_user(user_id, zone))

    async def known() -> bool:
        return await db.fetchval("SELECT count(*) FROM known_zone WHERE user_id = ANY ($1)", [east, west]) == 2

    await until(known)
    on = datetime.now(ZoneInfo("Pacific/Pago_Pago")).date()
    assert [event.on_date for event in await handle(db, a_day(west, 12_000, on_date=on))] == [on]
    older = ago(2) if datetime.now(ZoneInfo("Pacific/Kiritimati")).date() == today() else ago(1)
    assert await handle(db, a_day(east, 12_000, on_date=older)) == []


async def test_corrections_of_old_days_withdraw_and_find_nothing_new(db):
    user_id = uuid4()
    await handle(db, a_day(user_id, 12_000, on_date=ago(3)))
    await db.execute("UPDATE insight SET on_date = on_date - 60 WHERE user_id = $1", user_id)
    await db.execute("UPDATE known_day SET on_date = on_date - 60 WHERE user_id = $1", user_id)
    await handle(db, a_day(user_id, 12_000, on_date=ago(64)))
    assert await db.fetchval("SELECT count(*) FROM insight WHERE user_id = $1", user_id) == 1


async def test_pages(analytics, db):
    user_id = uuid4()
    days = [a_day(user_id, 12_000, on_date=ago(n)) for n in range(5)]
    nights = [a_day(user_id, 5, metric="sleep_duration", on_date=ago(n)) for n in range(5)]
    await handle(db, *days, *nights)
    found, cursor = [], None
    while True:
        page = await insights(analytics, user_id, limit=3, **({"cursor": cursor} if cursor else {}))
        assert len(page["items"]) <= 3
        found += page["items"]
        if (cursor := page["next_cursor"]) is None:
            break
    assert len({item["id"] for item in found}) == len(found) == 10
    dates = [item["on_date"] for item in found]
    assert dates == sorted(dates, reverse=True)


@pytest.mark.parametrize(
    "query",
    [{"limit": "0"}, {"limit": "201"}, {"limit": "x"}, {"cursor": "zzz"}, {"cursor": "W10"}, {"cursor": "\x00"}],
)
async def test_pages_that_make_no_sense(analytics, query):
    answer = await analytics.http.get("/analytics/insights", params=query, headers=analytics.signer.headers(uuid4()))
    assert answer.status_code == 400


async def test_the_event_reaches_the_broker(analytics, nodes):
    user_id = uuid4()
    async with await as_admin(nodes) as connection, connection.channel() as channel:
        queue = await channel.declare_queue("notification.insights", passive=True)
        await analytics.publish(a_day(user_id, 12_000))

        async def told() -> list[InsightFound]:
            message = await queue.get(no_ack=True, fail=False)
            events = msgspec.json.decode(message.body, type=list[InsightFound]) if message else []
            return [event for event in events if event.user_id == user_id]

        (event,) = await until(told)
    assert (event.rule, event.title) == ("step-goal-reached", "You reach your step goal")
