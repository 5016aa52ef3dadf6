"""What every answer has in common: problems, methods, time limits, and nobody's data in the wrong hands."""

import asyncio
import time
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from chassis import edge, listening
from chassis import http as frame
from testkit import until

from .probe import oddities
from .probe.app import SERVICE

pytestmark = pytest.mark.anyio

PROBLEM = "application/problem+json"


async def raw(running, sent: bytes, *, after_s: float = 0, seconds: float = 5) -> bytes:
    """Send bytes as they are, some time after connecting; returns everything until the other side closes."""
    address = urlsplit(str(running.http.base_url))
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        await asyncio.sleep(after_s)
        writer.write(sent)
        async with asyncio.timeout(seconds):
            return await reader.read()
    finally:
        writer.close()


@pytest.mark.parametrize(
    ("method", "path", "status", "name"),
    [
        ("GET", "/nowhere", 404, "not-found"),
        ("GET", "/things/not-an-id", 404, "not-found"),
        ("PUT", "/things", 405, "method-not-allowed"),
        ("GET", "/odd/fails", 500, "internal"),
        ("GET", "/odd/slow?seconds=x", 400, "invalid-value"),
        ("GET", "/odd/slow", 400, "invalid-value"),
        ("GET", "/things", 401, "unauthorized"),
    ],
)
async def test_every_failure_is_a_problem(http, method, path, status, name):
    answer = await http.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == PROBLEM
    assert answer.headers["cache-control"] == "no-store"
    problem = answer.json()
    assert problem["type"] == f"urn:fitmesh:problem:{name}"
    assert problem["status"] == status
    assert problem["title"]
    assert len(problem["trace_id"]) == 32
    assert "canary" not in answer.text


async def test_a_missing_parameter_is_named(http):
    answer = await http.get("/odd/slow?other=canary")
    assert answer.json()["errors"] == [{"detail": "is missing", "pointer": "?seconds"}]
    assert "canary" not in answer.text


@pytest.mark.parametrize(
    "path", ["/schema", "/schema/openapi.json", "/schema/swagger", "/metrics", "/readyz", "/livez"]
)
async def test_what_is_for_operators_is_not_here(http, path):
    assert (await http.get(path)).status_code == 404


async def test_head_answers_like_get_without_a_body(http, headers):
    get = await http.get("/things", headers=headers)
    head = await http.head("/things", headers=headers)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]
    assert (await http.head("/things")).status_code == 401


async def test_options_and_405_list_every_method(http):
    options = await http.options("/things")
    assert options.status_code == 204
    assert options.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert (await http.put("/things")).headers["allow"] == "GET, HEAD, OPTIONS, POST"


async def test_each_request_has_a_trace_of_its_own(http):
    traces = [(await http.get("/nowhere")).json()["trace_id"] for _ in range(5)]
    assert len(set(traces)) == 5


async def test_a_trace_from_outside_is_continued(http):
    trace = "0af7651916cd43dd8448eb211c80319c"
    answer = await http.get("/nowhere", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-00"})
    assert answer.json()["trace_id"] == trace


async def test_who_asks_is_judged_before_what_is_sent(http, signer, user_id):
    assert (await http.post("/things", content=b"{")).status_code == 401
    reader = signer.headers(user_id, scope="read")
    answer = await http.post("/things", content=b"{", headers=reader)
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:fitmesh:problem:forbidden")


@pytest.mark.parametrize("size", [2**31, 2**63, 10**19, 10**400, -(10**30)])
async def test_numbers_no_column_takes_are_the_clients_fault(http, size):
    answer = await http.post("/odd/unbounded", params={"size": str(size)})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "path", ["/things/%00", "/%ff", "/things?cursor=%00", "/things?limit=%ff", "/things?limit=1&limit=2"]
)
async def test_odd_addresses_do_no_harm(http, headers, path):
    assert (await http.get(path, headers=headers)).status_code < 500


async def test_nothing_is_kept_of_a_write_that_failed(running, http, headers, user_id):
    answer = await http.post("/things", json={"name": "refused"}, headers=headers)
    assert answer.status_code == 404
    assert not await running.db.fetchval("SELECT count(*) FROM thing WHERE user_id = $1", user_id)
    assert not await running.db.fetchval("SELECT count(*) FROM outbox WHERE user_id = $1", user_id)


