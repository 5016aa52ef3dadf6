"""Where uploaded files lie: a folder or an S3 bucket, under ``<service>/<user_id>/<sha256>``.

Nothing here needs the chassis, so that a parsing process starts small.
"""

import hashlib
import io
from collections.abc import AsyncGenerator, AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast
from uuid import UUID

import msgspec
import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from contracts import ids

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Config

AWAY = (BaseError, OSError)
"""What it looks like when the store is not there, or full."""
PIECE = 1 << 20
BLOCK = 4 << 20
"""Read from a bucket at once; the parser's reads are smaller."""
IN_FLIGHT = 2
CONNECT = timedelta(seconds=3)
RETRIES: "RetryConfig" = {"max_retries": 3, "retry_timeout": timedelta(seconds=10)}
"""Whoever waits learns soon that the store is away."""
STALE = timedelta(days=1)
"""No upload takes longer, so what is older and named by nobody is rubbish."""


class Stored(msgspec.Struct, frozen=True):
    """What was put: not at its place yet, since its name is the hash of all of it."""

    key: str
    sha256: str
    bytes: int


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """How one gets into a bucket."""

    region: str
    endpoint: str | None
    access_key_id: str | None
    secret_access_key: str | None


class Objects:
    """One service's part of the store; it never touches another's."""

    def __init__(self, url: str, service: str, access: Access | None = None) -> None:
        self._store = _folder(url) if url.startswith("file:") else _bucket(url, access)
        self._service = service

    def key(self, user_id: UUID, sha256: str) -> str:
        return f"{self._service}/{user_id}/{sha256}"

    async def put(self, pieces: AsyncIterator[bytes]) -> Stored:
        """Store a stream while it comes, hashing it; whatever the stream raises leaves nothing behind."""
        key, digest, count = f"{self._service}/incoming/{ids.new()}", hashlib.sha256(), 0

        async def hashed() -> AsyncIterator[bytes]:
            nonlocal count
            block = bytearray()
            async for piece in pieces:
                digest.update(piece)
                count += len(piece)
                block += piece
                if len(block) >= PIECE:
                    yield bytes(block)
                    block.clear()
            yield bytes(block)

        await obstore.put_async(self._store, key, hashed(), use_multipart=True, max_concurrency=IN_FLIGHT)
        return Stored(key, digest.hexdigest(), count)

    def put_whole(self, user_id: UUID, data: bytes) -> str:
        """Store a file that is in memory, at its place at once; returns its hash."""
        sha256 = hashlib.sha256(data).hexdigest()
        obstore.put(self._store, self.key(user_id, sha256), data, use_multipart=False)
        return sha256

    async def settle(self, stored: Stored, user_id: UUID) -> str:
        """Move what was put to its place; a file that is there already stays."""
        key = self.key(user_id, stored.sha256)
        if await self.has(key):
            await self.delete(stored.key)
        else:
            await obstore.rename_async(self._store, stored.key, key)
        return key

    async def has(self, key: str) -> bool:
        try:
            await obstore.head_async(self._store, key)
        except FileNotFoundError:
            return False
        return True

    async def copy(self, from_: str, to: str) -> None:
        await obstore.copy_async(self._store, from_, to)

    async def delete(self, *keys: str) -> None:
        """Those that are not there are no failure."""
        for key in keys:
            try:
                await obstore.delete_async(self._store, key)
            except FileNotFoundError:
                continue

    async def delete_prefix(self, user_id: UUID) -> int:
        """Everything of a user; returns how many objects there were."""
        count = 0
        async for found in obstore.list(self._store, f"{self._service}/{user_id}/"):
            await self.delete(*(each["path"] for each in found))
            count += len(found)
        return count

    async def older(self, than: timedelta = STALE) -> AsyncIterator[list[str]]:
        """Keys of what was put longer ago, in pieces; those of cut-off uploads to a folder among them."""
        until = datetime.now(UTC) - than
        async for found in obstore.list(self._store, f"{self._service}/"):
            if keys := [each["path"] for each in found if each["last_modified"] < until]:
                yield keys

    def sweep_staged(self, than: timedelta = STALE) -> int:
        """Remove what a process that was killed in the middle of an upload left in a folder."""
        if not isinstance(self._store, LocalStore):
            return 0
        until = (datetime.now(UTC) - than).timestamp()
        left = [file for file in self._incoming().glob("*#*") if file.stat().st_mtime < until]
        for file in left:
            file.unlink(missing_ok=True)
        return len(left)

    def _incoming(self) -> Path:
        return Path(str(self._store.prefix)) / self._service / "incoming"  # type: ignore[union-attr]  # a folder has one

    async def open_range(self, key: str, start: int, end: int) -> bytes:
        return bytes(await obstore.get_range_async(self._store, key, start=start, end=end))

    async def read(self, key: str) -> AsyncGenerator[bytes]:
        """The whole object in pieces."""
        found = await obstore.get_async(self._store, key)
        async for piece in found.stream(min_chunk_size=PIECE):
            yield bytes(piece)

    def open(self, key: str) -> BinaryIO:
        """A seekable file for a parser; FileNotFoundError when it is gone."""
        if isinstance(self._store, LocalStore):
            return (Path(str(self._store.prefix)) / key).open("rb")
        return io.BufferedReader(Ranged(self._store, key), BLOCK)


def _folder(url: str) -> ObjectStore:
    return from_url(url, mkdir=True)


def _bucket(url: str, access: Access | None) -> ObjectStore:
    given = cast("S3Config", {name: value for name, value in msgspec.to_builtins(access or {}).items() if value})
    plain = given.get("endpoint", "").startswith("http:")
    client: ClientConfig = {"allow_http": plain, "connect_timeout": CONNECT}
    return from_url(url, config=given, client_options=client, retry_config=RETRIES)


class Ranged(io.RawIOBase):
    """An object in a bucket as a file: each read is a request, so it wants a buffer around it."""

    def __init__(self, store: ObjectStore, key: str) -> None:
        self._store = store
        self._key = key
        self._size = obstore.head(store, key)["size"]
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError("before the beginning")
        self._at = start + offset
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # typeshed's private Buffer
        length = max(0, min(len(buffer), self._size - self._at))
        if length:
            buffer[:length] = bytes(obstore.get_range(self._store, self._key, start=self._at, length=length))
            self._at += length
        return length
