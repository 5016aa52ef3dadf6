"""Every statement fits the schema; none of those on the hot paths reads a large table from end to end."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from services.health.tests.samples.sending import Person

from health.samples import merge, queries, reading
from health.sources import queries as sources

pytestmark = pytest.mark.anyio

FIRST = datetime(2020, 1, 1, tzinfo=UTC)
STATEMENTS = {
    f"{module.__name__}.{name}": text
    for module in (merge, queries, reading, sources)
    for name, text in vars(module).items()
    if name.isupper() and isinstance(text, str) and re.match(r"\s*(SELECT|WITH|INSERT|UPDATE|DELETE)\b", text)
}
FILL = """
    INSERT INTO sample (series_id, at, n, duration_s, value)
    SELECT $1, '2019-06-01 00:00:00+00'::timestamptz + number * interval '5 minutes', 0, 60, 60
    FROM generate_series(0, 199999) AS number
    ON CONFLICT DO NOTHING
"""
DAYS = """
    INSERT INTO day_summary (user_id, metric_id, on_date, value, min, max, n, sources, version)
    SELECT gen_random_uuid(), 15, '2020-01-01'::date + number % 365, 1, 1, 1, 1, '{}', 1
    FROM generate_series(0, 49999) AS number
"""
SOURCE_DAYS = """
    INSERT INTO day_source (series_id, on_date, n, sum, min, max, last)
    SELECT 1000000 + number / 365, '2020-01-01'::date + number % 365, 1, 1, 1, 1, 1
    FROM generate_series(0, 49999) AS number
"""
LARGE = re.compile(r"Seq Scan on (sample_2019|sample_2020|sample_2021|day_summary|day_source)\b")
"""Those that the fixture fills; of a partition without a page nothing else can be read."""


@pytest.mark.parametrize("name", STATEMENTS)
async def test_it_can_be_prepared(health, name):
    async with health.runtime.worker.acquire() as db:
        if not await db.fetchval(merge.HAS_STAGED):
            await db.execute(merge.MAKE_STAGED)
        await db.prepare(STATEMENTS[name])


@pytest.fixture(scope="module")
async def large(health):
    """A user with 200,000 samples of a metric among other users' days; and a series of it."""
    alice = Person(health)
    await alice.send([{"at": FIRST.isoformat(), "value": 60}])
    series_id = await health.db.fetchval("SELECT series_id FROM series WHERE user_id = $1", alice.id)
    await health.db.execute(FILL, series_id)
    await health.db.execute(DAYS)
    await health.db.execute(SOURCE_DAYS)
    await health.db.execute("VACUUM (ANALYZE) sample, day_summary, day_source")
    yield alice, series_id
    await health.db.execute("DELETE FROM sample WHERE series_id = $1", series_id)


def asked(alice, series_id):
    """Statements of the hot paths with parameters as requests give them."""
    begin, end = FIRST, FIRST + timedelta(days=1)
    day, later = date(2020, 1, 1), date(2020, 3, 30)
    at = [begin.timestamp() + 60 * n for n in range(1000)]
    watch = (["Strider"], ["Watch 3"], [15])
    columns = ([series_id] * 1000, at, [0] * 1000, [60.0] * 1000, [None] * 1000)
    return {
        "raw": (reading.RAW, alice.id, 15, None, begin, end, 10_001),
        "extremes": (reading.EXTREMES, alice.id, 15, None, begin, end, 200_001, 100),
        "hours": (reading.HOURS, alice.id, 15, None, begin, end, 10_001),
        "days": (reading.DAYS, alice.id, 15, day, later, "day", 10_001),
        "weeks": (reading.DAYS, alice.id, 15, day, later, "week", 10_001),
        "find": (queries.FIND_SERIES, alice.id, *watch),
        "find occupied": (queries.FIND_OCCUPIED, alice.id, *watch, begin, end),
        "sent": (queries.SENT, alice.id, None, *columns),
        "count": (queries.COUNT, alice.id, 15, None, begin, end, 50_001),
        "delete": (queries.DELETE, alice.id, 15, None, begin, end),
        "sources": (sources.LIST, alice.id),
        "dirty metrics": (sources.DIRTY_METRICS, alice.id, [15]),
        "dirty sources": (sources.DIRTY_SOURCES, alice.id, [1]),
    }


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
async def test_no_large_table_is_read_from_end_to_end(health, large, mode):
    alice, series_id = large
    async with health.db.acquire() as db, db.transaction():
        await db.execute(f"SET LOCAL plan_cache_mode = {mode}")
        for name, (sql, *given) in asked(alice, series_id).items():
            rows = await db.fetch(f"EXPLAIN (COSTS OFF) {sql}", *given)
            plan = "\n".join(row[0] for row in rows)
            assert not LARGE.search(plan), f"{name}:\n{plan}"
