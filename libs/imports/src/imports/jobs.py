"""What a worker does besides reading: files swept every hour, what waits measured, files erased with their user."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from prometheus_client import Counter, Gauge, Histogram

from chassis import Runtime
from chassis.database import connected
from imports import leases
from imports.door import objects_of
from imports.runner import Named, nobody
from imports.sweep import sweep

SWEEP_S = 3600
WATCH_S = 15
BUCKETS_S = (0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000)


class Measures:
    """Metrics of a service's imports; ``noun`` is what its files hold."""

    def __init__(self, service: str, noun: str) -> None:
        name = f"{service}_import"
        self._seconds = Histogram(
            f"{name}_seconds", "Time spent reading a file.", ("format", "state"), buckets=BUCKETS_S
        )
        self._read = Counter(f"{name}_{noun}_total", f"{noun.title()} read from files, repeats included.", ("format",))
        self._bytes = Counter(f"{name}_bytes_total", "Bytes of the files that were read.", ("format",))
        self._waiting = Gauge(f"{name}s_waiting", "Imports that nobody works on though somebody might.")
        self._longest = Gauge(f"{name}_waiting_seconds", "How long the longest of them has waited.")

    def ended(self, format_: str | None, state: str, *, seconds: float, read: int, size: int) -> None:
        """Count an import that has come to its end, of ``size`` bytes."""
        if state != "undone":
            known = format_ or "unknown"
            self._seconds.labels(known, state).observe(seconds)
            self._read.labels(known).inc(read)
            self._bytes.labels(known).inc(size)

    async def watch(self, runtime: Runtime) -> None:
        """Measure what waits, for ever."""
        while True:
            async with connected(runtime.worker) as db:
                count, longest_s = await leases.waiting(db)
            self._waiting.set(count)
            self._longest.set(longest_s)
            await asyncio.sleep(WATCH_S)


async def keep_swept(
    runtime: Runtime, service: str, named: Named = nobody, first: Callable[[Runtime], Awaitable[None]] | None = None
) -> None:
    """Every hour, remove files that belong to nobody; ``first`` lets go of some itself."""
    while True:
        if first and runtime.settings.object_store_url is not None:
            await first(runtime)
        await sweep(runtime, service, named)
        await asyncio.sleep(SWEEP_S)


async def erase(runtime: Runtime, service: str, user_ids: Sequence[UUID]) -> None:
    """Remove all files of these users."""
    if runtime.settings.object_store_url is not None:
        objects = objects_of(runtime.settings, service)
        for user_id in user_ids:
            await objects.delete_prefix(user_id)
