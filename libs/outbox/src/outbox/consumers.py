"""Handlers of messages: one message, one transaction, each event once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Union

import msgspec
import structlog
from asyncpg import Connection, Pool
from faststream import AckPolicy
from faststream.rabbit import Channel, QueueType, RabbitBroker, RabbitQueue
from faststream.rabbit.message import RabbitMessage
from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import Histogram

from contracts.topology import Queue
from outbox import retry
from outbox.bell import Bell
from outbox.inbox import unseen

log = structlog.get_logger()
tracer = trace.get_tracer("fitmesh")
_propagator = TraceContextTextMapPropagator()

Handler = Callable[[Connection, Any], Awaitable[None]]
"""Takes the transaction and the events that are new, all in one message; raises to have them tried again."""

PREFETCH = 8
DURATION = Histogram("inbox_message_duration_seconds", "Time to handle one message.", ("consumer", "outcome"))


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
    client: RabbitBroker,
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
    client: RabbitBroker,
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
                async with pool.acquire(timeout=2) as db, db.transaction():
                    if fresh := await unseen(db, queue.name, events):
                        await handler(db, fresh)
                bell.ring(*rings)
            except Exception as error:  # noqa: BLE001 - every failure has a next stop, and it is decided in one place
                outcome = await retry.send_on(client, queue, message, error, pool, tiers_ms)
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
