"""The whole product, as `make up` runs it, in a scratch folder and on ports of its own."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import ports
from local.plan import Plan, installed
from local.supervisor import Supervisor
from tests.product import Product


@pytest.fixture(scope="session")
def product() -> Iterator[Product]:
    """Started once a test process; tests may kill parts of it, its supervisor brings them back."""
    with tempfile.TemporaryDirectory(prefix="fitmesh-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # the servers run as another user when root tests
        plan = Plan(
            folder=Path(folder),
            services=installed(),
            first_port=ports.free_block(),
            gateway_port=ports.free_port(),
            auth_rate=1_000,
        )
        supervisor = Supervisor(plan)
        supervisor.start()
        try:
            yield Product(supervisor)
        finally:
            supervisor.stop()
