"""/health-data/export"""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Router, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Stream
from litestar.types import ASGIApp, Receive, Scope, Send

from chassis import Runtime
from chassis.edge import Patience
from chassis.problems import TooManyRequests, Unavailable
from chassis.tokens import Caller
from health.export import parts
from imports.door import objects_of

MOST_AT_ONCE = 8
"""Of one process."""
SERVICE = "health"
MADE = "export"
"""Where a request keeps what makes its archive."""
FILE_NAME = "fitmesh-health.zip"

WithOriginals = Annotated[
    bool, QueryParameter(name="originals", description="With the files that were imported, as they came.")
]


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


@get("/export", media_type="application/zip", middleware=[closed_in_the_end])
async def export_health_data(
    request: Request[Any, Any, Any],
    caller: NamedDependency[Caller],
    runtime: NamedDependency[Runtime],
    exports: NamedDependency[Exports],
    originals: WithOriginals = True,  # noqa: FBT002 - a query parameter
) -> Stream:
    """Take all of your health data away: a zip of JSON lines that `POST /imports` of any instance reads back.

    It begins at once and comes as it is made. What is derived, day values for example, is not in it: it is made anew.
    """
    state = request.scope["state"]
    objects = objects_of(runtime.settings, SERVICE) if originals and runtime.settings.object_store_url else None
    state[MADE] = exports.sent(caller.user_id, parts.archive(runtime.api, objects, caller.user_id), state["patience"])
    first = await anext(state[MADE])
    return Stream(
        _after(first, state[MADE]),
        media_type="application/zip",
        headers={"content-disposition": f'attachment; filename="{FILE_NAME}"'},
    )


async def _after(first: bytes, others: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in others:
        yield piece


router = Router("/health-data", route_handlers=[export_health_data], tags=["Health data"])
