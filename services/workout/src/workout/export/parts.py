"""What stands in the archive of a user, part by part."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from uuid import UUID

import msgspec
from asyncpg import Pool

from chassis.database import connected
from imports.detect import HEAD, detect
from imports.objects import Objects
from imports.zipped import Piece, Zip
from workout.export import queries, whole
from workout.export.model import FORMAT, MANIFEST, ORIGINALS, VERSION, WORKOUTS, Manifest, Part

AT_ONCE = 20
"""Workouts read together; their streams come one by one."""
PACKED = frozenset({"zip", "gzip", "other"})
"""Kinds of files that do not get smaller."""


async def archive(pool: Pool, objects: Objects | None, user_id: UUID) -> AsyncGenerator[bytes]:
    """The archive of a user, as it goes over the wire; without ``objects`` it holds no files that were imported.

    No connection is held while the client takes its time. What is written meanwhile may be in it or not.
    """
    made = Zip()
    contents = [(WORKOUTS, _workouts(pool, user_id), True)]
    contents += [(name, _as_kept(pool, user_id, name), True) for name in queries.AS_KEPT]
    for name, content, packed in contents:
        async for piece in _sent(made, name, content, packed=packed):
            yield piece
    async with connected(pool) as db:
        originals = await queries.originals(db, user_id)
    for sha256 in originals if objects else ():
        found = await _original(objects, user_id, sha256) if objects else None
        if found:
            content, packed = found
            async for piece in _sent(made, ORIGINALS + sha256, content, packed=packed):
                yield piece
    manifest = Manifest(format=FORMAT, version=VERSION, parts=[Part(**part._asdict()) for part in made.parts])
    yield made.end(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))


async def _sent(made: Zip, name: str, content: AsyncGenerator[Piece], *, packed: bool) -> AsyncGenerator[bytes]:
    async with aclosing(content), aclosing(made.part(name, content, packed=packed)) as pieces:
        async for piece in pieces:
            yield piece


async def _workouts(pool: Pool, user_id: UUID) -> AsyncGenerator[Piece]:
    after = queries.START
    while True:
        async with connected(pool) as db:
            rows = await queries.page(db, user_id, after, AT_ONCE)
            page = await whole.page_of(db, user_id, rows)
        for row in rows:
            async with connected(pool) as db:
                told = [one async for one in whole.lines(db, user_id, row, page)]
            for one in told:
                yield Piece(msgspec.json.encode(one) + b"\n", 1)
        if len(rows) < AT_ONCE:
            return
        after = rows[-1]["started_at"], rows[-1]["workout_id"]


async def _as_kept(pool: Pool, user_id: UUID, name: str) -> AsyncGenerator[Piece]:
    async with connected(pool) as db:
        rows = await queries.as_kept(db, user_id, name)
    for row in rows:
        yield Piece(row + b"\n", 1)


async def _original(objects: Objects, user_id: UUID, sha256: str) -> tuple[AsyncGenerator[Piece], bool] | None:
    """The content of a file that was imported, and whether it gets smaller by packing; None when it is gone."""
    pieces = objects.read(objects.key(user_id, sha256))
    try:
        first = await anext(pieces, b"")
    except FileNotFoundError:
        return None

    async def content() -> AsyncGenerator[Piece]:
        async with aclosing(pieces):
            yield Piece(first, 1)
            async for piece in pieces:
                yield Piece(piece)

    return content(), detect(first[:HEAD]).kind not in PACKED
