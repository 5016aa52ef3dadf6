"""Everything can be told again, as it was told first."""

from datetime import UTC, datetime

import msgspec
import pytest
from services.workout.tests.make import Person, of_user

from contracts.events import WorkoutChanged, WorkoutLogged
from workout.workouts.republish import republish

pytestmark = pytest.mark.anyio


async def test_workouts_are_told_again(workout, heard):
    alice, before = Person(workout), datetime.now(UTC)
    await alice.log(rpe=7.3, average_heart_rate=141.7)
    await alice.run()
    first = await of_user(heard, alice.id, WorkoutLogged.name(), 2)
    async with workout.db.acquire() as db, db.transaction():
        assert await republish(db, before) >= 2
        assert await republish(db, datetime.now(UTC)) == 0
    workout.runtime.bell.ring("outbox")
    again = await of_user(heard, alice.id, WorkoutChanged.name(), 2)

    def state(event):
        values = msgspec.structs.asdict(event)
        return {name: value for name, value in values.items() if name not in {"event_id", "occurred_at"}}

    assert sorted(map(state, first), key=lambda one: one["workout_id"]) == sorted(
        map(state, again), key=lambda one: one["workout_id"]
    )


async def test_the_beginning_of_time(workout):
    await Person(workout).run()
    async with workout.db.acquire() as db, db.transaction():
        everything = await db.fetchval("SELECT count(*) FROM workout")
        assert await republish(db, None) == everything
