"""Every statement, against the migrated schema."""

import pytest

import identity
from testkit.statements import prepare_all

pytestmark = pytest.mark.anyio


async def test_every_statement_prepares(running, nodes):
    assert await prepare_all(identity, nodes.postgres.superuser_dsn("identity")) > 30
