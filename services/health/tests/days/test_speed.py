"""Days at scale: no scan of a large table, and a changed order is in force within two seconds."""

import time
from datetime import date, timedelta
from uuid import uuid4

import msgspec
import pytest
from services.health.tests import make

from health.catalogue.table import BY_ID
from health.days import queries, reading
from health.days.drain import drain
from health.days.model import SLEEP_ID, SLEEP_IDS, Key
from testkit import until

pytestmark = pytest.mark.anyio

FIRST = date(2025, 1, 1)
WITHIN_S = 2
SOURCE = "INSERT INTO source (user_id, app, device_kind) VALUES ($1, $2, $2) RETURNING source_id"
SERIES = "INSERT INTO series (user_id, metric_id, source_id, longest_s) VALUES ($1, $2, $3, $4) RETURNING series_id"
SAMPLES = """
    INSERT INTO sample (series_id, at, n, duration_s, value)
    SELECT $1, day + piece * make_interval(secs => $2), 0, $2, 1 + piece % 7
    FROM generate_series($3::timestamptz, $3::timestamptz + interval '364 days', interval '1 day') AS day,
         generate_series($4::integer, $5) AS piece
"""
DIRTY = "INSERT INTO dirty_day (series_id, on_date) SELECT $1, $2::date + day FROM generate_series(0, 364) AS day"
WAITING = "SELECT count(*) FROM dirty_day JOIN series USING (series_id) WHERE user_id = $1"
DAYS = "SELECT count(*), sum(value) FROM day_summary WHERE user_id = $1 AND value IS NOT NULL"
OTHERS = """
    INSERT INTO day_summary (user_id, metric_id, on_date, value, n, sources, version)
    SELECT gen_random_uuid(), metric_id, date '2025-01-01' + day, 1, 1, '{}', 1
    FROM metric, generate_series(1, 300) AS day
"""


async def year(health):
    """A user with a phone all day, every quarter of an hour, and a watch from 8 to 16 h, every minute, for a year."""
    user_id = uuid4()
    series = []
    for app, length_s, first, last in (("watch", 60, 480, 959), ("phone", 900, 0, 95)):
        source_id = await health.db.fetchval(SOURCE, user_id, app)
        series.append(await health.db.fetchval(SERIES, user_id, 1, source_id, length_s))
        start = make.at("2025-01-01T00:00")
        await health.db.execute(SAMPLES, series[-1], length_s, start, first, last)
    return user_id, series


async def test_a_year_of_two_sources_is_made_anew_within_two_seconds(health):
    user_id, (watch, _phone) = await year(health)
    await health.db.execute("ANALYZE sample")

    async def settled():
        await drain(health.runtime.worker)
        return not await health.db.fetchval(WAITING, user_id)

    await health.db.execute(DIRTY, watch, FIRST)
    await until(settled)
    assert (await health.db.fetchrow(DAYS, user_id))["count"] == 365
    ids = dict(await health.db.fetch("SELECT app, source_id FROM source WHERE user_id = $1", user_id))
    headers = health.signer.headers(user_id, "alice")

    async def believe(app):
        began = time.perf_counter()
        order = {"metrics": {"steps": [ids[app]]}}
        assert (await health.http.put("/sources/priority", json=order, headers=headers)).status_code == 200
        await until(settled)
        return time.perf_counter() - began

    phones = 365 * sum(1 + piece % 7 for piece in range(96))
    seconds = []
    for _ in range(3):  # the machine may be busy with something else
        seconds.append(await believe("phone"))
        assert (await health.db.fetchrow(DAYS, user_id))["sum"] == phones
        if seconds[-1] < WITHIN_S:
            break
        await believe("watch")
        assert (await health.db.fetchrow(DAYS, user_id))["sum"] > phones
    print(f"365 days of 480 + 96 samples from two sources made anew in {min(seconds):.2f} s")
    assert min(seconds) < WITHIN_S


def nodes(plan):
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


async def explained(db, statement, *given):
    text = await db.fetchval(f"EXPLAIN (FORMAT JSON) {statement}", *given)
    return list(nodes(msgspec.json.decode(text)[0]["Plan"]))


async def test_no_large_table_is_scanned(health):
    user_id, (watch, _) = await year(health)
    async with health.db.acquire() as db:
        await db.execute(OTHERS)
        await db.execute("ANALYZE sample, day_summary, series, source, day_source")
        keys = [Key(user_id, 1, FIRST + timedelta(days)) for days in range(30)]
        plan = await reading.plan(db, keys)
        columns = list(zip(*plan.reads, strict=True))
        asked = {
            "days": (queries.SELECT, user_id, FIRST, FIRST + timedelta(89), [1]),
            "days of all metrics": (queries.SELECT, user_id, FIRST, FIRST + timedelta(89), list(BY_ID)),
            "plan": (reading.PLAN, {user_id}, *zip(*keys, strict=True), SLEEP_ID, list(SLEEP_IDS)),
            "said": (reading.SAID, *columns),
            "added": (reading.ADDED, *columns),
            "chosen": (reading.CHOSEN, *columns),
            "kept": (reading.KEEP_SOURCES, {user_id}, [user_id] * 30, [watch] * 30, [key.on_date for key in keys]),
        }
        for name, question in asked.items():
            for node in await explained(db, *question):
                large = node.get("Relation Name") in {"day_summary", "sample_2025"}
                assert not (large and node["Node Type"] == "Seq Scan"), (name, node)
