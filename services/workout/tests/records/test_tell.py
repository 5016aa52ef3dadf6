"""A record is told when it is set, once; not the first of its kind, and nothing that an import brings."""

import pytest
from services.workout.tests import make

from workout.records import tell
from workout.workouts import queries

pytestmark = pytest.mark.anyio


@pytest.fixture
def person(workout):
    return make.Person(workout)


async def lift(person, on: str, weight: float, **changes):
    sets = [make.a_set(reps=1, weight_kg=weight, **changes)]
    return await person.log(started_at=f"2026-03-{on}T18:00:00Z", sets=sets)


async def told(workout, person, *workouts):
    """What is put into the outbox now for these workouts."""
    statement = """
        SELECT body->>'kind', (body->>'value')::float8, (body->>'previous')::float8, body->>'subject', body->>'unit'
        FROM (
            SELECT convert_from(body, 'UTF8')::jsonb AS body FROM outbox
            WHERE user_id = $1 AND name = 'record.set.v1' AND id > $2
        ) AS waiting ORDER BY 1
    """
    async with workout.runtime.worker.acquire() as db, db.transaction():
        await queries.lock(db, person.id)
        before = await db.fetchval("SELECT coalesce(max(id), 0) FROM outbox")
        await tell.tell(db, person.id, [one["id"] for one in workouts])
        return [tuple(row) for row in await db.fetch(statement, person.id, before)]


async def forget(workout, person):
    async with workout.runtime.worker.acquire() as db:
        await db.execute("DELETE FROM told_record WHERE user_id = $1", person.id)


async def test_what_beats_all_before_it_is_told_once(workout, person):
    first, second = await lift(person, "01", 100), await lift(person, "02", 110)
    await forget(workout, person)
    found = await told(workout, person, first, second)
    assert [(kind, value, previous) for kind, value, previous, _, _ in found] == [
        ("e1rm", 110, 100),
        ("volume", 110, 100),
        ("weight", 110, 100),
        ("workout_volume", 110, 100),
    ]
    assert {subject for *_, subject, _ in found} == {"Barbell Bench Press - Medium Grip"}
    count = "SELECT count(*) FROM told_record WHERE user_id = $1"
    before = await workout.db.fetchval(count, person.id)
    await told(workout, person, first, second)
    assert await workout.db.fetchval(count, person.id) == before == 4


async def test_a_record_that_goes_and_comes_back_is_not_told_again(workout, person, heard):
    await lift(person, "01", 100)
    second = await lift(person, "02", 110)
    events = list(await make.of_user(heard, person.id, "record.set.v1", 4))
    await person.patch(second["id"], sets=[make.a_set(reps=1, weight_kg=90)])
    await person.patch(second["id"], sets=[make.a_set(reps=1, weight_kg=110)])
    await person.patch(second["id"], sets=[make.a_set(reps=1, weight_kg=120)])
    again = await make.of_user(heard, person.id, "record.set.v1", 8)
    assert [event.value for event in again[len(events) :]] == [120] * 4
    assert len({event.version for event in again}) == 2


async def test_a_wrong_record_that_was_deleted_holds_nobody_up(workout, person, heard):
    await lift(person, "01", 100)
    wrong = await lift(person, "02", 1_000)
    await person.ask("DELETE", f"/workouts/{wrong['id']}", status=204)
    await lift(person, "03", 105)
    events = await make.of_user(heard, person.id, "record.set.v1", 8)
    assert {(event.kind, event.value, event.previous) for event in events[4:]} >= {("weight", 105, 100)}


async def test_what_imports_bring_is_not_told(workout, person):
    await lift(person, "01", 100)
    second = await lift(person, "02", 110)
    await forget(workout, person)
    recording = r"""
        INSERT INTO recording (recording_id, user_id, workout_id, import_id, fingerprint, format, source, sport,
                               started_at, duration_s)
        VALUES (gen_random_uuid(), $1, $2, 1, '\x01', 'hevy', 'Hevy', 'strength_training', now(), 1)
    """
    async with workout.runtime.worker.acquire() as db:
        await db.execute(recording, person.id, second["id"])
    assert await told(workout, person, second) == []
