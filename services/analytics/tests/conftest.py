"""One running service for all tests of a process; each test has users of its own."""

from collections.abc import AsyncIterator

import pytest
from asyncpg import Connection

from analytics.app import SERVICE
from testkit.plugin import Start
from testkit.running import Running


@pytest.fixture(scope="session")
async def analytics(start: Start) -> AsyncIterator[Running]:
    """Everything in one process."""
    async with start(SERVICE) as running:
        yield running


@pytest.fixture(scope="session")
async def db(analytics: Running) -> AsyncIterator[Connection]:
    """A connection of the worker's role."""
    async with analytics.runtime.worker.acquire() as connection:
        yield connection
