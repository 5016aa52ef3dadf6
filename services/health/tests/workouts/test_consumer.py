"""However often and in whatever order workouts are heard of, their time counts once."""

import random
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from services.health.tests import make

from contracts import topology
from contracts.events import UserDeleted, WorkoutChanged, WorkoutDeleted, WorkoutLogged
from health.workouts import consumer
from outbox import unseen
from testkit import until
from testkit.running import Running

pytestmark = pytest.mark.anyio

QUEUE = topology.BY_NAME["health.workouts"]
HANDLER = consumer.consumers.handlers[QUEUE]
MONDAY = date(2026, 3, 2)
SAMPLES = """
    SELECT sample.at, duration_s, value FROM sample JOIN series USING (series_id) JOIN source USING (user_id, source_id)
    JOIN metric USING (metric_id) WHERE user_id = $1 AND app = 'Workouts' AND code = 'exercise_time' ORDER BY at, n
"""


def a_workout(user_id: UUID, version: int = 1, *, kind: type = WorkoutLogged, **changes):
    given = {
        "user_id": user_id,
        "workout_id": uuid4(),
        "version": version,
        "sport": "running",
        "started_at": make.at("2026-03-02T18:00"),
        "on_date": MONDAY,
        "duration_s": 3600.0,
        "moving_s": 3000.0,
        "energy_kcal": 500.0,
    }
    return kind(**given | changes)


async def handle(health: Running, *events) -> None:
    async with health.runtime.worker.acquire() as db, db.transaction():
        if fresh := await unseen(db, QUEUE.name, events):
            await HANDLER(db, fresh)
    health.runtime.bell.ring("outbox", "dirty_day")


async def samples(health: Running, user_id: UUID) -> list[tuple]:
    return [tuple(row) for row in await health.db.fetch(SAMPLES, user_id)]


async def minutes(health: Running, user_id: UUID, on: date = MONDAY) -> float | None:
    """What exercise time comes to on a day, once nothing is dirty."""

    async def settled() -> bool:
        return not await health.db.fetchval(
            "SELECT count(*) FROM dirty_day JOIN series USING (series_id) WHERE user_id = $1", user_id
        )

    await until(settled, 10)
    return await health.db.fetchval(
        "SELECT value FROM day_summary JOIN metric USING (metric_id) WHERE user_id = $1 AND code = $2 AND on_date = $3",
        *(user_id, "exercise_time", on),
    )


async def test_a_workout_is_time_of_its_day(health):
    user_id = uuid4()
    logged = a_workout(user_id)
    await handle(health, logged)
    assert await samples(health, user_id) == [(logged.started_at, 3600, 50.0)]
    assert await minutes(health, user_id) == 50
    energy = (
        "SELECT count(*) FROM day_summary JOIN metric USING (metric_id) WHERE user_id = $1 AND code LIKE '%energy%'"
    )
    assert await health.db.fetchval(energy, user_id) == 0


async def test_it_follows_changes_and_goes_with_the_workout(health):
    user_id = uuid4()
    logged = a_workout(user_id)
    await handle(health, logged)
    moved = {"workout_id": logged.workout_id, "started_at": make.at("2026-03-05T07:00"), "moving_s": None}
    await handle(health, a_workout(user_id, 2, kind=WorkoutChanged, **moved))
    assert await minutes(health, user_id) is None
    assert await minutes(health, user_id, date(2026, 3, 5)) == 60
    await handle(health, WorkoutDeleted(user_id=user_id, version=3, workout_id=logged.workout_id))
    assert await minutes(health, user_id, date(2026, 3, 5)) is None
    await handle(health, a_workout(user_id, 2, kind=WorkoutChanged, **moved), logged)
    assert await samples(health, user_id) == []


async def test_two_that_begin_at_once_are_two(health):
    user_id = uuid4()
    first, second = a_workout(user_id), a_workout(user_id, duration_s=600.0, moving_s=None)
    await handle(health, first, second)
    assert len(await samples(health, user_id)) == 2
    await handle(health, WorkoutDeleted(user_id=user_id, version=2, workout_id=first.workout_id))
    assert await samples(health, user_id) == [(second.started_at, 600, 10.0)]


@pytest.mark.parametrize("seed", range(5))
async def test_order_does_not_matter(health, seed):
    user_id, chance = uuid4(), random.Random(seed)
    events, expected = [], []
    for number in range(12):
        workout_id = uuid4()
        last = chance.randint(1, 4)
        for version in range(1, last + 1):
            start = make.at("2026-03-02T00:00") + timedelta(hours=number % 5)
            length = 600.0 * version
            kind = WorkoutLogged if version == 1 else WorkoutChanged
            same = {"workout_id": workout_id, "started_at": start, "duration_s": length, "moving_s": None}
            events.append(a_workout(user_id, version, kind=kind, **same))
        if chance.random() < 0.3:
            events.append(WorkoutDeleted(user_id=user_id, version=last + 1, workout_id=workout_id))
        else:
            expected.append((start, int(length), length / 60))
    told = events + chance.choices(events, k=10)
    chance.shuffle(told)
    while told:
        size = chance.randint(1, 5)
        await handle(health, *told[:size])
        told = told[size:]
    assert sorted(await samples(health, user_id)) == sorted(expected)


async def test_minutes_that_a_watch_has_counted_too_count_once(health):
    user_id = uuid4()
    headers = health.signer.headers(user_id)
    walk = {"at": "2026-03-02T18:00:00Z", "duration_s": 3600, "value": 45}
    source = {"app": "Bracelet", "device_kind": "watch"}
    sent = {"source": source, "metric": "exercise_time", "samples": [walk]}
    answer = await health.http.post("/samples", json=sent, headers=headers)
    assert answer.status_code < 300, answer.text
    await handle(health, a_workout(user_id))
    assert await minutes(health, user_id) == 45


async def test_what_an_archive_has_said_already_is_not_said_twice(health):
    user_id = uuid4()
    logged = a_workout(user_id)
    await handle(health, logged)
    await health.db.execute("DELETE FROM workout_sample WHERE user_id = $1", user_id)
    await handle(health, a_workout(user_id, 1))
    assert await samples(health, user_id) == [(logged.started_at, 3600, 50.0)]


async def test_nothing_is_too_long_or_empty(health):
    user_id = uuid4()
    await handle(health, a_workout(user_id, duration_s=0.0), a_workout(user_id, duration_s=1e9))
    assert await samples(health, user_id) == []


async def test_it_goes_with_its_user(health):
    user_id = uuid4()
    await handle(health, a_workout(user_id))
    await health.publish(UserDeleted(user_id=user_id, version=9))

    async def gone() -> bool:
        return await health.db.fetchval("SELECT EXISTS (SELECT FROM erased WHERE user_id = $1)", user_id)

    await until(gone)
    assert await health.db.fetchval("SELECT count(*) FROM workout_sample WHERE user_id = $1", user_id) == 0
    await handle(health, a_workout(user_id, 3))
    assert await samples(health, user_id) == []
