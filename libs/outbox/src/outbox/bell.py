"""A doorbell between processes of one service: LISTEN/NOTIFY, outside the transactions that cause it."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg
import structlog
from asyncpg import Connection

log = structlog.get_logger()

RING = "SELECT pg_notify(channel, '') FROM unnest($1::text[]) AS channel"
QUIET_S = 0.005
"""Rings within this time become one."""


class Bell:
    """Ring a channel after a commit; whoever waits on it, in this process or another, wakes."""

    def __init__(self, connect: Callable[[], Awaitable[Connection]]) -> None:
        self._connect = connect
        self._rung: set[str] = set()
        self._ringing = asyncio.Event()
        self._listeners: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._changed = asyncio.Event()

    def ring(self, *channels: str) -> None:
        """Wake those who wait; costs nothing here, and at most one NOTIFY every 5 ms."""
        self._rung.update(channels)
        for channel in channels:
            self._wake(channel)
        self._ringing.set()

    @asynccontextmanager
    async def listening(self, channel: str) -> AsyncIterator[asyncio.Event]:
        """An event that is set when the channel rings; who waits clears it, and looks anyway now and then."""
        woken = asyncio.Event()
        self._listeners[channel].add(woken)
        self._changed.set()
        try:
            yield woken
        finally:
            self._listeners[channel].discard(woken)

    async def run(self) -> None:
        """Carry rings to and from the database until cancelled; a lost connection is made again."""
        while True:
            try:
                connection = await self._connect()
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await asyncio.sleep(1)
                continue
            try:
                await self._carry(connection)
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("bell.lost", error=type(error).__name__)
            finally:
                connection.terminate()

    async def _carry(self, connection: Connection) -> None:
        heard: set[str] = set()
        lost = asyncio.Event()

        def end(_connection: object) -> None:
            lost.set()
            self._ringing.set()

        connection.add_termination_listener(end)
        for channel in self._listeners:
            self._wake(channel)  # something may have rung while nobody listened
        while not lost.is_set():
            self._changed.clear()
            for channel in self._listeners.keys() - heard:
                await connection.add_listener(channel, lambda *given: self._wake(given[2]))
                heard.add(channel)
                self._wake(channel)  # it may have rung before it was listened to
            self._ringing.clear()
            if self._rung:
                await self._tell(connection)
                await asyncio.sleep(QUIET_S)
            await self._until_something()

    async def _tell(self, connection: Connection) -> None:
        told, self._rung = self._rung, set()
        try:
            await connection.execute(RING, list(told))
        except BaseException:
            self._rung |= told  # the next connection tells it
            raise

    async def _until_something(self) -> None:
        waits = {asyncio.create_task(event.wait()) for event in (self._ringing, self._changed)}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()

    def _wake(self, channel: str) -> None:
        for woken in self._listeners[channel]:
            woken.set()


async def rung(woken: asyncio.Event, *, at_most_s: float) -> bool:
    """Wait for the bell, or for the time after which one looks anyway; returns whether it rang."""
    try:
        async with asyncio.timeout(at_most_s):
            await woken.wait()
    except TimeoutError:
        return False
    woken.clear()
    return True
