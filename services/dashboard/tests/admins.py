"""One server that is the admin port of every other process."""

import asyncio
from typing import Any, Self

import msgspec
from aiohttp import web

from chassis.admin import State
from dashboard.readiness.probes import Probes
from testkit.running import Running

WELL = State(ready=True, database="up", broker="up")
NAMES = (
    *("identity", "health", "health-worker", "workout", "workout-worker", "analytics", "analytics-worker"),
    "notification",
)


class Admins:
    """What each process answers at ``/readyz``: a State, a body that is none, or nothing for some seconds."""

    forgetting: Probes

    def __init__(self) -> None:
        self.answers: dict[str, State | bytes | float] = {}
        self.asked = 0
        self.all_well()

    def all_well(self) -> None:
        self.answers = dict.fromkeys(NAMES, WELL)

    @property
    def setting(self) -> str:
        return ",".join(f"{name}={self._address}/{name}" for name in NAMES)

    async def seen_by(self, dashboard: Running) -> tuple[int, dict[str, Any]]:
        """Status and body of ``/health``, asked anew."""
        self.forgetting._known_at = float("-inf")
        answer = await dashboard.http.get("/health")
        return answer.status_code, answer.json()

    async def _ready(self, request: web.Request) -> web.Response:
        self.asked += 1
        match self.answers[request.match_info["name"]]:
            case float(seconds):
                await asyncio.sleep(seconds)
                return web.Response(status=500)
            case bytes(body):
                return web.Response(body=body)
            case state:
                return web.Response(status=200 if state.ready else 503, body=msgspec.json.encode(state))

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/{name}/readyz", self._ready)
        self._runner = web.AppRunner(app, handler_cancellation=True)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._address = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_given: object) -> None:
        await self._runner.cleanup()
