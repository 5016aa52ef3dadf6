"""Refreshing, logging out, and what either ends."""

import asyncio
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.identity.tests.make import PASSWORD, log_in, someone

from contracts.events import UserUpdated
from identity.sessions.model import RefreshToken, Standing
from testkit import until

pytestmark = pytest.mark.anyio


async def refreshed(http, token):
    return await http.post("/auth/refresh", json={"refresh_token": token})


async def age(running, user_id, interval):
    """Let a session's last refresh be so long ago."""
    moved = "UPDATE session SET rotated_at = rotated_at - $2::text::interval WHERE user_id = $1"
    await running.db.execute(moved, user_id, interval)


async def test_a_refresh_carries_the_session_on(http):
    mina = await someone(http)
    answer = await refreshed(http, mina.tokens["refresh_token"])
    assert (answer.status_code, set(answer.json())) == (200, set(mina.tokens))
    mina.tokens = answer.json()
    assert (await mina.ask("GET", "/users/me")).status_code == 200
    assert len((await mina.ask("GET", "/users/me/sessions")).json()["items"]) == 1


async def test_s8_twenty_at_once_get_one_successor(running):
    mina = await someone(running.http)
    answers = await asyncio.gather(*(refreshed(running.http, mina.tokens["refresh_token"]) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1
    assert await running.db.fetchval("SELECT generation FROM session WHERE user_id = $1", mina.user_id) == 1


async def test_s8_who_comes_second_waits_for_the_first(running):
    mina = await someone(running.http)
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND usename = 'identity_api'"
    async with running.db.acquire() as held, asyncio.TaskGroup() as group, held.transaction():
        await held.execute("SELECT FROM session WHERE user_id = $1 FOR UPDATE", mina.user_id)
        asked = [group.create_task(refreshed(running.http, mina.tokens["refresh_token"])) for _ in range(3)]

        async def all_wait():
            return await running.db.fetchval(waiting) >= 3

        await until(all_wait, 2)
    assert len({task.result().json()["refresh_token"] for task in asked}) == 1
    assert await running.db.fetchval("SELECT generation FROM session WHERE user_id = $1", mina.user_id) == 1


async def test_s8_a_token_used_again_after_the_grace_ends_the_session(running):
    mina = await someone(running.http)
    other = await mina.again()
    first = mina.tokens["refresh_token"]
    second = (await refreshed(running.http, first)).json()["refresh_token"]
    await age(running, mina.user_id, "11 s")
    stolen = await refreshed(running.http, first)
    assert (stolen.status_code, stolen.json()["type"]) == (401, "urn:fitmesh:problem:invalid-refresh-token")
    assert (await refreshed(running.http, second)).status_code == 401
    assert (await mina.ask("GET", "/users/me")).status_code == 401
    assert (await other.ask("GET", "/users/me")).status_code == 200


async def test_s8_a_token_two_generations_old_has_no_grace(running):
    mina = await someone(running.http)
    second = (await refreshed(running.http, mina.tokens["refresh_token"])).json()["refresh_token"]
    assert (await refreshed(running.http, second)).status_code == 200
    assert (await refreshed(running.http, mina.tokens["refresh_token"])).status_code == 401
    assert (await mina.ask("GET", "/users/me")).status_code == 401


@pytest.mark.parametrize(("column", "interval"), [("rotated_at", "31 days"), ("created_at", "91 days")])
async def test_s9_a_session_ends_by_itself(running, column, interval):
    mina = await someone(running.http)
    moved = f"UPDATE session SET {column} = {column} - $2::text::interval WHERE user_id = $1"
    await running.db.execute(moved, mina.user_id, interval)
    assert (await refreshed(running.http, mina.tokens["refresh_token"])).status_code == 401


async def test_forged_tokens_end_nobodys_session(http):
    mina = await someone(http)
    real = RefreshToken.parsed(mina.tokens["refresh_token"])
    for forged in (
        str(RefreshToken.made(b"x" * 32, b"", real.user_id, real.session_id, 0)),
        str(RefreshToken(real.user_id, real.session_id, 7, real.tag)),
        str(RefreshToken(real.user_id, uuid4(), 0, real.tag)),
        str(RefreshToken(uuid4(), real.session_id, 0, real.tag)),
        mina.tokens["access_token"][:500],
        "x",
        "",
        "ä" * 90,
    ):
        assert (await refreshed(http, forged)).status_code == 401
    assert (await mina.ask("GET", "/users/me")).status_code == 200


async def test_logging_out_ends_this_session_at_once_and_no_other(http):
    mina = await someone(http)
    other = await mina.again()
    assert (await mina.ask("POST", "/auth/logout", json={})).status_code == 204
    assert (await mina.ask("GET", "/users/me")).status_code == 401
    assert (await refreshed(http, mina.tokens["refresh_token"])).status_code == 401
    assert (await other.ask("GET", "/users/me")).status_code == 200
    assert (await refreshed(http, other.tokens["refresh_token"])).status_code == 200


async def test_a_logout_needs_no_body(http):
    mina = await someone(http)
    assert (await mina.ask("POST", "/auth/logout")).status_code == 204
    assert (await mina.ask("GET", "/users/me")).status_code == 401


@pytest.mark.parametrize("by", ["logout", "password"])
async def test_s9_what_ends_all_ends_all_and_tells_it(running, told, by):
    mina = await someone(running.http)
    other = await mina.again()
    if by == "logout":
        answer = await mina.ask("POST", "/auth/logout", json={"everywhere": True})
    else:
        change = {"current_password": PASSWORD, "new_password": "an even longer way"}
        answer = await mina.ask("POST", "/auth/password", json=change)
    assert (answer.status_code, answer.content) == (204, b"")
    for one in (mina, other):
        assert (await one.ask("GET", "/users/me")).status_code == 401
        assert (await refreshed(running.http, one.tokens["refresh_token"])).status_code == 401

    event = await told(UserUpdated, mina.user_id)
    assert (event.version, event.sessions_epoch) == (2, 1)
    password = "an even longer way" if by == "password" else PASSWORD
    again = await log_in(running.http, mina.username, password)
    assert again.status_code == 200
    bearer = {"authorization": f"Bearer {again.json()['access_token']}"}
    assert (await running.http.get("/users/me", headers=bearer)).status_code == 200


async def test_changing_the_password_needs_the_old_one_and_a_good_new_one(http):
    mina = await someone(http)

    async def change(old, new):
        told = {"current_password": old, "new_password": new}
        answer = await mina.ask("POST", "/auth/password", json=told)
        return answer.status_code, [error["pointer"] for error in answer.json().get("errors", ())]

    assert await change(PASSWORD, "password123") == (400, ["/new_password"])
    for _ in range(10):
        assert await change("wrong password", "an even longer way") == (400, ["/current_password"])
    assert await change(PASSWORD, "an even longer way") == (429, [])


async def test_sessions_are_listed_page_by_page_and_ended_one_by_one(http):
    mina = await someone(http)
    for _ in range(4):
        await mina.again()
    seen, cursor = [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await mina.ask("GET", "/users/me/sessions", params=query)).json()
        seen += page["items"]
        if not (cursor := page["next_cursor"]):
            break
    assert len({session["id"] for session in seen}) == 5
    assert set(seen[0]) == {"id", "client", "created_at", "used_at", "expires_at", "current"}
    assert [session["current"] for session in seen] == [False] * 4 + [True]

    stranger = await someone(http)
    path = f"/users/me/sessions/{seen[0]['id']}"
    assert (await stranger.ask("DELETE", path)).status_code == 404
    assert (await mina.ask("DELETE", path)).status_code == 204
    assert (await mina.ask("DELETE", path)).status_code == 404


async def test_a_client_cannot_break_the_list_with_its_name(running):
    mina = await someone(running.http)
    form = {"username": mina.username, "password": PASSWORD}
    evil = b"ev\xadil\x85" + b"x" * 500
    await running.http.post("/auth/login", data=form, headers={b"user-agent": evil})
    listed = (await mina.ask("GET", "/users/me/sessions")).json()["items"]
    assert listed[0]["client"].startswith("evilx")
    assert len(listed[0]["client"]) == 200


@given(st.text(max_size=200) | st.binary(max_size=80).map(lambda data: data.hex()))
def test_no_text_breaks_the_parser(text):
    token = RefreshToken.parsed(text)
    assert token is None or not token.is_ours(b"secret", b"seed")


@given(st.uuids(), st.uuids(), st.integers(0, (1 << 32) - 1))
def test_a_token_survives_its_text(user_id, session_id, generation):
    token = RefreshToken.made(b"secret", b"seed", user_id, session_id, generation)
    assert RefreshToken.parsed(str(token)) == token
    assert token.is_ours(b"secret", b"seed")
    assert not token.is_ours(b"secret", b"other seed")


@given(st.integers(0, 100), st.integers(0, 100), st.booleans(), st.booleans())
def test_only_the_last_two_generations_are_ever_honoured(given_out, now, in_grace, over):
    token = RefreshToken(uuid4(), uuid4(), given_out, b"")
    standing = Standing(seed=b"", generation=now, in_grace=in_grace, over=over, username="mina", sessions_epoch=0)
    honoured = token.answer(standing) in {"next", "same"}
    assert honoured == (not over and (given_out == now or (given_out == now - 1 and in_grace)))
