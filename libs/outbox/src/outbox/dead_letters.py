"""Look at messages that could not be handled, and send them again; nothing leaves a queue before it is elsewhere."""

import asyncio
import sys

from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from aio_pika.exceptions import AMQPError, ChannelNotFoundEntity
from faststream.rabbit import RabbitBroker
from prometheus_client import Gauge

from contracts import topology
from contracts.topology import Queue
from outbox.broker import PUBLISH_S, parking
from outbox.retry import ERROR

DEAD = Gauge("dead_letters", "Messages that wait in a dead-letter queue.", ("queue",))


async def count(client: RabbitBroker, service: str) -> int:
    """How many messages of a service are dead, also as a gauge by queue."""
    total = 0
    for queue in topology.queues_of(service):
        found = await _length(client, queue)
        DEAD.labels(queue.dead).set(found)
        total += found
    return total


async def _length(client: RabbitBroker, queue: Queue) -> int:
    try:
        async with asyncio.timeout(2):
            connection = await client.connect()
            async with connection.channel() as channel:
                declared = await channel.declare_queue(queue.dead, passive=True)
                return declared.declaration_result.message_count or 0
    except (ChannelNotFoundEntity, AMQPError, OSError, TimeoutError):
        return 0


async def command(client: RabbitBroker, service: str, action: str, name: str | None) -> int:
    """``list`` counts, ``show`` prints headers and size of each message, ``replay`` puts them back into the work queue."""
    queues = [queue for queue in topology.queues_of(service) if name in {None, queue.name, queue.dead}]
    if not queues:
        print(f"{service} has no queue {name}", file=sys.stderr)  # noqa: T201
        return 2
    for queue in queues:
        if action == "list":
            print(f"{queue.dead}\t{await _length(client, queue)}")  # noqa: T201
            continue
        connection = await client.connect()
        async with connection.channel() as channel:
            if action == "show":
                await _show(channel, queue)
            else:
                print(f"{queue.dead}\t{await replay(client, channel, queue)} sent again")  # noqa: T201
    return 0


async def _show(channel: AbstractChannel, queue: Queue) -> None:
    dead = await channel.declare_queue(queue.dead, passive=True)
    held: list[AbstractIncomingMessage] = []
    while message := await dead.get(fail=False, timeout=5):
        held.append(message)
        print(f"{queue.dead}\t{message.headers.get(ERROR)}\t{len(message.body)} bytes\t{message.body[:200]!r}")  # noqa: T201
    for message in held:
        await message.reject(requeue=True)


async def replay(client: RabbitBroker, channel: AbstractChannel, queue: Queue) -> int:
    """Send each dead message to its work queue as new, and let it go once the broker has confirmed that."""
    dead = await channel.declare_queue(queue.dead, passive=True)
    sent = 0
    for _ in range(dead.declaration_result.message_count or 0):
        message = await dead.get(fail=False, timeout=5)
        if message is None:
            break
        async with asyncio.timeout(PUBLISH_S):
            await client.publish(
                message.body,
                exchange=parking(queue.service),
                routing_key=queue.name,
                persist=True,
                content_type=message.content_type,
            )
        await message.ack()
        sent += 1
    return sent
