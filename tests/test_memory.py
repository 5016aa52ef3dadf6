"""The whole product fits a small box."""

import pytest

from local import status

pytestmark = [pytest.mark.anyio, pytest.mark.xdist_group("journey")]
MOST_MB = 1.2 * 1024


async def test_everything_together_stays_small(product):
    """PSS of all processes, as `make status` prints it, after somebody has used them."""
    async with product.client() as client:
        someone = await product.person(client)
        async with client.post("/health-data", json={"steps": 100}, headers=someone.headers) as answer:
            assert answer.status == 201
    await product.settled()
    rows = status.read(product.supervisor.plan.runs)
    assert len(rows) >= len(product.supervisor.processes)
    assert sum(row.memory_mb for row in rows) < MOST_MB
