"""A track that is sent with a workout: a recording of it like those of files, but for the file."""

import asyncio
import hashlib
from array import array
from datetime import datetime
from uuid import UUID

from asyncpg import Connection

from workout.readers.model import NAN, Activity
from workout.recordings import insertion
from workout.recordings.prepare import File, Zones, fingerprint_of, prepare
from workout.recordings.queries import Settled
from workout.workouts.model import GivenTrack

FORMAT = "track"
SOURCE = "sent with the workout"


async def keep(
    db: Connection, user_id: UUID, workout_id: UUID, track: GivenTrack, sport: str, started_at: datetime, now: datetime
) -> None:
    """Make it a recording of the workout, which is the only one that it can belong to."""
    offset = started_at.utcoffset()
    activity = Activity(
        format=FORMAT,
        source=SOURCE,
        sport=sport,
        started_at=started_at,
        offset_min=int(offset.total_seconds() // 60) if offset else 0,
        duration_s=track.time[-1],
        channels=_channels(track),
    )
    own = hashlib.sha256(workout_id.bytes + fingerprint_of(activity)).digest()
    file = File(name=FORMAT, sha256=None, zones=Zones(()), imported_at=now)
    prepared, _ = await asyncio.to_thread(prepare, activity, file, 0, own)
    settled = Settled(prepared.recording_id, workout_id, "alone", None)
    await insertion.insert(db, user_id, None, [(prepared, settled)], {})


def _channels(track: GivenTrack) -> "dict[str, array[float]]":
    columns = {name: getattr(track, name) for name in track.__struct_fields__}
    return {
        name: array("d", (NAN if value is None else value for value in column))
        for name, column in columns.items()
        if column is not None
    }
