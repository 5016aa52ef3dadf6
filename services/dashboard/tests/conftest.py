"""The dashboard, and admin ports that say what a test wants them to."""

from collections.abc import AsyncIterator

import pytest
from services.dashboard.tests.admins import Admins

from dashboard.app import SERVICE
from testkit.plugin import Start
from testkit.running import Running


@pytest.fixture(scope="session")
async def fakes() -> AsyncIterator[Admins]:
    async with Admins() as running:
        yield running


@pytest.fixture(scope="session")
async def dashboard(start: Start, fakes: Admins) -> AsyncIterator[Running]:
    async with start(SERVICE, ADMINS=fakes.setting, QUICKSTART="1") as running:
        yield running


@pytest.fixture
def admins(dashboard: Running, fakes: Admins) -> Admins:
    """All of them well, and nothing remembered of the test before."""
    fakes.all_well()
    fakes.forgetting = dashboard.runtime.resources["probes"]
    return fakes
