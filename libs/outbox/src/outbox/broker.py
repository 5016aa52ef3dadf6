"""RabbitMQ as a service meets it: FastStream consumes, a link of our own publishes, and both heal by themselves."""

import asyncio
import logging
from collections.abc import Sequence
from types import TracebackType
from urllib.parse import quote

import structlog
from aio_pika import RobustConnection
from aio_pika.abc import AbstractConnection
from aiormq.abc import AbstractChannel
from aiormq.exceptions import ChannelPreconditionFailed
from faststream.rabbit import RabbitBroker

from contracts import topology
from contracts.topology import Queue
from outbox.link import PUBLISH_S, UNREACHABLE, Link, State
from outbox.relay import Load

__all__ = ("PUBLISH_S", "UNREACHABLE", "Broker", "broker", "declare", "publish", "state")

log = structlog.get_logger()

DECLARE_S = 20
GRACE_S = 20


class Broker(RabbitBroker):
    """FastStream's client for consumers, and ``link`` for everything that is sent or asked."""

    def __init__(self, url: str) -> None:
        super().__init__(
            url,
            reconnect_interval=1,
            graceful_timeout=GRACE_S,
            fail_fast=True,
            apply_types=False,
            logger=logging.getLogger("faststream"),
            log_level=logging.DEBUG,
            on_close=[self._lost],
            on_reconnected=[self._regained],
        )
        self.link = Link(url)
        self._is_lost = False

    async def start(self) -> None:
        """Connect and consume; after a failure the next try begins from nothing."""
        try:
            await super().start()
        except BaseException:
            await self._leave(2)
            raise

    async def _connect(self) -> RobustConnection:
        """Let a connection that is being made when the process ends be made, so that it can be closed."""
        connecting = asyncio.create_task(super()._connect())
        try:
            return await asyncio.shield(connecting)
        except asyncio.CancelledError:
            await asyncio.wait({connecting}, timeout=2)
            if connecting.done() and not connecting.exception():
                await connecting.result().close()
            raise

    async def stop(
        self,
        _exc_type: type[BaseException] | None = None,
        _exc_val: BaseException | None = None,
        _exc_tb: TracebackType | None = None,
    ) -> None:
        """Let handlers finish, then leave; a broker that does not answer is not waited for."""
        await self._leave(GRACE_S + 2 if await state(self) == "up" else 2)
        await self.link.close()

    async def _leave(self, seconds: float) -> None:
        connection = self._connection
        try:
            async with asyncio.timeout(seconds):
                await super().stop()
        except (*UNREACHABLE, ExceptionGroup) as error:
            log.warning("broker.left", error=type(error).__name__)
        if connection is not None:
            connection.connected.set()  # channels being restored would wait for it for ever
            await asyncio.sleep(0)

    def _lost(self, connection: AbstractConnection | None, error: BaseException | None) -> None:
        """Say so once, not at each attempt to come back."""
        if connection is not None and not connection.close_called and not self._is_lost:
            self._is_lost = True
            log.warning("broker.lost", error=type(error).__name__)

    def _regained(self, _connection: AbstractConnection | None) -> None:
        self._is_lost = False
        log.info("broker.regained")


def broker(*, host: str, port: int, vhost: str, user: str, password: str) -> Broker:
    """A client that confirms what it publishes and notices within seconds that the other side is gone."""
    return Broker(
        f"amqp://{quote(user, safe='')}:{quote(password, safe='')}@{host}:{port}/{quote(vhost, safe='')}?heartbeat=10"
    )


async def publish(client: Broker, load: Load) -> None:
    """Publish one load of the outbox and wait for the broker's confirmation."""
    headers = {"traceparent": load.trace} if load.trace else None
    await client.link.send(
        load.body, exchange=topology.EXCHANGE, key=load.name, headers=headers, mandatory=load.mandatory
    )


async def declare(client: Broker, queues: Sequence[Queue], tiers_ms: Sequence[int]) -> None:
    """Declare the queues with their retry tiers and dead letters; what is there already stays as it is."""
    rabbitmq = await client.link.server_version()
    for queue in queues:
        arguments = topology.queue_arguments(queue, rabbitmq=rabbitmq, tiers_ms=tiers_ms)
        for name, given in arguments.items():
            try:
                async with client.link.channel(seconds=DECLARE_S) as channel:
                    await channel.exchange_declare(
                        topology.parking(queue.service), exchange_type="direct", durable=True
                    )
                    await channel.queue_declare(name, durable=True, arguments=given)
            except ChannelPreconditionFailed:
                log.error("queue.differs", queue=name, hint="drain and delete it, so that it is declared anew")  # noqa: TRY400 - the trace says no more
            async with client.link.channel(seconds=DECLARE_S) as channel:
                await _bind(channel, queue, name)


async def _bind(channel: AbstractChannel, queue: Queue, name: str) -> None:
    await channel.queue_bind(name, topology.parking(queue.service), name)
    if name == queue.name:
        for event in queue.events:
            await channel.queue_bind(name, topology.EXCHANGE, event.name())


async def state(client: Broker) -> State:
    """``up``, ``blocked`` by an alarm of the broker, or ``down``; never waits."""
    connection = client._connection  # noqa: SLF001 - FastStream has no public way to ask without waiting
    if connection is None or connection.is_closed or not connection.connected.is_set():
        return "down"
    return await client.link.state()
