"""User B cannot read or change anything of user A by any route with an id."""

import io
import zipfile
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from testkit import until
from tests import operations

pytestmark = [pytest.mark.anyio, pytest.mark.xdist_group("journey")]


async def a_record(client, person) -> str:
    async with client.post("/health-data", json={"steps": 100}, headers=person.headers) as answer:
        return (await answer.json())["id"]


async def a_notification(client, person) -> str:
    await a_record(client, person)

    async def first():
        async with client.get("/notifications", headers=person.headers) as answer:
            return (await answer.json())["items"]

    return (await until(first))[0]["id"]


async def a_session(client, person) -> str:
    async with client.get("/users/me/sessions", headers=person.headers) as answer:
        return (await answer.json())["items"][0]["id"]


async def an_import(client, person) -> str:
    file = aiohttp.FormData()
    file.add_field("file", b"at,weight\n2026-05-01T07:00:00Z,70.5\n", filename="weights.csv")
    file.add_field("mapping", '{"at": "at", "columns": [{"column": "weight", "metric": "weight", "unit": "kg"}]}')
    async with client.post("/imports", data=file, headers=person.headers) as answer:
        import_id = (await answer.json())["id"]

    async def finished():
        async with client.get(f"/imports/{import_id}", headers=person.headers) as answer:
            return (await answer.json())["state"] == "finished"

    await until(finished, 30)
    return import_id


async def made(client, person, path: str, body: object) -> dict:
    """What was just made there."""
    async with client.post(path, json=body, headers=person.headers) as answer:
        assert answer.status < 300, await answer.text()
        return await answer.json()


async def gear(client, person) -> str:
    return (await made(client, person, "/gear", {"kind": "shoes", "name": "Trainers"}))["id"]


async def a_routine(client, person) -> str:
    item = {"exercise": BENCH, "sets": [{"reps": 5}]}
    return (await made(client, person, "/routines", {"name": "Push", "days": [{"items": [item]}]}))["id"]


async def a_privacy_zone(client, person) -> str:
    home = {"name": "Home", "lat": 52.5, "lon": 13.4, "radius_m": 300}
    return (await made(client, person, "/workouts/privacy-zones", home))["id"]


async def a_workout(client, person) -> str:
    run = {"sport": "running", "started_at": "2026-05-01T05:00:00Z", "duration_s": 1800, "distance_m": 5000}
    return (await made(client, person, "/workouts", run))["id"]


async def a_live_workout(client, person) -> str:
    live = await made(client, person, "/workouts", {"live": True, "sets": [A_SET]})
    return live["id"]


async def a_set(client, person) -> dict[str, str]:
    gym = await made(client, person, "/workouts", {"duration_s": 600, "sets": [A_SET]})
    return {"workout_id": gym["id"], "set_id": gym["sets"][0]["id"]}


async def tracks(client, person, *names: str) -> str:
    """An import of rides an hour apart, by those who recorded them."""
    file = aiohttp.FormData()
    file.add_field("file", archive(names), filename="rides.zip")
    async with client.post("/workouts/import", data=file, headers=person.headers) as answer:
        assert answer.status == 202, await answer.text()
        where = answer.headers["location"]

    async def ended():
        async with client.get(where, headers=person.headers) as answer:
            found = await answer.json()
            return found if found["state"] not in {"queued", "running"} else None

    found = await until(ended, 30)
    assert found["state"] == "finished", found
    return where.rsplit("/", 1)[1]


async def a_workout_import(client, person) -> str:
    return await tracks(client, person, "One")


async def recorded(client, person, *names: str) -> list[dict]:
    await tracks(client, person, *names)
    async with client.get("/workouts", headers=person.headers) as answer:
        return (await answer.json())["items"]


async def a_recording(client, person) -> str:
    return (await recorded(client, person, "One"))[0]["id"]


async def an_edit(client, person) -> dict[str, str]:
    workout_id = await a_recording(client, person)
    await made(client, person, f"/workouts/{workout_id}/edits", CROP)
    return {"workout_id": workout_id, "number": "1"}


async def two_workouts(client, person) -> dict[str, str]:
    """The second is said to be the same as the first."""
    second, first = await recorded(client, person, "One", "Two")
    return {"workout_id": first["id"], "other": second["id"]}


async def two_recordings(client, person) -> dict[str, str]:
    """Two of one workout, of which one is taken out."""
    both = await two_workouts(client, person)
    await made(client, person, f"/workouts/{both['workout_id']}/link", {"workout": both["other"]})
    async with client.get(f"/workouts/{both['workout_id']}/recordings", headers=person.headers) as answer:
        return {"workout_id": both["workout_id"], "other": (await answer.json())["items"][-1]["id"]}


