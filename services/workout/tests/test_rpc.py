"""fitmesh.workout.v1: one's own workouts only, and not without a deadline."""

from uuid import uuid4

import grpc
import pytest
from grpc import aio
from services.workout.tests.make import Person
from services.workout.tests.workouts.recorded import a_recording, channels

from contracts.workout.v1 import workout_pb2, workout_pb2_grpc

pytestmark = pytest.mark.anyio

SPRING = {"from": "2026-03-01", "to": "2026-03-31"}


class Asking:
    """The four calls, as a user or a service makes them."""

    def __init__(self, stub):
        self._stub = stub

    async def __call__(self, method, token, deadline_s=5, **given):
        asked = getattr(workout_pb2, f"{method}Request")(
            **{k: str(v) if k.endswith("_id") else v for k, v in given.items()}
        )
        metadata = (("authorization", f"Bearer {token}"),) if token else ()
        call = getattr(self._stub, method)(asked, timeout=deadline_s, metadata=metadata)
        return [part async for part in call] if method == "GetStreams" else await call


@pytest.fixture
async def ask(workout):
    async with aio.insecure_channel(f"127.0.0.1:{workout.runtime.settings.grpc_port}") as channel:
        yield Asking(workout_pb2_grpc.WorkoutStub(channel))


async def test_workouts(workout, ask):
    alice = Person(workout)
    token = workout.signer.token(alice.id)
    run, log = await alice.run(rpe=5), await alice.log()
    found = (await ask("ListWorkouts", token, user_id=alice.id, **SPRING)).workouts
    assert [one.workout_id for one in found] == [run["id"], log["id"]]
    assert (found[0].distance_m, found[0].load, found[0].load_method, found[0].on_date) == (
        5000,
        150,
        "rpe",
        "2026-03-02",
    )
    assert not found[0].HasField("title")
    assert found[0].started_at.ToJsonString() == "2026-03-02T06:00:00Z"
    assert (found[1].sets, found[1].reps, found[1].volume_load_kg, found[1].title) == (3, 8, 830, "Push")
    one = (await ask("GetWorkout", token, user_id=alice.id, workout_id=run["id"])).workout
    assert one == found[0]
    runs = await ask("ListWorkouts", token, user_id=alice.id, sport="running", limit=1, **SPRING)
    assert [each.workout_id for each in runs.workouts] == [run["id"]]
    service = workout.signer.service_token("dashboard")
    assert len((await ask("ListWorkouts", service, user_id=alice.id, **SPRING)).workouts) == 2


async def test_stats(workout, ask):
    alice = Person(workout)
    await alice.run(rpe=5)
    await alice.log()
    token = workout.signer.token(alice.id)
    found = {}
    for group in ("week", "month", "year", "sport", "muscle"):
        answer = await ask("GetStats", token, user_id=alice.id, group=group, **SPRING)
        found[group] = {one.key: one for one in answer.stats}
    month = found["month"]["2026-03-01"]
    assert (month.workouts, month.duration_s, month.distance_m, month.volume_load_kg, month.load) == (
        2,
        5400,
        5000,
        830,
        150,
    )
    assert set(found["sport"]) == {"running", "strength_training"}
    assert {key: one.sets for key, one in found["muscle"].items()} == {"chest": 2, "shoulders": 1, "triceps": 1}


async def test_streams(workout, ask):
    alice = Person(workout)
    workout_id = await a_recording(workout, alice.id, streams=channels(120))
    token = workout.signer.token(alice.id)
    parts = await ask("GetStreams", token, user_id=alice.id, workout_id=workout_id)
    found = {part.channel: list(part.values) for part in parts}
    assert found["time"] == list(range(121))
    assert found["heart_rate"] == [150] * 121
    only = await ask("GetStreams", token, user_id=alice.id, workout_id=workout_id, channels=["heart_rate", "nothing"])
    assert [part.channel for part in only] == ["heart_rate"]
    run = await alice.run()
    assert await ask("GetStreams", token, user_id=alice.id, workout_id=run["id"]) == []


async def refused(call):
    with pytest.raises(aio.AioRpcError) as error:
        await call
    return error.value.code()


async def test_others_workouts_are_not_there(workout, ask):
    alice, mallory = Person(workout), Person(workout)
    run = await alice.run()
    token = workout.signer.token(mallory.id)
    missing = grpc.StatusCode.NOT_FOUND
    for user_id in (alice.id, mallory.id):
        for method in ("GetWorkout", "GetStreams"):
            assert await refused(ask(method, token, user_id=user_id, workout_id=run["id"])) is missing
    assert await refused(ask("ListWorkouts", token, user_id=alice.id, **SPRING)) is missing
    assert await refused(ask("GetStats", token, user_id=alice.id, group="week", **SPRING)) is missing


@pytest.mark.parametrize(
    ("method", "question"),
    [
        ("ListWorkouts", {"from": "yesterday", "to": "2026-03-01"}),
        ("ListWorkouts", {"from": "2026-03-02", "to": "2026-03-01"}),
        ("ListWorkouts", SPRING | {"limit": 201}),
        ("ListWorkouts", SPRING | {"limit": -1}),
        ("ListWorkouts", {}),
        ("GetWorkout", {"workout_id": "x"}),
        ("GetWorkout", {}),
        ("GetStats", SPRING | {"group": "day"}),
        ("GetStats", {"from": "1950-01-01", "to": "2026-01-01", "group": "week"}),
        ("GetStreams", {"workout_id": uuid4(), "channels": ["time"] * 51}),
        ("GetStreams", {"workout_id": "x"}),
        ("GetStats", SPRING | {"group": "week", "deadline_s": None}),
    ],
)
async def test_questions_have_limits(workout, ask, method, question):
    alice = Person(workout)
    code = await refused(ask(method, workout.signer.token(alice.id), user_id=alice.id, **question))
    assert code is grpc.StatusCode.INVALID_ARGUMENT


async def test_a_token_is_needed(workout, ask):
    for token in (None, "x.y.z", workout.signer.token(uuid4(), aud="other")):
        code = await refused(ask("ListWorkouts", token, user_id=uuid4(), **SPRING))
        assert code is grpc.StatusCode.UNAUTHENTICATED
    code = await refused(ask("ListWorkouts", workout.signer.service_token("dashboard"), user_id="no-uuid", **SPRING))
    assert code is grpc.StatusCode.INVALID_ARGUMENT
