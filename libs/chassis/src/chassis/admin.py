"""The port for operators: liveness, readiness, metrics. Never reachable through the gateway."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from litestar.enums import ScopeType
from litestar.types import Receive, Scope, Send
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

Ready = Callable[[], Awaitable["State"]]


class State(msgspec.Struct, frozen=True):
    """What ``/readyz`` tells; names, states and counts only."""

    ready: bool
    database: str
    broker: str
    outbox_depth: int = 0
    outbox_age_s: float = 0
    dead_letters: int = 0

    @property
    def degraded(self) -> bool:
        return self.broker != "up" or self.outbox_age_s > 30 or self.dead_letters > 0


def app(ready: Ready) -> Any:
    """``/livez`` while the loop turns; ``/readyz`` 200 or 503 with the State; ``/metrics``."""

    async def answer(scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            return
        status, kind, body = 404, "text/plain", b""
        match scope["path"]:
            case "/livez":
                status = 200
            case "/readyz":
                state = await ready()
                status, kind, body = 200 if state.ready else 503, "application/json", msgspec.json.encode(state)
            case "/metrics":
                status, kind, body = 200, CONTENT_TYPE_LATEST, generate_latest()
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind.encode())]})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    return answer
