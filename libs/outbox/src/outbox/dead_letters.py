"""Look at messages that could not be handled, and send them again; nothing leaves a queue before it is elsewhere."""

import asyncio
import sys
from collections.abc import AsyncIterator
from uuid import UUID

import msgspec
from aiormq.abc import AbstractChannel, DeliveredMessage
from aiormq.exceptions import ChannelNotFoundEntity
from prometheus_client import Gauge

from contracts import topology
from contracts.topology import Queue
from outbox.broker import Broker
from outbox.link import UNREACHABLE, Link, delivered
from outbox.retry import ATTEMPT, ERROR, HOPELESS, split

DEAD = Gauge("dead_letters", "Messages that wait in a dead-letter queue.", ("queue",))
ANSWER_S = 2
ALL_S = 600
MOST_SHOWN = 100


class Gist(msgspec.Struct):
    """What may be shown of an event: what it is and about whom, never what it says."""

    type: str = "?"
    event_id: UUID | None = None
    user_id: UUID | None = None


async def count(client: Broker, service: str) -> int:
    """How many messages of a service are dead, also as a gauge by queue."""
    total = 0
    for queue in topology.queues_of(service):
        try:
            found = await _length(client.link, queue)
        except ChannelNotFoundEntity:
            continue
        except UNREACHABLE:
            break
        DEAD.labels(queue.dead).set(found)
        total += found
    return total


async def _length(link: Link, queue: Queue) -> int:
    async with link.channel(seconds=ANSWER_S) as channel:
        return (await channel.queue_declare(queue.dead, passive=True)).message_count or 0


async def command(client: Broker, service: str, action: str, name: str | None, *, bodies: bool = False) -> int:
    """``list`` counts, ``show`` prints what each message is about, ``replay`` puts them back into the work queue."""
    queues = [queue for queue in topology.queues_of(service) if name in {None, queue.name, queue.dead}]
    if not queues:
        print(f"{service} has no queue {name}", file=sys.stderr)  # noqa: T201
        return 2
    status = 0
    for queue in queues:
        try:
            async for line in _lines(client.link, queue, action, bodies=bodies):
                print(f"{queue.dead}\t{line}")  # noqa: T201
        except ChannelNotFoundEntity:
            print(f"{queue.dead}\tis not there yet")  # noqa: T201
        except UNREACHABLE as error:
            print(f"{queue.dead}: the broker does not answer ({type(error).__name__})", file=sys.stderr)  # noqa: T201
            status = 1
    return status


async def _lines(link: Link, queue: Queue, action: str, *, bodies: bool) -> AsyncIterator[str]:
    match action:
        case "show":
            for message in await look(link, queue):
                yield described(message) + (f"\t{message.body[:2000]!r}" if bodies else "")
        case "replay":
            yield f"{await replay(link, queue)} sent again"
        case _:
            yield str(await _length(link, queue))


async def look(link: Link, queue: Queue, most: int = MOST_SHOWN) -> list[DeliveredMessage]:
    """The first dead messages; they stay where they are, in their order."""
    async with link.channel(seconds=ALL_S) as channel:
        held = [message async for message in _each(channel, queue, most)]
        if held:
            await channel.basic_nack(held[-1].delivery_tag or 0, multiple=True, requeue=True)
        return held


def described(message: DeliveredMessage) -> str:
    """Error, attempts, size, and type and ids of the first event, in one line."""
    headers = message.header.properties.headers or {}
    events = split(message.body)
    first = _gist(events[0]) if events else Gist()
    return "\t".join(
        (
            str(headers.get(ERROR) or "crashed its consumer"),
            f"attempt {headers.get(ATTEMPT, 0)!r}",
            f"{len(message.body)} bytes",
            f"{len(events)} events",
            first.type,
            f"event {first.event_id}",
            f"user {first.user_id}",
        )
    )


def _gist(event: msgspec.Raw) -> Gist:
    try:
        return msgspec.json.decode(event, type=Gist)
    except HOPELESS:
        return Gist()


async def replay(link: Link, queue: Queue) -> int:
    """Send each dead message to its work queue as new, and let it go once the broker has confirmed that."""
    sent = 0
    async with link.channel(seconds=ALL_S) as channel:
        waiting = (await channel.queue_declare(queue.dead, passive=True)).message_count or 0
        async for message in _each(channel, queue, waiting):
            headers = message.header.properties.headers or {}
            kept = {key: value for key, value in headers.items() if key == "traceparent"}
            await link.send(message.body, exchange=topology.parking(queue.service), key=queue.name, headers=kept)
            await channel.basic_ack(message.delivery_tag or 0)
            sent += 1
    return sent


async def _each(channel: AbstractChannel, queue: Queue, most: int) -> AsyncIterator[DeliveredMessage]:
    for _ in range(most):
        async with asyncio.timeout(ANSWER_S):
            message = await channel.basic_get(queue.dead)
        if not delivered(message):
            return
        yield message
