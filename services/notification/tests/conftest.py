"""One running service for all tests of a process; each test has a user of its own."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from services.notification.tests.look import Reader

from notification.app import SERVICE
from testkit.plugin import Start
from testkit.running import Running


@pytest.fixture(scope="session")
async def notification(start: Start) -> AsyncIterator[Running]:
    """Everything in one process."""
    async with start(SERVICE) as running:
        yield running


@pytest.fixture
def user_id() -> UUID:
    return uuid4()


@pytest.fixture
def reader(notification: Running, user_id: UUID) -> Reader:
    """The test's user, reading."""
    return Reader(notification, user_id)
