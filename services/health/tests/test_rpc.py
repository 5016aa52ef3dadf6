"""fitmesh.health.v1: one's own days only, and not without a deadline."""

from uuid import uuid4

import grpc
import pytest
from grpc import aio
from services.health.tests.days import by_hand

from contracts.health.v1 import health_pb2, health_pb2_grpc
from testkit import until

pytestmark = pytest.mark.anyio


@pytest.fixture
async def days(health):
    """GetDays as a user or a service calls it."""
    async with aio.insecure_channel(f"127.0.0.1:{health.runtime.settings.grpc_port}") as channel:
        stub = health_pb2_grpc.HealthStub(channel)

        async def ask(token, user_id, from_="2026-03-01", to="2026-03-31", metrics=(), deadline_s=5):
            request = health_pb2.GetDaysRequest(user_id=str(user_id), to=to, metrics=metrics, **{"from": from_})
            metadata = (("authorization", f"Bearer {token}"),) if token else ()
            return (await stub.GetDays(request, timeout=deadline_s, metadata=metadata)).days

        yield ask


async def test_days_are_oldest_first(health, days):
    user_id = uuid4()
    token = health.signer.token(user_id)
    for day in (2, 1):
        said = {"steps": day, "weight": 70, "at": f"2026-03-0{day}T12:00:00Z"}
        await health.http.post("/health-data", json=said, headers=health.signer.headers(user_id))

    async def summarised():
        return len(await by_hand.stored(health, user_id)) == 4

    await until(summarised)
    found = await days(token, user_id)
    assert [(d.on_date, d.metric) for d in found] == [
        (f"2026-03-0{day}", metric) for day in (1, 2) for metric in ("steps", "weight")
    ]
    first = found[0]
    assert (first.value, first.min, first.max, first.n, first.unit) == (1, 1, 1, 1, "{steps}")
    assert (list(first.sources), first.version) == (["manual"], 1)
    assert [d.value for d in await days(token, user_id, to="2026-03-01", metrics=["weight"])] == [70]
    assert len(await days(health.signer.service_token("dashboard"), user_id)) == 4


async def test_others_days_are_not_there(health, days):
    with pytest.raises(aio.AioRpcError) as refused:
        await days(health.signer.token(uuid4()), uuid4())
    assert refused.value.code() is grpc.StatusCode.NOT_FOUND


@pytest.mark.parametrize(
    "question",
    [
        {"from_": "2025-01-01", "to": "2026-01-02"},
        {"from_": "2026-03-02", "to": "2026-03-01"},
        {"from_": "yesterday"},
        {"to": ""},
        {"from_": "0001-01-01", "to": "9999-12-31"},
        {"metrics": ["steps"] * 201},
        {"deadline_s": None},
    ],
)
async def test_questions_have_limits(health, days, question):
    user_id = uuid4()
    with pytest.raises(aio.AioRpcError) as refused:
        await days(health.signer.token(user_id), user_id, **question)
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_a_leap_year_and_hostile_text_are_answered(health, days):
    user_id = uuid4()
    assert len(await days(health.signer.token(user_id), user_id, "2024-01-01", "2024-12-31")) == 0
    assert len(await days(health.signer.token(user_id), user_id, metrics=["'; DROP TABLE metric", "é"])) == 0
    with pytest.raises(aio.AioRpcError) as refused:
        await days(health.signer.service_token("dashboard"), "no-uuid")
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_a_token_is_needed(health, days):
    for token in (None, "x.y.z", health.signer.token(uuid4(), aud="other")):
        with pytest.raises(aio.AioRpcError) as refused:
            await days(token, uuid4())
        assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED
