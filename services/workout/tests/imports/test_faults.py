"""Whatever is killed in the middle of an import: each file has exactly one result, and nothing is there twice."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest
from services.workout.tests.imports import make

from testkit import Nodes, until
from testkit.nodes import free_port
from testkit.running import Running, running
from workout.app import SERVICE

pytestmark = pytest.mark.anyio

FILES, CORRUPT, REPEATED = 500, 25, 50
PARTS = """
    SELECT name, records, errors, counts::text FROM import_part
    WHERE import_id = (SELECT import_id FROM import WHERE id = $1)
"""


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
async def a_worker(api: Running) -> AsyncIterator[list[subprocess.Popen[bytes]]]:
    """A worker, and whatever has to take its place."""
    processes = [begun(api)]
    try:
        yield processes
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            try:
                await asyncio.to_thread(process.wait, 15)
            finally:
                process.kill()
                process.wait()


def begun(api: Running) -> subprocess.Popen[bytes]:
    ports = {name: str(free_port()) for name in ("HTTP_PORT", "GRPC_PORT", "ADMIN_PORT")}
    return subprocess.Popen([sys.executable, "-m", "workout", "worker"], env=os.environ | api.environment | ports)


def children(pid: int) -> list[int]:
    """Parsing processes of a worker."""
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def a_mix(chance: random.Random) -> tuple[bytes, set[str]]:
    """Small files of which some are broken and some are there twice; the names of the broken ones."""
    good = [make.a_gpx(2, start=make.START + timedelta(days=n)) for n in range(FILES - CORRUPT - REPEATED)]
    content = (
        good
        + chance.sample(good, REPEATED)
        + [b"\x0e\x10\xd9\x07\xff\x00\x00\x00.FIT" + bytes([n]) for n in range(CORRUPT)]
    )
    names = [f"{n:03}.{'gpx' if n < FILES - CORRUPT else 'fit'}" for n in range(FILES)]
    files = list(zip(names, content, strict=True))
    chance.shuffle(files)
    return make.a_zip(dict(files)), set(names[-CORRUPT:])


@pytest.mark.parametrize("fault", ["child", "worker", "postgres"])
async def test_each_file_has_one_result(api, own, fault):
    chance = random.Random(fault)
    packed, corrupt = a_mix(chance)
    user_id = uuid4()
    headers = api.signer.headers(user_id)
    before = await make.checksum(api, user_id)
    began = time.monotonic()
    async with a_worker(api) as workers:
        import_id = await make.sent(api, headers, packed, name="all.zip")
        for _ in range(2):
            seen = await progress(api, headers, import_id)
            await until(lambda seen=seen: moved(api, headers, import_id, seen), 60, 0.02)
            await asyncio.sleep(chance.random() / 4)
            await strike(fault, api, own, workers)
        found = await ended(api, headers, import_id)
        print(f"{fault}: {time.monotonic() - began:.1f} s")
        assert time.monotonic() - began < 60
        assert (found["state"], found["error"]) == ("partial", None), found
        different = FILES - CORRUPT - REPEATED
        assert found["counts"] == {
            "recordings": FILES - CORRUPT,
            "workouts": different,
            "duplicates": REPEATED,
            "unreadable": CORRUPT,
            "errors": CORRUPT,
        }
        parts = await api.db.fetch(PARTS, import_id)
        assert len(parts) == FILES
        assert Counter(part["counts"] for part in parts) == {
            '{"workouts": 1}': different,
            '{"duplicates": 1}': REPEATED,
            '{"unreadable": 1}': CORRUPT,
        }
        assert {part["name"] for part in parts if part["errors"]} == corrupt
        assert await make.counted(api, user_id, "recording") == different
        assert await make.counted(api, user_id, "workout") == different
        await api.http.post(f"/workouts/imports/{import_id}/undo", headers=headers)
        await ended(api, headers, import_id, "undone")
        assert await make.checksum(api, user_id) == before


async def progress(api, headers, import_id) -> int:
    answer = await api.http.get(f"/workouts/imports/{import_id}", headers=headers)
    return answer.json()["progress"]["records"] if answer.status_code == 200 else -1


async def moved(api, headers, import_id, seen) -> bool:
    answer = await api.http.get(f"/workouts/imports/{import_id}", headers=headers)
    if answer.status_code != 200:
        return False
    return answer.json()["progress"]["records"] > max(seen, 0) or answer.json()["state"] in make.DONE


async def strike(fault, api, own, workers) -> None:
    match fault:
        case "child":
            for parsing in children(workers[-1].pid):
                os.kill(parsing, signal.SIGKILL)
        case "worker":
            workers[-1].kill()
            workers[-1].wait()
            workers.append(begun(api))
        case "postgres":
            await asyncio.to_thread(own.postgres.restart, "immediate")


async def ended(api, headers, import_id, *states, seconds=90):
    """The import in its last state; while the database is away, one waits."""

    async def found():
        answer = await api.http.get(f"/workouts/imports/{import_id}", headers=headers)
        return answer.json() if answer.status_code == 200 and answer.json()["state"] in (states or make.DONE) else None

    return await until(found, seconds, 0.2)
