"""GET, PATCH /users/me and the history of time zones."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.identity.tests.make import someone

from contracts.events import UserContactChanged, UserRegistered, UserUpdated, ZoneSince
from identity.users import model
from identity.users.model import ProfileChanges, User, ZoneGiven

pytestmark = pytest.mark.anyio

ZONES = sorted(model.ZONES)
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


async def test_a_new_user_is_told_with_everything(http, told):
    mina = await someone(http, email="mina@example.org", time_zone="Europe/Berlin", display_name="Mina")
    event = await told(UserRegistered, mina.user_id)
    assert (event.version, event.username, event.display_name) == (1, mina.username, "Mina")
    assert (event.zones, event.sessions_epoch, event.state) == ((ZoneSince("Europe/Berlin"),), 0, "active")
    assert b"example.org" not in msgspec.json.encode(event)
    assert (await told(UserContactChanged, mina.user_id)).email == "mina@example.org"


async def test_changes_travel_whole_with_the_next_version(http, told):
    mina = await someone(http)
    changes = {"units": "imperial", "birth_date": "1990-05-17", "sex": "female", "height_cm": 171.5, "locale": "de"}
    answer = await mina.ask("PATCH", "/users/me", json=changes | {"first_day_of_week": 7, "email": "m@example.org"})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert answer.json().items() >= changes.items()
    assert (await mina.ask("GET", "/users/me")).json() == answer.json()

    event = await told(UserUpdated, mina.user_id)
    assert (event.version, event.units, str(event.birth_date)) == (2, "imperial", "1990-05-17")
    assert (event.sex, event.height_cm, event.locale, event.first_day_of_week) == ("female", 171.5, "de", 7)
    assert (await told(UserContactChanged, mina.user_id)).version == 2


async def test_null_clears_and_absence_keeps(http, told):
    mina = await someone(http, email="mina@example.org", display_name="Mina")
    answer = await mina.ask("PATCH", "/users/me", json={"email": None})
    assert (answer.json()["email"], answer.json()["display_name"]) == (None, "Mina")
    assert (await mina.ask("PATCH", "/users/me", json={"display_name": None})).json()["display_name"] is None


async def test_a_change_of_nothing_is_no_version(http):
    mina = await someone(http)
    assert (await mina.ask("PATCH", "/users/me", json={})).headers["etag"] == '"1"'
    assert (await mina.ask("PATCH", "/users/me", json={"units": "metric"})).headers["etag"] == '"1"'


async def test_a_stale_etag_changes_nothing(http):
    mina = await someone(http)
    read = await mina.ask("GET", "/users/me")
    first = await mina.ask("PATCH", "/users/me", json={"locale": "fr"}, headers={"if-match": read.headers["etag"]})
    second = await mina.ask("PATCH", "/users/me", json={"locale": "it"}, headers={"if-match": read.headers["etag"]})
    assert (first.status_code, second.status_code) == (200, 412)
    assert (await mina.ask("GET", "/users/me")).json()["locale"] == "fr"


@pytest.mark.parametrize(
    "change",
    [
        {"height_cm": -1},
        {"height_cm": "170"},
        {"height_cm": 1e308},
        {"birth_date": "1800-01-01"},
        {"birth_date": "2999-01-01"},
        {"birth_date": "17.5.1990"},
        {"sex": "unknown"},
        {"units": None},
        {"units": "feet"},
        {"units": [None]},
        {"first_day_of_week": 0},
        {"first_day_of_week": 10**19},
        {"time_zone": "Factory"},
        {"time_zone": "../../etc/passwd"},
        {"locale": "english please"},
        {"email": "a@b"},
        {"email": "a b@example.org"},
        {"email": "a@example.org\r\nBcc: b@example.org"},
        {"display_name": ""},
        {"display_name": "x" * 101},
        {"display_name": "a\nb"},
        {"display_name": "a\u2028b"},
        {"username": "another"},
        {"id": "7"},
        {"sessions_epoch": 7},
        {"version": 7},
    ],
)
async def test_s24_refuses_what_makes_no_sense(http, change):
    mina = await someone(http)
    answer = await mina.ask("PATCH", "/users/me", json=change)
    (pointer,) = (f"/{name}" for name in change)
    assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (400, [pointer])
    assert (await mina.ask("GET", "/users/me")).headers["etag"] == '"1"'


async def test_moving_adds_a_zone_from_now(http, told):
    mina = await someone(http, time_zone="Europe/Berlin")
    moved = (await mina.ask("PATCH", "/users/me", json={"time_zone": "Asia/Tokyo"})).json()
    assert moved["time_zone"] == "Asia/Tokyo"
    (home, away) = moved["time_zones"]
    assert home == {"zone": "Europe/Berlin", "from": None}
    assert away["zone"] == "Asia/Tokyo"
    assert abs(datetime.fromisoformat(away["from"]) - datetime.now(UTC)) < timedelta(minutes=1)
    assert [zone.zone for zone in (await told(UserUpdated, mina.user_id)).zones] == ["Europe/Berlin", "Asia/Tokyo"]


async def test_the_history_is_replaced_as_a_whole(http):
    mina = await someone(http)
    zones = [{"zone": "Europe/Berlin", "from": None}, {"zone": "Asia/Tokyo", "from": "2026-03-01T09:00:00+09:00"}]
    answer = await mina.ask("PUT", "/users/me/time-zones", json={"zones": zones})
    assert answer.status_code == 200, answer.text
    assert answer.json()["time_zone"] == "Asia/Tokyo"
    again = await mina.ask("PUT", "/users/me/time-zones", json={"zones": answer.json()["time_zones"]})
    assert again.headers["etag"] == answer.headers["etag"]


@pytest.mark.parametrize(
    ("zones", "pointer"),
    [
        ([], "/zones"),
        ([{"zone": "UTC", "from": "2026-01-01T00:00:00Z"}], "/zones/0/from"),
        ([{"zone": "UTC"}, {"zone": "Asia/Tokyo"}], "/zones/1/from"),
        ([{"zone": "Mars"}], "/zones/0/zone"),
        ([{"zone": "UTC"}, {"zone": "UTC", "from": "2026-01-01T00:00:00"}], "/zones/1/from"),
        ([{"zone": "UTC"}, {"zone": "UTC", "from": "1066-10-14T00:00:00Z"}], "/zones/1/from"),
        (
            [
                *({"zone": "UTC"}, {"zone": "UTC", "from": "2026-02-01T00:00:00Z"}),
                {"zone": "UTC", "from": "2026-02-01T01:00:00+01:00"},
            ],
            "/zones/2/from",
        ),
        ([{"zone": "UTC"}] * 201, "/zones"),
        ([{"zone": "UTC", "role": "x"}], "/zones/0/role"),
    ],
)
async def test_a_history_that_is_none_is_refused(http, zones, pointer):
    mina = await someone(http)
    answer = await mina.ask("PUT", "/users/me/time-zones", json={"zones": zones})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, pointer)


async def test_two_hundred_moves_are_enough(running):
    mina = await someone(running.http)
    since = (datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(199))
    zones = [{"zone": "UTC"}, *({"zone": ZONES[n], "from": at.isoformat()} for n, at in enumerate(since))]
    assert (await mina.ask("PUT", "/users/me/time-zones", json={"zones": zones})).status_code == 200
    answer = await mina.ask("PATCH", "/users/me", json={"time_zone": "Asia/Tokyo"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/time_zone")


async def test_a_key_makes_a_change_once(http):
    mina = await someone(http)
    key = {"idempotency-key": "k"}
    for _ in range(2):
        answer = await mina.ask("PATCH", "/users/me", json={"locale": "fr"}, headers=key)
        assert (answer.status_code, answer.json()["locale"]) == (200, "fr")
    assert answer.headers["idempotent-replay"] == "true"


@given(st.lists(st.sampled_from(ZONES), max_size=20))
def test_moving_keeps_the_history_in_order(zones):
    user = User(user_id=UUID(int=1), username="mina", created_at=NOW)
    for hours, zone in enumerate(zones):
        user = model.changed(user, ProfileChanges(time_zone=zone), NOW + timedelta(hours=hours))
        assert user.zone_at(NOW + timedelta(hours=hours)) == zone
    given_again = [ZoneGiven(zone=z.zone, since=z.since) for z in user.zones]
    assert list(model.zone_faults(given_again)) == []
    assert all(one.zone != two.zone for one, two in zip(user.zones, user.zones[1:], strict=False))
