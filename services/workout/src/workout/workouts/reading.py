"""What many workouts rest on, read in a fixed number of statements."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from asyncpg import Connection, Record

from workout.readers.model import Lap, Totals
from workout.recordings.fusion import Recorded
from workout.streams.model import Derived
from workout.thresholds.model import Thresholds
from workout.workouts.strength import Trait

WORKOUTS = """
    SELECT workout_id, version, digest, started_at, duration_s, given, live, own_sets, routine_id, routine_day
    FROM workout WHERE user_id = $1 AND workout_id = ANY ($2::uuid[]) ORDER BY workout_id
"""

RECORDINGS = """
    SELECT recording_id, workout_id, import_id, fingerprint, format, source, device, file, sha256, sport, sub_sport,
           title, notes, rpe, started_at, offset_min, duration_s, partial, totals, derived, legs, laps, joined, score,
           reasons, created_at,
           ARRAY(
               SELECT channel FROM recording_stream AS stream
               WHERE stream.recording_id = recording.recording_id ORDER BY channel
           ) AS channels,
           (
               SELECT count(*) FROM workout_set AS of_log
               WHERE of_log.user_id = $1 AND of_log.workout_id = recording.workout_id
                 AND of_log.recording_id = recording.recording_id
           )::integer AS sets
    FROM recording WHERE user_id = $1 AND workout_id = ANY ($2::uuid[]) ORDER BY created_at, recording_id
"""

SETS = """
    SELECT workout_id, recording_id, set_id, exercise, kind, reps, weight_kg, duration_s, distance_m, rpe, superset,
           rest_s, done_at, notes
    FROM workout_set WHERE user_id = $1 AND workout_id = ANY ($2::uuid[]) ORDER BY workout_id, position
"""

EDITS = """
    SELECT workout_id, array_agg(number::text || ' ' || kind || ' ' || params::text ORDER BY number) AS edits
    FROM workout_edit WHERE user_id = $1 AND workout_id = ANY ($2::uuid[]) GROUP BY workout_id
"""

GEAR = """
    SELECT workout_id, array_agg(gear_id ORDER BY gear_id) AS gear
    FROM workout_gear WHERE user_id = $1 AND workout_id = ANY ($2::uuid[]) GROUP BY workout_id
"""

TRAITS = """
    SELECT exercise_id::text AS code, assisted, primary_muscles, secondary_muscles
    FROM exercise WHERE user_id = $1 AND exercise_id = ANY ($2::uuid[])
"""

DATES = """
    SELECT local_date($1, at) AS on_date
    FROM unnest($2::timestamptz[]) WITH ORDINALITY AS given (at, place) ORDER BY place
"""

PERSON = "SELECT birth_date, sex FROM known_user WHERE user_id = $1"

THRESHOLDS = """
    SELECT since, max_heart_rate, resting_heart_rate, threshold_heart_rate, ftp_w, threshold_pace_s_km
    FROM threshold WHERE user_id = $1 ORDER BY since
"""


class Person(NamedTuple):
    """What formulas ask of the user."""

    birth_date: date | None = None
    sex: str | None = None
    thresholds: Sequence[Thresholds] = ()
    """Oldest first."""

    def then(self, on_date: date) -> Thresholds | None:
        """The thresholds that held on a date."""
        return next((each for each in reversed(self.thresholds) if each.since <= on_date), None)


async def workouts(db: Connection, user_id: UUID, workout_ids: Sequence[UUID]) -> list[Record]:
    """Those of them that are the user's."""
    return await db.fetch(WORKOUTS, user_id, workout_ids)


async def recordings(db: Connection, user_id: UUID, workout_ids: Sequence[UUID]) -> list[Record]:
    """All their recordings, without the streams, in the order they came."""
    return await db.fetch(RECORDINGS, user_id, workout_ids)


def as_recorded(row: Record) -> Recorded:
    """A recording as fusion looks at it."""
    return Recorded(
        **{name: row[name] for name in PLAIN},
        totals=msgspec.json.decode(row["totals"], type=Totals),
        derived=msgspec.json.decode(row["derived"], type=Derived),
        legs=msgspec.json.decode(row["legs"], type=list[Lap]),
        laps=msgspec.json.decode(row["laps"], type=list[Lap]),
    )


PLAIN = tuple(set(Recorded.__struct_fields__) - {"totals", "derived", "legs", "laps"})


async def sets(db: Connection, user_id: UUID, workout_ids: Sequence[UUID]) -> list[Record]:
    """All their sets in their order, whether they count or not."""
    return await db.fetch(SETS, user_id, workout_ids)


async def edits(db: Connection, user_id: UUID, workout_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Those that are edited, and how."""
    return {row["workout_id"]: row["edits"] for row in await db.fetch(EDITS, user_id, workout_ids)}


async def gear(db: Connection, user_id: UUID, workout_ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """What was used in them."""
    return {row["workout_id"]: row["gear"] for row in await db.fetch(GEAR, user_id, workout_ids)}


async def traits(db: Connection, user_id: UUID, exercise_ids: Sequence[UUID]) -> dict[str, Trait]:
    """The user's own exercises."""
    return {
        row["code"]: Trait(row["assisted"], tuple(row["primary_muscles"]), tuple(row["secondary_muscles"]))
        for row in await db.fetch(TRAITS, user_id, exercise_ids)
    }


async def dates(db: Connection, user_id: UUID, instants: Iterable[datetime]) -> list[date]:
    """On which date each of them was for the user."""
    return [row["on_date"] for row in await db.fetch(DATES, user_id, list(instants))]


async def person(db: Connection, user_id: UUID) -> Person:
    """What is known of the user's body."""
    row = await db.fetchrow(PERSON, user_id) or {"birth_date": None, "sex": None}
    held = [Thresholds(**each) for each in await db.fetch(THRESHOLDS, user_id)]
    return Person(row["birth_date"], row["sex"], held)
