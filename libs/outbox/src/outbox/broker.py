"""The connection to RabbitMQ, the queues of a service, and publishing with a time-out that holds."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from aio_pika.exceptions import AMQPError
from faststream.rabbit import Channel, ExchangeType, QueueType, RabbitBroker, RabbitExchange, RabbitQueue

from contracts import topology
from contracts.topology import Queue
from outbox.relay import Load

EVENTS = RabbitExchange(topology.EXCHANGE, type=ExchangeType.TOPIC, durable=True, declare=False)
PUBLISH_S = 5
UNREACHABLE = (OSError, TimeoutError, AMQPError)


def broker(*, host: str, port: int, vhost: str, user: str, password: str) -> RabbitBroker:
    """A broker client that confirms what it publishes and notices within seconds that the other side is gone."""
    return RabbitBroker(
        f"amqp://{quote(user, safe='')}:{quote(password, safe='')}@{host}:{port}/{quote(vhost, safe='')}?heartbeat=10",
        default_channel=Channel(publisher_confirms=True, on_return_raises=True),
        reconnect_interval=1,
        graceful_timeout=20,
        fail_fast=True,
        apply_types=False,
        logger=logging.getLogger("faststream"),
        log_level=logging.DEBUG,
    )


async def publish(client: RabbitBroker, load: Load) -> None:
    """Publish one load of the outbox and wait for the broker's confirmation."""
    headers = {"traceparent": load.trace} if load.trace else None
    async with asyncio.timeout(PUBLISH_S):
        await client.publish(
            load.body,
            exchange=EVENTS,
            routing_key=load.name,
            mandatory=load.mandatory,
            persist=True,
            headers=headers,
            content_type="application/json",
        )


def parking(service: str) -> RabbitExchange:
    return RabbitExchange(topology.parking(service), type=ExchangeType.DIRECT, durable=True)


def server_version(connection: Any) -> int:
    """Major version of the server behind an aio-pika connection."""
    return int(connection.transport.connection.server_properties["version"].split(".")[0])


async def declare(client: RabbitBroker, queues: Sequence[Queue], tiers_ms: Sequence[int]) -> None:
    """Declare the queues with their retry tiers and dead letters; what is there already stays as it is."""
    version = server_version(await client.connect())
    for queue in queues:
        back = await client.declare_exchange(parking(queue.service))
        events = await client.declare_exchange(EVENTS)
        for name, arguments in topology.queue_arguments(queue, rabbitmq=version, tiers_ms=tiers_ms).items():
            given = {key: value for key, value in arguments.items() if key != "x-queue-type"}
            declared = await client.declare_queue(RabbitQueue(name, QueueType.QUORUM, durable=True, arguments=given))
            await declared.bind(back, name)
            if name == queue.name:
                for event in queue.events:
                    await declared.bind(events, event.name())


async def state(client: RabbitBroker) -> str:
    """``up``, or ``down``; never waits."""
    connection = client._connection  # noqa: SLF001 - FastStream has no public way to ask without waiting
    if connection is None or connection.is_closed or not connection.connected.is_set():
        return "down"
    return "up"
