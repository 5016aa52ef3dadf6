"""Calls between services: a deadline on each, nothing of the inside in an answer, a second try where it is safe."""

from urllib.parse import urlsplit
from uuid import uuid4

import msgspec
import pytest
from grpc import StatusCode, aio

from chassis import rpc
from chassis.problems import NotFound, Unavailable
from contracts.identity.v1 import identity_pb2, identity_pb2_grpc
from testkit import Running, Signer

from .probe.app import USERS

pytestmark = pytest.mark.anyio


@pytest.fixture
async def peers(running: Running, monkeypatch: pytest.MonkeyPatch, signer: Signer):
    target = f"{urlsplit(str(running.http.base_url)).hostname}:{running.environment['GRPC_PORT']}"
    settings = running.runtime.settings
    made = rpc.Peers(msgspec.structs.replace(settings, peers={"identity": target}), "dashboard")

    async def token() -> str:
        return signer.service_token("dashboard")

    monkeypatch.setattr(made, "_service_token", token)
    yield made
    await made.close()


async def get(peers: rpc.Peers, name: str, **options):
    stub = identity_pb2_grpc.UsersStub(peers.channel("identity"))
    return await peers.call(stub.GetUser, identity_pb2.GetUserRequest(username=name), **options)


async def test_a_peer_answers(peers):
    assert (await get(peers, "alice")).username == "alice"


async def test_what_is_not_there_is_told_apart_from_who_is_away(peers):
    with pytest.raises(NotFound):
        await get(peers, "missing")
    with pytest.raises(Unavailable):
        await get(peers, "late", deadline_s=0.2)
    with pytest.raises(Unavailable):
        peers.channel("workout")


async def test_unavailable_is_tried_again(peers):
    USERS.asked = 0
    assert (await get(peers, "flaky")).username == "flaky"
    assert USERS.asked == 2


async def test_retries_end(peers):
    USERS.asked = 0
    with pytest.raises(Unavailable):
        await get(peers, "away", deadline_s=3)
    assert USERS.asked == 3


async def test_failures_tell_nothing_of_the_inside(peers, running, signer):
    with pytest.raises(aio.AioRpcError) as caught:
        await direct(running, "fails", ("authorization", f"Bearer {signer.service_token('health')}"), timeout=2)
    assert caught.value.code() is StatusCode.INTERNAL
    assert "hunter2" not in str(caught.value)
    assert caught.value.details().startswith("trace ")


async def test_a_call_without_a_deadline_is_refused(running, signer):
    with pytest.raises(aio.AioRpcError) as caught:
        await direct(running, "alice", ("authorization", f"Bearer {signer.service_token('health')}"))
    assert caught.value.code() is StatusCode.INVALID_ARGUMENT


async def test_a_call_without_a_token_is_refused(running):
    with pytest.raises(aio.AioRpcError) as caught:
        await direct(running, "alice", timeout=2)
    assert caught.value.code() is StatusCode.UNAUTHENTICATED


async def test_too_large_a_message_is_refused(running, signer):
    with pytest.raises(aio.AioRpcError) as caught:
        await direct(running, "a" * 5_000_000, ("authorization", f"Bearer {signer.service_token('health')}"), timeout=2)
    assert caught.value.code() is StatusCode.RESOURCE_EXHAUSTED


async def test_a_user_reads_only_themselves(peers, signer):
    me, other = uuid4(), uuid4()
    stub = identity_pb2_grpc.UsersStub(peers.channel("identity"))
    mine = identity_pb2.GetUserRequest(user_id=str(me))
    assert (await peers.call(stub.GetUser, mine, token=signer.token(me))).user_id == str(me)
    with pytest.raises(NotFound):
        await peers.call(stub.GetUser, identity_pb2.GetUserRequest(user_id=str(other)), token=signer.token(me))


async def direct(running: Running, name: str, *metadata: tuple[str, str], **options):
    target = f"{urlsplit(str(running.http.base_url)).hostname}:{running.environment['GRPC_PORT']}"
    async with aio.insecure_channel(target) as channel:
        stub = identity_pb2_grpc.UsersStub(channel)
        return await stub.GetUser(identity_pb2.GetUserRequest(username=name), metadata=metadata, **options)
