"""From a file to samples, and the ways in which it may end."""

import io
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from services.health.tests import make as users
from services.health.tests.imports import make

from contracts.events import ImportFinished

pytestmark = pytest.mark.anyio

SAMPLES = "SELECT count(*) FROM sample JOIN series USING (series_id) WHERE user_id = $1"


def objects(health, user_id):
    """Files of a user that lie in the store."""
    folder = Path(health.environment["OBJECT_STORE_URL"].removeprefix("file://")) / "health" / str(user_id)
    return sorted(each.name for each in folder.iterdir()) if folder.exists() else []


async def test_a_file_becomes_samples(health, headers, user_id):
    found = await make.imported(health, headers, make.a_csv(100))
    assert found["state"] == "finished", found
    assert found["format"] == "csv"
    assert found["counts"] == {"read": 200, "inserted": 200}
    assert await health.db.fetchval(SAMPLES, user_id) == 200
    assert [(s["metric"], s["source"], s["inserted"]) for s in found["series"]] == [
        ("steps", "Bracelet", 100),
        ("heart_rate", "Bracelet", 100),
    ]
    assert found["progress"]["bytes_done"] == found["progress"]["bytes_total"] == found["bytes"]
    assert objects(health, user_id) == [found["sha256"]]


async def test_the_same_again_writes_nothing(health, headers, user_id):
    await make.imported(health, headers, make.a_csv(100))
    again = await make.imported(health, headers, make.a_csv(100))
    assert (again["state"], again["counts"]) == ("finished", {"read": 200, "unchanged": 200})
    assert await health.db.fetchval(SAMPLES, user_id) == 200
    assert objects(health, user_id) == [again["sha256"]]


async def test_days_follow(health, headers, user_id):
    await make.imported(health, headers, make.a_csv(1440))
    await make.quiet(health, user_id)
    days = await health.db.fetch(
        "SELECT code, value FROM day_summary JOIN metric USING (metric_id) WHERE user_id = $1 ORDER BY metric_id",
        user_id,
    )
    assert [(day["code"], day["value"]) for day in days] == [
        ("steps", sum(5 + n % 7 for n in range(1440))),
        ("heart_rate", pytest.approx(sum(60 + n % 40 for n in range(1440)) / 1440)),
    ]


async def test_others_are_told(health, headers, user_id, heard):
    found = await make.imported(health, headers, make.a_csv(10))
    (event,) = await users.of_user(heard, user_id, ImportFinished.name(), 1)
    assert event == ImportFinished(
        event_id=event.event_id,
        user_id=user_id,
        version=found["version"],
        import_id=event.import_id,
        file_name="bracelet.csv",
        format="csv",
        state="finished",
        inserted=20,
        updated=0,
        first_at=make.START,
        last_at=make.START + timedelta(minutes=9),
    )
    assert str(event.import_id) == found["id"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "picture"),
        (b"just some words", "no reader"),
        (b"PK\x03\x04" + b"\0" * 100, "archive"),
        (b"   \n", "empty"),
        (b"at;heart rate\n2024-01-01;60\n", "at"),
    ],
)
async def test_what_cannot_be_read_fails_and_goes(health, headers, user_id, content, says):
    found = await make.imported(health, headers, content)
    assert found["state"] == "failed", found
    assert says in found["error"]
    assert not found["stored"]
    assert objects(health, user_id) == []
    answer = await health.http.post(f"/imports/{found['id']}/resume", headers=headers)
    assert answer.status_code == 409
    answer = await health.http.get(f"/imports/{found['id']}/file", headers=headers)
    assert answer.status_code == 404


async def test_bad_lines_are_told_and_passed_over(health, headers, user_id):
    lines = make.a_csv(10).splitlines()
    lines[3] = b"yesterday,60,5"
    lines[5] = lines[5].replace(b",64,", b",fast,")
    found = await make.imported(health, headers, b"\n".join(lines))
    assert found["state"] == "finished"
    assert found["counts"]["errors"] >= 1
    answer = await health.http.get(f"/imports/{found['id']}/issues", headers=headers)
    assert {"kind": "error", "code": "bad-line", "line": 4} in [
        {key: each[key] for key in ("kind", "code", "line")} for each in answer.json()["items"]
    ]