def archive(names: tuple[str, ...]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for number, name in enumerate(names):
            made.writestr(f"{name}.gpx", a_track(name, datetime(2026, 5, 1, 7 + 3 * number, tzinfo=UTC)))
    return file.getvalue()


def a_track(name: str, start: datetime) -> str:
    """Ten minutes on a bike."""
    points = "".join(
        f'<trkpt lat="{52.5 + at / 1e5:.6f}" lon="13.4"><ele>40</ele>'
        f"<time>{start + timedelta(seconds=at):%Y-%m-%dT%H:%M:%SZ}</time></trkpt>"
        for at in range(600)
    )
    return (
        '<?xml version="1.0"?><gpx version="1.1" creator="Tests" xmlns="http://www.topografix.com/GPX/1/1">'
        f"<trk><name>{name}</name><type>cycling</type><trkseg>{points}</trkseg></trk></gpx>"
    )


BENCH = "barbell-bench-press-medium-grip"
A_SET = {"exercise": BENCH, "reps": 5, "weight_kg": 100}
CROP = {"kind": "crop", "from_s": 60, "to_s": 500}

OWNED = {
    "/imports/{import_id}": an_import,
    "/imports/{import_id}/cancel": an_import,
    "/imports/{import_id}/events": an_import,
    "/imports/{import_id}/file": an_import,
    "/imports/{import_id}/issues": an_import,
    "/imports/{import_id}/quarantine": an_import,
    "/imports/{import_id}/quarantine/accept": an_import,
    "/imports/{import_id}/resume": an_import,
    "/imports/{import_id}/undo": an_import,
    "/health-data/{record_id}": a_record,
    "/gear/{gear_id}": gear,
    "/notifications/{notification_id}/read": a_notification,
    "/routines/{routine_id}": a_routine,
    "/routines/{routine_id}/preview": a_routine,
    "/routines/{routine_id}/start": a_routine,
    "/users/me/sessions/{session_id}": a_session,
    "/workouts/imports/{import_id}": a_workout_import,
    "/workouts/imports/{import_id}/cancel": a_workout_import,
    "/workouts/imports/{import_id}/events": a_workout_import,
    "/workouts/imports/{import_id}/file": a_workout_import,
    "/workouts/imports/{import_id}/issues": a_workout_import,
    "/workouts/imports/{import_id}/resume": a_workout_import,
    "/workouts/imports/{import_id}/undo": a_workout_import,
    "/workouts/privacy-zones/{zone_id}": a_privacy_zone,
    "/workouts/{workout_id}": a_workout,
    "/workouts/{workout_id}/best-efforts": a_workout,
    "/workouts/{workout_id}/edits": a_recording,
    "/workouts/{workout_id}/edits/{number}": an_edit,
    "/workouts/{workout_id}/export": a_workout,
    "/workouts/{workout_id}/file": a_recording,
    "/workouts/{workout_id}/finish": a_live_workout,
    "/workouts/{workout_id}/gear": a_workout,
    "/workouts/{workout_id}/laps": a_workout,
    "/workouts/{workout_id}/link": two_workouts,
    "/workouts/{workout_id}/recordings": a_workout,
    "/workouts/{workout_id}/sets": a_live_workout,
    "/workouts/{workout_id}/sets/last": a_live_workout,
    "/workouts/{workout_id}/sets/{set_id}": a_set,
    "/workouts/{workout_id}/streams": a_workout,
    "/workouts/{workout_id}/track": a_workout,
    "/workouts/{workout_id}/unlink": two_recordings,
    "/workouts/{workout_id}/zones": a_workout,
}
"""How to make what a route with ids needs; a route that is not here fails the test.

Of one id the id itself; of several each by its name, `other` being for the body.
"""

BODIES = {
    "PATCH /health-data/{record_id}": {"steps": 1},
    "POST /imports/{import_id}/quarantine/accept": {"all": True},
    "PATCH /gear/{gear_id}": {"name": "Racers"},
    "PATCH /routines/{routine_id}": {"name": "Pull"},
    "POST /routines/{routine_id}/start": {},
    "PATCH /workouts/privacy-zones/{zone_id}": {"name": "Work"},
    "PATCH /workouts/{workout_id}": {"title": "Early"},
    "POST /workouts/{workout_id}/edits": CROP,
    "POST /workouts/{workout_id}/finish": {},
    "PUT /workouts/{workout_id}/gear": {"gear": []},
    "POST /workouts/{workout_id}/sets": A_SET,
    "PATCH /workouts/{workout_id}/sets/{set_id}": {"reps": 6},
}
OTHERS = {"POST /workouts/{workout_id}/link": "workout", "POST /workouts/{workout_id}/unlink": "recording"}
"""Where the body names another thing of the owner."""
OVER = {
    "POST /imports/{import_id}/cancel",
    "POST /imports/{import_id}/resume",
    "POST /workouts/imports/{import_id}/cancel",
    "POST /workouts/imports/{import_id}/resume",
}
"""What an import that has finished refuses, to its owner too."""


def owned() -> list[operations.Operation]:
    """Routes of a user's things; the one without a token is known to whoever holds its secret id."""
    return [o for name in operations.NAMES for o in operations.operations(name) if o.of_a_thing and o.protected]


@pytest.mark.parametrize("operation", owned(), ids=str)
async def test_others_do_not_even_learn_that_it_exists(product, operation):
    make = OWNED[operation.path]
    async with product.client() as client:
        owner, other = await product.person(client), await product.person(client)
        found = await make(client, owner)
        ids = found if isinstance(found, dict) else {operation.path.split("{")[1].split("}")[0]: found}
        path = operation.path.format_map(ids)
        name = OTHERS.get(str(operation))
        body = {name: ids["other"]} if name else BODIES.get(str(operation))
        for headers, expected in ((other.headers, 404), ({}, 401), (owner.headers, None)):
            async with client.request(operation.method, path, json=body, headers=headers) as answer:
                assert answer.status == (expected or answer.status), await answer.text()
                allowed = answer.status == 409 if str(operation) in OVER else answer.status < 300
                assert expected or allowed, await answer.text()
