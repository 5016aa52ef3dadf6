"""Where a message goes when its handler failed: split, wait, or be kept as evidence; never lost, never in the way."""

import asyncio
from collections.abc import Iterator, Sequence

import asyncpg
import msgspec
import structlog
from asyncpg import Pool
from faststream.rabbit import RabbitBroker
from faststream.rabbit.message import RabbitMessage

from contracts.topology import Queue
from outbox.broker import PUBLISH_S, parking

log = structlog.get_logger()

HOPELESS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What no later try can mend."""
ATTEMPT = "x-attempt"
ERROR = "x-error"
LONGEST_WAIT_S = 20 * 60
"""Below the broker's consumer time-out of 30 minutes."""


async def send_on(
    client: RabbitBroker, queue: Queue, message: RabbitMessage, error: Exception, pool: Pool, tiers_ms: Sequence[int]
) -> str:
    """Publish the message to its next stop, then let it be acknowledged; returns what happened in a word.

    An outage of the database is not the message's fault: it is waited for, and the message goes back to its queue.
    """
    if await _waited_for_database(pool):
        raise error
    outcome = "split"
    for body, target, attempt in next_stops(queue, message.body, _attempt(message), error, tiers_ms):
        outcome = "dead" if target == queue.dead else "retried" if target != queue.name else outcome
        headers = {key: value for key, value in message.headers.items() if key == "traceparent"}
        async with asyncio.timeout(PUBLISH_S):
            await client.publish(
                body,
                exchange=parking(queue.service),
                routing_key=target,
                headers=headers | {ATTEMPT: attempt, ERROR: type(error).__name__},
                persist=True,
                content_type="application/json",
            )
    log.warning("message.failed", queue=queue.name, outcome=outcome, error=type(error).__name__)
    return outcome


def next_stops(
    queue: Queue, body: bytes, attempt: int, error: Exception, tiers_ms: Sequence[int]
) -> Iterator[tuple[bytes, str, int]]:
    """Yield (body, queue, attempt): events of a message part ways first, so that a bad one holds up no good one."""
    events = _split(body)
    if len(events) > 1:
        for event in events:
            yield b"[" + event + b"]", queue.name, attempt
        return
    last = isinstance(error, HOPELESS) or attempt >= len(tiers_ms)
    yield body, queue.dead if last else queue.tier(tiers_ms[attempt]), attempt + 1


def _split(body: bytes) -> list[bytes]:
    try:
        return [bytes(event) for event in msgspec.json.decode(body, type=list[msgspec.Raw])]
    except HOPELESS:
        return []


def _attempt(message: RabbitMessage) -> int:
    attempt = message.headers.get(ATTEMPT, 0)
    return attempt if isinstance(attempt, int) else 0


async def _waited_for_database(pool: Pool) -> bool:
    """Return False at once when the database answers; True once it answers again after an outage."""
    waited = False
    deadline = asyncio.get_running_loop().time() + LONGEST_WAIT_S
    while asyncio.get_running_loop().time() < deadline:
        try:
            async with pool.acquire(timeout=2) as db:
                await db.execute("SELECT 1")
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            waited = True
            await asyncio.sleep(1)
        else:
            return waited
    return True
