"""Builders of files and imports."""

import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from testkit import until
from testkit.running import Running

DONE = {"finished", "partial", "failed", "cancelled", "undone"}
START = datetime(2024, 5, 1, 7, tzinfo=UTC)
RIDE = ("4078723797.fit", "activity_4078723797.tcx", "activity_4078723797.gpx", "4078723797_strava.gpx")
"""Of the wheel: one ride in four formats."""
OWNED = (
    *("workout", "recording", "workout_set", "workout_exercise", "workout_muscle", "workout_effort", "workout_gear"),
    *("workout_edit", "exercise", "gear", "kept_apart", "deleted_recording", "brought_again", "loose_original"),
)


def a_gpx(minutes: int = 10, *, start: datetime = START, lat: float = 52.5, sport: str = "cycling") -> bytes:
    """A point each ten seconds, going north."""
    points = "".join(
        f'<trkpt lat="{lat + n / 2000:.6f}" lon="13.4"><ele>{30 + n % 9}</ele>'
        f"<time>{start + timedelta(seconds=10 * n):%Y-%m-%dT%H:%M:%SZ}</time></trkpt>"
        for n in range(minutes * 6 + 1)
    )
    return (
        '<?xml version="1.0"?><gpx version="1.1" creator="Garmin Connect" xmlns="http://www.topografix.com/GPX/1/1">'
        f"<trk><type>{sport}</type><trkseg>{points}</trkseg></trk></gpx>"
    ).encode()


def a_hevy(*sets: tuple[str, int, float], start: str = "1 May 2024, 09:00", end: str = "1 May 2024, 10:00") -> bytes:
    """One workout: exercise, repetitions and kilograms of each set."""
    head = (
        "title,start_time,end_time,description,exercise_title,superset_id,exercise_notes,set_index,set_type,"
        "weight_kg,reps,distance_km,duration_seconds,rpe"
    )
    rows = [
        f'"Push","{start}","{end}","","{name}",,"",{place},"normal",{weight},{reps},,,'
        for place, (name, reps, weight) in enumerate(sets or SETS)
    ]
    return "\n".join([head, *rows]).encode()


SETS = (("Bench Press (Barbell)", 5, 100.0), ("Bench Press (Barbell)", 5, 100.0), ("Grandma's Own Lift", 8, 20.0))


def a_zip(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def form(content: bytes, name: str = "ride.gpx", mapping: Any = None) -> dict[str, Any]:
    """What httpx sends as a form."""
    given = {"mapping": msgspec.json.encode(mapping).decode()} if mapping is not None else {}
    return {"files": {"file": (name, content, "application/octet-stream")}, "data": given}


async def sent(workout: Running, headers: dict[str, str], content: bytes, **more: Any) -> UUID:
    """The id of an import that has been accepted."""
    answer = await workout.http.post("/workouts/import", headers=headers, **form(content, **more))
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"/workouts/imports/{answer.json()['id']}"
    return UUID(answer.json()["id"])


async def read(workout: Running, headers: dict[str, str], import_id: UUID) -> dict[str, Any]:
    answer = await workout.http.get(f"/workouts/imports/{import_id}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def done(
    workout: Running, headers: dict[str, str], import_id: UUID, *states: str, seconds: float = 60
) -> dict[str, Any]:
    """Wait until it is in one of these states, or in any that is the last."""

    async def ended() -> Any:
        answer = await workout.http.get(f"/workouts/imports/{import_id}", headers=headers)
        return answer.json() if answer.status_code == 200 and answer.json()["state"] in (states or DONE) else None

    return await until(ended, seconds, 0.05)


async def imported(workout: Running, headers: dict[str, str], content: bytes, **more: Any) -> dict[str, Any]:
    """A file that has been read."""
    return await done(workout, headers, await sent(workout, headers, content, **more))


async def undone(workout: Running, headers: dict[str, str], import_id: Any) -> dict[str, Any]:
    answer = await workout.http.post(f"/workouts/imports/{import_id}/undo", headers=headers)
    assert answer.status_code == 202, answer.text
    return await done(workout, headers, import_id, "undone")


async def issues(workout: Running, headers: dict[str, str], import_id: Any) -> list[dict[str, Any]]:
    answer = await workout.http.get(f"/workouts/imports/{import_id}/issues", headers=headers, params={"limit": 200})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def recordings(workout: Running, headers: dict[str, str], workout_id: Any) -> list[dict[str, Any]]:
    answer = await workout.http.get(f"/workouts/{workout_id}/recordings", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def groups(workout: Running, user_id: UUID) -> list[list[str]]:
    """The files of each workout, without regard to who came first."""
    rows = await workout.db.fetch(
        "SELECT array_agg(file ORDER BY file) AS files FROM recording WHERE user_id = $1 GROUP BY workout_id", user_id
    )
    return sorted(row["files"] for row in rows)


async def counted(workout: Running, user_id: UUID, table: str) -> int:
    return await workout.db.fetchval(f"SELECT count(*) FROM {table} WHERE user_id = $1", user_id)


async def checksum(workout: Running, user_id: UUID) -> dict[str, Any]:
    """All that an undone import must have left as it was; versions only grow, and say nothing here."""
    told = {}
    for table in OWNED:
        rows = await workout.db.fetch(f"SELECT to_jsonb(t) AS row FROM {table} AS t WHERE user_id = $1", user_id)
        found = [msgspec.json.decode(row["row"]) for row in rows]
        for each in found:
            for name in ("version", "updated_at", "digest"):
                each.pop(name, None)
        told[table] = sorted(found, key=str)
    streams = (
        "SELECT count(*), coalesce(sum(length(data)), 0) FROM recording_stream "
        "JOIN recording USING (recording_id) WHERE user_id = $1"
    )
    told["streams"] = tuple(await workout.db.fetchrow(streams, user_id))
    orphans = "SELECT count(*) FROM recording_stream WHERE recording_id NOT IN (SELECT recording_id FROM recording)"
    told["orphans"] = await workout.db.fetchval(orphans)
    return told
