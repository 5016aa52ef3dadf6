"""Handlers of messages: one message, one transaction, each event once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Union

import msgspec
import structlog
from aiormq.exceptions import ChannelNotFoundEntity
from asyncpg import Connection, Pool
from faststream import AckPolicy
from faststream.rabbit import Channel, QueueType, RabbitQueue
from faststream.rabbit.message import RabbitMessage
from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import Gauge, Histogram

from contracts.topology import Queue
from outbox import retry
from outbox.bell import Bell
from outbox.broker import Broker, declare
from outbox.inbox import unseen
from outbox.link import UNREACHABLE, Link

log = structlog.get_logger()
tracer = trace.get_tracer("fitmesh")
_propagator = TraceContextTextMapPropagator()

Handler = Callable[[Connection, Any], Awaitable[None]]
"""Takes the transaction and the events that are new, all in one message; raises to have them tried again."""

PREFETCH = 8
TURN_S = 60
"""How long a message may wait for a connection of the pool: a queue inside is no failure of the message."""
LOOK_S = 10
ANSWER_S = 5

DURATION = Histogram("inbox_message_duration_seconds", "Time to handle one message.", ("consumer", "outcome"))
LISTENING = Gauge("inbox_consumers", "Consumers of a work queue, of all replicas.", ("consumer",))


class DeafError(Exception):
    """The broker answers, but nobody consumes a queue of ours."""


class Consumers:
    """The queues a slice listens to. ``@consumers.on(QUEUE)`` above ``async def handler(db, events)``."""

    def __init__(self) -> None:
        self.handlers: dict[Queue, Handler] = {}

    def on(self, queue: Queue) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            self.handlers[queue] = handler
            return handler

        return register


def subscribe(
    client: Broker,
    consumers: Sequence[Consumers],
    pool: Pool,
    bell: Bell,
    *,
    rings: Sequence[str],
    tiers_ms: Sequence[int],
) -> list[Queue]:
    """Attach every handler to its queue; returns the queues, to be declared before the broker starts."""
    handlers = {queue: handler for each in consumers for queue, handler in each.handlers.items()}
    for queue, handler in handlers.items():
        _subscribe(client, queue, handler, pool, bell, rings, tiers_ms)
    return list(handlers)


def _subscribe(
    client: Broker,
    queue: Queue,
    handler: Handler,
    pool: Pool,
    bell: Bell,
    rings: Sequence[str],
    tiers_ms: Sequence[int],
) -> None:
    decode = msgspec.json.Decoder(list[Union[queue.events]]).decode  # type: ignore[name-defined]  # noqa: UP007

    async def consume(message: RabbitMessage) -> None:
        with tracer.start_as_current_span(
            queue.name, _propagator.extract(dict(message.headers)), trace.SpanKind.CONSUMER
        ):
            started = asyncio.get_running_loop().time()
            outcome = "handled"
            try:
                events = decode(message.body)
                async with pool.acquire(timeout=TURN_S) as db, db.transaction():
                    if fresh := await unseen(db, queue.name, events):  # type: ignore[arg-type] # a proxy of it
                        await handler(db, fresh)  # type: ignore[arg-type]
                bell.ring(*rings)
            except Exception as error:  # noqa: BLE001 - every failure has a next stop, and it is decided in one place
                outcome = await retry.send_on(client.link, queue, message, error, pool, tiers_ms)
            finally:
                DURATION.labels(queue.name, outcome).observe(asyncio.get_running_loop().time() - started)

    work = RabbitQueue(queue.name, QueueType.QUORUM, declare=False)
    client.subscriber(
        work,
        channel=Channel(prefetch_count=PREFETCH),
        ack_policy=AckPolicy.NACK_ON_ERROR,
        decoder=_whole,
        no_reply=True,
    )(consume)


async def _whole(message: RabbitMessage) -> RabbitMessage:
    """Hand the message itself to the handler, whose decoder is strict and fast."""
    return message


async def watch(client: Broker, queues: Sequence[Queue], tiers_ms: Sequence[int], *, patience_s: float) -> None:
    """Declare again what someone deleted, for ever; DeafError when a queue stays without any consumer.

    The client makes lost consumers anew. This is for the day it does not: the process should end, to be started again.
    """
    clock = asyncio.get_running_loop().time
    heard = dict.fromkeys(queues, clock())
    while True:
        await asyncio.sleep(min(LOOK_S, patience_s / 4))
        for queue in queues:
            try:
                found = await _consumers_of(client.link, queue, tiers_ms)
                LISTENING.labels(queue.name).set(found)
            except ChannelNotFoundEntity:
                log.warning("queue.missing", queue=queue.name)
                await _declare_again(client, queue, tiers_ms)
                continue
            except UNREACHABLE:
                found = None
            if found != 0:
                heard[queue] = clock()
            elif clock() - heard[queue] > patience_s:
                raise DeafError(queue.name)


async def _consumers_of(link: Link, queue: Queue, tiers_ms: Sequence[int]) -> int:
    async with link.channel(seconds=ANSWER_S) as channel:
        for name in (queue.dead, *(queue.tier(ms) for ms in tiers_ms)):
            await channel.queue_declare(name, passive=True)
        work = await channel.queue_declare(queue.name, passive=True)
        return work.consumer_count or 0


async def _declare_again(client: Broker, queue: Queue, tiers_ms: Sequence[int]) -> None:
    try:
        await declare(client, [queue], tiers_ms)
    except UNREACHABLE as error:
        log.warning("broker.unreachable", error=type(error).__name__)
