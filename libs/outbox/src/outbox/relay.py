"""Carry events from the outbox to the broker: one relay a database, gathered confirms, many events a message."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence

import asyncpg
import msgspec
import structlog
from asyncpg import Pool, Record
from prometheus_client import Counter, Gauge

from contracts.events import EVENTS
from outbox import store
from outbox.bell import Bell, rung
from outbox.link import UNREACHABLE, ForbiddenError, UnroutableError

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
UNROUTABLE = Counter(
    "outbox_unroutable_total", "Events that no queue took, or that we may not send, put off for 30 s.", ("event",)
)
DEPTH = Gauge("outbox_depth", "Events that wait for the broker; counted to 10,000.")
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
        """Whether the broker has to refuse it when no queue takes it."""
        return REQUIRED.get(self.name, True)


Publish = Callable[[Load], Awaitable[None]]
"""Send one message and return once the broker has confirmed it; one of REFUSED when it never will as things are."""

REFUSED = (UnroutableError, ForbiddenError)
AWAY = (*UNREACHABLE, asyncpg.PostgresError, asyncpg.InterfaceError)


async def drain(pool: Pool, publish: Publish) -> int:
    """Send a batch of what waits; rows leave the outbox only when confirmed. Returns how many left or were put off.

    Raises what the broker's or the database's absence raised, when nothing could be done at all.
    """
    async with pool.acquire(timeout=2) as db, db.transaction():
        if not await db.fetchval(LOCK):
            return 0
        loads = list(packed(await db.fetch(TAKE)))
        if not loads:
            return 0
        sent, refused = list[int](), list[int]()
        failures = list[BaseException]()
        for load, outcome in zip(loads, await _published(loads, publish), strict=True):
            if outcome is None:
                sent += load.ids
                PUBLISHED.labels(load.name).inc(len(load.ids))
            elif isinstance(outcome, REFUSED):
                refused += load.ids
                _tell(load, outcome)
            else:
                failures.append(outcome)
        await db.execute(SENT, sent)
        if refused:
            await db.execute(PUT_OFF, refused)
    if failures and not sent and not refused:
        raise failures[0]
    return len(sent) + len(refused)


async def _published(loads: Sequence[Load], publish: Publish) -> list[BaseException | None]:
    """How each load fared: all at once first, and alone those that only shared a channel with a forbidden one."""
    outcomes = await asyncio.gather(*(publish(load) for load in loads), return_exceptions=True)
    if len(loads) > 1:
        for i, outcome in enumerate(outcomes):
            if isinstance(outcome, ForbiddenError):
                (outcomes[i],) = await asyncio.gather(publish(loads[i]), return_exceptions=True)
    return outcomes


def _tell(load: Load, refusal: BaseException) -> None:
    UNROUTABLE.labels(load.name).inc(len(load.ids))
    if isinstance(refusal, ForbiddenError):
        log.error("relay.forbidden", event_name=load.name, events=len(load.ids))
    else:
        log.warning("relay.unroutable", event_name=load.name, events=len(load.ids))


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
        self._waits = False

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
            handled = await drain(self._pool, self._publish)
        except AWAY as error:
            if not self._waits:
                log.warning("relay.waits", error=type(error).__name__)
            self._waits = True
            await asyncio.sleep(1)
            return 0
        if self._waits and handled:
            log.info("relay.goes-on")
            self._waits = False
        return handled


async def measure(pool: Pool) -> tuple[int, float]:
    """Depth and age in seconds of the outbox, also as gauges; a depth of 10,000 means that many or more."""
    ((depth, age_s),) = await pool.fetch(store.STATE)
    DEPTH.set(depth)
    AGE.set(age_s)
    return depth, age_s
