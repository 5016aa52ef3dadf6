"""What is left of a user who goes: nothing; and nothing comes back."""

import asyncio

import pytest
from services.health.tests import make

from contracts.events import UserErased
from health.days.drain import drain
from testkit import until

pytestmark = pytest.mark.anyio

OWNED = (
    *("health_record", "day_summary", "dirty_record", "source", "source_priority", "series", "quarantine"),
    "import",
)
OF_SERIES = ("sample", "sample_before", "import_series", "day_source", "dirty_day")
MEASURED = "SELECT series_id FROM series WHERE user_id = $1 ORDER BY series_id"
LEFT = """
    SELECT (SELECT count(*) FROM known_user WHERE user_id = $1) + (SELECT count(*) FROM known_zone WHERE user_id = $1)
         + (SELECT count(*) FROM outbox WHERE user_id = $1 AND name NOT LIKE 'user.%')
"""
ERASED = "SELECT EXISTS (SELECT FROM erased WHERE user_id = $1)"


WRITES = (
    """INSERT INTO source_priority (user_id, metric_id, source_id, position)
       SELECT $1, 0, min(source_id), 0 FROM source WHERE user_id = $1""",
    """INSERT INTO sample_before (import_id, series_id, at, n, duration_s, value)
       SELECT 7, series_id, now(), 0, 0, 1 FROM series WHERE user_id = $1""",
    """INSERT INTO import_series (import_id, series_id, first_at, last_at, read, inserted, updated)
       SELECT -series_id, series_id, now(), now(), 1, 1, 0 FROM series WHERE user_id = $1""",
    """INSERT INTO quarantine (user_id, import_id, series_id, at, duration_s, value)
       SELECT $1, 7, series_id, now(), 0, 1 FROM series WHERE user_id = $1""",
)


async def left(health, user_id, series):
    """What is still there of a user, by table."""
    counts = {
        table: await health.db.fetchval(f"SELECT count(*) FROM {table} WHERE user_id = $1", user_id) for table in OWNED
    }
    for table in OF_SERIES:
        counts[table] = await health.db.fetchval(f"SELECT count(*) FROM {table} WHERE series_id = ANY ($1)", series)
    counts["other"] = await health.db.fetchval(LEFT, user_id)
    return {table for table, count in counts.items() if count}


async def with_data(health):
    """A user with something in every table, and the series."""
    user = make.a_user()
    headers = health.signer.headers(user.user_id, user.username)
    await health.publish(user)
    for _ in range(3):
        assert (await health.http.post("/health-data", json=make.an_entry(), headers=headers)).status_code == 201
    samples = {"source": {"app": "watch"}, "metric": "steps", "samples": [{"at": "2026-03-01T12:00:00Z", "value": 5}]}
    assert (await health.http.post("/samples", json=samples, headers=headers)).status_code == 200

    async def summarised():
        series = [row["series_id"] for row in await health.db.fetch(MEASURED, user.user_id)]
        known = await health.db.fetchval("SELECT count(*) FROM day_source WHERE series_id = ANY ($1)", series)
        return series if len(series) == known == 4 else None

    series = await until(summarised)
    for statement in WRITES:
        await health.db.execute(statement, user.user_id)
    return user, series


@pytest.fixture
async def gone(health):
    """A user who had data here and was deleted."""
    user, series = await with_data(health)
    assert await left(health, user.user_id, series) >= {*OWNED, *OF_SERIES} - {"dirty_record", "dirty_day", "import"}
    await health.publish(make.a_deletion(user.user_id))
    await until(lambda: health.db.fetchval(ERASED, user.user_id))
    assert await left(health, user.user_id, series) == set()
    return user


async def test_nothing_is_left(health, gone):
    assert await left(health, gone.user_id, []) == set()


async def test_what_is_written_beside_an_erasure_is_swept_away(health):
    """As an import would that has not heard of it: samples and their days in one transaction."""
    user, series = await with_data(health)
    await health.publish(make.a_deletion(user.user_id))
    await until(lambda: health.db.fetchval(ERASED, user.user_id))
    async with health.db.acquire() as db, db.transaction():
        source_id = await db.fetchval(
            "INSERT INTO source (user_id, app) VALUES ($1, 'late') RETURNING source_id", user.user_id
        )
        made = await db.fetchval(
            "INSERT INTO series (user_id, metric_id, source_id) VALUES ($1, 1, $2) RETURNING series_id",
            user.user_id,
            source_id,
        )
        await db.execute("INSERT INTO sample (series_id, at, n, duration_s, value) VALUES ($1, now(), 0, 0, 5)", made)
        await db.execute("INSERT INTO dirty_day (series_id, on_date) VALUES ($1, '2026-03-01')", made)

    async def swept():
        await drain(health.runtime.worker)
        return await left(health, user.user_id, [*series, made]) == set()

    await until(swept)


async def test_late_writes_are_refused(health, gone):
    headers = health.signer.headers(gone.user_id, gone.username)
    answers = await asyncio.gather(
        *(health.http.post("/health-data", json=make.an_entry(), headers=headers) for _ in range(5)),
        health.http.post("/health-data", json=make.an_entry(), headers=headers | {"idempotency-key": "late"}),
    )
    assert {answer.status_code for answer in answers} == {401}
    assert await left(health, gone.user_id, []) == set()


async def test_late_events_change_nothing(health, gone):
    await health.publish(make.a_user(gone.user_id, version=9))
    await health.publish(make.a_deletion(gone.user_id))
    marker = make.a_user()
    await health.publish(marker)
    await make.known(health, marker.user_id)
    assert await left(health, gone.user_id, []) == set()


async def test_identity_is_told(health, gone, heard):
    def answered():
        return [e for e in heard if isinstance(e, UserErased) and e.user_id == gone.user_id and e.service == "health"]

    assert await until(answered)
