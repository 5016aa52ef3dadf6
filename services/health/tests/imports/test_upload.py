"""What is accepted, and what is left when it is not."""

import asyncio
import hashlib
import os
from pathlib import Path

import httpx
import pytest
from services.health.tests.imports import make

from testkit import until

pytestmark = pytest.mark.anyio

MIB = 1 << 20


def store(health):
    return Path(health.environment["OBJECT_STORE_URL"].removeprefix("file://"))


def left(health, user_id):
    """Whatever lies in the store of this user, or of uploads on their way."""
    found = [each for folder in (str(user_id), "incoming") for each in (store(health) / "health" / folder).rglob("*")]
    return [each.name for each in found if each.is_file()]


ROWS = "SELECT count(*) FROM import WHERE user_id = $1"


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"files": {"file": ("x.csv", b"")}}, 400),
        ({"files": {"other": ("x.csv", b"1")}}, 400),
        ({"data": {"source": "x"}, "files": {"file2": ("x.csv", b"1")}}, 400),
        ({"json": {"file": "x"}}, 415),
        ({"data": {"file": "x"}}, 415),
        ({"content": b""}, 415),
        ({"content": b"--b", "headers": {"content-type": "multipart/form-data; boundary=b"}}, 400),
        ({"content": b"x", "headers": {"content-type": "multipart/form-data"}}, 400),
        (make.form(b"1", mapping="nothing"), 400),
        (make.form(b"1", mapping={"at": "at"}), 400),
        (make.form(b"1", mapping={"at": "at", "columns": [{"column": "x", "metric": "no-such"}]}), 400),
        ({"files": {"file": ("x.csv", b"1")}, "data": {"mapping": "{"}}, 400),
        ({"files": {"file": ("x.csv", b"1")}, "data": {"mapping": "[" * 10_000}}, 400),
        ({"files": {"file": ("x.csv", b"1")}, "data": {"source": ""}}, 400),
        ({"files": {"file": ("x.csv", b"1")}, "data": {"source": "x" * 101}}, 400),
        ({"files": {"file": ("x.csv", b"1")}, "data": {"source": "a\nb"}}, 400),
        ({"files": {"file": ("x.csv", b"1")}, "data": {"user_id": "x"}}, 400),
        ({"files": {"file": ("x.csv", b"1")}, "data": {"source": "x" * 100_000}}, 413),
    ],
)
async def test_what_is_refused_leaves_nothing(health, headers, user_id, given, status):
    answer = await health.http.post("/imports", **(given | {"headers": headers | given.get("headers", {})}))
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"detail", "errors"} & answer.json().keys()
    assert await health.db.fetchval(ROWS, user_id) == 0
    assert left(health, user_id) == []


async def test_without_a_token_nothing_is_read(health):
    assert (await health.http.post("/imports", **make.form(b"1"))).status_code == 401


async def test_a_cut_off_upload_leaves_nothing(health, headers, user_id):
    reader, writer = await begun(health, headers, content_length=50 * MIB)
    writer.write(b"x" * 20 * MIB)
    await writer.drain()
    await until(lambda: any("#" in name for name in left(health, user_id)))
    writer.close()
    await until(lambda: not left(health, user_id))
    assert await health.db.fetchval(ROWS, user_id) == 0
    del reader


async def test_a_silent_upload_ends(health, headers, user_id, monkeypatch):
    monkeypatch.setattr("chassis.edge.SILENCE_S", 0.3)
    reader, writer = await begun(health, headers, content_length=MIB)
    writer.write(b"x" * 100_000)
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
    assert head.startswith(b"HTTP/1.1 503")
    writer.close()
    await until(lambda: not left(health, user_id))
    assert await health.db.fetchval(ROWS, user_id) == 0


async def begun(health, headers, content_length):
    """A connection on which the form has begun."""
    start = b'--b\r\nContent-Disposition: form-data; name="file"; filename="x.csv"\r\n\r\n'
    reader, writer = await asyncio.open_connection("127.0.0.1", health.runtime.settings.http_port)
    writer.write(
        b"POST /imports HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\n"
        + f"Authorization: {headers['authorization']}\r\nContent-Length: {content_length}\r\n\r\n".encode()
        + start
    )
    await writer.drain()
    return reader, writer


async def test_too_long_a_body_is_refused_at_once(health, headers):
    reader, writer = await begun(health, headers, content_length=5 << 30)
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
    assert head.startswith(b"HTTP/1.1 413")
    writer.close()


