"""POST /oauth/token: services prove who they are."""

import base64
import hashlib

import pytest
from services.identity.tests.make import FORM, identity, someone

from chassis import rpc, settings, tokens
from chassis.problems import NotFound
from contracts.identity.v1 import identity_pb2, identity_pb2_grpc

pytestmark = pytest.mark.anyio

BODY = b"grant_type=client_credentials"


def basic(name, secret):
    return {"authorization": f"Basic {base64.b64encode(f'{name}:{secret}'.encode()).decode()}"}


@pytest.fixture(scope="module")
async def guarded(start):
    clients = f"health={hashlib.sha256(b'hush').hexdigest()},analytics={hashlib.sha256(b'hush too').hexdigest()}"
    async with identity(start, SERVICE_CLIENTS=clients) as running:
        yield running


async def test_a_service_gets_a_token_for_services(guarded):
    answer = await guarded.http.post("/oauth/token", content=BODY, headers=FORM | basic("health", "hush"))
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    told = answer.json()
    assert (set(told), told["token_type"]) == ({"access_token", "token_type", "expires_in"}, "Bearer")
    claims = await guarded.runtime.verifier.claims(told["access_token"], tokens.SERVICES)
    assert (claims.sub, claims.aud, claims.exp - claims.iat) == ("service:health", "fitmesh-internal", 600)


async def test_the_frame_of_another_service_gets_through_with_it(guarded, nodes):
    mina = await someone(guarded.http)
    own = guarded.runtime.settings
    environment = nodes.environment(
        "health", jwks_url=own.jwks_url, PEERS=f"identity=127.0.0.1:{own.grpc_port}", SERVICE_SECRET="hush"
    )
    peers = rpc.Peers(settings.load(settings.Settings, environment), "health")
    try:
        stub = identity_pb2_grpc.UsersStub(peers.channel("identity"))
        found = await peers.call(stub.GetUser, identity_pb2.GetUserRequest(username=mina.username))
        assert found.user_id == str(mina.user_id)
        with pytest.raises(NotFound):
            await peers.call(stub.GetUser, identity_pb2.GetUserRequest(username="nobody-has-this"))
    finally:
        await peers.close()


async def test_a_service_token_opens_no_http_route(guarded):
    answer = await guarded.http.post("/oauth/token", content=BODY, headers=FORM | basic("health", "hush"))
    bearer = {"authorization": f"Bearer {answer.json()['access_token']}"}
    assert (await guarded.http.get("/users/me", headers=bearer)).status_code == 401


@pytest.mark.parametrize(
    "header",
    [
        {},
        basic("health", "hush too"),
        basic("health", ""),
        basic("", ""),
        basic("identity", "hush"),
        basic("nobody", "hush"),
        {"authorization": "Basic !!!"},
        {"authorization": "Basic /w=="},
        {"authorization": f"Bearer {base64.b64encode(b'health:hush').decode()}"},
        {"authorization": "Basic"},
    ],
)
async def test_nobody_else_does(guarded, header):
    answer = await guarded.http.post("/oauth/token", content=BODY, headers=FORM | header)
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:fitmesh:problem:invalid-client")


async def test_no_user_does(guarded):
    mina = await someone(guarded.http)
    for header in (mina.headers, basic(mina.username, "a long way home")):
        answer = await guarded.http.post("/oauth/token", content=BODY, headers=FORM | header)
        assert answer.status_code == 401


@pytest.mark.parametrize("body", [b"", b"grant_type=password", BODY + b"&scope=all", BODY + b"&" + BODY])
async def test_no_other_grant_is_given(guarded, body):
    answer = await guarded.http.post("/oauth/token", content=body, headers=FORM | basic("health", "hush"))
    assert answer.status_code == 400
