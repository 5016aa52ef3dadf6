"""One running service for all tests of a process; each test has users of its own."""

from collections.abc import AsyncIterator

import aio_pika
import msgspec
import pytest

from contracts import topology
from contracts.events import Event
from testkit import Nodes
from testkit.events import as_admin
from testkit.plugin import Start
from testkit.running import Running
from workout.app import SERVICE


@pytest.fixture(scope="session")
async def workout(start: Start, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """Everything in one process."""
    async with start(SERVICE, OBJECT_STORE_URL=tmp_path_factory.mktemp("objects").as_uri()) as running:
        yield running


@pytest.fixture(scope="session")
async def heard(nodes: Nodes, workout: Running) -> AsyncIterator[list[Event]]:
    """Every event the service publishes, heard as another service would."""
    events: list[Event] = []
    decoders = {event.name(): msgspec.json.Decoder(list[event]) for event in topology.PUBLISHES["workout"]}

    async def hear(message: aio_pika.abc.AbstractIncomingMessage) -> None:
        events.extend(decoders[message.routing_key or ""].decode(message.body))

    async with await as_admin(nodes) as connection, connection.channel() as channel:
        queue = await channel.declare_queue(exclusive=True)
        for name in decoders:
            await queue.bind(topology.EXCHANGE, name)
        await queue.consume(hear, no_ack=True)
        yield events
