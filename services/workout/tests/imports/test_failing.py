"""A reader with a fault, in the process that reads: what it costs, and what is told of it."""

import pytest
from services.workout.tests.imports import make

pytestmark = pytest.mark.anyio

FAILING = """
from workout.readers import gpx

def fails(track, lost):
    raise KeyError(track.title)

gpx.Track.item = fails
"""


@pytest.fixture
def faulty(tmp_path, monkeypatch):
    """Every process that begins now has a reader of GPX that fails over each track."""
    (tmp_path / "sitecustomize.py").write_text(FAILING)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


@pytest.mark.usefixtures("faulty")
async def test_it_costs_no_more_than_its_file(workout, headers):
    files = {"a.gpx": make.a_gpx(), "log.csv": make.a_hevy(), "z.gpx": make.a_gpx(20)}
    found = await make.imported(workout, headers, make.a_zip(files), name="all.zip")
    assert (found["state"], found["error"]) == ("partial", None), found
    assert {each["name"]: each["counts"] for each in found["parts"]} == {
        "a.gpx": {"unreadable": 1},
        "log.csv": {"workouts": 1},
        "z.gpx": {"unreadable": 1},
    }
    issues = await make.issues(workout, headers, found["id"])
    assert [(each["kind"], each["code"]) for each in issues if each["part"] != "log.csv"] == [
        ("error", "reader-failed")
    ] * 2
    assert not any("KeyError" in each["detail"] for each in issues)


@pytest.mark.usefixtures("faulty")
async def test_a_file_by_itself_fails_at_once(workout, headers):
    found = await make.imported(workout, headers, make.a_gpx())
    assert found["state"] == "failed", found
    assert "fault of Fitmesh" in found["error"]
    [issue] = await make.issues(workout, headers, found["id"])
    assert (issue["kind"], issue["code"]) == ("error", "reader-failed")
