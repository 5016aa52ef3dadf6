"""In quickstart mode, and only there, a name is enough."""

from uuid import uuid4

import grpc
import pytest
from grpc import aio
from services.health.tests import make

from contracts.identity.v1 import identity_pb2, identity_pb2_grpc
from health.app import SERVICE

pytestmark = pytest.mark.anyio

OWNER = "SELECT user_id FROM health_record WHERE id = $1"
STRANGER = uuid4()


class Identity(identity_pb2_grpc.UsersServicer):
    """Knows one user, of whom no event has told."""

    async def GetUser(self, request, context):  # noqa: N802 - the name in the proto file
        if request.username != "stranger":
            await context.abort(grpc.StatusCode.NOT_FOUND, "no such user")
        return identity_pb2.User(
            user_id=str(STRANGER),
            version=1,
            username="stranger",
            locale="en",
            units="metric",
            first_day_of_week=1,
            zones=[identity_pb2.ZoneSince(zone="UTC")],
            state="active",
        )


@pytest.fixture
async def quickstart(start, health):
    """A second api of the service, beside an identity that answers."""
    server = aio.server()
    port = server.add_insecure_port("127.0.0.1:0")
    identity_pb2_grpc.add_UsersServicer_to_server(Identity(), server)
    await server.start()
    async with start(SERVICE, worker=False, QUICKSTART="1", PEERS=f"identity=127.0.0.1:{port}") as running:
        running.runtime.peers._token, running.runtime.peers._token_until = "given", float("inf")
        yield running
    await server.stop(None)


async def test_a_name_is_enough(quickstart):
    user = make.a_user(username=f"u{uuid4().hex[:8]}")
    await quickstart.publish(user)
    await make.known(quickstart, user.user_id)
    for headers in ({}, {"idempotency-key": uuid4().hex}):
        said = make.an_entry(username=user.username.upper())
        answer = await quickstart.http.post("/health-data", json=said, headers=headers)
        assert answer.status_code == 201, answer.text
        assert await quickstart.db.fetchval(OWNER, answer.json()["id"]) == user.user_id


async def test_an_unknown_name_is_asked_of_identity(quickstart):
    answer = await quickstart.http.post("/health-data", json=make.an_entry(username="stranger"))
    assert await quickstart.db.fetchval(OWNER, answer.json()["id"]) == STRANGER
    assert (await quickstart.http.post("/health-data", json=make.an_entry(username="nobody"))).status_code == 404


async def test_a_name_is_needed(quickstart):
    answer = await quickstart.http.post("/health-data", json=make.an_entry())
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/username")


async def test_a_token_is_believed_as_ever(quickstart):
    headers = quickstart.signer.headers(uuid4(), "alice")
    assert (await quickstart.http.post("/health-data", json=make.an_entry(), headers=headers)).status_code == 201
    other = await quickstart.http.post("/health-data", json=make.an_entry(username="bob"), headers=headers)
    assert other.status_code == 403
    bad = {"authorization": "Bearer x.y.z"}
    refused = await quickstart.http.post("/health-data", json=make.an_entry(username="stranger"), headers=bad)
    assert refused.status_code == 401


async def test_reading_needs_a_token_even_here(quickstart):
    assert (await quickstart.http.get("/health-data")).status_code == 401


async def test_without_identity_an_unknown_name_waits(start, health):
    async with start(SERVICE, worker=False, QUICKSTART="1") as alone:
        answer = await alone.http.post("/health-data", json=make.an_entry(username="who.knows"))
        assert answer.status_code == 503
