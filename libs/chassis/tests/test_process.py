"""A process of a service: it starts whatever is away, heals, tells how it is, and leaves without dropping anything."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from httpx import AsyncClient

from chassis import process, settings
from chassis.known_users import Endings
from testkit import until
from testkit.running import migrated

from .probe.app import SERVICE

pytestmark = pytest.mark.anyio

CANARY = "canary7391"


class Way:
    """A TCP way to a node that can be closed and opened."""

    def __init__(self, to: int) -> None:
        self._to = to
        self.port = 0
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        if self._server:
            self._server.close()
            for writer in set(self._open):
                writer.transport.abort()
            await self._server.wait_closed()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        await asyncio.gather(self._copy(reader, back), self._copy(there, writer))

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        writer.close()
        self._open.discard(writer)


@pytest.fixture
async def database(nodes) -> AsyncIterator[Way]:
    way = Way(nodes.postgres.port)
    await way.open()
    yield way
    await way.close()


@pytest.fixture
async def broker(nodes) -> AsyncIterator[Way]:
    way = Way(nodes.rabbitmq.port)
    await way.open()
    yield way
    await way.close()


@asynccontextmanager
async def program(environment: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """The probe as a process of its own."""
    env = os.environ | environment | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    made = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "probe", env=env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    try:
        yield made
    finally:
        if made.returncode is None:
            made.kill()
        await made.wait()


def clients(environment: dict[str, str]) -> tuple[AsyncClient, AsyncClient]:
    http, admin = (f"http://127.0.0.1:{environment[name]}" for name in ("HTTP_PORT", "ADMIN_PORT"))
    return AsyncClient(base_url=http, timeout=10), AsyncClient(base_url=admin, timeout=10)


async def readiness(admin: AsyncClient) -> dict:
    with contextlib.suppress(OSError, Exception):
        answer = await admin.get("/readyz")
        return answer.json() | {"status": answer.status_code}
    return {"status": 0, "broker": ""}


async def test_drain_finishes_what_was_taken_and_logs_tell_nothing(nodes, signer):
    environment = migrated(SERVICE, nodes, signer) | {"LOG_LEVEL": "DEBUG"}
    http, admin = clients(environment)
    headers = signer.headers(uuid4(), CANARY)
    async with program(environment) as probe, http, admin:
        await until(lambda: is_up(admin), 20)
        await http.post("/things", json={"name": CANARY}, headers=headers | {"x-odd": CANARY})
        await http.post("/things", json={CANARY: CANARY}, headers=headers)
        await http.get("/odd/fails", params={"q": CANARY}, headers=headers | {"cookie": CANARY})
        await http.get("/things", headers={"authorization": f"Bearer {CANARY}"})
        assert (await http.post("/odd/unbounded?size=99999999999")).status_code == 400

        slow = asyncio.create_task(http.post("/odd/slow?seconds=1.5"))
        stream = asyncio.create_task(http.get("/things/stream", headers=headers))
        await asyncio.sleep(0.3)
        probe.send_signal(signal.SIGTERM)
        assert (await slow).status_code == 201
        assert (await stream).status_code == 200
        assert probe.stdout
        printed = (await probe.stdout.read()).decode()
        assert await probe.wait() == 0
    lines = [json.loads(line) for line in printed.splitlines()]
    assert CANARY not in printed
    assert "eyJ" not in printed
    failed = next(line for line in lines if line["event"] == "request.failed")
    assert len(failed["trace_id"]) == 32
    assert failed["exception"] == ["builtins.RuntimeError"]
    assert {"service.ready", "service.drains"} <= {line["event"] for line in lines}
    assert {line["service"] for line in lines} == {"dashboard"}
    db = await asyncpg.connect(nodes.postgres.superuser_dsn("dashboard"))
    assert await db.fetchval("SELECT count(*) FROM thing WHERE size = 7") == 1
    await db.close()


async def test_who_has_not_heard_that_it_leaves_is_answered_still(nodes, signer):
    environment = migrated(SERVICE, nodes, signer) | {"LINGER_S": "5"}
    http, admin = clients(environment)
    headers = signer.headers(uuid4())
    async with program(environment) as probe, http, admin:
        await until(lambda: is_up(admin), 20)
        kept = await http.get("/things", headers=headers)
        assert "connection" not in kept.headers
        probe.send_signal(signal.SIGTERM)
        await until(lambda: is_leaving(admin))
        for number in range(5):  # the first by the connection that is open already
            answer = await http.post("/things", json={"name": str(number)}, headers=headers)
            assert (answer.status_code, answer.headers["connection"]) == (201, "close")
            await asyncio.sleep(0.3)
        async with asyncio.timeout(4):  # though it would have waited for longer, had more come
            assert await probe.wait() == 0


async def is_leaving(admin: AsyncClient) -> bool:
    return (await readiness(admin))["status"] == 503


async def is_up(admin: AsyncClient) -> bool:
    state = await readiness(admin)
    return state["status"] == 200 and state["broker"] == "up"


async def test_it_starts_without_database_and_broker_and_heals(nodes, signer, database, broker):
    environment = migrated(SERVICE, nodes, signer) | {
        "DATABASE_PORT": str(database.port),
        "BROKER_PORT": str(broker.port),
    }
    loaded = settings.load(SERVICE.settings, environment)
    await database.close()
    await broker.close()
    http, admin = clients(environment)
    headers = signer.headers(uuid4())
    async with http, admin, process.started(SERVICE, loaded, api=True, worker=True):
        assert (await admin.get("/livez")).status_code == 200
        await until(lambda: is_down(admin))
        answer = await http.get("/things", headers=headers)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")

        await database.open()
        await until(lambda: is_ready_without_broker(admin))
        assert (await http.post("/things", json={"name": "a"}, headers=headers)).status_code == 201

        await broker.open()
        await until(lambda: is_up(admin))
        await broker.close()
        await until(lambda: is_ready_without_broker(admin))

        await database.close()
        await until(lambda: is_down(admin))
        assert (await http.get("/things", headers=headers)).status_code == 503
        await database.open()
        await until(lambda: is_ready_without_broker(admin))
        assert (await http.get("/things", headers=headers)).status_code == 200
        await broker.open()
        await until(lambda: is_up(admin))


async def is_down(admin: AsyncClient) -> bool:
    state = await readiness(admin)
    return state["status"] == 503 and state["database"] == "down"


async def is_ready_without_broker(admin: AsyncClient) -> bool:
    state = await readiness(admin)
    return state["status"] == 200 and state["broker"] == "down"


async def test_a_bug_in_the_background_ends_the_process(nodes, signer, monkeypatch):
    loaded = settings.load(SERVICE.settings, migrated(SERVICE, nodes, signer))

    async def broken(_self: Endings) -> None:
        raise RuntimeError

    monkeypatch.setattr(Endings, "refresh", broken)
    async with asyncio.timeout(20):
        assert await process.run(SERVICE, loaded, api=True, worker=False) == 1


async def test_a_taken_port_is_said_so(nodes, signer):
    environment = migrated(SERVICE, nodes, signer)
    loaded = settings.load(SERVICE.settings, environment | {"HTTP_PORT": environment["ADMIN_PORT"]})
    with pytest.raises(OSError, match="in use"):
        async with process.started(SERVICE, loaded, api=True, worker=False):
            pass


async def test_metrics_are_by_route_not_by_path(start, headers):
    async with start(SERVICE, worker=False) as running:
        await running.http.get(f"/things/{uuid4()}", headers=headers)
        await running.http.get(f"/{CANARY}")
        await running.http.request("PROPFIND", "/things")
        metrics = (await running.admin.get("/metrics")).text
    assert 'http_request_duration_seconds_count{method="GET",route="/things/{thing_id}",status="404"}' in metrics
    assert 'route="unrouted",status="404"' in metrics
    assert 'method="other"' in metrics
    assert CANARY not in metrics
