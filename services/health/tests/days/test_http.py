"""What /days and /sleep answer: one value a day, and why."""

from datetime import date, timedelta
from math import fsum
from uuid import uuid4

import pytest
from services.health.tests import make

from testkit import until

pytestmark = pytest.mark.anyio

DAY = "2026-03-01"
WATCH = {"app": "watch", "device": "Watch", "device_kind": "watch"}
PHONE = {"app": "phone", "device": "Phone", "device_kind": "phone"}


@pytest.fixture
def alice(health):
    return health.signer.headers(uuid4(), "alice")


def at(minute, day=DAY):
    hour, minute = divmod(minute, 60)
    return f"{day}T{hour:02}:{minute:02}:00Z"


async def send(health, headers, *series):
    said = [
        {
            "source": source,
            "metric": metric,
            "samples": [{"at": when, "duration_s": duration_s, "value": value} for when, duration_s, value in samples],
        }
        for source, metric, samples in series
    ]
    answer = await health.http.post("/samples", json={"series": said}, headers=headers)
    assert answer.status_code == 200, answer.text


async def get(health, headers, path, **params):
    answer = await health.http.get(path, headers=headers, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def days(health, headers, count, **params):
    """Wait for so many summaries."""

    async def there():
        found = (await get(health, headers, "/days", **params))["items"]
        return found if len(found) == count else None

    return await until(there)


async def explained(health, headers, metric, day=DAY):
    told = await get(health, headers, f"/days/{day}/{metric}/explain")
    total = fsum(part["value"] for part in told["parts"])
    assert told["value"] is None or told["value"] == pytest.approx(round(total, 6), abs=1e-9)
    return told


async def test_phone_all_day_and_watch_from_10_to_16(health, alice):
    phone = [(at(15 * quarter), 900, 50) for quarter in range(96)]
    watch = [(at(600 + minute), 60, 3 if minute < 204 else 4) for minute in range(360)]
    await send(health, alice, (PHONE, "steps", phone), (WATCH, "steps", watch))
    (day,) = await days(health, alice, 1, **{"from": DAY, "to": DAY})
    assert day == {
        "date": DAY,
        "metric": "steps",
        "value": 4836,
        "unit": "{steps}",
        "min": 3,
        "max": 50,
        "n": 360 + 72,
        "coverage": 1,
        "sources": ["watch · Watch", "phone · Phone"],
    }
    told = await explained(health, alice, "steps")
    assert (told["value"], len(told["parts"]), len(told["rejected"])) == (4836, 432, 24)
    assert {part["reason"] for part in told["rejected"]} == {"watch · Watch covers it and is believed more"}
    assert sum(part["value"] for part in told["rejected"]) == pytest.approx(1200)
    assert [part["from"] for part in told["parts"]] == sorted(part["from"] for part in told["parts"])


async def test_who_is_believed_can_be_said(health, alice):
    await send(health, alice, (PHONE, "weight", [(at(60), 0, 71)]), (WATCH, "weight", [(at(30), 0, 70)]))
    asked = {"from": DAY, "to": DAY}
    assert [(day["value"], day["n"]) for day in await days(health, alice, 1, **asked)] == [(70, 1)]
    sources = {source["app"]: source["id"] for source in (await get(health, alice, "/sources"))["items"]}
    order = {"metrics": {"weight": [sources["phone"]]}}
    assert (await health.http.put("/sources/priority", json=order, headers=alice)).status_code == 200

    async def value():
        return (await days(health, alice, 1, **asked))[0]["value"] == 71

    await until(value)
    told = await explained(health, alice, "weight")
    assert [(part["source"], part["value"]) for part in told["parts"]] == [("phone · Phone", 71)]
    assert [part["reason"] for part in told["rejected"]] == ["phone · Phone is believed more"]
    ignored = {"items": [{"id": sources["phone"], "ignored": True}, {"id": sources["watch"], "name": "My watch"}]}
    assert (await health.http.put("/sources", json=ignored, headers=alice)).status_code == 200

    async def renamed():
        return (await days(health, alice, 1, **asked))[0]["sources"] == ["My watch"]

    await until(renamed)
    assert [(part["source"], part["value"]) for part in (await explained(health, alice, "weight"))["parts"]] == [
        ("My watch", 70)
    ]


async def test_slots_points_and_the_last_of_a_day_are_explained(health, alice):
    await send(
        health,
        alice,
        (WATCH, "heart_rate", [(at(0), 0, 60), (at(1), 0, 70), (at(12), 0, 90)]),
        (PHONE, "heart_rate", [(at(2), 0, 200), (at(7), 0, 80)]),
        (WATCH, "weight", [(at(1), 0, 71), (at(2), 0, 70)]),
        (WATCH, "hr_recovery_1min", [(at(1), 0, 30), (at(2), 0, 20)]),
        (WATCH, "body_temperature", [(at(1), 0, 36), (at(2), 0, 38)]),
    )
    found = {day["metric"]: day for day in await days(health, alice, 4, **{"from": DAY, "to": DAY})}
    assert found["heart_rate"] | {"sources": None} == {
        "date": DAY,
        "metric": "heart_rate",
        "unit": "/min",
        "value": 75,
        "min": 60,
        "max": 90,
        "n": 4,
        "coverage": round(900 / 86_400, 4),
        "sources": None,
    }
    assert {metric: found[metric]["value"] for metric in ("weight", "hr_recovery_1min", "body_temperature")} == {
        "weight": 70,
        "hr_recovery_1min": 30,
        "body_temperature": 37,
    }
    told = await explained(health, alice, "heart_rate")
    assert [(part["value"], part["whole"]) for part in told["parts"]] == [(32.5, 65), (20, 80), (22.5, 90)]
    assert [(part["source"], part["value"]) for part in told["rejected"]] == [("phone · Phone", 200)]
    for metric, reason in (
        ("weight", "an earlier value of that day"),
        ("hr_recovery_1min", "not the highest of that day"),
    ):
        told = await explained(health, alice, metric)
        assert ([part["reason"] for part in told["rejected"]], len(told["parts"])) == ([reason], 1)
    assert [part["value"] for part in (await explained(health, alice, "body_temperature"))["parts"]] == [18, 19]


async def test_a_night_is_made_of_stages(health, alice):
    before = "2026-02-28"
    await send(
        health,
        alice,
        (WATCH, "sleep_light", [(at(23 * 60, before), 7200, 2), (at(4 * 60), 10_800, 3)]),
        (WATCH, "sleep_deep", [(at(60), 5400, 1.5)]),
        (WATCH, "sleep_awake", [(at(150), 900, 0.25)]),
        (WATCH, "sleep_rem", [(at(165), 4500, 1.25)]),
        (WATCH, "sleep_in_bed", [(at(22 * 60 + 30, before), 8 * 3600 + 2400, 8.67)]),
        (PHONE, "sleep_duration", [(at(23 * 60, before), 8 * 3600, 8)]),
    )
    entry = {"sleep_hours": 5, "at": f"{DAY}T12:00:00Z"}
    assert (await health.http.post("/health-data", json=entry, headers=alice)).status_code == 201
    found = {day["metric"]: day for day in await days(health, alice, 6, **{"from": before, "to": DAY})}
    assert {metric: day["value"] for metric, day in found.items()} == {
        "sleep_duration": 7.75,
        "sleep_deep": 1.5,
        "sleep_rem": 1.25,
        "sleep_light": 5,
        "sleep_awake": 0.25,
        "sleep_in_bed": pytest.approx(8 + 2 / 3),
    }
    assert {(day["date"], *day["sources"]) for day in found.values()} == {(DAY, "watch · Watch")}

    async def all_heard():
        (night,) = (await get(health, alice, "/sleep", **{"from": before, "to": DAY}))["items"]
        return night if len(night["others"]) == 2 else None

    night = await until(all_heard)
    assert (night["date"], night["source"], night["asleep_h"]) == (DAY, "watch · Watch", 7.75)
    assert (night["in_bed_at"], night["asleep_at"], night["woke_at"]) == (
        *(at(22 * 60 + 30, before), at(23 * 60, before), at(7 * 60)),
    )
    assert night["efficiency"] == pytest.approx(7.75 / (8 + 2 / 3), abs=1e-6)
    assert [stage["stage"] for stage in night["stages"]] == ["in_bed", "light", "deep", "awake", "rem", "light"]
    assert night["others"] == [{"source": "phone · Phone", "asleep_h": 8}, {"source": "manual", "asleep_h": 5}]
    told = await explained(health, alice, "sleep_duration")
    assert [(part["from"], part["to"]) for part in told["parts"]] == [
        (at(23 * 60, before), at(150)),
        (at(165), at(7 * 60)),
    ]
    assert {part["source"] for part in told["rejected"]} == {"phone · Phone"}


async def test_a_night_that_was_only_entered(health, alice):
    await health.http.post("/health-data", json={"sleep_hours": 6.5, "at": f"{DAY}T07:00:00Z"}, headers=alice)
    await days(health, alice, 1, **{"from": DAY, "to": DAY})
    (night,) = (await get(health, alice, "/sleep", **{"from": DAY, "to": DAY}))["items"]
    assert (night["source"], night["asleep_h"], night["stages"], night["in_bed_at"]) == ("manual", 6.5, [], None)
    assert [part["value"] for part in (await explained(health, alice, "sleep_duration"))["parts"]] == [6.5]


async def test_the_last_week_is_shown_unless_asked_otherwise(health):
    user = make.a_user(zone="Pacific/Kiritimati")
    headers = health.signer.headers(user.user_id, user.username)
    await health.publish(user)
    await make.known(health, user.user_id)
    today = date.fromisoformat(str(await health.db.fetchval("SELECT (now() AT TIME ZONE 'Pacific/Kiritimati')::date")))
    for back in (0, 6, 7):
        said = {"weight": 70 + back, "at": f"{today - timedelta(back)}T00:30:00+14:00"}
        assert (await health.http.post("/health-data", json=said, headers=headers)).status_code == 201
    assert [day["value"] for day in await days(health, headers, 2)] == [76, 70]
    assert len(await days(health, headers, 3, **{"from": str(today - timedelta(7))})) == 3
    assert (await get(health, headers, f"/days/{today}"))["items"][0]["value"] == 70
    assert (await get(health, headers, "/days/2000-01-01"))["items"] == []
    assert len(await days(health, headers, 2, metrics="weight,steps")) == 2
    assert (await get(health, headers, "/days", metrics="steps"))["items"] == []


async def test_questions_have_limits(health, alice):
    for path, params, status in (
        ("/days", {"from": "2024-01-01", "to": "2025-01-01"}, 400),
        ("/days", {"from": "2024-01-01", "to": "2024-12-31"}, 200),
        ("/days", {"from": "2026-03-02", "to": "2026-03-01"}, 400),
        ("/days", {"from": "yesterday"}, 400),
        ("/days", {"from": "0001-01-01", "to": "0001-01-02"}, 200),
        ("/days", {"to": "0001-01-01"}, 200),
        ("/days", {"to": "9999-12-31"}, 200),
        ("/days", {"from": "9999-12-31"}, 200),
        ("/days", {"metrics": "steps,nonsense"}, 400),
        ("/days", {"metrics": "x" * 5000}, 400),
        ("/sleep", {"from": "2026-01-01", "to": "2026-04-02"}, 200),
        ("/sleep", {"from": "2026-01-01", "to": "2026-04-03"}, 400),
        ("/sleep", {"to": "0001-01-03"}, 200),
        ("/sleep", {"from": "9999-12-31"}, 200),
        ("/days/2026-02-30", {}, 404),
        ("/days/x/steps/explain", {}, 404),
        (f"/days/{DAY}/nonsense/explain", {}, 404),
        (f"/days/{DAY}/steps/explain", {}, 200),
        ("/days/0001-01-01/steps/explain", {}, 200),
        ("/days/9999-12-31/sleep_deep/explain", {}, 200),
    ):
        answer = await health.http.get(path, headers=alice, params=params)
        assert answer.status_code == status, (path, params, answer.text)
        assert status == 200 or answer.headers["content-type"] == "application/problem+json"
    for path in ("/days", f"/days/{DAY}", f"/days/{DAY}/steps/explain", "/sleep"):
        assert (await health.http.get(path)).status_code == 401


async def test_others_days_are_not_there(health, alice):
    await send(health, alice, (PHONE, "steps", [(at(0), 60, 10)]))
    await days(health, alice, 1, **{"from": DAY, "to": DAY})
    bob = health.signer.headers(uuid4(), "bob")
    assert (await get(health, bob, f"/days/{DAY}"))["items"] == []
    told = await get(health, bob, f"/days/{DAY}/steps/explain")
    assert (told["value"], told["parts"], told["rejected"]) == (None, [], [])
