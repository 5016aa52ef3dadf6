"""From an event to a notification that is listed, read and forgotten."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from services.notification.tests.look import HANDLERS, Reader, handle
from services.notification.tests.make import (
    a_best,
    a_contact,
    a_deletion,
    a_record,
    a_sample,
    an_import,
    an_insight,
    an_update,
)

import notification as package
from contracts import topology
from testkit import until
from testkit.nodes import Nodes
from testkit.running import Running
from testkit.statements import prepare_all

pytestmark = pytest.mark.anyio

SAMPLES = topology.BY_NAME["notification.samples"]
INSIGHTS = topology.BY_NAME["notification.insights"]
CONTACTS = topology.BY_NAME["notification.contacts"]
WHOLE = "Steps 5,000 · Sleep 7.5\u202fh · Weight 70\u202fkg"


async def test_one_notification_for_all_metrics_of_a_record(notification: Running, reader: Reader) -> None:
    steps, sleep, weight = a_record(reader.user_id)
    await notification.publish(weight)
    await notification.publish(steps, sleep)

    async def complete() -> bool:
        return [item["body"] for item in await reader.items()] == [WHOLE]

    await until(complete)
    (item,) = await reader.items()
    assert item == {
        "id": item["id"],
        "kind": "health.recorded",
        "title": "Health data recorded",
        "body": WHOLE,
        "cause": {"kind": "record", "id": str(steps.cause.id)},
        "created_at": item["created_at"],
        "read_at": None,
    }


async def test_an_insight_is_told_in_its_own_words(notification: Running, reader: Reader) -> None:
    insight = an_insight(reader.user_id)
    await notification.publish(insight)
    (item,) = await reader.has(1)
    assert (item["kind"], item["title"], item["body"]) == ("insight.short-sleep", insight.title, insight.body)
    assert item["cause"] == {"kind": "insight", "id": str(insight.insight_id), "version": 1}


@pytest.mark.parametrize(
    ("changes", "kind", "title", "body"),
    [
        ({}, "import.finished", "File imported", "export.zip: 10,939 new values, 12 corrected"),
        ({"inserted": 0, "updated": 0}, "import.finished", "File imported", "export.zip: nothing new"),
        (
            {"state": "partial", "updated": 0},
            "import.partial",
            "File imported in part",
            "export.zip: 10,939 new values",
        ),
        ({"inserted": 1, "updated": 0}, "import.finished", "File imported", "export.zip: 1 new value"),
        ({"state": "failed"}, "import.failed", "File could not be imported", "export.zip"),
        ({"state": "undone"}, "import.undone", "Import undone", "export.zip"),
    ],
)
async def test_the_end_of_an_import_is_told(
    notification: Running, reader: Reader, changes: dict[str, Any], kind: str, title: str, body: str
) -> None:
    event = an_import(reader.user_id, **changes)
    await notification.publish(event)
    await notification.publish(event)
    (item,) = await reader.has(1)
    assert (item["kind"], item["title"], item["body"]) == (kind, title, body)
    assert item["cause"] == {"kind": "import", "id": str(event.import_id), "version": 9}


@pytest.mark.parametrize(
    ("changes", "title", "body"),
    [
        ({}, "New record: running", "Fastest 5 km: 24:10 (4:50\u202fmin/km), before 25:02"),
        (
            {"kind": "distance 42195", "value": 12_345.0, "previous": None},
            "New record: running",
            "Fastest marathon: 3:25:45 (4:53\u202fmin/km)",
        ),
        (
            {"subject": "Bench Press", "kind": "e1rm", "value": 92.25, "unit": "kg", "previous": 90.0},
            "New record: Bench Press",
            "Estimated one-repetition maximum: 92.2\u202fkg, before 90\u202fkg",
        ),
        (
            {"subject": "cycling", "kind": "power 1200", "value": 251.0, "unit": "W", "previous": 250.0},
            "New record: cycling",
            "Best power over 20 min: 251\u202fW, before 250\u202fW",
        ),
        (
            {"subject": "cycling", "kind": "farthest", "value": 101_250.0, "unit": "m", "previous": None},
            "New record: cycling",
            "Farthest: 101.25\u202fkm",
        ),
    ],
)
async def test_a_record_is_told(
    notification: Running, reader: Reader, changes: dict[str, Any], title: str, body: str
) -> None:
    event = a_best(reader.user_id, **changes)
    await notification.publish(event)
    await notification.publish(event)
    (item,) = await reader.has(1)
    assert (item["kind"], item["title"], item["body"]) == ("record.set", title, body)
    assert item["cause"]["id"] == str(event.workout_id)


@pytest.mark.parametrize(
    ("changes", "metric", "imperial"),
    [
        (
            {},
            "Fastest 5 km: 24:10 (4:50\u202fmin/km), before 25:02",
            "Fastest 5 km: 24:10 (7:47\u202fmin/mi), before 25:02",
        ),
        ({"subject": "cycling", "previous": None}, "Fastest 5 km: 24:10", "Fastest 5 km: 24:10"),
        (
            {"subject": "Squat", "kind": "weight", "value": 100.0, "unit": "kg", "previous": 97.5},
            "Heaviest weight: 100\u202fkg, before 97.5\u202fkg",
            "Heaviest weight: 220.5\u202flb, before 215\u202flb",
        ),
        (
            {"subject": "Pull-Up", "kind": "reps", "value": 12.0, "unit": "{reps}", "previous": 11.0},
            "Most repetitions in a set: 12, before 11",
            "Most repetitions in a set: 12, before 11",
        ),
        (
            {"kind": "farthest", "value": 42_195.0, "unit": "m", "previous": 900.0},
            "Farthest: 42.2\u202fkm, before 900\u202fm",
            "Farthest: 26.22\u202fmi, before 0.56\u202fmi",
        ),
        (
            {"kind": "highest", "value": 1_203.4, "unit": "m", "previous": None},
            "Most ascent: 1,203\u202fm",
            "Most ascent: 3,948\u202fft",
        ),
        (
            {"subject": "cycling", "kind": "power 5", "value": 900.0, "unit": "W", "previous": None},
            "Best power over 5 s: 900\u202fW",
            "Best power over 5 s: 900\u202fW",
        ),
    ],
)
async def test_a_record_is_told_in_the_units_the_user_prefers_now(
    notification: Running, reader: Reader, changes: dict[str, Any], metric: str, imperial: str
) -> None:
    await notification.publish(a_best(reader.user_id, **changes))
    (item,) = await reader.has(1)
    assert item["body"] == metric
    await notification.publish(an_update(reader.user_id, units="imperial"))

    async def follows() -> bool:
        (item,) = await reader.items()
        return bool(item["body"] == imperial)

    await until(follows)


async def test_each_record_of_a_workout_is_told_once(notification: Running, reader: Reader) -> None:
    first = a_best(reader.user_id)
    other = a_best(reader.user_id, workout_id=first.workout_id, kind="longest", unit="s")
    better = a_best(reader.user_id, workout_id=first.workout_id, version=2, value=1440.0)
    for _ in range(2):
        await handle(notification, topology.BY_NAME["notification.records"], first, other, better)
    assert len(await reader.items()) == 3


async def test_it_is_said_once_that_a_message_was_sent(notification: Running, reader: Reader) -> None:
    record = a_record(reader.user_id)
    told = "SELECT convert_from(body, 'UTF8')::jsonb FROM outbox WHERE user_id = $1 AND name = 'notification.sent.v1'"
    async with notification.runtime.worker.acquire() as db:
        attempt = db.transaction()
        await attempt.start()
        for _ in range(2):
            await HANDLERS[SAMPLES](db, record)
        (body,) = await db.fetch(told, reader.user_id)
        await attempt.rollback()
    assert '"kind": "health.recorded"' in body[0]
    assert '"channel": "inbox"' in body[0]


async def test_units_are_those_the_user_prefers_now(notification: Running, reader: Reader) -> None:
    cold = a_sample(reader.user_id, metric="body_temperature", unit="Cel", last=36.6)
    heavy = a_sample(reader.user_id, metric="weight", unit="kg", last=70.0, cause=cold.cause)
    await handle(notification, SAMPLES, heavy, cold)
    assert [item["body"] for item in await reader.items()] == ["Weight 70\u202fkg · Body temperature 36.6\u202f°C"]
    await notification.publish(an_update(reader.user_id, units="imperial"))

    async def imperial() -> bool:
        (item,) = await reader.items()
        return bool(item["body"] == "Weight 154.3\u202flb · Body temperature 97.9\u202f°F")

    await until(imperial)


async def test_reading_is_remembered_and_changes_nothing_twice(notification: Running, reader: Reader) -> None:
    await handle(notification, INSIGHTS, *(an_insight(reader.user_id) for _ in range(3)))
    first, *_others = await reader.items()
    answer = await reader.post(f"{first['id']}/read")
    assert answer.status_code == 200
    assert answer.json() == first | {"read_at": answer.json()["read_at"]}
    assert answer.json()["read_at"].endswith(("Z", "+00:00"))
    assert (await reader.post(f"{first['id']}/read")).json() == answer.json()
    assert first["id"] not in {item["id"] for item in await reader.items(unread="true")}
    assert len(await reader.items(unread="true")) == 2
    assert (await reader.post("read-all")).json() == {"read": 2}
    assert (await reader.post("read-all")).json() == {"read": 0}
    assert await reader.items(unread="true") == []
    assert len(await reader.items(unread="false")) == 3


async def test_nobody_reads_what_another_was_told(notification: Running, reader: Reader) -> None:
    await handle(notification, INSIGHTS, an_insight(reader.user_id))
    (item,) = await reader.items()
    other = Reader(notification)
    assert await other.items() == []
    answer = await other.post(f"{item['id']}/read")
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:fitmesh:problem:notification-not-found")
    assert (await other.post("read-all")).json() == {"read": 0}
    assert (await reader.items())[0]["read_at"] is None


async def test_pages_hold_everything_once(notification: Running, reader: Reader) -> None:
    for _ in range(3):
        await handle(notification, INSIGHTS, *(an_insight(reader.user_id) for _ in range(3)))
    ids, cursor = [], None
    while True:
        page = (await reader.get(limit=2, **({"cursor": cursor} if cursor else {}))).json()
        ids += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(ids) == len(set(ids)) == 9
    assert ids == [item["id"] for item in await reader.items(limit=200)]
    times = [item["created_at"] for item in await reader.items(limit=200)]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "201"},
        {"limit": "9" * 30},
        {"limit": "x"},
        {"limit": ""},
        {"unread": "perhaps"},
        {"cursor": "zzz"},
        {"cursor": "' OR 1=1 --"},
        {"cursor": "x" * 201},
        {"cursor": "WyIyMDI2LTAxLTAxIiwxXQ"},
        {"cursor": "WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzIzOjU5IiwiMDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAwIl0"},
    ],
)
async def test_odd_parameters_are_refused(reader: Reader, query: dict[str, str]) -> None:
    answer = await reader.get(**query)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["x/read", "00000000-0000-0000-0000-000000000000/read", "%00/read"])
async def test_odd_ids_are_not_found(reader: Reader, path: str) -> None:
    assert (await reader.post(path)).status_code in {400, 404}


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("GET", "/stream"), ("POST", "/read-all"), ("POST", f"/{UUID(int=1)}/read")]
)
async def test_nothing_is_told_without_a_token(notification: Running, method: str, path: str) -> None:
    answer = await notification.http.request(method, f"/notifications{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")


async def test_the_newest_address_is_kept(notification: Running, user_id: UUID) -> None:
    await notification.publish(a_contact(user_id, version=2, email="new@example.org", email_verified=True))
    kept = "SELECT email, version FROM contact WHERE user_id = $1"
    await until(lambda: notification.db.fetchrow(kept, user_id))
    await handle(notification, CONTACTS, a_contact(user_id, version=1), a_contact(user_id, version=1, email=None))
    assert tuple(await notification.db.fetchrow(kept, user_id)) == ("new@example.org", 2)
    await handle(notification, CONTACTS, a_contact(user_id, version=3, email=None))
    assert tuple(await notification.db.fetchrow(kept, user_id)) == (None, 3)


async def test_nothing_is_left_of_a_user_who_goes(notification: Running, reader: Reader) -> None:
    user_id = reader.user_id
    await handle(notification, SAMPLES, *a_record(user_id))
    await handle(notification, INSIGHTS, an_insight(user_id))
    await handle(notification, CONTACTS, a_contact(user_id))
    await notification.publish(an_update(user_id))
    await until(lambda: notification.db.fetchval("SELECT true FROM known_user WHERE user_id = $1", user_id))
    await notification.publish(a_deletion(user_id))
    await until(lambda: notification.db.fetchval("SELECT true FROM erased WHERE user_id = $1", user_id))
    for queue, events in (
        (SAMPLES, a_record(user_id)),
        (INSIGHTS, [an_insight(user_id)]),
        (CONTACTS, [a_contact(user_id)]),
    ):
        await handle(notification, queue, *events)
    for table in ("notification", "recorded_value", "contact", "known_user"):
        assert await notification.db.fetchval(f"SELECT count(*) FROM {table} WHERE user_id = $1", user_id) == 0


async def test_every_statement_fits_the_schema(notification: Running, nodes: Nodes) -> None:
    assert await prepare_all(package, nodes.postgres.superuser_dsn("notification")) >= 12


async def test_others_are_not_touched_when_a_user_goes(notification: Running, reader: Reader) -> None:
    gone = uuid4()
    await handle(notification, SAMPLES, *a_record(reader.user_id), *a_record(gone))
    await notification.publish(a_deletion(gone))
    await until(lambda: notification.db.fetchval("SELECT true FROM erased WHERE user_id = $1", gone))
    assert [item["body"] for item in await reader.items()] == [WHOLE]
