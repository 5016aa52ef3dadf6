"""A zip that is written while it is sent: the same parts give the same bytes."""

import asyncio
import hashlib
import zipfile
from collections.abc import AsyncGenerator
from typing import NamedTuple

PIECE = 128 << 10
"""Bytes that are packed at once, in a thread."""
LEVEL = 6


class Piece(NamedTuple):
    data: bytes
    items: int = 0


class Written(NamedTuple):
    """What a part came to."""

    name: str
    bytes: int
    sha256: str
    items: int


class Sink:
    """What the zip writes into; it cannot be sought, so that sizes come after the data."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


class Zip:
    """Adds parts one after another; each method gives the bytes to be sent."""

    def __init__(self) -> None:
        self._sink = Sink()
        self._zip = zipfile.ZipFile(self._sink, "w")  # type: ignore[call-overload]  # it can be written to, that is enough
        self.parts: list[Written] = []

    async def part(self, name: str, content: AsyncGenerator[Piece], *, packed: bool = True) -> AsyncGenerator[bytes]:
        """One part; ``packed`` false where its content is packed already."""
        digest, count, items = hashlib.sha256(), 0, 0
        with self._zip.open(_entry(name, packed=packed), "w", force_zip64=True) as entry:

            def write(data: bytes) -> None:
                digest.update(data)
                entry.write(data)

            async for data, held in _gathered(content):
                await asyncio.to_thread(write, data)
                count += len(data)
                items += held
                if out := self._sink.take():
                    yield out
        self.parts.append(Written(name, count, digest.hexdigest(), items))
        yield self._sink.take()

    def end(self, name: str, content: bytes) -> bytes:
        """The last part, which tells of the others, and the list of files."""
        with self._zip as last:
            last.writestr(_entry(name, packed=True), content)
        return self._sink.take()


def _entry(name: str, *, packed: bool) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    entry._compresslevel = LEVEL  # type: ignore[attr-defined]  # noqa: SLF001 - public as compress_level from 3.13 on
    entry.create_system = 3
    entry.external_attr = 0o600 << 16
    return entry


async def _gathered(content: AsyncGenerator[Piece]) -> AsyncGenerator[Piece]:
    """In pieces that are worth a thread's while; where they are cut does not show in what is packed."""
    pieces, size, items = list[bytes](), 0, 0
    async for data, held in content:
        pieces.append(data)
        size += len(data)
        items += held
        if size >= PIECE:
            yield Piece(b"".join(pieces), items)
            pieces, size, items = [], 0, 0
    if pieces:
        yield Piece(b"".join(pieces), items)
