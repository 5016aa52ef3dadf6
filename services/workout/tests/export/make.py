"""A ride with everything in it."""

import io
import re
import zipfile
from array import array
from datetime import UTC, datetime, timedelta
from math import isnan, nan, pi, sin

from services.workout.tests.imports.make import a_hevy, a_zip

from testkit import until
from workout.edits.model import Current
from workout.export import gpx, tcx
from workout.readers.model import Activity, Ask, Totals

START = datetime(2026, 3, 1, 7, 30, 0, 250_000, tzinfo=UTC)
TOTALS = Totals(distance_m=3_000.0, energy_kcal=210.0, average_heart_rate=140.0, max_heart_rate=160.0)


def a_ride(sport: str = "cycling", n: int = 600, **changes) -> Current:
    """Ten minutes with a value in each channel, a hole in the heart rate and a pause of five minutes."""
    time = array("d", [float(at + (300 if at >= n // 2 else 0)) for at in range(n)])
    wave = [sin(2 * pi * at / n) for at in range(n)]
    channels = {
        "time": time,
        "lat": array("d", [round(52.5 + 0.01 * w, 7) for w in wave]),
        "lon": array("d", [round(13.4 + 0.00004 * at, 7) for at in range(n)]),
        "altitude": array("d", [round(40 + 5 * w, 2) for w in wave]),
        "distance": array("d", [5.0 * at for at in range(n)]),
        "speed": array("d", [5.0] * n),
        "heart_rate": array("d", [nan if 10 <= at < 20 else 130.0 + at % 30 for at in range(n)]),
        "cadence": array("d", [84.0 + at % 4 * 2 for at in range(n)]),
        "power": array("d", [200.0 + at % 50 for at in range(n)]),
    }
    given = {"started_at": START, "duration_s": time[-1], "sport": sport, "channels": channels}
    return Current(**given | {"pauses": [(n // 2 - 1.0, n // 2 + 300.0)]} | changes)


def read(reader, content: bytes) -> Activity:
    [made] = [item for item in reader.read(io.BytesIO(content), Ask()) if isinstance(item, Activity)]
    return made


def same(one, other, channel: str, exact: float = 1e-6) -> bool:
    pairs = zip(one.channels[channel], other.channels[channel], strict=True)
    return all((isnan(a) and isnan(b)) or abs(a - b) <= exact for a, b in pairs)


UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ENDED = {"finished", "partial", "failed", "undone"}


def parts(archive: bytes) -> dict[str, str]:
    """The parts of an archive but for the manifest; ids are numbered in the order in which they come."""
    names = dict[str, str]()
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        found = {name: opened.read(name) for name in opened.namelist() if name != "manifest.json"}
    return {
        name: UUID.sub(lambda at: names.setdefault(at[0], f"#{len(names)}"), content.decode("latin-1"))
        for name, content in found.items()
    }


async def exported(person, **parameters) -> bytes:
    return (await person.ask("GET", "/workouts/export", params=parameters, status=200)).content


async def imported(person, content: bytes, name: str = "export.zip") -> dict:
    answer = await person.ask("POST", "/workouts/import", files={"file": (name, content)}, status=202)
    return await ended(person, answer.headers["location"])


async def undone(person, found: dict) -> dict:
    path = f"/workouts/imports/{found['id']}"
    await person.ask("POST", f"{path}/undo", status=202)

    async def over():
        found = (await person.ask("GET", path, status=200)).json()
        return found if found["state"] == "undone" else None

    return await until(over, 60)


async def ended(person, path: str) -> dict:
    async def over():
        found = (await person.ask("GET", path, status=200)).json()
        return found if found["state"] in ENDED else None

    return await until(over, 60)


def moved(ride: Current, **by) -> Current:
    given = {name: getattr(ride, name) for name in ("duration_s", "sport", "channels", "pauses")}
    return Current(started_at=ride.started_at + timedelta(**by), **given)


def files() -> bytes:
    """Rides on six days, the third twice as others wrote it; and a gym log with an exercise of one's own."""
    made = {"log.csv": a_hevy(start="20 Mar 2026, 09:00", end="20 Mar 2026, 10:00")}
    for days in range(6):
        ride = moved(a_ride("running" if days == 1 else "cycling"), days=days)
        made[f"{days}.tcx"] = b"".join(tcx.write(ride, None, None, TOTALS))
        if days in {2, 3}:
            made[f"{days}.gpx"] = b"".join(gpx.write(ride, "Again", None))
    return a_zip(made)


async def with_everything(person) -> dict:
    """Something of all that a user can keep here; the ids of some of it."""
    assert (await imported(person, files(), "all.zip"))["state"] == "finished"
    rides = [one["id"] for one in (await person.list(sort="started_at", limit=100))["items"]]
    own = await _made(person, "/exercises", name="Sled Push", measure="weight_distance", primary_muscles=["quadriceps"])
    bike = await _made(person, "/gear", kind="bike", name="Gravel", sports=["cycling"])
    service = {"name": "Wax", "every_m": 300_000, "last_on": "2026-01-01"}
    await _made(person, "/gear", kind="component", name="Chain", part_of=bike["id"], services=[service])
    items = [{"exercise": code, "sets": [{"reps": 5}]} for code in (own["id"], "barbell-squat")]
    routine = await _made(
        person, "/routines", name="Strength", notes="Twice a week", days=[{"name": "A", "items": items}]
    )
    begun = await _made(person, f"/routines/{routine['id']}/start", at="2026-03-21T08:00:00Z")
    done = {"done_at": "2026-03-21T08:05:00Z", "reps": 6}
    await person.ask("PATCH", f"/workouts/{begun['id']}/sets/{begun['sets'][0]['id']}", json=done, status=200)
    held = {"since": "2026-01-01", "max_heart_rate": 190, "resting_heart_rate": 50, "ftp_w": 250}
    await person.ask("PUT", "/workouts/thresholds", json={"items": [held]}, status=200)
    await _made(person, "/workouts/privacy-zones", name="Home", lat=52.5, lon=13.4, radius_m=300)
    sets = [{"exercise": own["id"], "distance_m": 20, "weight_kg": 80, "done_at": "2026-03-22T08:10:00Z"}]
    await person.log(started_at="2026-03-22T08:00:00Z", sets=sets, notes="Heavy", rpe=8)
    await person.run(started_at="2026-03-23T08:00:00Z", ascent_m=120, gear=[])
    await person.patch(rides[0], title="With Ada", gear=[bike["id"]])
    await _edit(person, rides[0], kind="crop", from_s=100, to_s=700)
    await _edit(person, rides[0], kind="drop_outliers", channel="heart_rate", max=155)
    recordings = (await person.ask("GET", f"/workouts/{rides[2]}/recordings", status=200)).json()["items"]
    await person.ask("POST", f"/workouts/{rides[2]}/unlink", json={"recording": recordings[1]["id"]}, status=200)
    await _edit(person, rides[3], kind="swap_file", recording=await _other(person, rides[3]))
    await _edit(person, rides[3], kind="split", at_s=300)
    await _edit(person, rides[4], kind="merge", **{"with": rides[1]})
    await person.ask("DELETE", f"/workouts/{rides[5]}", status=204)
    return {"rides": rides, "bike": bike["id"], "routine": routine["id"], "exercise": own["id"]}


async def _made(person, path: str, **given) -> dict:
    return (await person.ask("POST", path, json=given, status=201)).json()


async def _edit(person, workout_id: str, **given) -> dict:
    return await _made(person, f"/workouts/{workout_id}/edits", **given)


async def _other(person, workout_id: str) -> str:
    found = (await person.ask("GET", f"/workouts/{workout_id}/recordings", status=200)).json()["items"]
    return found[1]["id"]
