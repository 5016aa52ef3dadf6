"""What stands in the archive of a user, part by part."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from uuid import UUID

import msgspec
from asyncpg import Pool

from chassis.database import connected
from imports.objects import Objects
from imports.sending import original
from imports.zipped import Piece, Zip
from workout.export import queries, whole
from workout.export import told as told_of
from workout.export.lines import RECORDINGS, WORKOUTS
from workout.export.model import FORMAT, MANIFEST, ORIGINALS, VERSION, Manifest, Part
from workout.export.told import Told

AT_ONCE = 20
"""Workouts read together; their streams come one by one."""


async def archive(pool: Pool, objects: Objects | None, user_id: UUID) -> AsyncGenerator[bytes]:
    """The archive of a user, as it goes over the wire; without ``objects`` it holds no files that were imported.

    No connection is held while the client takes its time. What is written meanwhile may be in it or not.
    """
    made = Zip()
    contents = [(name, _as_kept(pool, user_id, name)) for name in queries.AS_KEPT]
    contents += [(RECORDINGS, _recordings(pool, user_id)), (WORKOUTS, _workouts(pool, user_id))]
    for name, content in contents:
        async for piece in _sent(made, name, content):
            yield piece
    async with connected(pool) as db:
        originals = await queries.originals(db, user_id)
    for sha256 in originals if objects else ():
        found = await original(objects, objects.key(user_id, sha256)) if objects else None
        if found:
            content, packed = found
            async for piece in _sent(made, ORIGINALS + sha256, content, packed=packed):
                yield piece
    manifest = Manifest(format=FORMAT, version=VERSION, parts=[Part(**part._asdict()) for part in made.parts])
    yield made.end(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))


async def _sent(made: Zip, name: str, content: AsyncGenerator[Piece], *, packed: bool = True) -> AsyncGenerator[bytes]:
    async with aclosing(content), aclosing(made.part(name, content, packed=packed)) as pieces:
        async for piece in pieces:
            yield piece


async def _recordings(pool: Pool, user_id: UUID) -> AsyncGenerator[Piece]:
    async for told in _pages(pool, user_id):
        for row in told.recorded():
            async with connected(pool) as db:
                one = await whole.recording(db, user_id, row, told.sets_of(row["recording_id"]))
            yield _line(one)


async def _workouts(pool: Pool, user_id: UUID) -> AsyncGenerator[Piece]:
    async for told in _pages(pool, user_id):
        for first, _ in told.groups:
            yield _line(told.workout(first))


async def _pages(pool: Pool, user_id: UUID) -> AsyncGenerator[Told]:
    """All workouts, the oldest first; what is bound to another comes with it."""
    after = queries.START
    async with connected(pool) as db:
        bound, kept = await told_of.bonds(db, user_id), await queries.kept(db, user_id)
    while True:
        async with connected(pool) as db:
            rows = await queries.page(db, user_id, after, AT_ONCE)
            told = await told_of.page(db, user_id, rows, bound, kept)
        yield told
        if len(rows) < AT_ONCE:
            return
        after = rows[-1]["started_at"], rows[-1]["workout_id"]


def _line(one: msgspec.Struct) -> Piece:
    return Piece(msgspec.json.encode(one) + b"\n", 1)


async def _as_kept(pool: Pool, user_id: UUID, name: str) -> AsyncGenerator[Piece]:
    async with connected(pool) as db:
        rows = await queries.as_kept(db, user_id, name)
    for row in rows:
        yield Piece(row + b"\n", 1)
