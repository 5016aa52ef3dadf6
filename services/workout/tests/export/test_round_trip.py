"""What one takes away, another instance, or another user, reads as the same workouts."""

import io
import zipfile
from datetime import timedelta

import pytest
from services.workout.tests import make
from services.workout.tests.export.make import TOTALS, a_ride

from testkit import until
from workout.export import gpx, tcx

pytestmark = pytest.mark.anyio

OWN = {"id", "version", "load", "load_method"}
"""What is another's, and what comes of thresholds."""


@pytest.fixture
def person(workout):
    return make.Person(workout)


async def imported(person, content: bytes, name: str = "export.zip") -> dict:
    answer = await person.ask("POST", "/workouts/import", files={"file": (name, content)}, status=202)

    async def ended():
        found = (await person.ask("GET", answer.headers["location"], status=200)).json()
        return found if found["state"] in {"finished", "partial", "failed"} else None

    return await until(ended, 30)


async def workouts(person) -> list[dict]:
    """As the list shows them, oldest first."""
    found = (await person.list(sort="started_at", limit=100))["items"]
    return [{name: value for name, value in one.items() if name not in OWN} for one in found]


def rides() -> bytes:
    """A file of each of three rides, one of them twice as others wrote it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for days in range(3):
            ride = a_ride("running" if days == 1 else "cycling")
            ride = type(ride)(
                started_at=ride.started_at + timedelta(days=days),
                **{name: getattr(ride, name) for name in ("duration_s", "sport", "channels", "pauses")},
            )
            made.writestr(f"{days}.tcx", b"".join(tcx.write(ride, None, None, TOTALS)))
            if days == 2:
                made.writestr(f"{days}.gpx", b"".join(gpx.write(ride, "Again", None)))
    return file.getvalue()


async def export(person, **parameters) -> bytes:
    return (await person.ask("GET", "/workouts/export", params=parameters, status=200)).content


async def test_everything_comes_back_as_it_was(person, workout):
    found = await imported(person, rides(), "rides.zip")
    assert found["state"] == "finished", found
    await person.log(notes="By hand")
    await person.run(ascent_m=33)
    before = await workouts(person)
    assert len(before) == 5
    edited = (await person.list(sort="started_at"))["items"][0]["id"]
    crop = {"kind": "crop", "from_s": 100, "to_s": 700}
    await person.ask("POST", f"/workouts/{edited}/edits", json=crop, status=201)
    before = await workouts(person)

    other = make.Person(workout)
    found = await imported(other, await export(person))
    assert found["state"] == "finished", found
    after = await workouts(other)
    assert len(after) == len(before)
    for was, now in zip(before, after, strict=True):
        assert differing(was, now) == {}


def differing(was: dict, now: dict) -> dict:
    """Numbers to six places, all else exactly."""
    return {
        name: (was.get(name), now.get(name))
        for name in was.keys() | now.keys()
        if (pytest.approx(was[name], rel=1e-6) if isinstance(was.get(name), float) else was.get(name)) != now.get(name)
    }


async def test_recordings_are_known_again_where_they_come_from(person):
    await imported(person, rides(), "rides.zip")
    before = await workouts(person)
    found = await imported(person, await export(person))
    assert found["state"] == "finished", found
    assert await workouts(person) == before
    assert found["counts"]["duplicates"] == 4


@pytest.mark.parametrize("as_", ["gpx", "tcx", "json"])
async def test_one_workout_comes_back(person, workout, as_):
    await imported(person, rides(), "rides.zip")
    [was, *_] = await workouts(person)
    workout_id = (await person.list(sort="started_at"))["items"][0]["id"]
    content = (await person.ask("GET", f"/workouts/{workout_id}/export", params={"format": as_}, status=200)).content
    other = make.Person(workout)
    assert (await imported(other, content, f"ride.{as_}"))["state"] == "finished"
    [now] = await workouts(other)
    told = {name: now[name] for name in ("sport", "started_at", "duration_s", "average_power", "max_power")}
    assert told.items() <= was.items()
    if as_ != "gpx":  # it has no totals
        assert now["distance_m"] == was["distance_m"]
        assert now["average_heart_rate"] == was["average_heart_rate"]


async def test_originals_are_in_it(person):
    await imported(person, rides(), "rides.zip")
    names = zipfile.ZipFile(io.BytesIO(await export(person))).namelist()
    assert sum(name.startswith("originals/") for name in names) == 4
    without = zipfile.ZipFile(io.BytesIO(await export(person, originals=False))).namelist()
    assert not any(name.startswith("originals/") for name in without)


async def test_what_was_entered_by_hand_is_known_again_too(person):
    await person.log(notes="By hand")
    await person.run()
    before = await workouts(person)
    for _ in range(2):
        assert (await imported(person, await export(person)))["state"] == "finished"
        after = await workouts(person)
        assert [differing(was, now) for was, now in zip(before, after, strict=True)] == [{}, {}]
