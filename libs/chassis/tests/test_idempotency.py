"""A write sent again under its key acts once; anything else under that key is refused."""

import asyncio
from uuid import uuid4

import pytest

pytestmark = pytest.mark.anyio


async def count(running, user_id) -> int:
    return await running.db.fetchval("SELECT count(*) FROM thing WHERE user_id = $1", user_id)


async def test_fifty_at_once_act_once(running, http, headers, user_id):
    keyed = headers | {"idempotency-key": "once"}
    answers = await asyncio.gather(*(http.post("/things", json={"name": "a"}, headers=keyed) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sum("idempotent-replay" in answer.headers for answer in answers) == 49
    assert await count(running, user_id) == 1
    assert {answer.headers["content-type"] for answer in answers} == {"application/json"}


async def test_another_request_under_the_key_is_refused(running, http, headers, user_id):
    keyed = headers | {"idempotency-key": "reused"}
    assert (await http.post("/things", json={"name": "a"}, headers=keyed)).status_code == 201
    other = await http.post("/things", json={"name": "b"}, headers=keyed)
    assert (other.status_code, other.json()["type"]) == (422, "urn:fitmesh:problem:key-reused")
    assert await count(running, user_id) == 1


async def test_a_failed_try_frees_the_key(running, http, headers, user_id):
    keyed = headers | {"idempotency-key": "freed"}
    assert (await http.post("/things", json={"name": "refused"}, headers=keyed)).status_code == 404
    assert (await http.post("/things", json={"name": "a"}, headers=keyed)).status_code == 201
    assert await count(running, user_id) == 1


async def test_each_user_has_keys_of_their_own(running, http, signer):
    for user_id in (uuid4(), uuid4()):
        keyed = signer.headers(user_id) | {"idempotency-key": "shared"}
        answer = await http.post("/things", json={"name": "a"}, headers=keyed)
        assert (answer.status_code, answer.headers.get("idempotent-replay")) == (201, None)
        assert await count(running, user_id) == 1


async def test_without_a_user_the_route_owns_the_key(running, http):
    key = {"idempotency-key": str(uuid4())}
    before = await running.db.fetchval("SELECT count(*) FROM thing WHERE size = 1")
    answers = [await http.post("/odd/anonymous", headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[1].headers["idempotent-replay"] == "true"
    assert await running.db.fetchval("SELECT count(*) FROM thing WHERE size = 1") == before + 1
    owner = await running.db.fetchval("SELECT owner FROM idempotency_key WHERE key = $1", key["idempotency-key"])
    assert owner == "anonymous /odd/anonymous"


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 129, "\x7f"])
async def test_odd_keys_are_refused(http, headers, key):
    keyed = headers | {"idempotency-key": key.encode()}
    assert (await http.post("/things", json={"name": "a"}, headers=keyed)).status_code == 400
