"""A connection to RabbitMQ of our own, to publish and to ask: thrown away at the first doubt, made again when needed.

Publishing has a connection apart from consuming, since an alarm of the broker stops whoever publishes, and consumers
are what ends most alarms.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Literal

import aiormq
from aiormq import spec
from aiormq.abc import AbstractChannel, AbstractConnection, DeliveredMessage, FieldValue
from aiormq.exceptions import AMQPError, ChannelAccessRefused, DeliveryError, PublishError

State = Literal["up", "blocked", "down"]

PUBLISH_S = 5
"""A broker that has not confirmed by then is taken for frozen."""
DOUBT_S = 10
"""For so long a time-out says that the broker is down, unless it answers before."""
CLOSE_S = 2


class BlockedError(AMQPError):
    """The broker has an alarm and takes nothing until it is over."""


class UnroutableError(AMQPError):
    """No queue takes the message."""


class ForbiddenError(AMQPError):
    """We may not send this; every other message on the channel failed with it."""


UNREACHABLE = (OSError, TimeoutError, AMQPError)
"""What an operation ends with when the broker is away, frozen, blocked, or refuses it."""


class Link:
    """Publishes with confirms; whatever went wrong, the next call starts from a new connection."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: AbstractConnection | None = None
        self._channel: AbstractChannel | None = None
        self._opening: asyncio.Task[AbstractChannel] | None = None
        self._closing = set[asyncio.Task[None]]()
        self._doubted_until = 0.0

    async def send(
        self,
        body: bytes,
        *,
        exchange: str,
        key: str,
        headers: Mapping[str, FieldValue] | None = None,
        mandatory: bool = True,
    ) -> None:
        """Return once the broker has stored the message; UnroutableError if it is mandatory and no queue takes it."""
        properties = spec.Basic.Properties(
            content_type="application/json", delivery_mode=2, headers=dict(headers or {})
        )
        channel = None
        try:
            async with asyncio.timeout(PUBLISH_S):
                channel = await self._ready()
                await channel.basic_publish(
                    body, exchange=exchange, routing_key=key, properties=properties, mandatory=mandatory
                )
        except PublishError:
            raise UnroutableError(key) from None
        except ChannelAccessRefused:
            self._drop(channel)
            raise ForbiddenError(key) from None
        except (DeliveryError, BlockedError):
            raise
        except TimeoutError:
            if await self._blocked():
                raise BlockedError from None
            self._doubted_until = asyncio.get_running_loop().time() + DOUBT_S
            self._drop(channel)
            raise
        except (OSError, AMQPError):
            self._drop(channel)
            raise
        self._doubted_until = 0

    @asynccontextmanager
    async def channel(self, *, seconds: float) -> AsyncIterator[AbstractChannel]:
        """A channel for questions, without confirms; all of them together may take ``seconds``."""
        async with asyncio.timeout(seconds):
            asked = await (await self._ready()).connection.channel(publisher_confirms=False)
            try:
                yield asked
            finally:
                if not asked.is_closed:
                    await _close(asked)

    async def state(self) -> State:
        """What the last calls have shown; asks nobody."""
        if asyncio.get_running_loop().time() < self._doubted_until:
            return "down"
        return "blocked" if await self._blocked() else "up"

    async def server_version(self) -> int:
        """Major version of the broker."""
        async with asyncio.timeout(PUBLISH_S):
            connection = (await self._ready()).connection
        return int(str(connection.server_properties["version"]).split(".")[0])

    async def close(self) -> None:
        self._drop(self._channel)
        if self._closing:
            await asyncio.wait(self._closing)

    async def _ready(self) -> AbstractChannel:
        """The channel for publishing; those who come while it is being opened wait together."""
        if self._channel is not None and not self._channel.is_closed:
            if await self._blocked():
                raise BlockedError
            return self._channel
        if self._opening is None or self._opening.done():
            self._opening = asyncio.create_task(self._open(), name="link")
            self._opening.add_done_callback(_look)
        return await asyncio.shield(self._opening)

    async def _open(self) -> AbstractChannel:
        self._drop(self._channel)
        async with asyncio.timeout(PUBLISH_S):
            self._connection = await aiormq.connect(self._url)
            self._channel = await self._connection.channel(on_return_raises=True)
        return self._channel

    async def _blocked(self) -> bool:
        """Whether the broker said that it takes nothing; asked without waiting, since what is ready returns at once."""
        if self._connection is None or self._connection.is_closed:
            return False
        try:
            async with asyncio.timeout(0):
                await self._connection.ready()
        except TimeoutError:
            return True
        return False

    def _drop(self, doubted: AbstractChannel | None) -> None:
        """Leave the connection, unless another call has already put a new one in the place of the doubted."""
        if doubted is not self._channel:
            return
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None and not connection.is_closed:
            task = asyncio.create_task(_close(connection), name="link-close")
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)


def delivered(message: DeliveredMessage) -> bool:
    """Whether ``basic_get`` found a message."""
    return isinstance(message.delivery, spec.Basic.GetOk)


async def _close(part: AbstractConnection | AbstractChannel) -> None:
    with suppress(*UNREACHABLE):
        async with asyncio.timeout(CLOSE_S):
            await part.close(aiormq.exceptions.ConnectionClosed(0, "dropped"))


def _look(task: asyncio.Task[AbstractChannel]) -> None:
    """Those who waited may all have given up by now; nobody need be told then."""
    if not task.cancelled():
        task.exception()
