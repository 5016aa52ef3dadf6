"""A service as it really runs: its own ports, PostgreSQL and RabbitMQ, inside the test's event loop."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
from aio_pika.abc import AbstractExchange
from asyncpg import Pool
from httpx import AsyncClient

from chassis import migrations, process, settings
from chassis.service import Runtime, Service
from contracts.events import Event
from testkit.events import exchange, publish
from testkit.nodes import Nodes
from testkit.signer import Signer
from testkit.wait import until


@dataclass(frozen=True)
class Running:
    """A running service and the ways to look at it."""

    service: Service
    runtime: Runtime
    http: AsyncClient
    admin: AsyncClient
    db: Pool
    """As superuser, for looking at tables."""
    signer: Signer
    environment: dict[str, str]

    exchange: AbstractExchange

    async def publish(self, *events: Event) -> None:
        """Send events of one type as one message, as if another service had."""
        await publish(self.exchange, *events)

    async def quiet(self) -> None:
        """Wait until the outbox is empty."""

        async def empty() -> bool:
            return not await self.db.fetchval("SELECT count(*) FROM outbox")

        await until(empty)


def migrated(service: Service, nodes: Nodes, signer: Signer, **changes: str) -> dict[str, str]:
    """Bring the service's database up to date; returns its environment."""
    environment = nodes.environment(service.name, jwks_url=signer.jwks_url, **changes)
    if status := migrations.migrate(service, settings.load(service.settings, environment)):
        raise RuntimeError(f"migrations of {service.name} ended with {status}")
    return environment


@asynccontextmanager
async def running(
    service: Service, nodes: Nodes, signer: Signer, *, api: bool = True, worker: bool = True, **changes: Any
) -> AsyncIterator[Running]:
    """Migrate and start a service; ready when this yields."""
    environment = migrated(service, nodes, signer, **changes)
    loaded = settings.load(service.settings, environment)
    async with (
        process.started(service, loaded, api=api, worker=worker) as runtime,
        AsyncClient(base_url=f"http://127.0.0.1:{loaded.http_port}", timeout=10) as http,
        AsyncClient(base_url=f"http://127.0.0.1:{loaded.admin_port}", timeout=10) as admin,
        asyncpg.create_pool(nodes.postgres.superuser_dsn(service.name), min_size=0, max_size=4) as db,
        exchange(nodes) as events,
    ):
        made = Running(service, runtime, http, admin, db, signer, environment, events)

        async def ready() -> bool:
            answer = await admin.get("/readyz")
            return answer.status_code == 200 and answer.json()["broker"] == "up"

        await until(ready, 20)
        yield made
