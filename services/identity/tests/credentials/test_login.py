"""POST /auth/login, and who may not."""

import asyncio
import statistics
import time
from uuid import UUID

import pytest
from argon2 import PasswordHasher
from services.identity.tests.make import FORM, PASSWORD, a_name, identity, log_in, register, someone

from chassis.problems import Unavailable
from identity.credentials.hasher import Hasher
from testkit import until

pytestmark = pytest.mark.anyio


async def test_gives_exactly_what_a_client_needs(http):
    mina = await someone(http)
    assert set(mina.tokens) == {"access_token", "token_type", "expires_in", "refresh_token"}
    assert (await mina.ask("GET", "/users/me")).json()["username"] == mina.username


async def test_s1_nobody_learns_whether_a_name_exists(running):
    name = a_name()
    await register(running.http, name)
    for _ in range(4):  # what differs by design differs every time; what the machine does does not
        known, unknown = await medians(running, name, a_name())
        if abs(known - unknown) < 0.005:
            return
    pytest.fail(f"known {known * 1e3:.1f} ms, unknown {unknown * 1e3:.1f} ms, four times")


async def medians(running, *names: str) -> list[float]:
    """Seconds that a wrong password takes, by name; asked in turn."""
    took: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(30):
        await running.db.execute("DELETE FROM login_throttle")
        for who, times in took.items():
            started = time.perf_counter()
            answer = await log_in(running.http, who, "wrong password")
            times.append(time.perf_counter() - started)
            assert answer.status_code == 401
            told = answer.json()
            assert told["type"] == "urn:fitmesh:problem:wrong-password"
            assert told["title"] == "Username or password is wrong"
    return [statistics.median(times) for times in took.values()]


async def test_s2_keeps_argon2id_of_today_and_renews_what_is_older(running):
    mina = await someone(running.http)
    kept = "SELECT password_hash FROM credential WHERE user_id = $1"
    assert (await running.db.fetchval(kept, mina.user_id)).startswith("$argon2id$v=19$m=19456,t=2,p=1$")

    old = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    await running.db.execute("UPDATE credential SET password_hash = $2 WHERE user_id = $1", mina.user_id, old)
    assert (await log_in(running.http, mina.username)).status_code == 200
    assert (await running.db.fetchval(kept, mina.user_id)).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert (await log_in(running.http, mina.username)).status_code == 200


@pytest.mark.parametrize("exists", [True, False])
async def test_s4_ten_wrong_passwords_close_that_account_only(running, exists):
    http, other = running.http, await someone(running.http)
    name = (await someone(http)).username if exists else a_name()
    answers = await asyncio.gather(*(log_in(http, name, "wrong password") for _ in range(30)))
    assert sorted(answer.status_code for answer in answers) == [401] * 10 + [429] * 20

    closed = await log_in(http, name)
    assert (closed.status_code, closed.json()["type"]) == (429, "urn:fitmesh:problem:too-many-wrong-passwords")
    assert 890 <= int(closed.headers["retry-after"]) <= 900
    assert (await log_in(http, other.username)).status_code == 200


async def test_s4_the_door_stays_closed_over_a_restart_and_opens_after_the_window(start):
    name = a_name()
    async with identity(start, LOGIN_WINDOW_S="3") as running:
        await register(running.http, name)
        for _ in range(10):
            await log_in(running.http, name, "wrong password")
    async with identity(start, LOGIN_WINDOW_S="3") as running:
        closed = await log_in(running.http, name)
        assert closed.status_code == 429

        async def open_again():
            return (await log_in(running.http, name)).status_code == 200

        await until(open_again, 10, pause_s=0.2)


async def test_s4_a_right_password_forgives_the_wrong_ones(http):
    mina = await someone(http)
    for _ in range(3):
        for _ in range(9):
            assert (await log_in(http, mina.username, "wrong password")).status_code == 401
        assert (await log_in(http, mina.username)).status_code == 200


