"""What a service may do at the broker, and that definitions and services declare the same."""

import pytest
from aiormq.exceptions import ChannelAccessRefused
from libs.outbox.tests.make import client_of

from contracts import topology
from contracts.topology import BY_NAME, PUBLISHES
from outbox import broker
from outbox.link import ForbiddenError, UnroutableError
from testkit.nodes import TIERS_MS

pytestmark = pytest.mark.anyio


async def test_each_service_sends_its_own_events_and_no_other(nodes):
    """S20."""
    every = {event.name() for events in PUBLISHES.values() for event in events}
    for service, events in PUBLISHES.items():
        own = {event.name() for event in events}
        client = client_of(nodes, service)
        for name in sorted(every - own):
            with pytest.raises(ForbiddenError):
                await client.link.send(b"[]", exchange=topology.EXCHANGE, key=name, mandatory=False)
        with pytest.raises(UnroutableError):
            await client.link.send(b"[]", exchange=topology.parking(service), key="nowhere")
        with pytest.raises(ForbiddenError):
            await client.link.send(b"[]", exchange="", key=f"{service}.x")
        await client.stop()


async def test_a_service_neither_reads_nor_makes_another_services_queues(nodes):
    client = client_of(nodes, "health")
    for queue in ("analytics.day-summaries", "identity.erasures"):
        with pytest.raises(ChannelAccessRefused):
            async with client.link.channel(seconds=5) as channel:
                await channel.basic_get(queue)
        with pytest.raises(ChannelAccessRefused):
            async with client.link.channel(seconds=5) as channel:
                await channel.queue_declare(f"{queue}.more")
    await client.stop()


@pytest.mark.parametrize("service", ["identity", "health", "workout", "analytics", "notification", "dashboard"])
async def test_what_definitions_made_is_what_services_declare(nodes, service, capsys):
    client = client_of(nodes, service)

    await broker.declare(client, topology.queues_of(service), TIERS_MS)

    await client.stop()
    assert "queue.differs" not in capsys.readouterr().out


async def test_a_queue_that_differs_is_told_and_used_as_it_is(nodes, admin, capsys):
    queue = BY_NAME["dashboard.known-users"]
    client = client_of(nodes, "dashboard")
    async with client.link.channel(seconds=5) as channel:
        await channel.queue_delete(queue.dead)
        await channel.queue_declare(queue.dead, durable=True, arguments={"x-queue-type": "classic"})

    await broker.declare(client, [queue], TIERS_MS)

    assert capsys.readouterr().out.count("queue.differs") == 1
    async with client.link.channel(seconds=5) as channel:
        await channel.queue_delete(queue.dead)
    await broker.declare(client, [queue], TIERS_MS)
    await client.stop()
