"""POST /auth/register."""

import asyncio
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.identity.tests.make import PASSWORD, a_name, identity, log_in, register, someone

from identity.credentials import model as credentials
from identity.users import model

pytestmark = pytest.mark.anyio

FIELDS = {
    *("id", "username", "display_name", "email", "units", "time_zone", "time_zones", "locale", "first_day_of_week"),
    *("birth_date", "sex", "height_cm", "created_at"),
}


async def pointers(http, **given):
    answer = await http.post("/auth/register", json={"username": a_name(), "password": PASSWORD} | given)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return [error["pointer"] for error in answer.json()["errors"]]


async def test_tells_who_was_registered_and_nothing_else(http):
    name = a_name()
    told = await register(
        http, name.upper(), email="a@example.org", display_name=" Ame\u0301lie ", time_zone="Asia/Tokyo", locale="pt-BR"
    )
    assert set(told) == FIELDS
    assert (told["username"], told["display_name"], told["email"]) == (name, "Am\u00e9lie", "a@example.org")
    assert (told["time_zone"], told["locale"], told["units"]) == ("Asia/Tokyo", "pt-BR", "metric")
    assert told["time_zones"] == [{"zone": "Asia/Tokyo", "from": None}]


async def test_a_name_belongs_to_one_whatever_its_case(http):
    name = a_name()
    await register(http, name)
    answer = await http.post("/auth/register", json={"username": name.upper(), "password": PASSWORD})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:fitmesh:problem:username-taken")


async def test_s44_of_fifty_at_once_one_gets_the_name(http):
    told = {"username": a_name(), "password": PASSWORD}
    answers = await asyncio.gather(*(http.post("/auth/register", json=told) for _ in range(50)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 49}


@pytest.mark.parametrize("name", ["ab", "a" * 33, "a b", "a\n", "abc\n", "\u212aelvin", "älice", "a/b", "", 7, None])
async def test_refuses_names_that_are_none(http, name):
    assert await pointers(http, username=name) == ["/username"]


async def test_names_every_field_that_is_wrong(http):
    wrong = {"email": "nobody", "time_zone": "Mars/Olympus", "locale": "e", "display_name": "\u0007"}
    assert await pointers(http, password="short", **wrong) == [
        *("/password", "/time_zone", "/locale", "/email", "/display_name")
    ]
    assert await pointers(http, username=1, password=2, role="admin") == ["/role", "/username", "/password"]


@pytest.mark.parametrize("field", ["role", "id", "user_id", "created_at", "state", "version"])
async def test_s18_refuses_what_is_not_for_the_user_to_say(http, field):
    assert await pointers(http, **{field: "x"}) == [f"/{field}"]


@pytest.mark.parametrize("password", ["1234567", "password123", "PassWord123", "a" * 1025, "\u00e4" * 513])
async def test_s3_refuses_weak_and_endless_passwords(http, password):
    assert await pointers(http, password=password) == ["/password"]


async def test_s3_quickstart_takes_a_common_password_but_no_short_one(start):
    async with identity(start, QUICKSTART="1") as running:
        await register(running.http, a_name(), "password123")
        assert await pointers(running.http, password="1234567") == ["/password"]


@pytest.mark.parametrize("password", ["€" * 341, "x" * 1024, "p\u00e4ssw\u00f6rter 🐢", " leading and trailing "])
async def test_s3_takes_long_and_foreign_passwords_whole(http, password):
    name = a_name()
    await register(http, name, password)
    assert (await log_in(http, name, password)).status_code == 200
    assert (await log_in(http, name, password[:-1])).status_code == 401


async def test_a_password_is_the_same_however_a_keyboard_spells_it(http):
    name = a_name()
    await register(http, name, "cafe\u0301 au lait")
    assert (await log_in(http, name, "caf\u00e9 au lait")).status_code == 200


async def test_tells_the_others_but_the_address_to_notification_alone(running):
    mina = await someone(running.http, email="mina@example.org")
    plain = await someone(running.http)
    sent = [tuple(row) for row in await running.db.fetch("SELECT name, body FROM outbox")]
    assert not [body for name, body in sent if name == "user.registered.v1" and b"example.org" in body]
    assert mina.user_id != plain.user_id


async def test_the_list_of_common_passwords_holds_the_first_thousands():
    assert len(credentials.common()) > 10_000
    assert {"password", "12345678", "password123", "iloveyou", "princess"} <= credentials.common()


async def test_postgresql_knows_every_zone_we_take(running):
    known = {row["name"] for row in await running.db.fetch("SELECT name FROM pg_timezone_names")}
    assert known >= model.ZONES


@given(st.text(max_size=40))
def test_no_text_breaks_the_judges(text):
    changes = model.ProfileChanges(display_name=text, email=text, locale=text, time_zone=text)
    assert isinstance(list(model.faults(changes, model.datetime.now(model.UTC))), list)
    assert isinstance(list(credentials.faults("/password", text, common_too=False)), list)
