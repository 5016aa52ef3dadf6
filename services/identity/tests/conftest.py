"""One identity for all tests, and an ear at the broker."""

from uuid import UUID

import msgspec
import pytest
from services.identity.tests.make import identity

from contracts import topology
from contracts.events import Event
from testkit import until
from testkit.events import as_admin


@pytest.fixture(scope="session")
async def running(start):
    async with identity(start) as made:
        yield made


@pytest.fixture(scope="session")
def http(running):
    return running.http


@pytest.fixture(scope="session")
async def heard(nodes, running):
    """Every event that identity has published since the first test that asked."""
    events: list[tuple[str, bytes]] = []
    async with await as_admin(nodes) as connection, connection.channel() as channel:
        queue = await channel.declare_queue("ear", exclusive=True)
        await queue.bind(topology.EXCHANGE, "user.#")

        async def hear(message):
            raw = msgspec.json.decode(message.body, type=list[msgspec.Raw])
            events.extend((message.routing_key, bytes(one)) for one in raw)

        await queue.consume(hear, no_ack=True)
        yield events


@pytest.fixture(scope="session")
def told(heard):
    """How a test waits for the newest event of a type about a user."""

    async def newest(event: type[Event], user_id: UUID):
        def found():
            events = [msgspec.json.decode(body, type=event) for name, body in heard if name == event.name()]
            return max((e for e in events if e.user_id == user_id), key=lambda e: e.version, default=None)

        return await until(found)

    return newest
