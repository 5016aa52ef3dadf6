"""What is left of a user who goes: nothing; and nothing comes back."""

import asyncio
from uuid import uuid4

import pytest
from services.workout.tests import make
from services.workout.tests.make import BENCH, Person, a_run, a_set
from services.workout.tests.workouts.recorded import a_recording, channels

from contracts.events import UserErased
from testkit import until
from workout.workouts.drain import drain

pytestmark = pytest.mark.anyio

SHARED = {"outbox", "erased", "known_user", "known_zone", "ended_session"}
OWNED = """
    SELECT table_name FROM information_schema.columns
    WHERE table_schema = 'public' AND column_name = 'user_id' ORDER BY table_name
"""
COLUMNS = """
    SELECT column_name, data_type FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = $1 AND is_nullable = 'NO' AND column_default IS NULL
      AND is_identity = 'NO'
"""
ANYTHING = {
    "uuid": "gen_random_uuid()",
    "text": "'x'",
    "bytea": "'\\x00'",
    "smallint": "0",
    "integer": "0",
    "bigint": "0",
    "real": "0",
    "double precision": "0",
    "boolean": "true",
    "date": "current_date",
    "timestamp with time zone": "now()",
    "jsonb": "'{}'",
    "ARRAY": "'{}'",
}
ALLOWED = {
    ("import", "state"): "'finished'",
    ("workout_effort", "kind"): "'power'",
    ("gear", "kind"): "'shoes'",
    ("exercise", "measure"): "'reps'",
}
ERASED = "SELECT EXISTS (SELECT FROM erased WHERE user_id = $1)"


async def owned(workout):
    return [row[0] for row in await workout.db.fetch(OWNED) if row[0] not in SHARED]


async def left(workout, user_id):
    """The tables in which something is still there of a user."""
    count = "SELECT count(*) FROM {} WHERE user_id = $1"
    tables = {name: await workout.db.fetchval(count.format(name), user_id) for name in await owned(workout)}
    known = "SELECT count(*) FROM known_user WHERE user_id = $1"
    tables["known_user"] = await workout.db.fetchval(known, user_id)
    tables["outbox"] = await workout.db.fetchval(f"{count.format('outbox')} AND name NOT LIKE 'user.%'", user_id)
    tables["recording_stream"] = await workout.db.fetchval(
        "SELECT count(*) FROM recording_stream WHERE recording_id = ANY ($1::uuid[])", STREAMS.get(user_id, [])
    )
    return {name for name, count in tables.items() if count}


STREAMS = {}
"""Recordings by user, as streams are found by nothing else."""


async def with_data(workout):
    """A user with something in every table that is theirs, whatever tables there are."""
    user = make.a_user()
    await workout.publish(user)
    await make.known(workout, user.user_id)
    alice = Person(workout, user.user_id)
    await alice.log(rpe=5)
    await a_recording(workout, alice.id, streams=channels(700), sets=((BENCH, "working", 5, 100.0),))
    rows = await workout.db.fetch("SELECT recording_id FROM recording WHERE user_id = $1", alice.id)
    STREAMS[alice.id] = [row[0] for row in rows]
    for table in await owned(workout):
        if not await workout.db.fetchval(f"SELECT count(*) FROM {table} WHERE user_id = $1", alice.id):
            columns = [tuple(row) for row in await workout.db.fetch(COLUMNS, table) if row[0] != "user_id"]
            values = [ALLOWED.get((table, name), ANYTHING[kind]) for name, kind in columns]
            names = ", ".join(["user_id", *(name for name, _ in columns)])
            await workout.db.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join(['$1', *values])})", alice.id)
    return user, alice


@pytest.fixture
async def gone(workout):
    """A user who had data here and was deleted."""
    user, alice = await with_data(workout)
    assert await left(workout, user.user_id) >= {*await owned(workout), "recording_stream"} - {"dirty_workout"}
    await workout.publish(make.a_deletion(user.user_id))
    await until(lambda: workout.db.fetchval(ERASED, user.user_id))
    return user, alice


async def test_nothing_is_left(workout, gone):
    user, _ = gone
    assert await left(workout, user.user_id) == set()


async def test_others_keep_theirs(workout):
    bob = Person(workout)
    kept = await bob.log()
    user, _ = await with_data(workout)
    await workout.publish(make.a_deletion(user.user_id))
    await until(lambda: workout.db.fetchval(ERASED, user.user_id))
    assert await bob.read(kept["id"]) == kept


async def test_late_writes_are_refused(workout, gone):
    user, alice = gone
    answers = await asyncio.gather(
        *(alice.ask("POST", "/workouts", json=a_run()) for _ in range(5)),
        alice.ask("POST", "/workouts", json=a_run(), headers={"idempotency-key": "late"}),
        alice.ask("POST", f"/workouts/{uuid4()}/sets", json=a_set()),
    )
    assert {answer.status_code for answer in answers} == {401}
    assert await left(workout, user.user_id) == set()


async def test_writes_beside_an_erasure_are_erased_or_refused(workout):
    user, alice = await with_data(workout)
    writes = [asyncio.create_task(alice.ask("POST", "/workouts", json=a_run())) for _ in range(8)]
    await workout.publish(make.a_deletion(user.user_id))
    assert {(await write).status_code for write in writes} <= {201, 401}
    await until(lambda: workout.db.fetchval(ERASED, user.user_id))

    async def nothing():
        return await left(workout, user.user_id) == set()

    await until(nothing)


async def test_what_is_queued_of_one_who_is_gone_is_dropped(workout, gone):
    user, _ = gone
    await workout.db.execute("INSERT INTO dirty_workout (user_id, workout_id) VALUES ($1, $1)", user.user_id)

    async def dropped():
        await drain(workout.runtime.worker)
        return await left(workout, user.user_id) == set()

    await until(dropped)


async def test_late_events_change_nothing(workout, gone):
    user, _ = gone
    await workout.publish(make.a_user(user.user_id, version=9))
    await workout.publish(make.a_deletion(user.user_id))
    marker = make.a_user()
    await workout.publish(marker)
    await make.known(workout, marker.user_id)
    assert await left(workout, user.user_id) == set()


async def test_identity_is_told(gone, heard):
    user, _ = gone

    def answered():
        return [e for e in heard if isinstance(e, UserErased) and (e.user_id, e.service) == (user.user_id, "workout")]

    assert await until(answered)
