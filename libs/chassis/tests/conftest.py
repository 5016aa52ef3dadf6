"""The probe service, running once for each module of tests."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient

from testkit import Running, Signer

from .probe.app import SERVICE


@pytest.fixture(scope="module")
async def running(start) -> AsyncIterator[Running]:
    async with start(SERVICE) as made:
        yield made


@pytest.fixture
def http(running: Running) -> AsyncClient:
    return running.http


@pytest.fixture
def user_id() -> UUID:
    return uuid4()


@pytest.fixture
def headers(signer: Signer, user_id: UUID) -> dict[str, str]:
    """Of a user nobody else in the suite is."""
    return signer.headers(user_id)
