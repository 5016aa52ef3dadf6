"""Register, log in, and be known."""

import pytest
from services.identity.tests.make import identity

pytestmark = pytest.mark.anyio


async def test_the_first_two_calls_of_the_quickstart_work_letter_for_letter(start):
    async with identity(start, QUICKSTART="1") as running:
        json = {"content-type": "application/json"}
        form = {"content-type": "application/x-www-form-urlencoded"}
        told = b'{"username": "alice", "password": "password123"}'
        registered = await running.http.post("/auth/register", content=told, headers=json)
        assert (registered.status_code, registered.json()["username"]) == (201, "alice")

        body = b"username=alice&password=password123"
        answer = await running.http.post("/auth/login", content=body, headers=form)
        tokens = answer.json()
        assert answer.status_code == 200
        assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 600)
        assert answer.headers["cache-control"] == "no-store"

        bearer = {"authorization": f"Bearer {tokens['access_token']}"}
        me = await running.http.get("/users/me", headers=bearer)
        assert (me.status_code, me.json()["id"]) == (200, registered.json()["id"])
