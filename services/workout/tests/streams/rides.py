"""Recordings made up for tests, and put where an import would put them."""

import hashlib
import math
import random
from array import array
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from services.workout.tests.make import Person, at

from contracts import ids
from testkit.running import Running
from workout.readers.model import Lap, Totals
from workout.streams.codec import pack
from workout.streams.measure import measure
from workout.workouts import queries
from workout.workouts.remake import remake

START = at("2026-03-01T08:00")
RECORDING = """
    INSERT INTO recording (recording_id, user_id, workout_id, fingerprint, format, source, file, sha256, sport,
                           started_at, duration_s, totals, derived, laps)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
"""
STREAM = """
    INSERT INTO recording_stream (recording_id, channel, n, data, min, max, avg) VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


def a_ride(seconds: int = 1_200, *, seed: int = 1, start: float = 0.0) -> dict[str, "array[float]"]:
    """A ride eastwards at about 8 m/s with hills, a heart and a power meter; the same every time."""
    dice = random.Random(seed)
    time = array("d", [start + second for second in range(seconds + 1)])
    speed = array("d", [8 + 2 * math.sin(at / 60) for at in time])
    distance = array("d", [0.0])
    for metres in speed[1:]:
        distance.append(distance[-1] + metres)
    degrees = 1 / (111_195.08 * math.cos(math.radians(50)))
    return {
        "time": time,
        "lat": array("d", [50 + 0.0001 * math.sin(at / 30) for at in time]),
        "lon": array("d", [5 + metres * degrees for metres in distance]),
        "altitude": array("d", [200 + 30 * math.sin(at / 200) for at in time]),
        "distance": array("d", [round(metres, 2) for metres in distance]),
        "speed": array("d", [round(metres, 3) for metres in speed]),
        "heart_rate": array("d", [round(140 + 20 * math.sin(at / 90) + dice.uniform(-2, 2)) for at in time]),
        "power": array("d", [round(200 + 80 * math.sin(at / 45) + dice.uniform(-30, 30)) for at in time]),
        "cadence": array("d", [0 if second % 50 == 0 else 85 for second in range(seconds + 1)]),
    }


async def record(
    person: Person,
    channels: Mapping[str, "array[float]"] | None = None,
    *,
    workout_id: UUID | None = None,
    started_at: datetime = START,
    pauses: Sequence[tuple[float, float]] = (),
    **changes: Any,
) -> UUID:
    """A workout with a recording, as an import leaves it; one more recording of ``workout_id``, if that is given."""
    channels = a_ride() if channels is None else channels
    given = {"format": "fit", "source": "Edge 530", "sport": "cycling", "totals": Totals(), "laps": [], "file": None}
    given |= {"sha256": None, "duration_s": channels["time"][-1] if channels.get("time") else 600.0} | changes
    running: Running = person.workout
    recording_id, packed = ids.new(), pack(channels)
    derived = measure(channels, sport=given["sport"], pauses=pauses)
    async with running.db.acquire() as db, db.transaction():
        await queries.lock(db, person.id)
        if workout_id is None:
            workout_id = ids.new()
            new = queries.New(workout_id=workout_id, started_at=started_at, duration_s=given["duration_s"])
            await queries.create(db, person.id, [new])
        await db.execute(
            RECORDING,
            *(recording_id, person.id, workout_id, hashlib.sha256(recording_id.bytes).digest(), given["format"]),
            *(given["source"], given["file"], given["sha256"], given["sport"], started_at, given["duration_s"]),
            *(msgspec.json.encode(each).decode() for each in (given["totals"], derived, given["laps"])),
        )
        await db.executemany(
            STREAM, [(recording_id, one.channel, one.n, one.data, one.min, one.max, one.avg) for one in packed]
        )
        await remake(db, person.id, [workout_id])
    return workout_id


def laps(*ends: float) -> list[Lap]:
    """Laps up to these seconds."""
    starts = [0.0, *ends[:-1]]
    return [
        Lap(start_s=start, duration_s=end - start, totals=Totals(distance_m=8 * (end - start), average_heart_rate=140))
        for start, end in zip(starts, ends, strict=True)
    ]
