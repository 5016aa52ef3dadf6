"""Notifications as their user sees them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
from httpx import Response

from contracts.events import Event
from contracts.topology import Queue
from notification.app import SERVICE
from outbox import unseen
from testkit import until
from testkit.running import Running

HANDLERS = {queue: handler for each in SERVICE.consumers for queue, handler in each.handlers.items()}


async def handle(running: Running, queue: Queue, *events: Event) -> None:
    """One message, handled as a worker would, once more for each call."""
    async with running.runtime.worker.acquire() as db, db.transaction():
        if fresh := await unseen(db, queue.name, events):
            await HANDLERS[queue](db, fresh)
    running.runtime.bell.ring(*SERVICE.rings)


@dataclass
class Reader:
    """A user with a token, at one process."""

    running: Running
    user_id: UUID = field(default_factory=uuid4)
    claims: dict[str, Any] = field(default_factory=dict)

    @property
    def headers(self) -> dict[str, str]:
        return self.running.signer.headers(self.user_id, **self.claims)

    async def get(self, **query: Any) -> Response:
        return await self.running.http.get("/notifications", params=query, headers=self.headers)

    async def post(self, path: str) -> Response:
        return await self.running.http.post(f"/notifications/{path}", headers=self.headers)

    async def items(self, **query: Any) -> list[dict[str, Any]]:
        answer = await self.get(**query)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    async def has(self, count: int) -> list[dict[str, Any]]:
        """Wait until so many are there."""

        async def enough() -> list[dict[str, Any]]:
            found = await self.items()
            return found if len(found) == count else []

        return await until(enough)

    @asynccontextmanager
    async def stream(self, last_event_id: str | None = None) -> AsyncIterator["Events"]:
        """Follow the stream, once its first line has come."""
        headers = self.headers | ({} if last_event_id is None else {"last-event-id": last_event_id})
        timeout = httpx.Timeout(20)
        async with (
            httpx.AsyncClient(base_url=self.running.http.base_url, timeout=timeout) as client,
            client.stream("GET", "/notifications/stream", headers=headers) as answer,
        ):
            assert answer.status_code == 200, await answer.aread()
            events = Events(answer)
            assert await events.comment() == "welcome"
            yield events


class Events:
    """The events of one open stream."""

    def __init__(self, answer: Response) -> None:
        self.answer = answer
        self._lines = answer.aiter_lines()
        self.last_id = ""

    async def comment(self) -> str:
        line = await anext(self._lines)
        assert line.startswith(": ")
        assert await anext(self._lines) == ""
        return line[2:]

    async def next(self) -> dict[str, Any]:
        """The item of the next event, whatever comments come before it."""
        event: dict[str, str] = {}
        async for line in self._lines:
            if line and not line.startswith(":"):
                name, _, value = line.partition(": ")
                event[name] = value
            elif event:
                break
        assert event["event"] == "notification"
        self.last_id = event["id"]
        found: dict[str, Any] = msgspec.json.decode(event["data"])
        return found

    async def ended(self) -> bool:
        """Wait for the end; what comes before it does not matter."""
        async for _line in self._lines:
            pass
        return True
