"""GET and DELETE /samples."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from services.health.tests import make
from services.health.tests.samples.sending import Person

from chassis import shape
from contracts.events import ZoneSince
from testkit import until

pytestmark = pytest.mark.anyio

FIRST = datetime(2026, 3, 1, tzinfo=UTC)
DAY_OF = """
    SELECT count(*) FROM day_summary WHERE user_id = $1 AND value IS NOT NULL AND metric_id = 1
"""


def every(minutes, values, **more):
    return [
        {"at": (FIRST + timedelta(minutes=minutes * n)).isoformat(), "value": value} | more
        for n, value in enumerate(values)
    ]


async def test_raw_points_are_those_of_all_sources_in_order(health):
    alice = Person(health)
    await alice.send(every(10, [60, 61, 62]))
    await alice.send(every(15, [90, 91]), source={"app": "Phone"})
    found = await alice.get("/samples", metric="heart_rate", **{"from": "2026-03-01", "to": "2026-03-01"})
    assert (found["metric"], found["unit"], found["resolution"]) == ("heart_rate", "/min", "raw")
    assert [item["value"] for item in found["items"]] == [60, 90, 61, 91, 62]
    assert found["items"][0].keys() == {"at", "duration_s", "value", "source_id"}
    watch = (await alice.get("/sources"))["items"][0]["id"]
    alone = await alice.get("/samples", metric="heart_rate", source=watch, **{"from": "2026-03-01", "to": "2026-03-01"})
    assert [item["value"] for item in alone["items"]] == [60, 61, 62]
    bob = Person(health)
    for parameters in ({}, {"source": watch}):
        theirs = await bob.get("/samples", metric="heart_rate", **{"from": "2026-03-01"}, **parameters)
        assert theirs["items"] == []


async def test_units_are_converted_on_the_way_out(health):
    alice = Person(health)
    await alice.send(every(10, [70]), "weight")
    found = await alice.get("/samples", metric="weight", unit="lb", **{"from": "2026-03-01"})
    assert found["items"][0]["value"] == pytest.approx(154.3235835)
    assert found["unit"] == "lb"


async def test_an_hour_is_told_by_the_best_source(health):
    alice = Person(health)
    await alice.send(every(10, [100] * 6 * 3, duration_s=600), "steps", source={"app": "P", "device_kind": "phone"})
    await alice.send(every(10, [150] * 6, duration_s=600), "steps")
    found = await alice.get("/samples", metric="steps", resolution="hour", **{"from": "2026-03-01", "to": "2026-03-01"})
    assert [(item["from"], item["sum"], item["n"], item["avg"]) for item in found["items"]] == [
        ("2026-03-01T00:00:00Z", 900, 6, 150),
        ("2026-03-01T01:00:00Z", 600, 6, 100),
        ("2026-03-01T02:00:00Z", 600, 6, 100),
    ]


async def test_dates_are_the_users(health):
    alice = Person(health)
    zones = (ZoneSince("Asia/Kathmandu"), ZoneSince("America/New_York", FIRST + timedelta(days=2)))
    await health.publish(make.a_user(alice.id, zones=zones))
    await make.known(health, alice.id)
    await alice.send(every(60, list(range(25, 25 + 96))))
    found = await alice.get("/samples", metric="heart_rate", **{"from": "2026-03-02", "to": "2026-03-02"})
    assert [item["at"] for item in (found["items"][0], found["items"][-1])] == [
        "2026-03-01T19:00:00Z",
        "2026-03-02T18:00:00Z",
    ]
    later = await alice.get("/samples", metric="heart_rate", **{"from": "2026-03-04", "to": "2026-03-04"})
    assert later["items"][0]["at"] == "2026-03-04T05:00:00Z"
    hours = await alice.get(
        "/samples", metric="heart_rate", resolution="hour", **{"from": "2026-03-01", "to": "2026-03-01"}
    )
    assert hours["items"][0]["from"] == "2026-02-28T23:15:00Z"


async def test_days_weeks_and_months_are_read_of_day_summaries(health):
    alice = Person(health)
    await alice.send(every(24 * 60, [1000 + n for n in range(60)]), "steps")

    async def summarised():
        return await health.db.fetchval(DAY_OF, alice.id) == 60

    await until(summarised, 20)
    asked = {"metric": "steps", "from": "2026-03-01", "to": "2026-04-29"}
    days = (await alice.get("/samples", resolution="day", **asked))["items"]
    assert len(days) == 60
    assert days[0] == {"from": "2026-03-01", "min": 1000, "max": 1000, "avg": 1000, "sum": 1000, "n": 1}
    weeks = (await alice.get("/samples", resolution="week", **asked))["items"]
    assert [week["from"] for week in weeks[:2]] == ["2026-02-23", "2026-03-02"]
    assert weeks[1] == {
        "from": "2026-03-02",
        "min": 1001,
        "max": 1007,
        "avg": 1004,
        "sum": sum(range(1001, 1008)),
        "n": 7,
    }
    months = (await alice.get("/samples", resolution="month", **asked))["items"]
    assert [(month["from"], month["n"]) for month in months] == [("2026-03-01", 31), ("2026-04-01", 29)]
    instants = {"from": "2026-03-01T00:00:00Z", "to": "2026-03-03T00:00:00Z"}
    assert len((await alice.get("/samples", metric="steps", resolution="day", **instants))["items"]) == 2


async def test_ten_thousand_points_or_a_choice_of_them(health):
    alice = Person(health)
    at = [FIRST.timestamp() + 10 * n for n in range(12_000)]
    value = [100 + 50 * math.sin(n / 500) for n in range(12_000)]
    value[7_777] = 240
    await alice.send({"at": at, "value": value})
    asked = {"metric": "heart_rate", "from": "2026-03-01", "to": "2026-03-05"}
    many = await health.http.get("/samples", params=asked, headers=alice.headers)
    assert many.status_code == 400
    assert {error["pointer"] for error in many.json()["errors"]} == {"?resolution", "?points"}
    few = (await alice.get("/samples", points=200, **asked))["items"]
    assert len(few) == 200
    assert max(item["value"] for item in few) == 240
    instants = [item["at"] for item in few]
    assert instants == sorted(set(instants))
    less = (await alice.get("/samples", points=50, resolution="hour", **asked))["items"]
    assert len(less) == 34


def test_the_shape_keeps_ends_and_peaks():
    x = [float(n) for n in range(1000)]
    y = [0.0] * 1000
    y[333], y[700] = 10.0, -10.0
    for points in (3, 4, 10, 100, 999):
        kept = shape.chosen(x, y, points)
        assert len(kept) == points
        assert kept == sorted(set(kept))
        assert (kept[0], kept[-1]) == (0, 999)
    assert {333, 700} <= set(shape.chosen(x, y, 10))
    assert shape.chosen(x, y, 1000) == list(range(1000))


@pytest.mark.parametrize(
    "parameters",
    [
        {"metric": "karma"},
        {},
        {"metric": "steps", "from": "yesterday"},
        {"metric": "steps", "from": "2026-03-01T10:00:00"},
        {"metric": "steps", "to": "0001-01-01"},
        {"metric": "steps", "to": "9999-12-31"},
        {"metric": "steps", "unit": "kg"},
        {"metric": "steps", "resolution": "second"},
        {"metric": "steps", "points": "2"},
        {"metric": "steps", "points": "10001"},
        {"metric": "steps", "source": "-1"},
        {"metric": "steps", "source": "3000000000"},
        {"metric": "steps", "source": "1", "resolution": "day"},
    ],
)
async def test_what_cannot_be_asked(health, parameters):
    answer = await health.http.get("/samples", params=parameters, headers=Person(health).headers)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


async def delete(person, **parameters):
    return await person.health.http.delete("/samples", params=parameters, headers=person.headers)


async def test_deleted_samples_are_gone_and_their_days_too(health):
    alice, bob = Person(health), Person(health)
    for person in (alice, bob):
        await person.send(every(12 * 60, [1000] * 6), "steps")
        await person.send(every(12 * 60, [60] * 6))

    async def left(count):
        return await health.db.fetchval(DAY_OF, alice.id) == count

    await until(lambda: left(3), 20)
    gone = await delete(alice, metric="steps", **{"from": "2026-03-02", "to": "2026-03-03"})
    assert (gone.status_code, gone.json()) == (200, {"deleted": 4})
    await until(lambda: left(1), 20)
    assert len(await alice.stored()) == 8
    assert len(await bob.stored()) == 12
    watch = (await bob.get("/sources"))["items"][0]["id"]
    nothing = await delete(alice, metric="steps", source=watch, **{"from": "2026-01-01", "to": "2026-12-31"})
    assert nothing.json() == {"deleted": 0}


async def test_what_was_entered_by_hand_is_not_deleted_as_samples(health):
    alice = Person(health)
    await health.http.post("/health-data", json={"steps": 7, "at": "2026-03-01T10:00:00Z"}, headers=alice.headers)

    async def derived():
        return len(await alice.stored()) == 1

    await until(derived, 20)
    assert (await delete(alice, metric="steps", **{"from": "2026-01-01", "to": "2026-12-31"})).json() == {"deleted": 0}


async def test_what_deletes_too_much_or_says_too_little_is_refused(health):
    alice = Person(health)
    for hour in range(2):
        await alice.send({"at": [hour * 40_000 + n for n in range(30_000)], "value": [60] * 30_000})
    refused = await delete(alice, metric="heart_rate", **{"from": "1970-01-01", "to": "1970-01-02"})
    assert refused.status_code == 409
    assert "50,000" in refused.json()["detail"]
    assert len(await alice.stored()) == 60_000
    for parameters in (
        {"metric": "heart_rate"},
        {"metric": "heart_rate", "from": "1970-01-01"},
        {"from": "1970-01-01"},
    ):
        assert (await delete(alice, **parameters)).status_code == 400
    half = {"from": "1970-01-01T00:00:00Z", "to": "1970-01-01T11:00:00Z"}
    assert (await delete(alice, metric="heart_rate", **half)).json() == {"deleted": 30_000}