async def test_many_right_logins_at_once_all_get_in(http):
    mina = await someone(http)
    answers = await asyncio.gather(*(log_in(http, mina.username) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}


async def test_s5_the_forwarded_address_changes_nothing(http):
    name = a_name()
    statuses = []
    for number in range(12):
        headers = FORM | {"x-forwarded-for": f"203.0.113.{number}", "x-real-ip": f"203.0.113.{number}"}
        answer = await http.post("/auth/login", content=f"username={name}&password=wrong", headers=headers)
        statuses.append(answer.status_code)
    assert statuses == [401] * 10 + [429] * 2


async def test_a_deactivated_user_is_out_at_once(running):
    mina = await someone(running.http)
    await running.db.execute("UPDATE user_account SET state = 'deactivated' WHERE user_id = $1", mina.user_id)
    assert (await mina.ask("GET", "/users/me")).status_code == 401
    assert (await log_in(running.http, mina.username)).status_code == 401
    refreshed = await running.http.post("/auth/refresh", json={"refresh_token": mina.tokens["refresh_token"]})
    assert refreshed.status_code == 401


async def test_s7_no_other_token_opens_anything(running):
    mina = await someone(running.http)
    for token in (mina.tokens["refresh_token"], running.signer.token(mina.user_id, mina.username), "x"):
        answer = await running.http.get("/users/me", headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"username=a", 400),
        (b"username=a&password=b&password=c", 400),
        (b"username=a&username=a&password=b", 400),
        (b"username=a&password=b&role=admin", 400),
        (b"username=a&password=%ff", 400),
        (b"username=a\xff&password=b", 400),
        (b"username=a%00&password=b", 400),
        (b"username=a&password=" + b"x" * 1025, 400),
        (b"username=" + b"x" * 300 + b"&password=b", 400),
        (b"&".join(b"a%d=1" % n for n in range(5000)), 400),
        (b"username=a&password=" + b"x" * 300_000, 413),
        (b"username=nobody&password=null", 401),
        (b"username=%27+OR+1%3D1--&password=b", 401),
    ],
)
async def test_s22_bad_forms_are_refused(http, body, status):
    answer = await http.post("/auth/login", content=body, headers=FORM)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
async def test_only_a_form_is_a_form(http, kind):
    answer = await http.post("/auth/login", content=b'{"username":"a","password":"b"}', headers={"content-type": kind})
    assert answer.status_code == 415


@pytest.mark.parametrize("path", ["/auth/register", "/auth/refresh"])
@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "application/json", 400),
        (b"null", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"username": NaN}', "application/json", 400),
        (b'{"username": "\xff"}', "application/json", 400),
        (b'{"username": "\\ud800", "password": "long enough"}', "application/json", 400),
        (b'{"username": "abcd", "password": "long\\u0000enough"}', "application/json", 400),
        (b'{"refresh_token": "a\\u0000b"}', "application/json", 400),
        (b"{}", "text/plain", 415),
        (b"a=b", "application/x-www-form-urlencoded", 415),
        (b'{"a": "' + b"x" * 11_000_000 + b'"}', "application/json", 413),
    ],
)
async def test_s22_bad_bodies_are_refused(http, path, body, kind, status):
    answer = await http.post(path, content=body, headers={"content-type": kind})
    assert answer.status_code == status, answer.text


async def test_a_full_queue_of_passwords_is_said_early():
    hasher = Hasher(most_waiting=3)
    try:
        results = await asyncio.gather(*(hasher.hash("x") for _ in range(5)), return_exceptions=True)
    finally:
        hasher.close()
    assert [isinstance(result, Unavailable) for result in results] == [False] * 3 + [True] * 2


async def test_every_login_is_a_session_of_its_own(http):
    mina = await someone(http)
    other = await mina.again()
    listed = (await mina.ask("GET", "/users/me/sessions")).json()["items"]
    assert len(listed) == 2
    assert [UUID(session["id"]) for session in listed if session["current"]]
    assert other.tokens["refresh_token"] != mina.tokens["refresh_token"]
