"""Formats on their whole way: sent to /imports, read in the worker's child, in days afterwards, and taken back."""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from services.health.tests.imports import make
from services.health.tests.readers.uploads import a_zip, as_json

pytestmark = pytest.mark.anyio
SAMPLES = os.environ.get("SAMPLES")
SCALE = b"date,time,weight,fat,water\n2024-10-28,07:30:00,80,20,50\n2024-10-28,19:30:00,79,20,50\n"
MAPPING = {"at": "date", "time": "time", "columns": [{"column": "weight", "metric": "weight"}]}


@pytest.fixture
def user_id() -> UUID:
    return uuid4()


@pytest.fixture
def headers(health, user_id):
    return health.signer.headers(user_id)


def minutes(day: int) -> str:
    start = datetime(2024, 7, day, 8, tzinfo=UTC)
    times = (start + timedelta(minutes=minute) for minute in range(60))
    return as_json([{"dateTime": f"{time:%m/%d/%y %H:%M:%S}", "value": "10"} for time in times])


async def days(health, user_id) -> dict:
    await make.quiet(health, user_id)
    sql = "SELECT code, on_date, value FROM day_summary JOIN metric USING (metric_id) WHERE user_id = $1"
    return {(row["code"], row["on_date"]): row["value"] for row in await health.db.fetch(sql, user_id)}


async def test_an_archive_with_a_broken_part(health, headers, user_id):
    before = await make.checksum(health, user_id)
    takeout = a_zip(
        {
            "Takeout/Fitbit/Global Export Data/steps-2024-07-15.json": minutes(15),
            "Takeout/Fitbit/Global Export Data/steps-2024-07-16.json": minutes(16)[:-40],
            "Takeout/Fitbit/Physical Activity_GoogleData/steps_2024-07-01.csv": (
                "timestamp,steps,data source\n2024-07-15T08:00:00Z,10,Fitbit Air\n2024-07-15T10:00:00Z,7,Fitbit Air\n"
            ),
            "Takeout/Fitbit/Global Export Data/exercise-0.json": as_json([{"logId": 1, "activityName": "Run"}]),
        }
    )
    found = await make.imported(health, headers, takeout, mapping=None, name="takeout.zip")
    assert (found["state"], found["format"]) == ("partial", "fitbit"), found
    assert found["kept"] == {"workout": 1}
    broken = "Takeout/Fitbit/Global Export Data/steps-2024-07-16.json"
    issues = (await health.http.get(f"/imports/{found['id']}/issues", headers=headers)).json()["items"]
    assert [(issue["code"], issue["part"]) for issue in issues] == [("broken", broken)]
    assert found["progress"]["bytes_done"] == found["progress"]["bytes_total"]
    told = await days(health, user_id)
    assert told["steps", date(2024, 7, 15)] == 607, "the same minute in two forms counts once"
    again = await make.imported(health, headers, takeout, mapping=None, name="again.zip")
    assert again["counts"].get("inserted", 0) == 0
    for each in (again, found):
        answer = await health.http.post(f"/imports/{each['id']}/undo", headers=headers)
        assert answer.status_code == 202
        await make.done(health, headers, UUID(each["id"]), "undone")
    assert await make.checksum(health, user_id) == before


@pytest.mark.skipif(SAMPLES is None, reason="SAMPLES names no folder with sample files")
async def test_a_day_of_a_watch(health, headers, user_id):
    content = Path(SAMPLES, "fit", "MonitoringFile.fit").read_bytes()
    found = await make.imported(health, headers, content, mapping=None, name="day.fit")
    assert (found["state"], found["format"]) == ("finished", "fit"), found
    told = await days(health, user_id)
    assert sum(value for (code, _), value in told.items() if code == "steps") == 3173


async def test_a_known_table_and_the_same_with_a_mapping(health, headers, user_id):
    found = await make.imported(health, headers, SCALE, mapping=None, name="whatever.zip")
    assert (found["state"], found["format"]) == ("finished", "openscale"), found
    assert (await days(health, user_id))["weight", date(2024, 10, 28)] == 79
    found = await make.imported(health, headers, SCALE, mapping=MAPPING, source="Notebook")
    assert [(series["metric"], series["source"]) for series in found["series"]] == [("weight", "Notebook")]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (a_zip({"steps-1.json": '[{"dateTime": "07/15/24 22:30:00", "value": 5},' + " " * (40 << 20)}), "far more"),
        (b"when,what\n2024-01-01,5\n", "mapping"),
    ],
)
async def test_what_cannot_be_read_says_so(health, headers, content, says):
    found = await make.imported(health, headers, content, mapping=None, name="../../weight.csv")
    assert found["state"] in {"failed", "partial"}
    assert says in found["error"]


async def test_a_preview(health, headers):
    table = make.form(b"Date,Weight (lb)\n2024-01-01,176\n", mapping=None)
    answer = await health.http.post("/imports/preview", headers=headers, **table)
    assert answer.status_code == 200
    assert answer.json()["mapping"]["columns"] == [{"column": "Weight (lb)", "metric": "weight", "unit": "lb"}]
