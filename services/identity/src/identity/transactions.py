"""Transactions apart from the request's own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from asyncpg import Connection

from chassis.database import connected
from chassis.service import Runtime


@asynccontextmanager
async def transaction(runtime: Runtime) -> AsyncIterator[Connection]:
    """One that lasts although the answer is a refusal, and that keeps no copy of an answer full of secrets.

    The request's own transaction is rolled back with every refusal and stores answers under their idempotency key.
    """
    async with connected(runtime.api) as db, db.transaction():
        yield db
    runtime.bell.ring("outbox")
