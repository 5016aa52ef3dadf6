"""Whatever is killed in the middle of an import: it goes on by itself, nothing is lost, nothing is there twice."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest
from services.health.tests.imports import make

from health.app import SERVICE
from testkit import Nodes, until
from testkit.nodes import free_port
from testkit.running import Running, running

pytestmark = pytest.mark.anyio

ROWS = 80_000
SUMS = """
    SELECT metric.code, count(*), sum(value) FROM sample JOIN series USING (series_id) JOIN metric USING (metric_id)
    WHERE user_id = $1 GROUP BY metric.code ORDER BY metric.code
"""
EXPECTED = [
    ("heart_rate", ROWS, float(sum(60 + n % 40 for n in range(ROWS)))),
    ("steps", ROWS, float(sum(5 + n % 7 for n in range(ROWS)))),
]


@pytest.fixture(scope="module")
def own() -> Iterator[Nodes]:
    """Nodes that may be killed."""
    with TemporaryDirectory(prefix="fitmesh-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        started = Nodes.start(Path(folder))
        yield started
        started.stop()


@pytest.fixture(scope="module")
async def api(own: Nodes, signer, tmp_path_factory) -> AsyncIterator[Running]:
    """The part that answers; workers are processes of their own."""
    store = tmp_path_factory.mktemp("objects").as_uri()
    async with running(SERVICE, own, signer, worker=False, OBJECT_STORE_URL=store) as made:
        yield made


@asynccontextmanager
async def a_worker(api: Running) -> AsyncIterator[subprocess.Popen[bytes]]:
    ports = {name: str(free_port()) for name in ("HTTP_PORT", "GRPC_PORT", "ADMIN_PORT")}
    environment = os.environ | api.environment | ports
    command = [sys.executable, "-m", "health", "worker"]
    process = subprocess.Popen(command, env=environment)  # noqa: ASYNC220  it is started at once
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.to_thread(process.wait, 15)
        finally:
            process.kill()
            process.wait()


def children(pid: int) -> list[int]:
    """Parsing processes of a worker."""
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


async def started(api, headers, user_id):
    """An import in the middle of its file."""
    import_id = await make.sent(api, headers, make.a_csv(ROWS))

    async def going():
        found = await make.read(api, headers, import_id)
        assert found["state"] in {"queued", "running"}, found
        return found["progress"]["records"] > 0

    await until(going, 60)
    return import_id


async def ended(api, headers, import_id, *states, seconds=90):
    """The import in its last state; while the database is away, one waits."""

    async def found():
        answer = await api.http.get(f"/imports/{import_id}", headers=headers)
        return answer.json() if answer.status_code == 200 and answer.json()["state"] in (states or make.DONE) else None

    return await until(found, seconds, 0.2)


@pytest.mark.parametrize("fault", ["child", "worker", "postgres", "broker", "stop"])
async def test_an_import_survives(api, own, fault):
    user_id = uuid4()
    headers = api.signer.headers(user_id)
    async with AsyncExitStack() as stack:
        workers = [
            await stack.enter_async_context(a_worker(api)) for _ in range(2 if fault in {"worker", "stop"} else 1)
        ]
        before = await make.checksum(api, user_id)
        import_id = await started(api, headers, user_id)
        match fault:
            case "child":
                (parsing,) = children(workers[0].pid)
                os.kill(parsing, signal.SIGKILL)
            case "worker":
                busy = next(each for each in workers if children(each.pid))
                (parsing,) = children(busy.pid)
                busy.kill()
                await until(lambda: not Path(f"/proc/{parsing}").exists(), 10)
            case "postgres":
                await asyncio.to_thread(own.postgres.restart, "immediate")
            case "broker":
                own.rabbitmq.kill()
            case "stop":
                next(each for each in workers if children(each.pid)).send_signal(signal.SIGTERM)
        found = await ended(api, headers, import_id)
        assert (found["state"], found["error"]) == ("finished", None), found
        assert [tuple(row) for row in await api.db.fetch(SUMS, user_id)] == EXPECTED
        assert found["counts"] == {"read": 2 * ROWS, "inserted": 2 * ROWS}
        if fault == "broker":
            await asyncio.to_thread(own.rabbitmq.start)
        await api.http.post(f"/imports/{import_id}/undo", headers=headers)
        await ended(api, headers, import_id, "undone")
        assert await make.checksum(api, user_id) == before


async def test_what_breaks_off_again_and_again_is_given_up(api):
    """A file whose reader is killed each time: said, and its file kept for another try."""
    user_id = uuid4()
    headers = api.signer.headers(user_id)
    import_id = await make.sent(api, headers, make.a_csv(10))
    await api.db.execute("UPDATE import SET state = 'running', attempts = 9 WHERE id = $1", import_id)
    async with a_worker(api):
        found = await ended(api, headers, import_id)
        assert (found["state"], found["stored"]) == ("failed", True)
        assert "again and again" in found["error"]
        await api.http.post(f"/imports/{import_id}/resume", headers=headers)
        found = await ended(api, headers, import_id, "finished")
        assert (found["counts"], found["error"]) == ({"read": 20, "inserted": 20}, None)


async def test_who_was_thought_dead_writes_nothing(api):
    """A parsing process whose import somebody else has taken up."""
    user_id = uuid4()
    headers = api.signer.headers(user_id)
    async with a_worker(api):
        import_id = await started(api, headers, user_id)
        await api.db.execute(
            "UPDATE import SET claim = claim + 1, lease_until = now() + interval '3 s' WHERE id = $1", import_id
        )
        found = await ended(api, headers, import_id)
        assert found["counts"] == {"read": 2 * ROWS, "inserted": 2 * ROWS}
        assert [tuple(row) for row in await api.db.fetch(SUMS, user_id)] == EXPECTED
