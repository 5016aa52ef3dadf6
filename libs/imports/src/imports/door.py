"""The one door: a file comes in, is stored under its hash, and waits in the queue."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec
import structlog
from asyncpg import Connection
from litestar import Request

from chassis import Runtime
from chassis.bodies import decode
from chassis.database import connected, provide_db
from chassis.problems import NotFound, Problem, TooLarge, TooManyRequests, Unavailable, invalid
from chassis.settings import Settings
from contracts import ids
from imports import queries
from imports.model import NewImport
from imports.objects import AWAY, Access, Objects, Stored
from imports.upload import LARGEST, Pieces, Received, receive

log = structlog.get_logger()

MOST_UNFINISHED = 20
SOURCE_LENGTH = 100
FIELDS = frozenset({"mapping", "source"})


class NoStore(Unavailable):
    """This installation has no object store."""


class StoreAway(Unavailable):
    """The object store does not take the file."""


class EmptyFile(Problem):
    """The file is empty."""

    status = 400


def objects_of(settings: Settings, service: str) -> Objects:
    if settings.object_store_url is None:
        raise NoStore("OBJECT_STORE_URL is not set")
    return Objects(settings.object_store_url, service, access_of(settings))


def access_of(settings: Settings) -> Access:
    secret = settings.object_store_secret_access_key
    return Access(
        region=settings.object_store_region,
        endpoint=settings.object_store_endpoint,
        access_key_id=settings.object_store_access_key_id,
        secret_access_key=secret.reveal() if secret else None,
    )


async def admit(
    request: Request[Any, Any, Any],
    runtime: Runtime,
    objects: Objects,
    user_id: UUID,
    *,
    quota: int,
    check: Callable[[object], None],
) -> tuple[Connection, UUID]:
    """Take the file of a form in; returns the request's transaction and the id of the import that is queued in it.

    No connection is held while the file arrives. ``check`` raises what is wrong with the decoded ``mapping``.
    """
    async with connected(runtime.api) as db:
        left = _left(await queries.usage(db, user_id), quota)
    arrived = list[Stored]()

    async def keep(pieces: Pieces) -> Stored:
        arrived.append(await objects.put(pieces))
        return arrived[0]

    try:
        form = await receive(request, keep, allowed=FIELDS, most=min(LARGEST, left))
        new = _new(form, user_id, check)
        request.scope["state"]["patience"].lift()  # what follows is not the sender's time, and a bucket copies slowly
        return await _settle(request, runtime, objects, new, form.file, quota), new.id
    except BaseException as error:
        await asyncio.shield(objects.delete(*(each.key for each in arrived)))
        if isinstance(error, AWAY) and not isinstance(error, TimeoutError):
            log.warning("objects.away", error=type(error).__name__)
            raise StoreAway(retry_after_s=5) from error
        raise


async def _settle(
    request: Request[Any, Any, Any], runtime: Runtime, objects: Objects, new: NewImport, stored: Stored, quota: int
) -> Connection:
    """The row first, so that whoever frees files sees that this one is wanted; then the file, then the queue."""
    async with connected(runtime.api) as db, db.transaction():
        await queries.lock(db, new.user_id)
        if _left(await queries.usage(db, new.user_id), quota) < new.bytes:
            raise TooLarge(f"your files may come to {quota:,} bytes in all: undo an import you do not need")
        if not await queries.add(db, new):
            raise NotFound("no such user")
    try:
        await objects.settle(stored, new.user_id)
        unit = await provide_db(request)
        await queries.queue(unit, new.user_id, new.id)
    except BaseException:
        await asyncio.shield(_drop(runtime, objects, new))
        raise
    return unit


async def _drop(runtime: Runtime, objects: Objects, new: NewImport) -> None:
    async with connected(runtime.api) as db, db.transaction():
        await queries.lock(db, new.user_id)
        if not await queries.drop(db, new.user_id, new.id):
            await objects.delete(objects.key(new.user_id, new.sha256))


def _left(used: queries.Usage, quota: int) -> int:
    if used.unfinished >= MOST_UNFINISHED:
        raise TooManyRequests(f"{used.unfinished} of your imports are not finished yet", retry_after_s=30)
    if used.bytes >= quota:
        raise TooLarge(f"your files come to {used.bytes:,} bytes, all that is allowed: undo an import you do not need")
    return quota - used.bytes


def _new(form: Received[Stored], user_id: UUID, check: Callable[[object], None]) -> NewImport:
    if not form.file.bytes:
        raise EmptyFile(f"{form.name} has no content")
    given = form.fields.get("mapping")
    if given is not None:
        check(decode(given, Any))
    return NewImport(
        id=ids.new(),
        user_id=user_id,
        file=form.name,
        sha256=form.file.sha256,
        bytes=form.file.bytes,
        mapping=msgspec.Raw(given) if given is not None else None,
        source=_source(form.fields.get("source")),
    )


def _source(given: bytes | None) -> str | None:
    if given is None:
        return None
    try:
        text = given.decode().strip()
    except UnicodeDecodeError:
        raise invalid("/source", "must be UTF-8 text") from None
    if not 1 <= len(text) <= SOURCE_LENGTH or not text.isprintable():
        raise invalid("/source", f"must be 1-{SOURCE_LENGTH} printable characters")
    return text
