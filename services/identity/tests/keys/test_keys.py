"""The keys that sign: published, encrypted, rotated without a logout."""

import asyncio
import base64
from datetime import timedelta

import pytest
from joserfc.jws import extract_compact
from services.identity.tests.make import identity, log_in, someone

from chassis import settings
from chassis.settings import SettingsError
from identity.keys.keyring import Keyring
from identity.keys.rotate import rotate_keys
from identity.settings import IdentitySettings

pytestmark = pytest.mark.anyio


def kid_of(token):
    return extract_compact(token.encode()).headers()["kid"]


async def published(http):
    return {key["kid"] for key in (await http.get("/.well-known/jwks.json")).json()["keys"]}


async def test_publishes_public_halves_only(http):
    mina = await someone(http)
    answer = await http.get("/.well-known/jwks.json")
    assert answer.headers["cache-control"] == "max-age=60, public"
    for key in answer.json()["keys"]:
        assert set(key) == {"kty", "n", "e", "kid", "use", "alg"}
        assert (key["kty"], key["use"], key["alg"]) == ("RSA", "sig", "RS256")
    assert kid_of(mina.tokens["access_token"]) in await published(http)


async def test_private_halves_lie_encrypted(running):
    await someone(running.http)
    for (private,) in await running.db.fetch("SELECT private FROM signing_key"):
        assert b"PRIVATE" not in private


async def test_another_secret_is_said_and_not_worked_around(running):
    await someone(running.http)
    with pytest.raises(SettingsError, match="KEY_ENCRYPTION_KEY is not the one"):
        await Keyring(running.runtime.api, b"x" * 32).published()


@pytest.mark.parametrize("text", ["short", base64.b64encode(b"x" * 31).decode(), "ä" * 43])
def test_a_secret_of_another_size_is_refused_at_the_start(nodes, text):
    environment = nodes.environment("identity", jwks_url="", KEY_ENCRYPTION_KEY=text) | {"JWKS_URL": "http://x"}
    with pytest.raises(SettingsError, match="base64 of 32 bytes"):
        settings.load(IdentitySettings, environment).key_for("anything")


async def test_replicas_that_start_together_make_one_key(running):
    await running.db.execute("DELETE FROM signing_key")
    secret = running.runtime.settings.key_for("signing keys")
    sets = await asyncio.gather(*(Keyring(running.runtime.api, secret).published() for _ in range(8)))
    assert len({key["kid"] for one in sets for key in one["keys"]}) == 1


async def passes(running, minutes):
    """Let time pass for the keys."""
    later = "UPDATE signing_key SET signs_from = signs_from - $1::interval, retires_at = retires_at - $1::interval"
    await running.db.execute(later, timedelta(minutes=minutes))


async def test_rotation_logs_nobody_out(start):
    async with identity(start) as running:
        mina = await someone(running.http)
        old = kid_of(mina.tokens["access_token"])
        assert await asyncio.to_thread(rotate_keys, running.runtime.settings) == 0

    async with identity(start) as running:
        (new,) = await published(running.http) - {old}
        mina.http = running.http
        assert (await mina.ask("GET", "/users/me")).status_code == 200
        before = (await log_in(running.http, mina.username)).json()["access_token"]
        assert kid_of(before) == old
        await passes(running, 16)

    async with identity(start) as running:
        mina.http = running.http
        after = (await log_in(running.http, mina.username)).json()["access_token"]
        assert kid_of(after) == new
        assert await published(running.http) >= {old, new}
        for token in (before, after, mina.tokens["access_token"]):
            answer = await running.http.get("/users/me", headers={"authorization": f"Bearer {token}"})
            assert answer.status_code == 200
        refreshed = await running.http.post("/auth/refresh", json={"refresh_token": mina.tokens["refresh_token"]})
        assert refreshed.status_code == 200
        await passes(running, 15)

    async with identity(start) as running:
        assert old not in await published(running.http)
        await asyncio.to_thread(rotate_keys, running.runtime.settings)
        assert not await running.db.fetchval("SELECT count(*) FROM signing_key WHERE kid = $1", old)
        await passes(running, 60)
