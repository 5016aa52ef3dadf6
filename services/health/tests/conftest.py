"""One running service for all tests of a process; each test has users of its own."""

from collections.abc import AsyncIterator, Sequence
from datetime import date
from uuid import UUID

import aio_pika
import msgspec
import pytest
from services.health.tests.days import by_hand

from contracts import topology
from contracts.events import DaySummarised, Event
from health.app import SERVICE
from testkit import Nodes
from testkit.events import as_admin
from testkit.plugin import Start
from testkit.running import Running


@pytest.fixture(scope="session")
async def health(start: Start, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """Everything in one process, outside quickstart mode."""
    async with start(SERVICE, OBJECT_STORE_URL=tmp_path_factory.mktemp("objects").as_uri()) as running:
        yield running


class Told:
    """Every day summary that has been published."""

    def __init__(self, heard: Sequence[Event]) -> None:
        self._heard = heard

    @property
    def events(self) -> list[DaySummarised]:
        return [event for event in self._heard if isinstance(event, DaySummarised)]

    def last(self, user_id: UUID) -> dict[tuple[str, date], DaySummarised]:
        """What others know of a user: by metric and date the event with the highest version."""
        of_user = sorted((e for e in self.events if e.user_id == user_id), key=lambda e: e.version)
        return {(e.metric, e.on_date): e for e in of_user}

    async def agrees(self, health: Running, user_id: UUID) -> bool:
        """Whether that is what the service itself holds."""
        known = self.last(user_id)
        left = {key: by_hand.Summary(e.value, e.min, e.max, e.n) for key, e in known.items() if e.n}
        versions = {key: e.version for key, e in known.items()}
        return left == await by_hand.stored(health, user_id) and versions == await by_hand.versions(health, user_id)


@pytest.fixture(scope="session")
async def heard(nodes: Nodes, health: Running) -> AsyncIterator[list[Event]]:
    """Every event the service publishes, heard as another service would."""
    events: list[Event] = []
    decoders = {event.name(): msgspec.json.Decoder(list[event]) for event in topology.PUBLISHES["health"]}

    async def hear(message: aio_pika.abc.AbstractIncomingMessage) -> None:
        events.extend(decoders[message.routing_key or ""].decode(message.body))

    async with await as_admin(nodes) as connection, connection.channel() as channel:
        queue = await channel.declare_queue(exclusive=True)
        for name in decoders:
            await queue.bind(topology.EXCHANGE, name)
        await queue.consume(hear, no_ack=True)
        yield events


@pytest.fixture(scope="session")
def told(heard: list[Event]) -> Told:
    """What has been said of days."""
    return Told(heard)
