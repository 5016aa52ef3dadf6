"""Every SQL constant of the frame and the probe is understood by PostgreSQL."""

import pytest

import chassis
import outbox
from testkit import prepare_all

from . import probe

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(("package", "least"), [(chassis, 12), (outbox, 8), (probe, 6)])
async def test_statements_are_understood(running, nodes, package, least):
    del running
    assert await prepare_all(package, nodes.postgres.superuser_dsn("dashboard")) >= least


async def test_a_bad_statement_is_named(running, nodes, monkeypatch):
    del running
    monkeypatch.setattr(probe.things, "FIND", "SELECT nothing FROM thing")
    with pytest.raises(AssertionError, match=r"things\.FIND: column .nothing. does not exist"):
        await prepare_all(probe, nodes.postgres.superuser_dsn("dashboard"))
