"""fitmesh.identity.v1."""

import time
from uuid import uuid4

import grpc
import pytest
from grpc import StatusCode, aio
from services.identity.tests.make import someone

from chassis import known_users
from contracts.events import UserRegistered, UserUpdated
from contracts.identity.v1 import identity_pb2 as pb
from contracts.identity.v1 import identity_pb2_grpc

pytestmark = pytest.mark.anyio


@pytest.fixture
async def stub(running):
    async with aio.insecure_channel(f"127.0.0.1:{running.runtime.settings.grpc_port}") as channel:
        yield identity_pb2_grpc.UsersStub(channel)


@pytest.fixture
async def service_token(running):
    settings = running.runtime.settings
    now = int(time.time())
    claims = {"iss": settings.issuer, "aud": "fitmesh-internal", "sub": "service:health", "iat": now, "exp": now + 600}
    return await running.runtime.resources["keyring"].sign(claims)


async def ask(method, request, token):
    return await method(request, timeout=2, metadata=(("authorization", f"Bearer {token}"),))


async def refused(method, request, token):
    with pytest.raises(grpc.RpcError) as refusal:
        await ask(method, request, token)
    return refusal.value.code()


async def test_a_service_reads_anyone_by_id_or_name_as_the_events_tell_it(http, stub, told, service_token):
    mina = await someone(http, time_zone="Europe/Berlin", display_name="Mina", email="canary@example.org")
    by_id = await ask(stub.GetUser, pb.GetUserRequest(user_id=str(mina.user_id)), service_token)
    by_name = await ask(stub.GetUser, pb.GetUserRequest(username=mina.username.upper()), service_token)
    assert by_id == by_name
    assert b"canary" not in by_id.SerializeToString()
    assert same(known_users.state_of(by_id), await told(UserRegistered, mina.user_id))

    changes = {
        "birth_date": "1990-05-17",
        "sex": "male",
        "height_cm": 180,
        "time_zone": "Asia/Tokyo",
        "units": "imperial",
    }
    await mina.ask("PATCH", "/users/me", json=changes)
    after = await ask(stub.GetUser, pb.GetUserRequest(user_id=str(mina.user_id)), service_token)
    assert same(known_users.state_of(after), await told(UserUpdated, mina.user_id))
    preferences = await ask(stub.GetPreferences, pb.GetPreferencesRequest(user_id=str(mina.user_id)), service_token)
    assert (preferences.units, preferences.time_zone) == ("imperial", "Asia/Tokyo")


def same(state, event):
    return all(
        getattr(state, name) == getattr(event, name) for name in type(state).__struct_fields__ if name != "event_id"
    )


async def test_s16_a_user_reads_only_themselves(http, stub):
    mina, other = await someone(http), await someone(http)
    token = mina.tokens["access_token"]
    assert (await ask(stub.GetUser, pb.GetUserRequest(username=mina.username), token)).user_id == str(mina.user_id)
    for request in (pb.GetUserRequest(username=other.username), pb.GetUserRequest(user_id=str(other.user_id))):
        assert await refused(stub.GetUser, request, token) is StatusCode.NOT_FOUND
    wanted = pb.GetPreferencesRequest(user_id=str(other.user_id))
    assert await refused(stub.GetPreferences, wanted, token) is StatusCode.NOT_FOUND
    both = pb.GetUsersRequest(user_ids=[str(mina.user_id), str(other.user_id)])
    assert [user.username for user in (await ask(stub.GetUsers, both, token)).users] == [mina.username]


async def test_several_at_once_leave_out_those_nobody_has(http, stub, service_token):
    users = [await someone(http) for _ in range(3)]
    ids = [str(user.user_id) for user in users]
    answer = await ask(stub.GetUsers, pb.GetUsersRequest(user_ids=[*ids, ids[0], str(uuid4())]), service_token)
    assert sorted(user.user_id for user in answer.users) == sorted(ids)
    many = pb.GetUsersRequest(user_ids=[str(uuid4())] * 501)
    assert await refused(stub.GetUsers, many, service_token) is StatusCode.INVALID_ARGUMENT


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (pb.GetUserRequest(), StatusCode.INVALID_ARGUMENT),
        (pb.GetUserRequest(user_id="7"), StatusCode.INVALID_ARGUMENT),
        (pb.GetUserRequest(username="a\0b"), StatusCode.INVALID_ARGUMENT),
        (pb.GetUserRequest(username="nobody-has-this"), StatusCode.NOT_FOUND),
        (pb.GetUserRequest(user_id=str(uuid4())), StatusCode.NOT_FOUND),
    ],
)
async def test_who_cannot_be_found(stub, service_token, request_, code):
    assert await refused(stub.GetUser, request_, service_token) is code


async def test_s16_without_a_token_nothing_is_told(stub, running):
    request = pb.GetUserRequest(username="mina")
    assert await refused(stub.GetUser, request, "x") is StatusCode.UNAUTHENTICATED
    assert await refused(stub.GetUser, request, running.signer.service_token("health")) is StatusCode.UNAUTHENTICATED
