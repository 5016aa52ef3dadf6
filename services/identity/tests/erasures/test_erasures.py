"""DELETE /users/me: gone here at once, and from the ledger when everyone has answered."""

from uuid import uuid4

import pytest
from services.identity.tests.make import OTHERS, identity, log_in, register, someone

from contracts.events import UserDeleted, UserErased
from identity import jobs
from testkit import until

pytestmark = pytest.mark.anyio


def erased(user_id, service, rows=1):
    return UserErased(user_id=user_id, version=2, service=service, rows=rows)


def answers(receipt):
    """Rows by service, of those identity waits for."""
    return {service: rows for service, rows in receipt["rows_erased"].items() if service in OTHERS}


async def everywhere(db, text):
    """Tables of the database in which a text is found."""
    tables = await db.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    found = []
    for (table,) in tables:
        if await db.fetchval(f"SELECT count(*) FROM {table} AS t WHERE t::text ILIKE $1", f"%{text}%"):
            found.append(table)
        raw = await db.fetch(
            "SELECT column_name FROM information_schema.columns WHERE table_name = $1 AND data_type = 'bytea'", table
        )
        for (column,) in raw:
            if await db.fetchval(
                f"SELECT count(*) FROM {table} WHERE position($1::bytea IN {column}) > 0", text.encode()
            ):
                found.append(f"{table}.{column}")
    return found


async def test_s38_nothing_stays_once_everyone_has_answered(running, told):
    mina = await someone(running.http, email="canary@example.org", display_name="Canary Bird")
    await mina.ask("PATCH", "/users/me", json={"locale": "fr"}, headers={"idempotency-key": "k"})
    other = await mina.again()
    answer = await mina.ask("DELETE", "/users/me")
    receipt = answer.json()
    assert (answer.status_code, receipt["state"], receipt["waiting"]) == (202, "running", OTHERS)
    assert set(receipt) == {"id", "state", "requested_at", "done_at", "waiting", "rows_erased"}

    for one in (mina, other):
        assert (await one.ask("GET", "/users/me")).status_code == 401
    again = await running.http.post("/auth/refresh", json={"refresh_token": mina.tokens["refresh_token"]})
    assert again.status_code == 401
    assert (await log_in(running.http, mina.username)).status_code == 401
    assert (await told(UserDeleted, mina.user_id)).version == 3

    taken = await running.http.post("/auth/register", json={"username": mina.username, "password": "a long way home"})
    assert taken.status_code == 409

    path = f"/users/erasures/{receipt['id']}"
    await running.publish(erased(mina.user_id, "north", 7), erased(mina.user_id, "east", 3))
    await running.publish(erased(mina.user_id, "south"))

    async def one_is_missing():
        return (await running.http.get(path)).json()["waiting"] == ["west"]

    await until(one_is_missing)
    await running.publish(erased(mina.user_id, "west"))

    async def done():
        return (await running.http.get(path)).json()["state"] == "done"

    await until(done)
    assert answers((await running.http.get(path)).json()) == {"north": 7, "east": 3, "south": 1, "west": 1}

    await running.quiet()
    for trace in (str(mina.user_id), mina.username, "canary"):
        assert await everywhere(running.db, trace) == []
    await register(running.http, mina.username)


async def test_s38_late_and_repeated_answers_change_nothing(running):
    mina, stranger = await someone(running.http), await someone(running.http)
    receipt = (await mina.ask("DELETE", "/users/me")).json()
    path = f"/users/erasures/{receipt['id']}"
    for _ in range(3):
        await running.publish(*(erased(mina.user_id, service) for service in OTHERS))

    async def done():
        return (await running.http.get(path)).json()["state"] == "done"

    await until(done)
    before = answers((await running.http.get(path)).json())
    await running.publish(erased(mina.user_id, "north", 99), erased(uuid4(), "north"), erased(stranger.user_id, "x"))
    await running.publish(erased(mina.user_id, "north", 98))
    remembered = "SELECT count(*) FROM inbox WHERE consumer = 'identity.erasures'"
    handled = await running.db.fetchval(remembered)

    async def handled_more():
        return await running.db.fetchval(remembered) >= handled

    await until(handled_more)
    after = (await running.http.get(path)).json()
    assert (after["state"], answers(after)) == ("done", before)
    assert (await stranger.ask("GET", "/users/me")).status_code == 200


async def test_those_who_do_not_answer_are_reminded_each_hour(running, heard):
    mina = await someone(running.http)
    await mina.ask("DELETE", "/users/me")

    def times_told():
        return sum(name == "user.deleted.v1" and str(mina.user_id).encode() in body for name, body in heard)

    await until(times_told)
    await jobs.tend_once(running.runtime)
    await running.quiet()
    assert times_told() == 1

    hour = "UPDATE erasure SET reminded_at = reminded_at - interval '61 minutes' WHERE user_id = $1"
    await running.db.execute(hour, mina.user_id)
    await jobs.tend_once(running.runtime)
    await until(lambda: times_told() == 2)
    metrics = (await running.admin.get("/metrics")).text
    assert "identity_erasures_open" in metrics
    assert "identity_erasure_oldest_age_seconds" in metrics


async def test_a_service_that_was_uninstalled_is_not_waited_for(running):
    mina = await someone(running.http)
    receipt = (await mina.ask("DELETE", "/users/me")).json()
    await running.db.execute("UPDATE erasure SET waiting = '{workout}' WHERE user_id = $1", mina.user_id)
    await jobs.tend_once(running.runtime)
    assert (await running.http.get(f"/users/erasures/{receipt['id']}")).json()["state"] == "done"


async def test_alone_identity_waits_for_nobody(start):
    async with identity(start, SERVICES="identity") as running:
        mina = await someone(running.http)
        assert (await mina.ask("DELETE", "/users/me")).json()["state"] == "done"


async def test_receipts_are_found_by_their_id_only(http):
    assert (await http.get(f"/users/erasures/{uuid4()}")).status_code == 404
    assert (await http.get("/users/erasures/1")).status_code == 404
