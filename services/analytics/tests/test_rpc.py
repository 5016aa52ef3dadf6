"""fitmesh.analytics.v1."""

from uuid import uuid4

import grpc
import pytest
from grpc import StatusCode, aio
from services.analytics.tests.make import a_day, ago, handle, today

from contracts.analytics.v1 import analytics_pb2, analytics_pb2_grpc

pytestmark = pytest.mark.anyio


async def summary(analytics, user_id, token):
    async with aio.insecure_channel(f"127.0.0.1:{analytics.environment['GRPC_PORT']}") as channel:
        stub = analytics_pb2_grpc.AnalyticsStub(channel)
        request = analytics_pb2.GetSummaryRequest(user_id=str(user_id))
        return await stub.GetSummary(request, timeout=5, metadata=(("authorization", f"Bearer {token}"),))


async def test_the_user_and_other_services_read_the_summary(analytics, db):
    user_id = uuid4()
    await handle(db, a_day(user_id, 9000), a_day(user_id, 3000, on_date=ago(10)))
    for token in (analytics.signer.token(user_id), analytics.signer.service_token("dashboard")):
        (steps,) = (await summary(analytics, user_id, token)).metrics
        assert (steps.metric, steps.unit, steps.latest, steps.latest_on) == ("steps", "{steps}", 9000, str(today()))
        assert (steps.average_7_days, steps.average_28_days, steps.min, steps.max) == (9000, 6000, 3000, 9000)


async def test_what_is_unknown_is_absent(analytics, db):
    user_id = uuid4()
    await handle(db, a_day(user_id, 9000, on_date=ago(100)))
    (steps,) = (await summary(analytics, user_id, analytics.signer.token(user_id))).metrics
    assert steps.HasField("latest")
    assert not steps.HasField("average_28_days")


@pytest.mark.parametrize(
    ("asked", "token_of", "code"),
    [("self", "other", StatusCode.NOT_FOUND), ("not-a-uuid", "service", StatusCode.INVALID_ARGUMENT)],
)
async def test_refusals(analytics, asked, token_of, code):
    user_id = uuid4()
    token = analytics.signer.service_token("x") if token_of == "service" else analytics.signer.token(uuid4())
    with pytest.raises(grpc.RpcError) as refused:
        await summary(analytics, user_id if asked == "self" else asked, token)
    assert refused.value.code() is code
