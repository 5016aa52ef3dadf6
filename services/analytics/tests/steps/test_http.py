"""GET /analytics/steps."""

from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from services.analytics.tests.make import a_day, a_user, ago, handle, today

from contracts.identity.v1 import identity_pb2
from testkit import until

pytestmark = pytest.mark.anyio


async def ask(analytics, user_id, **query):
    return await analytics.http.get("/analytics/steps", params=query, headers=analytics.signer.headers(user_id))


async def test_average_per_day_against_the_week_before(analytics, db):
    user_id = uuid4()
    week = [a_day(user_id, value, on_date=ago(n)) for n, value in enumerate((3000, 12_000, None, 6000))]
    await handle(db, *week, a_day(user_id, 4000, on_date=ago(7)), a_day(user_id, 99_999, on_date=ago(14)))
    answer = await ask(analytics, user_id)
    assert answer.status_code == 200
    assert answer.json() == {
        "from": str(ago(6)),
        "to": str(today()),
        "average_steps": 7000,
        "total_steps": 21_000,
        "days": 3,
        "days_goal_reached": 1,
        "goal_steps": 10_000,
        "previous_from": str(ago(13)),
        "previous_to": str(ago(7)),
        "previous_average_steps": 4000,
        "previous_total_steps": 4000,
        "previous_days": 1,
        "change_percent": 75,
        "items": [
            {"date": str(ago(3)), "steps": 6000},
            {"date": str(ago(1)), "steps": 12_000},
            {"date": str(today()), "steps": 3000},
        ],
    }


async def test_without_data_averages_are_unknown(analytics):
    answer = (await ask(analytics, uuid4())).json()
    assert [answer[name] for name in ("average_steps", "previous_average_steps", "change_percent")] == [None] * 3
    assert [answer[name] for name in ("total_steps", "days", "previous_days", "items")] == [0, 0, 0, []]


async def test_nobody_sees_what_another_user_walks(analytics, db):
    await handle(db, a_day(uuid4()))
    assert (await ask(analytics, uuid4())).json()["days"] == 0
    assert (await analytics.http.get("/analytics/steps")).status_code == 401


async def test_a_summary_that_arrives_by_the_broker_changes_the_average(analytics):
    user_id = uuid4()

    async def average() -> float:
        return (await ask(analytics, user_id)).json()["average_steps"]

    await analytics.publish(a_day(user_id, 5000))
    await until(average)
    await analytics.publish(a_day(user_id, 8000, version=2))

    async def corrected() -> bool:
        return await average() == 8000

    await until(corrected)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
async def test_today_is_the_users_own(analytics, zone):
    user_id = uuid4()
    await analytics.publish(a_user(user_id, zone))

    async def known() -> int:
        return await analytics.db.fetchval("SELECT count(*) FROM known_zone WHERE user_id = $1", user_id)

    await until(known)
    answer = (await ask(analytics, user_id)).json()
    assert answer["to"] == str(datetime.now(ZoneInfo(zone)).date())


async def test_a_user_not_known_yet_is_asked_of_identity_once(analytics, monkeypatch):
    user_id = uuid4()
    asked = []

    async def identity(request: identity_pb2.GetUserRequest) -> identity_pb2.User:
        asked.append(request.user_id)
        return identity_pb2.User(
            user_id=request.user_id,
            version=1,
            username=f"u-{user_id.hex[:8]}",
            locale="en",
            units="metric",
            first_day_of_week=1,
            state="active",
            zones=[identity_pb2.ZoneSince(zone="Pacific/Kiritimati")],
        )

    monkeypatch.setattr(analytics.runtime, "ask_identity", identity)
    for _ in range(2):
        answer = (await ask(analytics, user_id)).json()
        assert answer["to"] == str(datetime.now(ZoneInfo("Pacific/Kiritimati")).date())
    assert asked == [str(user_id)]


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ({"from": "2026-01-01", "to": "2026-01-31"}, "2026-01-01", "2026-01-31"),
        ({"from": "2026-01-01", "to": "2026-01-01"}, "2026-01-01", "2026-01-01"),
        ({"to": "2026-01-31"}, "2026-01-25", "2026-01-31"),
        ({"from": "1900-01-01", "to": "1900-01-01"}, "1900-01-01", "1900-01-01"),
        ({"from": "2010-01-01", "to": str(date(2010, 1, 1) + timedelta(3659))}, "2010-01-01", "2020-01-08"),
    ],
)
async def test_periods(analytics, query, first, last):
    answer = await ask(analytics, uuid4(), **query)
    assert (answer.status_code, answer.json()["from"], answer.json()["to"]) == (200, first, last)


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2026-02-02", "to": "2026-02-01"},
        {"from": "2010-01-01", "to": str(date(2010, 1, 1) + timedelta(3660))},
        {"from": "0001-01-01"},
        {"to": "9999-12-31"},
        {"to": "1899-12-31"},
        {"from": "2026-02-30"},
        {"from": "2026-1-1"},
        {"from": "20260101"},
        {"from": "2026-01-01T00:00:00Z"},
        {"from": ""},
        {"to": "\x00"},
        {"to": "1767225600"},
        {"to": "-1"},
        {"to": "٢٠٢٦-٠١-٠١"},
        {"to": "'; DROP TABLE known_day; --"},
        {"to": "9" * 5000},
    ],
    ids=str,
)
async def test_periods_that_make_no_sense(analytics, query):
    answer = await ask(analytics, uuid4(), **query)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"]
