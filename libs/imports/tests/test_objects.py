"""The object store, in a folder and in a bucket."""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from imports.objects import Access, Objects
from local.ports import free_port

pytestmark = pytest.mark.anyio
MIB = 1 << 20


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """Address of an S3 stand-in, running as a process of its own."""
    pytest.importorskip("moto.server", reason="the S3 stand-in is not installed")
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                httpx.put(f"{address}/uploads").raise_for_status()
                break
            except httpx.TransportError:
                assert time.monotonic() < deadline
                time.sleep(0.1)
        yield address
    finally:
        process.kill()
        process.wait()


@pytest.fixture(params=["folder", "bucket"])
def objects(request, tmp_path) -> Objects:
    service = f"health{uuid4().hex}"
    if request.param == "folder":
        return Objects(tmp_path.as_uri(), service)
    endpoint = request.getfixturevalue("bucket")
    access = Access(region="us-east-1", endpoint=endpoint, access_key_id="key", secret_access_key="secret")
    return Objects("s3://uploads", service, access)


async def pieces(count: int, size: int = 100_000, error: Exception | None = None) -> AsyncIterator[bytes]:
    for number in range(count):
        yield bytes([number % 256]) * size
    if error:
        raise error


async def everything(objects: Objects) -> list[str]:
    return sorted([key async for keys in objects.older(timedelta(seconds=-60)) for key in keys])


async def test_a_stream_lies_under_its_hash(objects):
    user_id = uuid4()
    stored = await objects.put(pieces(120))
    content = b"".join([piece async for piece in pieces(120)])
    assert (stored.bytes, stored.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    key = await objects.settle(stored, user_id)
    assert await everything(objects) == [key] == [objects.key(user_id, stored.sha256)]
    assert b"".join([piece async for piece in objects.read(key)]) == content
    assert await objects.open_range(key, 99_990, 100_010) == b"\0" * 10 + b"\1" * 10


async def test_a_parser_may_seek(objects):
    stored = await objects.put(pieces(100))
    with objects.open(stored.key) as file:
        assert file.seek(-10, os.SEEK_END) == 9_999_990
        assert file.read() == b"\x63" * 10
        file.seek(5_000_000)
        assert file.read(3) == b"\x32" * 3
        assert file.seek(0) == 0
        assert len(file.read()) == 10_000_000


async def test_the_same_content_is_there_once(objects):
    user_id = uuid4()
    keys = [await objects.settle(await objects.put(pieces(3)), user_id) for _ in range(2)]
    assert await everything(objects) == [keys[0]]


async def test_a_cut_off_stream_leaves_nothing(objects):
    error = ConnectionError("gone")
    with pytest.raises(ConnectionError) as raised:
        await objects.put(pieces(200, error=error))
    assert raised.value is error
    assert await everything(objects) == []


async def test_an_empty_stream(objects):
    stored = await objects.put(pieces(0))
    assert (stored.bytes, stored.sha256) == (0, hashlib.sha256(b"").hexdigest())


async def test_users_go_one_by_one(objects):
    going, staying = uuid4(), uuid4()
    for user_id in (going, staying):
        for count in (1, 2):
            await objects.settle(await objects.put(pieces(count)), user_id)
    assert await objects.delete_prefix(going) == 2
    assert {key.split("/")[1] for key in await everything(objects)} == {str(staying)}
    assert await objects.delete_prefix(going) == 0


async def test_what_is_gone(objects):
    assert not await objects.has("health/none")
    await objects.delete("health/none")
    with pytest.raises(FileNotFoundError):
        objects.open("health/none").read()


async def test_a_copy(objects):
    stored = await objects.put(pieces(2))
    await objects.copy(stored.key, stored.key + "-copy")
    assert await objects.has(stored.key + "-copy")


async def test_what_a_killed_upload_left_in_a_folder(tmp_path):
    objects = Objects(tmp_path.as_uri(), "health")
    await objects.put(pieces(1))
    left = tmp_path / "health" / "incoming" / "half#1"
    left.write_bytes(b"half")
    assert objects.sweep_staged() == 0
    os.utime(left, (0, 0))
    assert objects.sweep_staged() == 1
    assert not left.exists()


async def test_putting_keeps_memory_flat(objects):
    before = _rss()

    async def endless() -> AsyncIterator[bytes]:
        piece = os.urandom(64 << 10)
        for _ in range(200 * MIB // len(piece)):
            yield piece

    peak = 0

    async def watched() -> AsyncIterator[bytes]:
        nonlocal peak
        async for piece in endless():
            yield piece
            peak = max(peak, _rss())

    stored = await objects.put(watched())
    assert stored.bytes == 200 * MIB
    await objects.delete(stored.key)
    assert peak - before < 60 * MIB


def _rss() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def test_what_is_in_memory_is_put_at_its_place(objects):
    user_id, data = uuid4(), os.urandom(100_000)
    for _ in range(2):
        sha256 = objects.put_whole(user_id, data)
    assert sha256 == hashlib.sha256(data).hexdigest()
    with objects.open(objects.key(user_id, sha256)) as file:
        assert file.read() == data
