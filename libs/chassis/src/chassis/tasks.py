"""Work that goes on beside the requests, and what becomes of it when it fails."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import structlog

log = structlog.get_logger()

AWAY = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What it looks like when the database is not there."""


@asynccontextmanager
async def beside(
    name: str, work: Coroutine[Any, Any, None], on_death: Callable[[BaseException], None]
) -> AsyncIterator[None]:
    """Run beside everything else until left; ``on_death`` hears of a task that died of a bug."""

    def ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()):
            log.critical("task.died", task=name, exc_info=error)
            on_death(error)

    task = asyncio.create_task(work, name=name)
    task.add_done_callback(ended)
    try:
        yield
    finally:
        while not task.done():  # wait_for of Python 3.11 may swallow a cancellation that meets its result
            task.cancel()
            await asyncio.wait({task}, timeout=1)


async def every(seconds: float, act: Callable[[], Awaitable[Any]]) -> None:
    """Act now and then for ever; an outage is for the next time."""
    while True:
        try:
            await act()
        except AWAY as error:
            log.debug("task.waits", error=type(error).__name__)
        await asyncio.sleep(seconds)


async def kept_up(name: str, act: Callable[[], Awaitable[None]]) -> None:
    """Start it again a second after it ended, whatever it ended of."""
    while True:
        try:
            await act()
        except AWAY as error:
            log.warning("job.waits", job=name, error=type(error).__name__)
        except Exception:
            log.exception("job.failed", job=name)
        await asyncio.sleep(1)
