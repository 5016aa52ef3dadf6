"""fitmesh.health.v1: one's own days, samples and sources only, and not without a deadline."""

from uuid import uuid4

import grpc
import pytest
from grpc import aio
from services.health.tests import make
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


@pytest.fixture
async def stub(health):
    async with aio.insecure_channel(f"127.0.0.1:{health.runtime.settings.grpc_port}") as channel:
        yield health_pb2_grpc.HealthStub(channel)


def asked(user_id, metric="steps", from_="2026-03-01T00:00", to="2026-03-02T00:00", source_ids=()):
    request = health_pb2.GetSamplesRequest(user_id=str(user_id), metric=metric, source_ids=source_ids)
    getattr(request, "from").FromDatetime(make.at(from_))
    request.to.FromDatetime(make.at(to))
    return request


def bearing(token):
    return {"timeout": 10, "metadata": (("authorization", f"Bearer {token}"),)}


async def measured(health, user_id):
    """12,000 steps of a watch, one a second and two at the first; one weight of a scale."""
    start = int(make.at("2026-03-01T00:00").timestamp())
    at = [start, *range(start, start + 12_000)]
    series = [
        {"source": {"app": "watch"}, "metric": "steps", "samples": {"at": at, "value": [2, *([1] * 12_000)]}},
        {
            "source": {"app": "Scale", "device": "S1", "device_kind": "scale"},
            "metric": "weight",
            "samples": [{"at": start, "value": 70}],
        },
    ]
    answer = await health.http.post("/samples", json={"series": series}, headers=health.signer.headers(user_id))
    assert answer.status_code == 200, answer.text
    return start


async def test_samples_come_in_pages(health, stub):
    user_id = uuid4()
    start = await measured(health, user_id)
    token = health.signer.service_token("analytics")
    pages = [page async for page in stub.GetSamples(asked(user_id), **bearing(token))]
    assert [len(page.at_us) for page in pages] == [5_000, 5_000, 2_001]
    at = [instant for page in pages for instant in page.at_us]
    assert at == sorted(at)
    assert (at[0], at[1], at[-1]) == (start * 10**6, start * 10**6, (start + 11_999) * 10**6)
    assert sum(value for page in pages for value in page.value) == 12_002
    assert all(len(page.at_us) == len(page.duration_s) == len(page.value) for page in pages)
    part = asked(user_id, from_="2026-03-01T00:00:01", to="2026-03-01T00:00:03", source_ids=[pages[0].source_id])
    (page,) = [page async for page in stub.GetSamples(part, **bearing(health.signer.token(user_id)))]
    assert list(page.at_us) == [(start + 1) * 10**6, (start + 2) * 10**6]
    nobody = asked(user_id, source_ids=[2**31 - 1])
    assert [page async for page in stub.GetSamples(nobody, **bearing(token))] == []


async def test_sources_are_told(health, stub):
    user_id = uuid4()
    await measured(health, user_id)
    request = health_pb2.GetSourcesRequest(user_id=str(user_id))
    found = (await stub.GetSources(request, **bearing(health.signer.token(user_id)))).sources
    watch, scale = sorted(found, key=lambda source: source.metrics[0])
    assert (watch.app, watch.HasField("device"), list(watch.metrics), watch.name) == (
        "watch",
        False,
        ["steps"],
        "watch",
    )
    assert (scale.device, scale.device_kind, scale.name, scale.ignored) == ("S1", "scale", "Scale · S1", False)


async def test_others_samples_and_sources_are_not_there(health, stub):
    user_id = uuid4()
    mine = bearing(health.signer.token(uuid4()))
    with pytest.raises(aio.AioRpcError) as refused:
        await stub.GetSources(health_pb2.GetSourcesRequest(user_id=str(user_id)), **mine)
    assert refused.value.code() is grpc.StatusCode.NOT_FOUND
    with pytest.raises(aio.AioRpcError) as refused:
        [page async for page in stub.GetSamples(asked(user_id), **mine)]
    assert refused.value.code() is grpc.StatusCode.NOT_FOUND


@pytest.mark.parametrize(
    "request_",
    [
        health_pb2.GetSamplesRequest(user_id="x", metric="steps"),
        health_pb2.GetSamplesRequest(user_id=str(uuid4()), metric="steps"),
        asked(uuid4(), metric="nonsense"),
        asked(uuid4(), source_ids=[1] * 1_001),
    ],
)
async def test_questions_for_samples_have_limits(health, stub, request_):
    with pytest.raises(aio.AioRpcError) as refused:
        [page async for page in stub.GetSamples(request_, **bearing(health.signer.service_token("dashboard")))]
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
