"""GET /analytics/summary."""

from uuid import uuid4

import pytest
from services.analytics.tests.make import a_day, ago, handle, today

pytestmark = pytest.mark.anyio


async def summary(analytics, user_id):
    answer = await analytics.http.get("/analytics/summary", headers=analytics.signer.headers(user_id))
    assert answer.status_code == 200
    return answer.json()


async def test_each_metric_with_its_averages(analytics, db):
    user_id = uuid4()
    await handle(
        db,
        *(a_day(user_id, 70 + n, metric="weight", on_date=ago(n)) for n in (0, 6, 7, 27, 28)),
        a_day(user_id, 80, metric="heart_rate", on_date=ago(1), min=48, max=165, n=900),
        a_day(user_id, None, metric="heart_rate"),
        a_day(user_id, 9000, on_date=ago(400), min=12, max=900),
        a_day(user_id, None, metric="sleep_duration"),
    )
    items = {item["metric"]: item for item in (await summary(analytics, user_id))["items"]}
    assert list(items) == ["heart_rate", "steps", "weight"]
    assert items["weight"] == {
        "metric": "weight",
        "unit": "kg",
        "kind": "point",
        "latest": {"value": 70, "on_date": str(today())},
        "average_7_days": 73,
        "average_28_days": 80,
        "days_7": 2,
        "days_28": 4,
        "min": 70,
        "max": 97,
    }
    assert items["heart_rate"]["latest"] == {"value": 80, "on_date": str(ago(1))}
    assert (items["heart_rate"]["min"], items["heart_rate"]["max"]) == (48, 165)
    assert items["steps"]["latest"]["on_date"] == str(ago(400))
    assert [items["steps"][name] for name in ("average_7_days", "average_28_days", "min", "days_28")] == [
        None,
        None,
        None,
        0,
    ]


async def test_least_and_most_steps_are_of_days(analytics, db):
    user_id = uuid4()
    await handle(db, a_day(user_id, 9000, min=12, max=900), a_day(user_id, 4000, on_date=ago(1), min=5, max=50))
    (steps,) = (await summary(analytics, user_id))["items"]
    assert (steps["min"], steps["max"]) == (4000, 9000)


async def test_shows_what_was_found_lately(analytics, db):
    user_id = uuid4()
    await handle(db, *(a_day(user_id, 11_000, on_date=ago(n)) for n in range(40)))
    found = (await summary(analytics, user_id))["insights"]
    assert [insight["on_date"] for insight in found] == [str(ago(n)) for n in range(20)]


async def test_nothing_known_is_an_empty_summary(analytics):
    assert await summary(analytics, uuid4()) == {"items": [], "insights": []}
