"""GET and PUT /sources and their priority."""

import pytest
from services.health.tests.samples.sending import Person

from health.sources.queries import RANKED
from testkit import until

pytestmark = pytest.mark.anyio

AT = "2026-03-01T10:00:00Z"
STEPS = [{"at": AT, "value": 100, "duration_s": 600}]
RANKS = f"SELECT name, rank, ignored FROM ({RANKED}) AS ranked WHERE metric_id = $2 ORDER BY rank, name"
KEPT = "SELECT on_date, value, sources FROM day_summary WHERE user_id = $1 AND metric_id = 1 AND value IS NOT NULL"
VALUES = {"watch": 100, "phone": 120, "scale": 7, "ring": 90, "unknown": 80}


async def with_sources(health, *kinds):
    """A user with one source of each kind, and the ids by kind."""
    alice = Person(health)
    for kind in kinds:
        samples = [{"at": AT, "value": VALUES[kind], "duration_s": 600}]
        await alice.send(samples, "steps", source={"app": kind.title(), "device_kind": kind})
    return alice, {item["device_kind"]: item["id"] for item in (await alice.get("/sources"))["items"]}


async def ranks(alice, metric_id=1):
    return [row["name"] for row in await alice.health.db.fetch(RANKS, [alice.id], metric_id)]


async def put(alice, path, body):
    return await alice.health.http.put(path, json=body, headers=alice.headers)


async def becomes(alice, value, *sources):
    """Wait until the day's steps are so many, of these sources."""

    async def there():
        rows = await alice.health.db.fetch(KEPT, alice.id)
        return [(row["value"], tuple(row["sources"])) for row in rows] == ([(value, sources)] if sources else [])

    await until(there, 20)


async def test_what_is_known_of_a_source(health):
    alice, ids = await with_sources(health, "watch")
    await alice.send([{"at": "2026-03-03T10:00:00Z", "value": 60}], source={"app": "Watch"})
    (found,) = (await alice.get("/sources"))["items"]
    assert found == {
        "id": ids["watch"],
        "app": "Watch",
        "device": None,
        "device_kind": "watch",
        "name": "Watch",
        "ignored": False,
        "merged_into": None,
        "metrics": ["steps", "heart_rate"],
        "first_at": AT,
        "last_at": "2026-03-03T10:00:00Z",
    }


async def test_devices_are_believed_in_a_default_order(health):
    alice, _ = await with_sources(health, "unknown", "scale", "phone", "ring", "watch")
    await health.http.post("/health-data", json={"steps": 5, "at": AT}, headers=alice.headers)

    async def derived():
        return len(await ranks(alice)) == 6

    await until(derived, 20)
    assert await ranks(alice) == ["manual", "Watch", "Ring", "Phone", "Scale", "Unknown"]


async def test_an_order_decides_and_days_follow(health):
    alice, ids = await with_sources(health, "watch", "phone")
    await becomes(alice, 100, "Watch")
    answer = await put(alice, "/sources/priority", {"overall": [ids["phone"]]})
    assert (answer.status_code, answer.json()) == (200, {"overall": [ids["phone"]], "metrics": {}})
    assert await ranks(alice) == ["Phone", "Watch"]
    await becomes(alice, 120, "Phone")
    wanted = {"overall": [ids["phone"], ids["watch"]], "metrics": {"steps": [ids["watch"], ids["phone"]]}}
    assert (await put(alice, "/sources/priority", wanted)).json() == wanted
    assert await alice.get("/sources/priority") == wanted
    await becomes(alice, 100, "Watch")
    assert (await put(alice, "/sources/priority", {})).json() == {"overall": [], "metrics": {}}
    await becomes(alice, 100, "Watch")


async def test_a_source_is_renamed_ignored_and_merged(health):
    alice, ids = await with_sources(health, "watch", "phone", "ring")
    await becomes(alice, 100, "Watch")
    renamed = await put(alice, "/sources", {"items": [{"id": ids["watch"], "name": "On my wrist"}]})
    assert renamed.status_code == 200
    await becomes(alice, 100, "On my wrist")
    await put(alice, "/sources", {"items": [{"id": ids["watch"], "ignored": True}]})
    await becomes(alice, 90, "Ring")
    merged = await put(
        alice,
        "/sources",
        {"items": [{"id": ids["watch"]}, {"id": ids["phone"], "merged_into": ids["watch"]}]},
    )
    assert [item["merged_into"] for item in merged.json()["items"]] == [None, ids["watch"], None]
    assert await ranks(alice) == ["Watch", "Watch", "Ring"]
    await becomes(alice, 220, "Watch")


async def test_nothing_changes_what_stays_the_same(health):
    alice, ids = await with_sources(health, "watch")
    await becomes(alice, 100, "Watch")
    await put(alice, "/sources", {"items": [{"id": ids["watch"]}]})
    await put(alice, "/sources/priority", {})
    queued = "SELECT count(*) FROM dirty_day JOIN series USING (series_id) WHERE user_id = $1"
    assert await health.db.fetchval(queued, alice.id) == 0


async def test_what_cannot_be_said_of_sources(health):
    alice, ids = await with_sources(health, "watch", "phone", "ring")
    _, theirs = await with_sources(health, "watch")
    watch, phone, ring = ids["watch"], ids["phone"], ids["ring"]
    await put(alice, "/sources", {"items": [{"id": phone, "merged_into": watch}]})
    for items, pointer in (
        ([{"id": theirs["watch"], "name": "Mine now"}], "/items/0/id"),
        ([{"id": watch, "merged_into": theirs["watch"]}], "/items/0/merged_into"),
        ([{"id": watch, "merged_into": ring}], "/items/0/merged_into"),
        ([{"id": ring, "merged_into": phone}], "/items/0/merged_into"),
        ([{"id": ring, "merged_into": ring}], "/items/0"),
        ([{"id": ring}, {"id": ring}], "/items/1/id"),
        ([{"id": ring, "name": "a\u0001"}], "/items/0/name"),
        ([{"id": 2**31}], "/items/0/id"),
        ([], "/items"),
    ):
        answer = await put(alice, "/sources", {"items": items})
        assert answer.status_code == 400, items
        assert answer.json()["errors"][0]["pointer"] == pointer
    for body, pointer in (
        ({"overall": [theirs["watch"]]}, "/overall/0"),
        ({"metrics": {"karma": []}}, "/metrics/karma"),
        ({"metrics": {"steps": [watch, 2**31 - 1]}}, "/metrics/steps/1"),
        ({"overall": [watch, watch]}, ""),
    ):
        answer = await put(alice, "/sources/priority", body)
        assert answer.status_code == 400, body
        assert answer.json()["errors"][0]["pointer"] == pointer


async def test_what_is_entered_by_hand_stays_itself(health):
    alice = Person(health)
    await health.http.post("/health-data", json={"steps": 5, "at": AT}, headers=alice.headers)

    async def derived():
        return (await alice.get("/sources"))["items"]

    (manual,) = await until(derived, 20)
    assert (manual["app"], manual["name"], manual["device_kind"]) == ("manual", "manual", "manual")
    answer = await put(alice, "/sources", {"items": [{"id": manual["id"], "ignored": True}]})
    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["/sources", "/sources/priority"])
async def test_they_are_their_owners(health, path):
    assert (await health.http.get(path)).status_code == 401
    assert (await health.http.put(path, json={})).status_code == 401