async def test_200_mib_keep_memory_flat_and_others_served(health, headers, user_id):
    size, piece = 200 * MIB, os.urandom(MIB)
    before, peak, slowest = rss(), 0, 0.0
    start, end = b'--b\r\nContent-Disposition: form-data; name="file"; filename="x.csv"\r\n\r\n', b"\r\n--b--\r\n"

    def sent():
        yield start
        for _ in range(size // MIB):
            yield piece
        yield end

    def send():
        more = {"content-type": "multipart/form-data; boundary=b", "content-length": str(len(start) + size + len(end))}
        return httpx.post(str(health.http.base_url) + "/imports", content=sent(), headers=headers | more, timeout=60)

    sending = asyncio.create_task(asyncio.to_thread(send))
    clock = asyncio.get_running_loop().time
    while not sending.done():
        began = clock()
        assert (await health.http.get("/imports", headers=headers)).status_code == 200
        slowest, peak = max(slowest, clock() - began), max(peak, rss())
        await asyncio.sleep(0.01)
    answer = await sending
    assert answer.status_code == 202
    assert peak - before < 80 * MIB
    assert slowest < 1
    expected = hashlib.sha256()
    for _ in range(size // MIB):
        expected.update(piece)
    found = await make.done(health, headers, answer.json()["id"])
    assert (found["bytes"], found["sha256"], found["state"]) == (size, expected.hexdigest(), "failed")
    assert left(health, user_id) == []


def rss():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def test_two_uploads_at_once(health, headers, user_id):
    ids = await asyncio.gather(*(make.sent(health, headers, make.a_csv(500)) for _ in range(2)))
    found = [await make.done(health, headers, each) for each in ids]
    assert [each["state"] for each in found] == ["finished", "finished"]
    assert sum(each["counts"].get("inserted", 0) for each in found) == 1_000
    assert left(health, user_id) == [found[0]["sha256"]]


async def test_an_upload_sent_twice_under_a_key_is_one_import(health, headers, user_id):
    keyed = headers | {"idempotency-key": "once"}
    content, _ = httpx.Request("POST", "http://x", **make.form(make.a_csv(5))), None
    again = keyed | {"content-type": content.headers["content-type"]}
    answers = [await health.http.post("/imports", content=content.read(), headers=again) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert answers[1].headers["idempotent-replay"] == "true"
    assert await health.db.fetchval(ROWS, user_id) == 1
    found = await make.done(health, headers, answers[0].json()["id"])
    assert left(health, user_id) == [found["sha256"]]


async def test_so_many_at_once_and_no_more(health, headers, user_id):
    await health.db.execute(
        """INSERT INTO import (id, user_id, file, sha256, bytes, bytes_total, state, lease_until)
           SELECT gen_random_uuid(), $1, 'x', 'x', 1, 1, 'queued', now() + interval '1 hour' FROM generate_series(1, 20)
        """,
        user_id,
    )
    answer = await health.http.post("/imports", headers=headers, **make.form(b"1"))
    assert answer.status_code == 429
    assert "retry-after" in answer.headers
    assert left(health, user_id) == []
    await health.db.execute("DELETE FROM import WHERE user_id = $1", user_id)


async def test_files_may_come_to_so_much(health, headers, user_id):
    most = health.runtime.settings.import_bytes_per_user
    await health.db.execute(
        """INSERT INTO import (id, user_id, file, sha256, bytes, bytes_total, state)
           VALUES (gen_random_uuid(), $1, 'x', 'x', $2, 1, 'finished')""",
        user_id,
        most - 100,
    )
    answer = await health.http.post("/imports", headers=headers, **make.form(make.a_csv(50)))
    assert answer.status_code == 413, answer.text
    assert left(health, user_id) == []
    await health.db.execute("UPDATE import SET bytes = $2 WHERE user_id = $1", user_id, most)
    answer = await health.http.post("/imports", headers=headers, **make.form(b"1"))
    assert "undo an import" in answer.json()["detail"]


async def test_a_store_that_is_away_is_said(health, headers, user_id, monkeypatch):
    async def full(*_given):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("imports.objects.Objects.put", full)
    answer = await health.http.post("/imports", headers=headers, **make.form(b"1"))
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:fitmesh:problem:store-away")
    assert await health.db.fetchval(ROWS, user_id) == 0


async def test_a_preview_guesses_and_keeps_nothing(health, headers, user_id):
    answer = await health.http.post("/imports/preview", headers=headers, **make.form(make.a_csv(50_000), mapping=None))
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["header"] == ["at", "heart rate", "steps"]
    assert len(told["rows"]) == 20
    assert {each["metric"] for each in told["mapping"]["columns"]} == {"heart_rate", "steps"}
    assert left(health, user_id) == []
    found = await make.imported(health, headers, make.a_csv(10), mapping=told["mapping"])
    assert found["counts"]["inserted"] == 20