async def test_issues_come_in_pages(health, headers):
    lines = make.a_csv(40).splitlines()
    broken = [lines[0], *(b"never" + line for line in lines[1:])]
    found = await make.imported(health, headers, b"\n".join(broken))
    seen, cursor = [], None
    while True:
        query = {"limit": 15} | ({"cursor": cursor} if cursor else {})
        page = (await health.http.get(f"/imports/{found['id']}/issues", headers=headers, params=query)).json()
        seen += [each["line"] for each in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert seen == list(range(2, 42))


async def test_values_that_cannot_be_are_set_aside(health, headers, user_id):
    content = make.a_csv(10).replace(b",65,", b",650,").replace(b",66,", b",660,").replace(b",67,", b",670,")
    before = await make.checksum(health, user_id)
    found = await make.imported(health, headers, content)
    assert (found["counts"]["quarantined"], found["counts"]["inserted"]) == (3, 17)
    path = f"/imports/{found['id']}/quarantine"
    aside = (await health.http.get(path, headers=headers, params={"limit": 2})).json()
    more = (await health.http.get(path, headers=headers, params={"cursor": aside["next_cursor"]})).json()
    told = [(each["metric"], each["value"]) for each in aside["items"] + more["items"]]
    assert sorted(told) == [("heart_rate", 650), ("heart_rate", 660), ("heart_rate", 670)]
    one = {"ids": [aside["items"][0]["id"]]}
    assert (await health.http.post(f"{path}/accept", headers=headers, json=one)).json() == {"accepted": 1, "left": 2}
    assert (await health.http.post(f"{path}/accept", headers=headers, json=one)).json() == {"accepted": 0, "left": 2}
    answer = await health.http.post(f"{path}/accept", headers=headers, json={"all": True})
    assert answer.json() == {"accepted": 2, "left": 0}
    assert await health.db.fetchval(SAMPLES, user_id) == 20
    await health.http.post(f"/imports/{found['id']}/undo", headers=headers)
    await make.done(health, headers, found["id"], "undone")
    assert await make.checksum(health, user_id) == before
    assert (await health.http.post(f"{path}/accept", headers=headers, json={"all": True})).status_code == 409


@pytest.mark.parametrize(
    "body", [{}, {"ids": []}, {"all": False}, {"ids": [1], "all": True}, {"ids": [0]}, {"ids": "x"}]
)
async def test_what_to_accept_has_to_be_said(health, headers, body):
    found = await make.imported(health, headers, make.a_csv(1))
    answer = await health.http.post(f"/imports/{found['id']}/quarantine/accept", headers=headers, json=body)
    assert answer.status_code == 400


async def test_what_is_to_come_is_told(health, headers):
    soon = datetime.now(UTC) + timedelta(days=30)
    found = await make.imported(health, headers, make.a_csv(5, start=soon))
    assert found["counts"]["future"] == 10
    items = (await health.http.get(f"/imports/{found['id']}/issues", headers=headers)).json()["items"]
    assert {each["code"] for each in items} == {"future"}


async def test_an_archive_tells_of_each_file(health, headers, user_id):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/ride.gpx", b'<?xml version="1.0"?><gpx xmlns="http://www.topografix.com/GPX/1/1"></gpx>')
        archive.writestr("../evil.gpx", b"<gpx/>")
    found = await make.imported(health, headers, packed.getvalue(), name="rides.zip", mapping=None)
    assert found["kept"] == {"activity-file": 1}, found
    assert {each["name"]: each["errors"] > 0 for each in found["parts"]}["../evil.gpx"]
    assert objects(health, user_id) == [found["sha256"]]


async def test_the_file_as_it_was_sent(health, headers):
    content = make.a_csv(5_000)
    found = await make.imported(health, headers, content, name='a "ü"\r\n.csv')
    answer = await health.http.get(f"/imports/{found['id']}/file", headers=headers)
    assert answer.content == content
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_imports_of_others_are_not_there(health, headers):
    import_id = await make.sent(health, headers, make.a_csv(5))
    stranger = health.signer.headers(uuid4())
    for method, path in [
        *(("GET", path) for path in ("", "/events", "/issues", "/quarantine", "/file")),
        *(("POST", path) for path in ("/cancel", "/resume", "/undo", "/quarantine/accept")),
    ]:
        json = {"all": True} if path.endswith("accept") else None
        answer = await health.http.request(method, f"/imports/{import_id}{path}", headers=stranger, json=json)
        assert answer.status_code == 404, (method, path)
    assert (await health.http.get("/imports", headers=stranger)).json() == {"items": [], "next_cursor": None}
    for path in ("/imports", f"/imports/{import_id}"):
        assert (await health.http.get(path)).status_code == 401
    await make.done(health, headers, import_id)


async def test_imports_are_listed_newest_first(health, headers):
    sent = [str(await make.sent(health, headers, make.a_csv(n))) for n in (1, 2, 3)]
    first = (await health.http.get("/imports", headers=headers, params={"limit": 2})).json()
    rest = (await health.http.get("/imports", headers=headers, params={"cursor": first["next_cursor"]})).json()
    assert [each["id"] for each in first["items"] + rest["items"]] == sent[::-1]
    for import_id in sent:
        await make.done(health, headers, import_id)


async def nobodys(health):
    """How many rows name an import that is not there; tests of merging leave some."""
    tables = ("import_issue", "import_part", "import_series", "sample_before")
    lost = "SELECT count(*) FROM {} WHERE import_id NOT IN (SELECT import_id FROM import)"
    return [await health.db.fetchval(lost.format(table)) for table in tables]


async def test_nothing_is_left_of_a_user_who_goes(health, headers, user_id):
    before = await nobodys(health)
    await make.imported(health, headers, make.a_csv(10).replace(b",65,", b",650,"))
    await health.publish(users.a_user(user_id))
    await health.publish(users.a_deletion(user_id))
    await make.until_erased(health, user_id)
    for table in ("import", "source", "series", "quarantine"):
        assert await health.db.fetchval(f"SELECT count(*) FROM {table} WHERE user_id = $1", user_id) == 0
    assert await nobodys(health) == before
    assert objects(health, user_id) == []
    answer = await health.http.post("/imports", headers=headers, **make.form(make.a_csv(1)))
    assert answer.status_code in {401, 404}
    assert objects(health, user_id) == []
