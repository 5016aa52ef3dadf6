"""Carry events from the outbox to the broker: one relay a database, gathered confirms, many events a message."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence

import asyncpg
import msgspec
import structlog
from aio_pika.exceptions import PublishError
from asyncpg import Pool, Record
from prometheus_client import Counter, Gauge

from contracts.events import EVENTS
from outbox import store
from outbox.bell import Bell, rung

log = structlog.get_logger()

CHANNEL = "outbox"
LOCK = "SELECT pg_try_advisory_xact_lock(7)"
TAKE = """
    SELECT id, name, body, trace FROM outbox WHERE due_at <= now() ORDER BY id LIMIT 500 FOR UPDATE SKIP LOCKED
"""
SENT = "DELETE FROM outbox WHERE id = ANY ($1::bigint[])"
PUT_OFF = "UPDATE outbox SET due_at = now() + interval '30 s' WHERE id = ANY ($1::bigint[])"

MOST_EVENTS = 100
MOST_BYTES = 64 * 1024

PUBLISHED = Counter("outbox_published_total", "Events confirmed by the broker.", ("event",))
UNROUTABLE = Counter("outbox_unroutable_total", "Events that no queue wanted, put off for 30 s.", ("event",))
DEPTH = Gauge("outbox_depth", "Events that wait for the broker.")
AGE = Gauge("outbox_age_seconds", "Age of the oldest event that waits for the broker.")

REQUIRED = {event.name(): event.required for event in EVENTS}


class Load(msgspec.Struct, frozen=True):
    """One message: events of one name."""

    name: str
    ids: tuple[int, ...]
    body: bytes
    trace: str | None

    @property
    def mandatory(self) -> bool:
        """Must the broker refuse it when no queue takes it?"""
        return REQUIRED.get(self.name, True)


Publish = Callable[[Load], Awaitable[None]]
"""Send one message and return once the broker has confirmed it; PublishError if no queue takes it."""


async def drain(pool: Pool, publish: Publish) -> int:
    """Send a batch of what waits; rows leave the outbox only when confirmed. Returns how many left."""
    async with pool.acquire(timeout=2) as db, db.transaction():
        if not await db.fetchval(LOCK):
            return 0
        loads = list(packed(await db.fetch(TAKE)))
        if not loads:
            return 0
        results = await asyncio.gather(*(publish(load) for load in loads), return_exceptions=True)
        sent, refused = [], []
        for load, result in zip(loads, results, strict=True):
            if isinstance(result, PublishError):
                refused += load.ids
                UNROUTABLE.labels(load.name).inc(len(load.ids))
            elif isinstance(result, BaseException):
                log.warning("relay.unconfirmed", event_name=load.name, error=type(result).__name__)
            else:
                sent += load.ids
                PUBLISHED.labels(load.name).inc(len(load.ids))
        await db.execute(SENT, sent)
        if refused:
            await db.execute(PUT_OFF, refused)
    return len(sent)


def packed(rows: Sequence[Record]) -> Iterator[Load]:
    """Group rows into messages of one name, at most 100 events and 64 KiB each."""
    open_: dict[str, list[Record]] = {}
    size: dict[str, int] = {}
    for row in rows:
        name = row["name"]
        waiting = open_.setdefault(name, [])
        if waiting and (len(waiting) == MOST_EVENTS or size[name] + len(row["body"]) > MOST_BYTES):
            yield _load(name, waiting)
            waiting = open_[name] = []
        size[name] = (size[name] if waiting else 0) + len(row["body"]) + 1
        waiting.append(row)
    for name, waiting in open_.items():
        yield _load(name, waiting)


def _load(name: str, rows: Sequence[Record]) -> Load:
    traces = {row["trace"] for row in rows}
    trace = traces.pop() if len(traces) == 1 else None
    return Load(name, tuple(row["id"] for row in rows), b"[" + b",".join(row["body"] for row in rows) + b"]", trace)


class Relay:
    """Drains the outbox whenever the bell rings, and every second anyway."""

    def __init__(self, pool: Pool, bell: Bell, publish: Publish) -> None:
        self._pool = pool
        self._bell = bell
        self._publish = publish

    async def run(self) -> None:
        async with self._bell.listening(CHANNEL) as woken:
            while True:
                if not await self._batch():
                    await rung(woken, at_most_s=1)

    async def last(self, seconds: float) -> None:
        """Send what is still there, for at most so long; for shutdown."""
        try:
            async with asyncio.timeout(seconds):
                while await self._batch():
                    pass
        except TimeoutError:
            log.info("relay.left-some")

    async def _batch(self) -> int:
        try:
            return await drain(self._pool, self._publish)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("relay.waits", error=type(error).__name__)
            await asyncio.sleep(1)
            return 0


async def measure(pool: Pool) -> tuple[int, float]:
    """Depth and age in seconds of the outbox, also as gauges."""
    row = await pool.fetchrow(store.STATE)
    DEPTH.set(row["depth"])
    AGE.set(row["age_s"])
    return row["depth"], row["age_s"]
