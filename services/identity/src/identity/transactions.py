"""Connections and transactions apart from the request's own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from asyncpg import Connection, Pool

from chassis.service import Runtime


@asynccontextmanager
async def connected(pool: Pool) -> AsyncIterator[Connection]:
    """A connection of the pool; TimeoutError when none comes free within 2 s."""
    async with pool.acquire(timeout=2) as db:
        yield db  # type: ignore[misc]  # a proxy of it


@asynccontextmanager
async def transaction(runtime: Runtime) -> AsyncIterator[Connection]:
    """One that lasts although the answer is a refusal, and that keeps no copy of an answer full of secrets.

    The request's own transaction is rolled back with every refusal and stores answers under their idempotency key.
    """
    async with connected(runtime.api) as db, db.transaction():
        yield db
    runtime.bell.ring("outbox")
