"""Where a message goes when its handler failed: split, wait, or be kept as evidence; never lost, never in the way."""

import asyncio
import traceback
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence

import asyncpg
import msgspec
import structlog
from aiormq.abc import FieldValue
from asyncpg import Pool
from faststream.rabbit.message import RabbitMessage

from contracts.topology import Queue, parking
from outbox.link import UNREACHABLE, Link

log = structlog.get_logger()

HOPELESS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What no later try can mend."""
ATTEMPT = "x-attempt"
ERROR = "x-error"
LONGEST_WAIT_S = 20 * 60
"""Below the broker's consumer time-out of 30 minutes."""


async def send_on(
    link: Link, queue: Queue, message: RabbitMessage, error: Exception, pool: Pool, tiers_ms: Sequence[int]
) -> str:
    """Publish the message to its next stop, then let it be acknowledged; returns what happened in a word.

    An outage of the database is not the message's fault: it is waited for, and the message goes back to its queue.
    """
    if not isinstance(error, HOPELESS) and await _waited_for_database(pool):
        raise error
    stops = list(next_stops(queue, message.body, _attempt(message), error, tiers_ms))
    kept = {key: value for key, value in message.headers.items() if key == "traceparent"}
    for body, target, attempt in stops:
        headers = kept | {ATTEMPT: attempt, ERROR: type(error).__name__}  # never the error's text: it may hold data
        await _send(link, queue, body, target, headers)
    outcome = _outcome(queue, stops[0][1])
    log.warning("message.failed", queue=queue.name, outcome=outcome, error=type(error).__name__, at=_place(error))
    return outcome


def next_stops(
    queue: Queue, body: bytes, attempt: int, error: Exception, tiers_ms: Sequence[int]
) -> Iterator[tuple[bytes, str, int]]:
    """Yield (body, queue, attempt): events of a message part ways first, so that a bad one holds up no good one."""
    events = split(body)
    if len(events) > 1:
        for event in events:
            yield b"[" + event + b"]", queue.name, attempt
        return
    last = isinstance(error, HOPELESS) or attempt >= len(tiers_ms)
    yield body, queue.dead if last else queue.tier(tiers_ms[attempt]), attempt + 1


def split(body: bytes) -> list[msgspec.Raw]:
    """The events of a message, undecoded; none when it is no JSON array."""
    try:
        return msgspec.json.decode(body, type=list[msgspec.Raw])
    except HOPELESS:
        return []


async def _send(link: Link, queue: Queue, body: bytes, target: str, headers: Mapping[str, FieldValue]) -> None:
    """Wait for the broker too: giving the message back instead would count against its delivery limit."""
    waited = False
    async for _ in _tries():
        try:
            await link.send(body, exchange=parking(queue.service), key=target, headers=headers)
        except UNREACHABLE as refusal:
            if not waited:
                log.warning("message.waits", queue=target, error=type(refusal).__name__)
            waited = True
        else:
            return
    raise TimeoutError(f"{target} took nothing")


async def _waited_for_database(pool: Pool) -> bool:
    """Return False at once when the database answers; True once it answers again after an outage."""
    waited = False
    async for _ in _tries():
        try:
            async with pool.acquire(timeout=10) as db:
                await db.execute("SELECT 1")
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            waited = True
        else:
            return waited
    return True


async def _tries() -> AsyncIterator[None]:
    """One try a second, for as long as a message may be held."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + LONGEST_WAIT_S
    while loop.time() < deadline:
        yield
        await asyncio.sleep(1)


def _attempt(message: RabbitMessage) -> int:
    attempt = message.headers.get(ATTEMPT, 0)
    return max(attempt, 0) if isinstance(attempt, int) else 0


def _outcome(queue: Queue, target: str) -> str:
    return {queue.name: "split", queue.dead: "dead"}.get(target, "retried")


def _place(error: Exception) -> str:
    """File and line where it was raised: enough to find a bug, and no data."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename.rsplit('/src/', 1)[-1]}:{frames[-1].lineno}" if frames else ""
