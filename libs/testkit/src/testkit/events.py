"""Put events onto the broker as another service's relay would."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aio_pika
import msgspec
from aio_pika.abc import AbstractConnection, AbstractExchange

from contracts import topology
from contracts.events import Event
from testkit.nodes import ADMIN, Nodes


async def as_admin(nodes: Nodes) -> AbstractConnection:
    """A connection of the administrator, who may do anything.

    Without heartbeats: while tests run that are not asynchronous, the session's loop stands still.
    """
    return await aio_pika.connect(
        host="127.0.0.1",
        port=nodes.rabbitmq.port,
        login=ADMIN,
        password=nodes.password,
        virtualhost=topology.VHOST,
        heartbeat=0,
    )


@asynccontextmanager
async def exchange(nodes: Nodes) -> AsyncIterator[AbstractExchange]:
    """The exchange of all events, as an administrator who may publish anything."""
    async with await as_admin(nodes) as connection, connection.channel(on_return_raises=True) as channel:
        yield await channel.get_exchange(topology.EXCHANGE)


async def publish(to: AbstractExchange, *events: Event) -> None:
    """Send the events, which are all of one type, as one message."""
    body = b"[" + b",".join(msgspec.json.encode(e) for e in events) + b"]"
    await send(to, events[0].name(), body)


async def send(to: AbstractExchange, key: str, body: bytes) -> None:
    """Send any bytes under a routing key; for messages that no service would send."""
    message = aio_pika.Message(body, content_type="application/json", delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
    await to.publish(message, key)
