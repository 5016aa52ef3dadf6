"""An Apple Health export through the front door, against what is known of it."""

import io
import os
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from services.health.tests.imports import make
from services.health.tests.make import a_user, known
from services.health.tests.readers.apple_export import STEPS, a_record, an_export, halves, shuffled

from testkit.running import Running

FOLDER = os.environ.get("SAMPLES")
NAME = "apple-health/export-2017.xml"
YEAR = {"from": "2017-01-01", "to": "2017-12-31"}
pytestmark = pytest.mark.anyio
sampled = pytest.mark.skipif(not FOLDER, reason="$SAMPLES, the folder of sample files, is not set")


def zipped(content: bytes) -> bytes:
    """As the phone hands it over."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("apple_health_export/export.xml", content)
        archive.writestr("apple_health_export/export_cda.xml", "<ClinicalDocument/>")
        archive.writestr("apple_health_export/workout-routes/route_1.gpx", '<gpx version="1.1"><trk/></gpx>')
    return packed.getvalue()


@pytest.fixture
async def in_jerusalem(health: Running, user_id: UUID, headers: dict[str, str]) -> dict[str, str]:
    await health.publish(a_user(user_id, zone="Asia/Jerusalem"))
    await known(health, user_id)
    return headers


async def days(health: Running, headers: dict[str, str], user_id: UUID, metric: str, **asked: str) -> dict[str, Any]:
    await make.quiet(health, user_id)
    answer = await health.http.get("/days", headers=headers, params=YEAR | asked | {"metrics": metric})
    assert answer.status_code == 200, answer.text
    return {item["date"]: item for item in answer.json()["items"]}


async def every_issue(health: Running, headers: dict[str, str], import_id: str) -> list[dict[str, Any]]:
    found, cursor = [], ""
    while cursor is not None:
        asked = {"limit": 100} | ({"cursor": cursor} if cursor else {})
        page = (await health.http.get(f"/imports/{import_id}/issues", headers=headers, params=asked)).json()
        found, cursor = found + page["items"], page["next_cursor"]
    return found


async def imported(
    health: Running, headers: dict[str, str], content: bytes, name: str = "export.xml"
) -> dict[str, Any]:
    return await make.imported(health, headers, content, name=name, mapping=None)


class Sample:
    """The file, and what must come of it."""

    def __init__(self) -> None:
        self.content = Path(FOLDER or "", NAME).read_bytes()
        self.expected = msgspec.json.decode(Path(FOLDER or "", "expected.json").read_bytes())["files"][NAME]

    @property
    def steps(self) -> dict[str, float]:
        return {row[0]: row[-1] for row in self.expected["steps"]["by_day"]}


@pytest.fixture(scope="module")
def sample() -> Sample:
    return Sample()


@sampled
async def test_a_real_export_gives_what_is_known_of_it_once_and_can_be_undone(health, in_jerusalem, user_id, sample):
    """In one test, since each import of it takes a second."""
    nothing = await make.checksum(health, user_id)
    found = await imported(health, in_jerusalem, sample.content)
    check_counts(found, sample.expected)
    check_issues(await every_issue(health, in_jerusalem, found["id"]), sample.expected)

    steps = await days(health, in_jerusalem, user_id, "steps")
    assert {date: item["value"] for date, item in steps.items()} == pytest.approx(sample.steps, abs=0.01)
    merged = sample.expected["steps"]["merged"]["total"]
    assert sum(item["value"] for item in steps.values()) == pytest.approx(merged, abs=0.01)
    rates = await days(health, in_jerusalem, user_id, "heart_rate")
    told = [[date, i["n"], round(i["value"], 2), i["min"], i["max"]] for date, i in sorted(rates.items())]
    assert told == sample.expected["heart_rate_by_day"]["rows"]

    before, ids = await make.checksum(health, user_id), [found["id"]]
    for change in (bytes, shuffled, zipped):
        again = await imported(health, in_jerusalem, change(sample.content))
        assert (again["state"], again["format"]) == ("finished", "apple-health"), again
        assert again["counts"]["read"] == again["counts"]["unchanged"] == 10_939
        assert not {"inserted", "updated"} & set(again["counts"])
        ids.append(again["id"])
    assert await make.checksum(health, user_id) == before

    for import_id in ids:  # sources that a later import named too go with the last of them
        answer = await health.http.post(f"/imports/{import_id}/undo", headers=in_jerusalem)
        assert answer.status_code == 202
        await make.done(health, in_jerusalem, UUID(import_id), "undone")
    assert await make.checksum(health, user_id) == nothing
    assert not await days(health, in_jerusalem, user_id, "steps")


def check_counts(found: dict[str, Any], expected: dict[str, Any]) -> None:
    assert (found["state"], found["format"]) == ("finished", "apple-health"), found
    assert found["counts"]["read"] == expected["counts"]["records"] == 10_939
    assert found["counts"]["inserted"] == expected["duplicates"]["distinct_by_type_source_start_end_value_unit"]
    assert found["counts"]["unchanged"] == expected["duplicates"]["exact_repeats"]
    assert found["kept"] == {"workout": expected["counts"]["workouts"]}
    read = Counter[str]()
    for series in found["series"]:
        read[series["source"]] += series["read"]
    assert read == expected["by_source"]


def check_issues(issues: list[dict[str, Any]], expected: dict[str, Any]) -> None:
    future = [issue for issue in issues if issue["code"] == "future"]
    assert sum(issue["count"] for issue in future) == expected["time"]["start_after_the_export"]
    assert all("Nutrino" in issue["detail"] for issue in future)
    told = " ".join(issue["detail"] for issue in issues if issue["code"] == "unusual")
    for value in (
        "152 kg",
        "23.1332 kg",
        "666 mg/dL",
        "22 mg/dL",
        "30000 {steps}",
        "150000 m",
        "110000 m",
        "87 {floors}",
    ):
        assert value in told, value


@sampled
async def test_a_real_export_in_two_halves_is_the_whole(health, in_jerusalem, user_id, sample):
    later, earlier = halves(sample.content)
    counts = [(await imported(health, in_jerusalem, half))["counts"] for half in (earlier, later)]
    distinct = sample.expected["duplicates"]["distinct_by_type_source_start_end_value_unit"]
    assert sum(count["inserted"] for count in counts) == distinct
    steps = await days(health, in_jerusalem, user_id, "steps")
    assert {date: item["value"] for date, item in steps.items()} == pytest.approx(sample.steps, abs=0.01)


async def test_an_export_by_hand(health, in_jerusalem, user_id):
    phone = a_record(STEPS, at="2025-01-01 08:00:00 +0100", until="2025-01-01 09:00:00 +0100", value="600")
    watch = a_record(STEPS, "Watch", at="2025-01-01 08:30:00 +0100", until="2025-01-01 09:30:00 +0100", value="1000")
    asleep = a_record(
        "HKCategoryTypeIdentifierSleepAnalysis",
        "Watch",
        unit=None,
        value="HKCategoryValueSleepAnalysisAsleepCore",
        at="2024-12-31 22:00:00 +0100",
        until="2025-01-01 05:30:00 +0100",
    )
    weight = a_record("HKQuantityTypeIdentifierBodyMass", "Scale", unit="lb", value="900")
    found = await imported(
        health, in_jerusalem, zipped(an_export(phone, watch, phone, asleep, weight, weight)), "e.zip"
    )
    assert found["state"] == "finished", found
    assert (found["counts"]["read"], found["counts"]["inserted"], found["counts"]["unchanged"]) == (6, 4, 2)
    asked = {"from": "2025-01-01", "to": "2025-01-01"}
    steps = await days(health, in_jerusalem, user_id, "steps", **asked)
    assert steps["2025-01-01"]["value"] == 1_300
    sleep = await days(health, in_jerusalem, user_id, "sleep_duration", **asked)
    assert sleep["2025-01-01"]["value"] == 7.5


async def test_a_cut_off_export_keeps_what_was_read(health, in_jerusalem, user_id):
    content = an_export(
        *(a_record(at=f"2025-01-01 08:{n:02}:00 +0100", until=f"2025-01-01 08:{n:02}:30 +0100") for n in range(50))
    )
    found = await imported(health, in_jerusalem, content[:-5_000])
    assert found["state"] == "partial", found
    assert "cut off" in found["error"]
    assert 20 < found["counts"]["inserted"] < 50
    refused = await imported(health, in_jerusalem, an_export(head='<!DOCTYPE x [<!ENTITY a "ha">]>'))
    assert (refused["state"], refused["counts"]) == ("failed", {})
    assert "entities" in refused["error"]
