"""What every request passes around Litestar: a time limit, HEAD answered as GET, OPTIONS that names every method."""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any, cast

from litestar import Litestar
from litestar.enums import HttpMethod
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, HTTPReceiveMessage, HTTPScope, Message, Receive, Scope, Send

from chassis import problems
from chassis.problems import Unavailable

REQUEST_S = 10
"""Longest time from a request's head to the end of its answer."""
SILENCE_S = 30
"""Longest pause between two pieces of an upload or a download."""

UPLOAD: Mapping[str, Any] = {"upload": True}
"""``@post("/", opt=UPLOAD)``: a body that may take long, as long as it keeps coming."""


class Slow(Unavailable):
    """The request took too long."""


class Patience:
    """The time limit of one request; lifted for streams, changed to one on silence for uploads."""

    __slots__ = ("_deadline", "_receive", "_silence_s")

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._silence_s: float | None = None
        self._deadline = asyncio.timeout(REQUEST_S)

    @property
    def ran_out(self) -> bool:
        return self._deadline.expired()

    async def spend(self, work: Awaitable[None]) -> None:
        async with self._deadline:
            await work

    def lift(self) -> None:
        self._deadline.reschedule(None)

    def allow_upload(self) -> None:
        """Count silence instead of time, from now until the body has arrived."""
        self.lift()
        self._silence_s = SILENCE_S

    def renew(self) -> None:
        """Count silence instead of time: a client that takes nothing for that long is given up."""
        if not self._deadline.expired():
            self._deadline.reschedule(asyncio.get_running_loop().time() + SILENCE_S)

    async def receive(self) -> HTTPReceiveMessage:
        if self._silence_s is None:
            return await self._receive()  # type: ignore[return-value]
        try:
            async with asyncio.timeout(self._silence_s):
                message: HTTPReceiveMessage = await self._receive()  # type: ignore[assignment]
        except TimeoutError:
            raise Slow("the body stopped coming") from None
        if not message.get("more_body"):
            self._silence_s = None
            self._deadline.reschedule(asyncio.get_running_loop().time() + REQUEST_S)
        return message


def edge(app: Litestar) -> ASGIApp:
    """Wrap the app; what takes longer than ten seconds ends as 503."""
    allowed = _allowed(app)

    async def wrapper(scope: Scope, receive: Receive, send: Send) -> None:
        outer = cast("HTTPScope", scope)  # uvicorn serves nothing else here
        method, inner = outer["method"], outer.copy()
        if method == "HEAD":
            inner["method"] = HttpMethod.GET
        patience = inner["state"]["patience"] = Patience(receive)
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                names = dict[bytes, bytes](message["headers"])
                if names.get(b"content-type", b"").startswith(b"text/event-stream"):
                    patience.lift()
                if b"cache-control" not in names:
                    message["headers"] = [*message["headers"], (b"cache-control", b"no-store")]
                if method == "OPTIONS" and (methods := allowed.get(inner.get("path_template", ""))):
                    message["headers"] = [(b"allow", methods)]
            await send(message)

        try:
            await patience.spend(app(inner, patience.receive, sending))
        except TimeoutError:
            if started or not patience.ran_out:
                raise
            await problems.send(Slow(retry_after_s=1), send)
        finally:
            outer["path_template"] = inner.get("path_template", "")

    return wrapper


def _allowed(app: Litestar) -> dict[str, bytes]:
    found: dict[str, set[str]] = {}
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            methods = set[str](route.methods)
            found.setdefault(route.path_format, set()).update(methods | {"HEAD"} if "GET" in methods else methods)
    return {path: ", ".join(sorted(methods)).encode() for path, methods in found.items()}
