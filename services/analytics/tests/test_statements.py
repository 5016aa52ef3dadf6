"""Every statement in the code fits the migrated schema."""

import pytest

import analytics as package
from testkit.statements import prepare_all

pytestmark = pytest.mark.anyio


async def test_every_statement_can_be_prepared(analytics, nodes):
    assert await prepare_all(package, nodes.postgres.superuser_dsn("analytics")) >= 10
