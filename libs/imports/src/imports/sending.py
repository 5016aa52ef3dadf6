"""Archives on their way out: one a user at a time, each for as long as its client keeps taking it."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import Annotated, Any
from uuid import UUID

from asyncpg import Pool
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter
from litestar.response import Stream
from litestar.types import ASGIApp, Receive, Scope, Send

from chassis import Runtime
from chassis.edge import Patience
from chassis.problems import TooManyRequests, Unavailable
from chassis.tokens import Caller
from imports.detect import HEAD, detect
from imports.door import objects_of
from imports.objects import Objects
from imports.zipped import Piece

Archived = Callable[[Pool, Objects | None, UUID], AsyncGenerator[bytes]]
"""Makes the archive of a user; without a store it holds no files that were imported."""
WithOriginals = Annotated[
    bool, QueryParameter(name="originals", description="With the files that were imported, as they came.")
]
MOST_AT_ONCE = 8
"""Of one process."""
PACKED = frozenset({"zip", "gzip", "other"})
"""Kinds of files that do not get smaller."""
MADE = "export"
"""Where a request keeps what makes its archive."""


class Exports:
    """Which users' archives are on their way out of this process."""

    def __init__(self) -> None:
        self._open: set[UUID] = set()

    async def sent(self, user_id: UUID, pieces: AsyncGenerator[bytes], patience: Patience) -> AsyncGenerator[bytes]:
        """The pieces, for as long as the client keeps taking them; one archive a user at a time."""
        if user_id in self._open:
            raise TooManyRequests("an export of yours is on its way already", retry_after_s=10)
        if len(self._open) >= MOST_AT_ONCE:
            raise Unavailable("others are exporting at this moment", retry_after_s=10)
        self._open.add(user_id)
        try:
            async with aclosing(pieces):
                async for piece in pieces:
                    patience.renew()
                    yield piece
        finally:
            self._open.discard(user_id)


@asynccontextmanager
async def opened(_runtime: Runtime) -> AsyncIterator[Mapping[str, Any]]:
    """The exports of the process, as a resource of the service."""
    yield {"exports": Exports()}


def closed_in_the_end(app: ASGIApp) -> ASGIApp:
    """Middleware: whatever becomes of the request, what makes its archive ends with it."""

    async def wrapper(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await app(scope, receive, send)
        finally:
            made: AsyncGenerator[bytes] | None = scope["state"].get(MADE)
            if made is not None:
                await made.aclose()

    return wrapper


def exporter(service: str, archive: Archived, *, called: str, name: str, says: str) -> HTTPRouteHandler:
    """The handler of ``GET …/export``, as the API calls it and what that says of it; the file it sends has a name."""

    async def export(
        request: Request[Any, Any, Any],
        caller: NamedDependency[Caller],
        runtime: NamedDependency[Runtime],
        exports: NamedDependency[Exports],
        originals: WithOriginals = True,  # noqa: FBT002 - a query parameter
    ) -> Stream:
        objects = objects_of(runtime.settings, service) if originals and runtime.settings.object_store_url else None
        return await send(request, exports, caller.user_id, archive(runtime.api, objects, caller.user_id), name=name)

    export.__name__, export.__doc__, export.__module__ = called, says, archive.__module__
    return get("/export", media_type="application/zip", middleware=[closed_in_the_end])(export)


async def send(
    request: Request[Any, Any, Any], exports: Exports, user_id: UUID, archive: AsyncGenerator[bytes], *, name: str
) -> Stream:
    """The answer that holds an archive; what cannot be made at all is refused before it begins."""
    state = request.scope["state"]
    state[MADE] = exports.sent(user_id, archive, state["patience"])
    first = await anext(state[MADE])
    return Stream(
        _after(first, state[MADE]),
        media_type="application/zip",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


async def _after(first: bytes, others: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in others:
        yield piece


async def original(objects: Objects, key: str) -> tuple[AsyncGenerator[Piece], bool] | None:
    """The content of a file that was imported, and whether it gets smaller by packing; None when it is gone."""
    pieces = objects.read(key)
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
