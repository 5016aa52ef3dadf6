"""What /health-data answers."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from services.health.tests import make

pytestmark = pytest.mark.anyio

FULL = {
    "steps": 1200,
    "sleep_hours": 7.25,
    "weight": 70.5,
    "heart_rate": 58.0,
    "context": "resting",
    "blood_pressure": {"systolic": 121.0, "diastolic": 79.0},
    "blood_glucose": 92.0,
    "body_temperature": 36.6,
    "at": "2026-03-01T08:00:00Z",
}


@pytest.fixture
def alice(health):
    return health.signer.headers(uuid4(), "alice")


async def added(health, headers, **changes):
    answer = await health.http.post("/health-data", json=make.an_entry(**changes), headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_an_entry_is_kept_as_given(health, alice):
    answer = await health.http.post("/health-data", json=FULL, headers=alice)
    kept = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/health-data/{kept['id']}"
    assert answer.headers["etag"] == '"1"'
    assert kept == FULL | {"id": kept["id"], "version": 1, "created_at": kept["created_at"]}
    again = await health.http.get(answer.headers["location"], headers=alice)
    assert (again.json(), again.headers["etag"]) == (kept, '"1"')


async def test_only_what_was_given_is_shown(health, alice):
    kept = await added(health, alice)
    assert kept.keys() == {"id", "version", "at", "created_at", "steps", "sleep_hours", "weight"}
    assert abs(datetime.fromisoformat(kept["at"]) - datetime.now(UTC)) < timedelta(seconds=10)
    assert kept["at"] == kept["created_at"]


async def test_an_instant_keeps_its_moment_not_its_offset(health, alice):
    kept = await added(health, alice, at="2026-03-01T08:00:00.123456+05:30")
    assert kept["at"] == "2026-03-01T02:30:00.123456Z"


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"steps": None, "sleep_hours": None, "weight": None}, {""}),
        ({"steps": -1}, {"/steps"}),
        ({"steps": 120_001}, {"/steps"}),
        ({"steps": 1.5}, {"/steps"}),
        ({"steps": "5"}, {"/steps"}),
        ({"steps": True}, {"/steps"}),
        ({"steps": 10**400}, {"/steps"}),
        ({"sleep_hours": 24.1, "weight": 1.9}, {"/sleep_hours", "/weight"}),
        ({"weight": 500.1}, {"/weight"}),
        ({"heart_rate": 24}, {"/heart_rate"}),
        ({"heart_rate": 251}, {"/heart_rate"}),
        ({"heart_rate": 60, "context": "asleep"}, {"/context"}),
        ({"context": "active"}, {""}),
        ({"blood_pressure": {"systolic": 120}}, {"/blood_pressure/diastolic"}),
        ({"blood_pressure": {"systolic": 80, "diastolic": 80}}, {"/blood_pressure"}),
        ({"blood_pressure": {"systolic": 120, "diastolic": 80, "arm": "left"}}, {"/blood_pressure/arm"}),
        ({"blood_pressure": [120, 80]}, {"/blood_pressure"}),
        ({"blood_glucose": 9}, {"/blood_glucose"}),
        ({"body_temperature": 46}, {"/body_temperature"}),
        ({"height": 180, "id": 1}, {"/height", "/id"}),
        ({"username": "x"}, {"/username"}),
        ({"username": "alice\u0000"}, {"/username"}),
        ({"at": "2026-03-01T08:00:00"}, {"/at"}),
        ({"at": "1899-12-31T23:59:59Z"}, {"/at"}),
        ({"at": "0001-01-01T00:00:00+14:00"}, {"/at"}),
        ({"at": "9999-12-31T23:59:59-14:00"}, {"/at"}),
        ({"at": (datetime.now(UTC) + timedelta(hours=25)).isoformat()}, {"/at"}),
        ({"at": 1_700_000_000}, {"/at"}),
    ],
)
async def test_what_cannot_be_is_refused_by_name(health, alice, changes, pointers):
    answer = await health.http.post("/health-data", json=make.an_entry(**changes), headers=alice)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert {error["pointer"] for error in answer.json()["errors"]} == pointers
    assert (await health.http.get("/health-data", headers=alice)).json()["items"] == []


@pytest.mark.parametrize(
    "bounds",
    [
        {"steps": 0, "sleep_hours": 0, "weight": 2, "heart_rate": 25, "blood_glucose": 10, "body_temperature": 30},
        {"steps": 120_000, "sleep_hours": 24, "weight": 500, "heart_rate": 250, "blood_glucose": 1000},
        {"blood_pressure": {"systolic": 20, "diastolic": 10}, "body_temperature": 45, "at": "1900-01-01T00:00:00Z"},
        {"blood_pressure": {"systolic": 300, "diastolic": 200}},
    ],
)
async def test_bounds_belong_to_the_range(health, alice, bounds):
    assert (await health.http.post("/health-data", json=bounds, headers=alice)).status_code == 201


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"steps":NaN}'])
async def test_what_is_no_entry_at_all_is_refused(health, alice, body):
    answer = await health.http.post("/health-data", content=body, headers=alice | {"content-type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


async def test_the_username_must_be_the_tokens(health, alice):
    assert (await added(health, alice, username="Alice"))["steps"] == 5000
    answer = await health.http.post("/health-data", json=make.an_entry(username="bob"), headers=alice)
    assert answer.status_code == 403


async def test_without_a_token_nothing_is_taken(health):
    answer = await health.http.post("/health-data", json=make.an_entry(username="alice"))
    assert answer.status_code == 401
    assert (await health.http.get("/health-data")).status_code == 401


async def test_lists_are_newest_first_and_paged(health, alice):
    for minute in (3, 1, 4, 1, 5):
        await added(health, alice, steps=minute, at=f"2026-03-01T08:0{minute}:00Z")
    seen, cursor = [], ""
    for _ in range(3):
        page = (await health.http.get(f"/health-data?limit=2{cursor}", headers=alice)).json()
        seen += page["items"]
        cursor = f"&cursor={page['next_cursor']}"
    assert [item["steps"] for item in seen] == [5, 4, 3, 1, 1]
    assert len({item["id"] for item in seen}) == 5
    assert page["next_cursor"] is None


async def test_lists_are_cut_at_local_dates(health):
    user = make.a_user(zone="Asia/Tokyo")
    headers = health.signer.headers(user.user_id, "alice")
    await health.publish(user)
    await make.known(health, user.user_id)
    for hour in (14, 15):  # 23:00 and midnight in Tokyo
        await added(health, headers, steps=hour, at=f"2026-03-01T{hour}:00:00Z")
    for query, steps in (
        ("from=2026-03-02", [15]),
        ("to=2026-03-01", [14]),
        ("from=2026-03-01&to=2026-03-02", [15, 14]),
    ):
        page = (await health.http.get(f"/health-data?{query}", headers=headers)).json()
        assert [item["steps"] for item in page["items"]] == steps
    for query in ("from=x", "to=2026-02-30", "limit=0", "limit=201", "cursor=zzz"):
        assert (await health.http.get(f"/health-data?{query}", headers=headers)).status_code == 400
    empty = await health.http.get("/health-data?from=9999-12-31&to=0001-01-01", headers=headers)
    assert empty.json() == {"items": [], "next_cursor": None}


async def test_a_patch_changes_what_it_names_and_clears_what_is_null(health, alice):
    kept = (await health.http.post("/health-data", json=FULL, headers=alice)).json()
    change = {
        "steps": 7,
        "weight": None,
        "context": "active",
        "blood_pressure": {"systolic": 130},
        "at": "2026-03-02T08:00:00Z",
    }
    answer = await health.http.patch(f"/health-data/{kept['id']}", json=change, headers=alice)
    wanted = kept | change | {"version": 2, "blood_pressure": {"systolic": 130.0, "diastolic": 79.0}}
    del wanted["weight"]
    assert (answer.status_code, answer.json(), answer.headers["etag"]) == (200, wanted, '"2"')
    assert (await health.http.get(f"/health-data/{kept['id']}", headers=alice)).json() == wanted
    cleared = await health.http.patch(
        f"/health-data/{kept['id']}", json={"heart_rate": None, "blood_pressure": None}, headers=alice
    )
    assert cleared.json().keys().isdisjoint({"heart_rate", "context", "blood_pressure"})


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"steps": None, "sleep_hours": None, "weight": None}, ""),
        ({"steps": -1}, "/steps"),
        ({"at": None}, "/at"),
        ({"at": "2199-01-01T00:00:00Z"}, "/at"),
        ({"context": "active"}, ""),
        ({"blood_pressure": {"systolic": 120}}, "/blood_pressure/diastolic"),
        ({"username": "bob"}, "/username"),
        ({"id": str(uuid4())}, "/id"),
    ],
)
async def test_a_patch_must_leave_a_record(health, alice, change, pointer):
    kept = await added(health, alice)
    answer = await health.http.patch(f"/health-data/{kept['id']}", json=change, headers=alice)
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert (await health.http.get(f"/health-data/{kept['id']}", headers=alice)).json() == kept


async def test_if_match_refuses_what_has_changed(health, alice):
    kept = await added(health, alice)
    path = f"/health-data/{kept['id']}"
    for method, tag, status in (
        ("PATCH", '"2"', 412),
        ("PATCH", '"1"', 200),
        ("PATCH", '"1"', 412),
        ("PATCH", '"7", "2"', 200),
        ("DELETE", '"1"', 412),
        ("DELETE", "*", 204),
    ):
        body = {"json": {"steps": 1}} if method == "PATCH" else {}
        answer = await health.http.request(method, path, headers=alice | {"if-match": tag}, **body)
        assert answer.status_code == status, (method, tag)


async def test_one_of_two_conditional_patches_at_once_wins(health, alice):
    kept = await added(health, alice)
    answers = await asyncio.gather(
        *(
            health.http.patch(f"/health-data/{kept['id']}", json={"steps": steps}, headers=alice | {"if-match": '"1"'})
            for steps in range(8)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7


async def test_a_deleted_record_is_gone(health, alice):
    kept = await added(health, alice)
    path = f"/health-data/{kept['id']}"
    assert (await health.http.delete(path, headers=alice)).status_code == 204
    for method in ("GET", "DELETE", "PATCH"):
        body = {"json": {"steps": 1}} if method == "PATCH" else {}
        assert (await health.http.request(method, path, headers=alice, **body)).status_code == 404


async def test_others_records_are_not_there(health, alice):
    kept = await added(health, alice)
    bob = health.signer.headers(uuid4(), "bob")
    path = f"/health-data/{kept['id']}"
    answers = [
        await health.http.get(path, headers=bob),
        await health.http.patch(path, json={"steps": 1}, headers=bob),
        await health.http.delete(path, headers=bob),
        await health.http.get(f"/health-data/{uuid4()}", headers=bob),
        await health.http.get("/health-data/no-uuid", headers=bob),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert (await health.http.get("/health-data", headers=bob)).json()["items"] == []
    assert (await health.http.get(path, headers=alice)).json() == kept
