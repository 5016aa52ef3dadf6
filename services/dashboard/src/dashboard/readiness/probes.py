"""Asks every process for its readiness, all at once and not for long."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import msgspec

from chassis import Runtime
from chassis.admin import State
from dashboard.readiness import model
from dashboard.readiness.model import WORKER, Health, Process
from dashboard.settings import Settings

PATIENCE = aiohttp.ClientTimeout(total=0.5)
FRESH_S = 1.0
"""Whoever asks within this time hears the same, so that asking often costs the services nothing."""


class Probes:
    """The admin ports of the installed services."""

    def __init__(self, session: aiohttp.ClientSession, addresses: Mapping[str, str | None]) -> None:
        self._session = session
        self._addresses = addresses
        self._lock = asyncio.Lock()
        self._known = Health("unavailable", {})
        self._known_at = float("-inf")

    async def health(self) -> Health:
        """How everything is, at most a second ago."""
        async with self._lock:
            if time.monotonic() - self._known_at > FRESH_S:
                answers = await asyncio.gather(*(self._ask(address) for address in self._addresses.values()))
                self._known = model.of_processes(dict(zip(self._addresses, answers, strict=True)))
                self._known_at = time.monotonic()
            return self._known

    async def _ask(self, address: str | None) -> Process:
        if address is None:
            return Process()
        try:
            async with self._session.get(f"{address}/readyz") as answer:
                return model.of_state(msgspec.json.decode(await answer.read(), type=State))
        except (aiohttp.ClientError, TimeoutError, OSError, msgspec.MsgspecError):
            return Process()


def addresses(settings: Settings) -> dict[str, str | None]:
    """Where to ask, in the order of ``SERVICES``; without an address a service counts as away."""
    given = {"dashboard": f"http://127.0.0.1:{settings.admin_port}"} | settings.admins
    found: dict[str, str | None] = {}
    for service in settings.services:
        found[service] = given.get(service)
        if worker := given.get(service + WORKER):
            found[service + WORKER] = worker
    return found


@asynccontextmanager
async def opened(runtime: Runtime) -> AsyncIterator[dict[str, Any]]:
    """``probes``, for handlers."""
    async with aiohttp.ClientSession(
        timeout=PATIENCE, connector=aiohttp.TCPConnector(force_close=True), trust_env=False
    ) as session:
        yield {"probes": Probes(session, addresses(runtime.settings))}
