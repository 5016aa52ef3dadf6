"""Fixtures of every suite; pytest loads this by ``-p testkit.plugin``."""

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from testkit.nodes import Nodes
from testkit.running import Running, running
from testkit.signer import Signer

Start = Callable[..., AbstractAsyncContextManager[Running]]


@pytest.fixture(scope="session")
def nodes() -> Iterator[Nodes]:
    """A PostgreSQL and a RabbitMQ of this test process's own."""
    with TemporaryDirectory(prefix="fitmesh-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # the servers run as another user when root tests; pytest's own folders are closed
        started = Nodes.start(Path(folder))
        yield started
        started.stop()


@pytest.fixture(scope="session")
def signer() -> Iterator[Signer]:
    made = Signer()
    yield made
    made.close()


@pytest.fixture(scope="session")
def start(nodes: Nodes, signer: Signer) -> Start:
    """What runs a service: ``start(SERVICE, worker=False, QUICKSTART="1")``, a context that gives a Running."""
    return partial(running, nodes=nodes, signer=signer)
