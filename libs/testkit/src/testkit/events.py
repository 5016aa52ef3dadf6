"""Put events onto the broker as another service's relay would."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aio_pika
import msgspec
from aio_pika.abc import AbstractExchange

from contracts import topology
from contracts.events import Event
from testkit.nodes import ADMIN, Nodes


@asynccontextmanager
async def exchange(nodes: Nodes) -> AsyncIterator[AbstractExchange]:
    """The exchange of all events, as an administrator who may publish anything."""
    connection = await aio_pika.connect(
        host="127.0.0.1", port=nodes.rabbitmq.port, login=ADMIN, password=nodes.password, virtualhost=topology.VHOST
    )
    async with connection, connection.channel(on_return_raises=True) as channel:
        yield await channel.get_exchange(topology.EXCHANGE)


async def publish(to: AbstractExchange, *events: Event) -> None:
    """Send the events, which are all of one type, as one message."""
    body = b"[" + b",".join(msgspec.json.encode(e) for e in events) + b"]"
    await send(to, events[0].name(), body)


async def send(to: AbstractExchange, key: str, body: bytes) -> None:
    """Send any bytes under a routing key; for messages that no service would send."""
    message = aio_pika.Message(body, content_type="application/json", delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
    await to.publish(message, key)
