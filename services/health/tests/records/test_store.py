"""Records that wait together are written together; each request hears only of its own."""

import asyncio
from uuid import uuid4

import msgspec
import pytest
from asyncpg import DataError
from services.health.tests import make

from chassis.problems import Unauthorized
from health.records import store

pytestmark = pytest.mark.anyio

IDS = "SELECT id FROM health_record WHERE user_id = $1"
EVENTS = "SELECT count(*) FROM outbox WHERE user_id = $1 AND name = 'sample.recorded.v1'"
ERASE = "INSERT INTO erased (user_id) VALUES ($1)"


async def test_one_bad_row_fails_alone(health):
    user_id, gone = uuid4(), uuid4()
    await health.db.execute(ERASE, gone)
    good = [make.a_row(user_id, steps=number) for number in range(100)]
    bad = make.a_row(user_id)
    bad = bad._replace(record=msgspec.structs.replace(bad.record, steps=2**40))
    late = make.a_row(gone)
    async with store.opened(health.runtime) as resource:
        submit = resource["combiner"].submit
        results = await asyncio.gather(
            *(submit(entry) for entry in (*good[:50], bad, late, *good[50:])), return_exceptions=True
        )
    failed = [result for result in results if result is not None]
    assert [type(result) for result in failed] in ([Unauthorized, DataError], [DataError, Unauthorized])
    assert isinstance(results[50], DataError)
    assert {row["id"] for row in await health.db.fetch(IDS, user_id)} == {entry.record.id for entry in good}
    assert await health.db.fetch(IDS, gone) == []
    assert await health.db.fetchval(EVENTS, gone) == 0


async def test_many_requests_at_once_are_all_kept(health):
    users = {uuid4(): [] for _ in range(5)}
    headers = {user_id: health.signer.headers(user_id, "alice") for user_id in users}
    answers = await asyncio.gather(
        *(
            health.http.post("/health-data", json=make.an_entry(steps=number), headers=headers[user_id])
            for number in range(40)
            for user_id in users
        )
    )
    assert {answer.status_code for answer in answers} == {201}
    for user_id in users:
        page = (await health.http.get("/health-data?limit=200", headers=headers[user_id])).json()
        assert sorted(item["steps"] for item in page["items"]) == list(range(40))


async def test_a_key_acts_once(health):
    user_id = uuid4()
    headers = health.signer.headers(user_id, "alice") | {"idempotency-key": "form-1"}
    answers = await asyncio.gather(
        *(health.http.post("/health-data", json=make.an_entry(), headers=headers) for _ in range(6))
    )
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert (await health.db.fetchval("SELECT count(*) FROM health_record WHERE user_id = $1", user_id)) == 1
    again = await health.http.post("/health-data", json=make.an_entry(), headers=headers)
    (kept,) = await health.db.fetch(IDS, user_id)
    assert (again.status_code, again.json()["id"]) == (201, str(kept["id"]))
    assert again.headers["location"] == f"/health-data/{kept['id']}"
    assert again.headers["etag"] == '"1"'
    other = await health.http.post("/health-data", json=make.an_entry(steps=1), headers=headers)
    assert other.status_code == 422
    bobs = health.signer.headers(uuid4(), "bob") | {"idempotency-key": "form-1"}
    assert (await health.http.post("/health-data", json=make.an_entry(), headers=bobs)).json()["id"] != str(kept["id"])


@pytest.mark.parametrize("key", ["", "a b", "é".encode(), "k" * 129])
async def test_a_key_is_visible_ascii(health, key):
    headers = health.signer.headers(uuid4(), "alice") | {"idempotency-key": key}
    answer = await health.http.post("/health-data", json=make.an_entry(), headers=headers)
    assert answer.status_code == 400


async def test_a_new_record_is_told_metric_by_metric(health, heard):
    user_id = uuid4()
    headers = health.signer.headers(user_id, "alice")
    said = make.an_entry(heart_rate=150, context="active", blood_pressure={"systolic": 120, "diastolic": 80})
    kept = (await health.http.post("/health-data", json=said, headers=headers)).json()
    await health.quiet()
    events = await make.of_user(heard, user_id, "sample.recorded.v1", 6)
    assert {(e.metric, e.unit, e.last) for e in events} == {
        ("steps", "{steps}", 5000),
        ("sleep_duration", "h", 7.5),
        ("weight", "kg", 70),
        ("heart_rate", "/min", 150),
        ("bp_systolic", "mm[Hg]", 120),
        ("bp_diastolic", "mm[Hg]", 80),
    }
    for event in events:
        assert (event.min, event.max, event.n, event.source, event.version) == (event.last, event.last, 1, "manual", 1)
        assert (event.cause.kind, str(event.cause.id)) == ("record", kept["id"])
        assert event.first_at.isoformat().replace("+00:00", "Z") == kept["at"]
