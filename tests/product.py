"""The running product as tests see it: its address, its databases, its processes."""

import asyncio
import itertools
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import asyncpg

from local.failure import Failure
from local.supervisor import Supervisor

PASSWORD = "correct horse battery staple"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Person:
    """A registered user and a token of theirs."""

    id: str
    username: str
    headers: dict[str, str]
    refresh_token: str


@dataclass
class Product:
    """What `make up` started."""

    supervisor: Supervisor
    run: str = field(default_factory=lambda: secrets.token_hex(3))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.supervisor.plan.gateway_port}"

    @asynccontextmanager
    async def client(self) -> AsyncIterator[aiohttp.ClientSession]:
        """An HTTP client of the gateway."""
        timeout = aiohttp.ClientTimeout(total=15)
        async with aiohttp.ClientSession(self.url, timeout=timeout) as session:
            yield session

    async def person(self, client: aiohttp.ClientSession, **profile: Any) -> Person:
        """Register somebody new and log in."""
        username = f"p{self.run}{next(_numbers)}"
        async with client.post("/auth/register", json={"username": username, "password": PASSWORD} | profile) as answer:
            assert answer.status == 201, await answer.text()
            user_id = (await answer.json())["id"]
        async with client.post("/auth/login", data={"username": username, "password": PASSWORD}) as answer:
            assert answer.status == 200, await answer.text()
            given = await answer.json()
        headers = {"authorization": f"Bearer {given['access_token']}"}
        return Person(user_id, username, headers, given["refresh_token"])

    @asynccontextmanager
    async def database(self, service: str) -> AsyncIterator[asyncpg.Connection]:
        """A service's database, as superuser."""
        connection = await asyncpg.connect(self.supervisor.postgres.superuser_dsn(service))
        try:
            yield connection
        finally:
            await connection.close()

    async def rows(self, service: str, sql: str, *arguments: Any) -> list[asyncpg.Record]:
        async with self.database(service) as db:
            return await db.fetch(sql, *arguments)

    async def value(self, service: str, sql: str, *arguments: Any) -> Any:
        async with self.database(service) as db:
            return await db.fetchval(sql, *arguments)

    async def state(self, client: aiohttp.ClientSession) -> str:
        """``ok``, ``degraded`` or ``unavailable``, as ``GET /health`` says."""
        async with client.get("/health") as answer:
            return str((await answer.json())["status"]) if answer.status in {200, 503} else "unreachable"

    async def settled(self, seconds: float = 60) -> None:
        """Wait until no event waits anywhere: not in an outbox, not as a dirty day, not in a queue."""
        async with asyncio.timeout(seconds):
            quiet = 0
            while quiet < 2:
                quiet = quiet + 1 if await self._quiet() else 0
                await asyncio.sleep(0.1)

    async def _quiet(self) -> bool:
        try:
            for service in self.supervisor.plan.services:
                if await self.value(service.name, "SELECT count(*) FROM outbox"):
                    return False
            names = {service.name for service in self.supervisor.plan.services}
            for service, queue in (("health", "dirty_day"), ("workout", "dirty_workout")):
                if service in names and await self.value(service, f"SELECT count(*) FROM {queue}"):
                    return False
            return not await asyncio.to_thread(self.waiting)
        except (OSError, asyncpg.PostgresError, Failure):
            return False

    def waiting(self) -> int:
        """Messages in all queues, those being handled and waiting for another try included; dead letters are not."""
        lines = self.broker_queues()
        return sum(count for name, count in lines.items() if not name.endswith(".dlq"))

    def dead(self) -> int:
        return sum(count for name, count in self.broker_queues().items() if name.endswith(".dlq"))

    def broker_queues(self) -> dict[str, int]:
        """Messages by queue."""
        broker: Any = self.supervisor.process("rabbitmq").program
        printed = broker.ctl("-q", "list_queues", "-p", "fitmesh", "name", "messages", "--no-table-headers")
        rows = (line.split("\t") for line in printed.splitlines() if "\t" in line)
        return {name: int(count) for name, count in rows}
