"""Whatever is sent to a route: a problem with status 4xx, never a 500, never a hang."""

from uuid import uuid4

import pytest

from tests import operations

pytestmark = pytest.mark.anyio

JSON = "application/json"
DEEP = b"[" * 100_000
BODIES: dict[str, tuple[bytes, str]] = {
    "unknown member": (b'{"nobody_knows_this": 1}', JSON),
    "negative": (b'{"steps": -1, "username": -1}', JSON),
    "text for a number": (b'{"steps": "5"}', JSON),
    "10^19": (b'{"steps": 10000000000000000000}', JSON),
    "5,000 digits": (b'{"steps": ' + b"9" * 5_000 + b"}", JSON),
    "NaN": (b'{"weight": NaN}', JSON),
    "1e999": (b'{"weight": 1e999}', JSON),
    "bad UTF-8": (b'{"username": "\xff\xfe"}', JSON),
    "lone surrogate": (b'{"username": "\\ud800", "display_name": "\\ud800"}', JSON),
    "NUL": (b'{"username": "a\\u0000b", "display_name": "a\\u0000b"}', JSON),
    "100,000 deep": (DEEP, JSON),
    "100,000 deep in a member": (b'{"steps": ' + DEEP, JSON),
    "empty": (b"", JSON),
    "null": (b"null", JSON),
    "array": (b"[]", JSON),
    "a word": (b"steps", JSON),
    "JSON as text": (b'{"steps": 1}', "text/plain"),
    "JSON as form": (b'{"steps": 1}', "application/x-www-form-urlencoded"),
    "msgpack": (b"\x81\xa5steps\x01", "application/msgpack"),
    "form": (b"username=a&username=b&password=c", "application/x-www-form-urlencoded"),
    "many parts": (
        b"--b\r\ncontent-disposition: form-data; name=a\r\n\r\n1\r\n" * 5_000 + b"--b--",
        "multipart/form-data; boundary=b",
    ),
    "11 MB": (b'{"username": "' + b"a" * 11_000_000 + b'"}', JSON),
    "ancient": (b'{"steps": 1, "at": "0001-01-01T00:00:00Z"}', JSON),
    "far future": (b'{"steps": 1, "at": "9999-12-31T23:59:59Z"}', JSON),
    "no offset": (b'{"steps": 1, "at": "2026-01-01T00:00:00"}', JSON),
}
QUERIES = (
    "limit=0",
    "limit=201",
    "limit=x",
    "limit=99999999999999999999",
    "cursor=%00",
    "cursor=AAAA",
    "cursor=" + "A" * 5_000,
    "from=yesterday",
    "from=9999-12-31&to=0001-01-01",
    "from=2026-01-01T00:00:00Z'--&to=%27%3B%20DROP%20TABLE%20health_record",
    "to=%ff%fe",
    "unread=perhaps",
)


@pytest.mark.parametrize("name", operations.NAMES)
async def test_bodies(start, signer, name, tmp_path):
    async with start(operations.service(name), **operations.alone(name, tmp_path)) as running:
        for operation in operations.operations(name):
            if operation.method == "get":
                continue
            for what, (body, kind) in BODIES.items():
                headers = signer.headers(uuid4(), f"u{uuid4().hex[:8]}") | {"content-type": kind}
                answer = await running.http.request(operation.method, operation.filled, content=body, headers=headers)
                assert answer.status_code < 500, f"{operation} with {what}: {answer.status_code} {answer.text}"
                if operation.body_type and what not in {"negative", "empty"}:
                    assert answer.status_code >= 400, f"{operation} took {what}"
                if answer.status_code >= 400:
                    assert answer.headers["content-type"] == "application/problem+json", f"{operation} with {what}"


@pytest.mark.parametrize("name", operations.NAMES)
async def test_queries_and_headers(start, signer, name, tmp_path):
    async with start(operations.service(name), **operations.alone(name, tmp_path)) as running:
        for operation in operations.operations(name):
            if operation.method != "get" or operation.streams:
                continue
            headers = signer.headers(uuid4())
            for query in QUERIES:
                answer = await running.http.get(f"{operation.filled}?{query}", headers=headers)
                assert answer.status_code < 500, f"{operation}?{query}: {answer.text}"
            for header, value in (
                ("idempotency-key", "é" * 4),
                ("if-match", '"x"'),
                ("last-event-id", "\x01"),
                ("accept", "x"),
            ):
                hostile = headers | {header: value.encode("latin-1")}
                answer = await running.http.get(operation.filled, headers=hostile)
                assert answer.status_code < 500, f"{operation} with {header}"
