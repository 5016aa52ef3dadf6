"""What /health-data/export answers, to whom, and what becomes of downloads that are broken off."""

import asyncio
import tracemalloc
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from httpx import RemoteProtocolError
from services.health.tests.export import make
from services.health.tests.imports import make as imports
from services.health.tests.samples.sending import Person

from chassis import edge
from health.export import queries
from imports import sending
from testkit import until

pytestmark = pytest.mark.anyio

PATH = "/health-data/export"
START = datetime(2020, 1, 1, tzinfo=UTC)
FILL = """
    INSERT INTO sample (series_id, at, n, duration_s, value)
    SELECT series_id, $2::timestamptz + make_interval(secs => k * 600 + k % 7), 0, 0, 50 + random() * 100
    FROM series CROSS JOIN generate_series(1, $3::integer) AS k WHERE user_id = $1
"""


@pytest.fixture
def exports(health):
    return health.runtime.resources["exports"]


async def with_samples(health, count):
    person = Person(health)
    await person.send([{"at": "2019-01-01T00:00:00Z", "value": 60}])
    await health.db.execute(FILL, person.id, START, count)
    return person


async def test_only_with_a_token(health):
    assert (await health.http.get(PATH)).status_code == 401
    write_only = health.signer.headers(uuid4(), scope="write")
    assert (await health.http.get(PATH, headers=write_only)).status_code == 403
    assert (await health.http.post(PATH, headers=health.signer.headers(uuid4()))).status_code == 405


async def test_nothing_of_anybody_is_a_good_archive(health):
    nobody = Person(health)
    archive = await make.exported(nobody)
    assert make.parts_of(archive).keys() == make.EMPTY.keys() | {"manifest.json"}
    assert (await make.read_in(nobody, archive))["state"] == "finished"
    assert await make.exported(nobody) == archive


async def test_nothing_of_others_is_in_it(health):
    alice, eve = Person(health), Person(health)
    for person, value in ((alice, 61.25), (eve, 77.75)):
        app = {"app": f"app of {value}"}
        await person.send([{"at": "2024-03-01T10:00:00Z", "value": value}], "weight", source=app)
        await health.http.post("/health-data", json={"weight": value}, headers=person.headers)
        await imports.imported(
            health, person.headers, f"at,heart rate,steps\n2024-02-01T10:00:00Z,{value},9\n".encode()
        )
    content = b"".join(make.parts_of(await make.exported(alice)).values())
    assert b"61.25" in content
    assert b"77.75" not in content
    assert str(eve.id).encode() not in content
    assert str(alice.id).encode() not in content


async def test_one_at_a_time(health, exports, monkeypatch):
    monkeypatch.setattr(sending, "MOST_AT_ONCE", 2)
    alice, bob, eve = await with_samples(health, 60_000), await with_samples(health, 60_000), Person(health)
    async with (
        health.http.stream("GET", PATH, headers=alice.headers) as first,
        health.http.stream("GET", PATH, headers=bob.headers) as second,
    ):
        assert (first.status_code, second.status_code) == (200, 200)
        refused = await health.http.get(PATH, headers=alice.headers)
        assert (refused.status_code, refused.json()["type"]) == (429, "urn:fitmesh:problem:too-many-requests")
        assert refused.headers["retry-after"] == "10"
        assert (await health.http.get(PATH, headers=eve.headers)).status_code == 503
        await first.aread()
        await second.aread()
    await until(lambda: not exports._open)
    assert (await health.http.get(PATH, headers=alice.headers)).status_code == 200


async def test_a_broken_off_download_frees_everything(health, exports):
    alice = await with_samples(health, 300_000)
    async with health.http.stream("GET", PATH, headers=alice.headers) as answer:
        await anext(answer.aiter_raw())
        assert exports._open == {alice.id}
    await until(lambda: not exports._open)
    assert health.runtime.api.get_size() - health.runtime.api.get_idle_size() == 0
    assert make.parts_of(await make.exported(alice))


async def test_who_takes_nothing_is_given_up(health, exports, monkeypatch):
    monkeypatch.setattr(edge, "SILENCE_S", 0.5)
    alice = await with_samples(health, 300_000)
    port = health.http.base_url.port
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
    head = f"GET {PATH} HTTP/1.1\r\nhost: x\r\nauthorization: {alice.headers['authorization']}\r\n\r\n"
    writer.write(head.encode())
    await reader.readuntil(b"\r\n\r\n")
    await until(lambda: not exports._open, 30)
    writer.close()


async def test_lost_connections_only_delay_it(health):
    alice = await with_samples(health, 60_000)
    whole = await make.exported(alice)
    pieces = []
    async with health.http.stream("GET", PATH, headers=alice.headers) as answer:
        async for piece in answer.aiter_raw(4096):
            pieces.append(piece)
            if len(pieces) in {1, 9}:
                await health.db.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'health_api'"
                )
    assert b"".join(pieces) == whole


async def test_what_breaks_in_the_middle_is_no_archive(health, exports, monkeypatch):
    async def broken(*_):
        raise OSError
        yield

    monkeypatch.setattr(queries, "samples", broken)
    alice = await with_samples(health, 10)
    with pytest.raises(RemoteProtocolError):
        await health.http.get(PATH, headers=alice.headers)
    assert not exports._open


async def test_memory_stays_flat(health):
    alice = await with_samples(health, 100_000)
    peaks = []
    for _ in range(2):
        size = 0
        tracemalloc.start()
        async with health.http.stream("GET", PATH, headers=alice.headers, timeout=60) as answer:
            async for piece in answer.aiter_raw():
                size += len(piece)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert size > 500_000
    assert min(peaks) < 16 << 20, peaks


async def test_while_an_import_runs(health):
    alice = await with_samples(health, 20_000)
    import_id = await imports.sent(health, alice.headers, imports.a_csv(20_000))
    for _ in range(3):
        parts = make.parts_of(await make.exported(alice))
        known = len(make.lines(parts["sources.jsonl"]))
        lines = [line for name in parts if name.startswith("samples/") for line in make.lines(parts[name])]
        assert all(line["source"] < known for line in lines)
    await imports.done(health, alice.headers, import_id)


async def test_a_file_that_is_gone_is_left_out(health):
    alice = Person(health)
    found = await imports.imported(health, alice.headers, imports.a_csv(3))
    before = make.parts_of(await make.exported(alice))
    assert make.lines(before["imports.jsonl"])[0]["stored"]
    folder = health.environment["OBJECT_STORE_URL"].removeprefix("file://")
    await asyncio.to_thread(lambda: __import__("os").unlink(f"{folder}/health/{alice.id}/{found['sha256']}"))
    archive = await make.exported(alice)
    (told,) = make.lines(make.parts_of(archive)["imports.jsonl"])
    assert "stored" not in told
    assert (await make.read_in(Person(health), archive))["state"] == "finished"
