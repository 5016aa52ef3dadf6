"""Recordings as imports leave them, put straight into the tables."""

from array import array
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from chassis import ids
from chassis.database import connected
from testkit.running import Running
from workout.readers.model import Totals
from workout.streams import codec
from workout.streams.measure import measure
from workout.streams.model import Derived
from workout.workouts import queries
from workout.workouts.queries import New
from workout.workouts.remake import remake

ADD = """
    INSERT INTO recording (recording_id, user_id, workout_id, fingerprint, format, source, device, sport, title,
                           started_at, offset_min, duration_s, totals, derived, laps)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::text::jsonb, $14::text::jsonb, $15::text::jsonb)
"""

ADD_STREAM = """
    INSERT INTO recording_stream (recording_id, channel, n, data, min, max, avg) VALUES ($1, $2, $3, $4, $5, $6, $7)
"""

ADD_SET = """
    INSERT INTO workout_set (set_id, user_id, workout_id, recording_id, position, exercise, kind, reps, weight_kg)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""

START = datetime.fromisoformat("2026-03-01T10:00:00+00:00")


def channels(seconds: int = 600, *, heart_rate: float = 150) -> "dict[str, array[float]]":
    """A steady ride north, a record a second."""
    time = array("d", range(seconds + 1))
    return {
        "time": time,
        "lat": array("d", [50 + 5 * each / 111_195 for each in time]),
        "lon": array("d", [8.0] * len(time)),
        "heart_rate": array("d", [heart_rate] * len(time)),
    }


async def a_recording(
    workout: Running,
    user_id: UUID,
    workout_id: UUID | None = None,
    *,
    sets: tuple[tuple[str, str, int, float], ...] = (),
    streams: "dict[str, array[float]] | None" = None,
    totals: Totals = Totals(),  # noqa: B008 - it never changes
    made: bool = True,
    **changes: Any,
) -> UUID:
    """Keep a recording of a workout, or of a new one, which is made anew; returns the workout's id."""
    given = {"format": "fit", "source": "Garmin", "device": "Edge 810", "sport": "cycling", "title": None}
    given |= {"started_at": START, "offset_min": 60, "duration_s": 600.0, "laps": "[]"} | changes
    derived = measure(streams, sport=given["sport"], pauses=[]) if streams else Derived()
    recording_id, of = ids.new(), workout_id or ids.new()
    async with connected(workout.runtime.api) as db, db.transaction():
        await queries.lock(db, user_id)
        if workout_id is None:
            await queries.create(db, user_id, [New(workout_id=of, started_at=given["started_at"])])
        await db.execute(
            ADD,
            *(recording_id, user_id, of, recording_id.bytes, given["format"], given["source"], given["device"]),
            *(given["sport"], given["title"], given["started_at"], given["offset_min"], given["duration_s"]),
            *(msgspec.json.encode(totals).decode(), msgspec.json.encode(derived).decode(), given["laps"]),
        )
        for one in codec.pack(streams) if streams else ():
            await db.execute(ADD_STREAM, recording_id, one.channel, one.n, one.data, one.min, one.max, one.avg)
        for position, each in enumerate(sets):
            await db.execute(ADD_SET, ids.new(), user_id, of, recording_id, position, *each)
        if made:
            await remake(db, user_id, [of])
    workout.runtime.bell.ring("outbox")
    return of


async def again(workout: Running, user_id: UUID, workout_ids: list[UUID]) -> None:
    """Make workouts anew."""
    async with connected(workout.runtime.api) as db, db.transaction():
        await remake(db, user_id, workout_ids)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)
