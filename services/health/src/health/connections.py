"""Connections of a pool, outside the transaction of a request."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from asyncpg import Connection, Pool

from chassis.database import ACQUIRE_S


@asynccontextmanager
async def connected(pool: Pool) -> AsyncIterator[Connection]:
    """A connection; TimeoutError when none comes free within 2 s."""
    async with pool.acquire(timeout=ACQUIRE_S) as db:
        yield db  # type: ignore[misc]  # a proxy of it
