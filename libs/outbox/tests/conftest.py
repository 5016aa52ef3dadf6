"""An outbox and an inbox in the database of ``analytics``, and that service's own user at the broker."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import asyncpg
import pytest
from aio_pika.abc import AbstractChannel
from asyncpg import Connection, Pool
from libs.outbox.tests.make import SERVICE_NAME, WORK, client_of

from chassis.service import Service
from contracts import topology
from contracts.events import DaySummarised
from contracts.topology import Queue
from outbox import Bell, Consumers, broker, consumers
from outbox.broker import Broker
from testkit.events import as_admin
from testkit.nodes import TIERS_MS, Nodes
from testkit.running import migrated
from testkit.signer import Signer


@pytest.fixture(scope="session")
def environment(nodes: Nodes, signer: Signer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    package = ModuleType(SERVICE_NAME, "A probe.")
    folder = tmp_path_factory.mktemp("probe")
    (folder / "db" / "migrations").mkdir(parents=True)
    package.__file__ = str(folder / "src" / SERVICE_NAME / "__init__.py")
    return migrated(Service(package=package), nodes, signer)


@pytest.fixture
async def pool(environment: dict[str, str], nodes: Nodes) -> AsyncIterator[Pool]:
    """As the service's worker, on empty tables."""
    async with asyncpg.create_pool(nodes.postgres.superuser_dsn(SERVICE_NAME), min_size=0, max_size=2) as owner:
        await owner.execute("TRUNCATE outbox, inbox, erased")
    async with asyncpg.create_pool(
        host="127.0.0.1",
        port=nodes.postgres.port,
        user=f"{SERVICE_NAME}_worker",
        password=nodes.password,
        database=SERVICE_NAME,
        min_size=0,
        max_size=8,
        command_timeout=10,
    ) as made:
        yield made


@pytest.fixture
def connect(environment: dict[str, str], nodes: Nodes) -> Any:
    """Make one more connection, for a bell."""

    async def made() -> Connection:
        return await asyncpg.connect(
            host="127.0.0.1",
            port=nodes.postgres.port,
            user=f"{SERVICE_NAME}_api",
            password=nodes.password,
            database=SERVICE_NAME,
        )

    return made


@pytest.fixture
async def client(nodes: Nodes, admin: AbstractChannel) -> AsyncIterator[Broker]:
    """The service's client, with empty queues."""
    for queue in topology.queues_of(SERVICE_NAME):
        for name in topology.queue_arguments(queue, rabbitmq=nodes.rabbitmq.version, tiers_ms=TIERS_MS):
            await (await admin.get_queue(name)).purge()
    made = client_of(nodes)
    yield made
    await made.stop()


@pytest.fixture
async def admin(nodes: Nodes) -> AsyncIterator[AbstractChannel]:
    """A channel that may do anything."""
    async with await as_admin(nodes) as connection, connection.channel() as channel:
        yield channel


@dataclass
class Listener:
    """A consumer whose handler can be told to fail."""

    handled: list[DaySummarised] = field(default_factory=list)
    failing: list[type[Exception]] = field(default_factory=list)
    """What the next calls raise."""
    queues: list[Queue] = field(default_factory=list)

    async def handle(self, _db: Connection, events: Sequence[DaySummarised]) -> None:
        if self.failing:
            raise self.failing.pop(0)("with a secret in its text")
        if bad := [e for e in events if e.unit == "bad"]:
            raise ValueError(bad)
        self.handled += events


@pytest.fixture
def listener() -> Iterator[Listener]:
    return Listener()


@pytest.fixture
def listening(pool: Pool, listener: Listener) -> Any:
    """A context in which a client consumes what comes to the work queue."""

    @asynccontextmanager
    async def started(client: Broker) -> AsyncIterator[Listener]:
        made = Consumers()
        made.on(WORK)(listener.handle)
        bell = Bell(_no_connection)
        listener.queues = consumers.subscribe(client, [made], pool, bell, rings=(), tiers_ms=TIERS_MS)
        await broker.declare(client, listener.queues, TIERS_MS)
        await client.start()
        yield listener

    return started


async def _no_connection() -> Connection:
    raise OSError