async def test_a_commit_of_unknown_outcome_is_503(running, http):
    oddities.gates.append(gate := oddities.Gate())
    asked = asyncio.create_task(http.post("/odd/gated"))
    pid = await gate.reached
    await running.db.execute("SELECT pg_terminate_backend($1)", pid)
    await until(lambda: running.db.fetchval("SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1)", pid))
    gate.open.set()
    answer = await asked
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["type"] == "urn:fitmesh:problem:outcome-unknown"
    assert (await http.post("/odd/anonymous")).status_code == 201


async def test_a_request_that_takes_too_long_ends_as_503(running, http, monkeypatch):
    monkeypatch.setattr(edge, "REQUEST_S", 0.3)
    for method in ("GET", "POST"):
        started = time.monotonic()
        answer = await http.request(method, "/odd/slow?seconds=20")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert answer.headers["content-type"] == PROBLEM
        assert time.monotonic() - started < 2
    assert not await running.db.fetchval("SELECT count(*) FROM thing WHERE size = 7")
    assert (await http.post("/odd/anonymous")).status_code == 201


async def test_a_body_that_never_ends_is_given_up(running, monkeypatch, headers):
    monkeypatch.setattr(edge, "REQUEST_S", 0.3)
    monkeypatch.setattr(listening, "REMAINDER_S", 0.3)
    token = headers["authorization"].encode()
    answer = await raw(
        running,
        b"POST /things HTTP/1.1\r\nhost: x\r\nauthorization: %b\r\ncontent-type: application/json\r\n"
        b"content-length: 100\r\n\r\n{" % token,
    )
    assert answer.startswith(b"HTTP/1.1 503 ")


async def test_a_head_that_never_ends_is_given_up(running, monkeypatch):
    monkeypatch.setattr(listening, "HEAD_S", 0.3)
    monkeypatch.setattr(listening, "SILENT_S", 0.3)
    assert await raw(running, b"") == b""
    assert await raw(running, b"GET /things HTTP/1.1\r\nhost: x\r\nx-slow: ") == b""


async def test_a_connection_may_be_kept_for_later_before_its_first_request(running, monkeypatch):
    """As gateways do; one closed under a request that cannot be sent again is a 502 to somebody."""
    monkeypatch.setattr(listening, "HEAD_S", 0.3)
    answer = await raw(running, b"GET /things HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", after_s=1)
    assert answer.startswith(b"HTTP/1.1 401 ")


async def test_a_head_that_is_too_large_is_refused(running):
    answer = await raw(running, b"GET /things HTTP/1.1\r\nhost: x\r\nx-large: " + b"a" * 300_000)
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert b"urn:fitmesh:problem:head-too-large" in answer


async def test_what_is_not_http_is_a_problem_too(running):
    answer = await raw(running, b"\x16\x03\x01\x00\xa5\x01\x00\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"urn:fitmesh:problem:bad-request" in answer


async def test_an_upload_may_take_long_but_not_pause_long(http, headers, monkeypatch):
    monkeypatch.setattr(edge, "REQUEST_S", 0.5)
    monkeypatch.setattr(edge, "SILENCE_S", 0.5)

    async def pieces(pause_s: float):
        for _ in range(4):
            yield b"x" * 1_000
            await asyncio.sleep(pause_s)

    slow = await http.post("/odd/upload", content=pieces(0.25), headers=headers)
    assert (slow.status_code, slow.json()) == (201, 4_000)
    silent = await http.post("/odd/upload", content=pieces(1), headers=headers)
    assert silent.status_code == 503


async def test_one_user_may_not_ask_too_often(start, signer, monkeypatch):
    monkeypatch.setattr(frame, "BURST", 3)
    monkeypatch.setattr(frame, "REQUESTS_A_SECOND", 0.5)
    async with start(SERVICE, worker=False) as running:
        mine, other = signer.headers(uuid4()), signer.headers(uuid4())
        answers = [await running.http.get("/things", headers=mine) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert (await running.http.get("/things", headers=other)).status_code == 200
