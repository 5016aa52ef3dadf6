"""Every statement fits the schema, and none reads more of a large table than it gives."""

import pytest
from services.health.tests.export import make
from services.health.tests.export.test_http import with_samples

from health.export import queries
from testkit.statements import prepare_all

pytestmark = pytest.mark.anyio


async def test_they_can_be_prepared(health, nodes):
    assert await prepare_all("health.export", nodes.postgres.superuser_dsn("health")) >= 15


async def test_a_page_is_read_by_the_key(health):
    alice = await with_samples(health, 100_000)
    await health.db.execute("ANALYZE sample")
    series_id = await health.db.fetchval("SELECT series_id FROM series WHERE user_id = $1", alice.id)
    plan = await health.db.fetch(f"EXPLAIN {queries.SAMPLES}", alice.id, series_id, queries.BEGINNING, queries.PAGE)
    text = "\n".join(row[0] for row in plan)
    assert "Seq Scan on sample" not in text, text
    assert "Limit" in text
    assert make.parts_of(await make.exported(alice)).keys() >= {"samples/heart_rate.jsonl"}
