"""Every statement that touches recordings, but for new ones, a workout's figures and undoing an import."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec
from asyncpg import Connection, Record

from workout.recordings.model import Joined, Prepared, digest, origin
from workout.recordings.sameness import START_S, Brief, Match, pair

KNOWN = """
    SELECT fingerprint, import_id, file, position, joined, false AS deleted
    FROM recording WHERE user_id = $1 AND fingerprint = ANY ($2::bytea[])
    UNION ALL
    SELECT fingerprint, NULL, NULL, NULL, NULL, true
    FROM deleted_recording WHERE user_id = $1 AND fingerprint = ANY ($2::bytea[])
"""

BRING_AGAIN = """
    INSERT INTO brought_again (import_id, fingerprint, user_id, file, sha256, position)
    SELECT $2, fingerprint, $1, file, sha256, position
    FROM unnest($3::bytea[], $4::text[], $5::text[], $6::smallint[]) AS given (fingerprint, file, sha256, position)
    WHERE NOT EXISTS (
        SELECT FROM recording
        WHERE recording.user_id = $1 AND recording.fingerprint = given.fingerprint AND recording.import_id = $2
    )
    ON CONFLICT (import_id, fingerprint) DO NOTHING
"""

NEAR = """
    SELECT recording_id, workout_id, fingerprint, format, source, sha256, sport, sub_sport, started_at, dated,
           duration_s, partial, sets, joined, score, reasons, coalesce((derived ->> 'n')::integer, 0) AS n,
           coalesce(nullif((totals ->> 'distance_m')::float8, 0), (derived ->> 'covered_m')::float8,
                    (derived ->> 'distance_m')::float8) AS distance_m
    FROM recording
    WHERE user_id = $1 AND recording_id IN (
        SELECT recording_id FROM recording AS near
        JOIN unnest($2::timestamptz[], $3::timestamptz[]) AS span (since, until)
             ON near.started_at BETWEEN span.since AND span.until
        WHERE near.user_id = $1
        UNION
        SELECT recording_id FROM recording AS own WHERE own.user_id = $1 AND own.workout_id = ANY ($4::uuid[])
    )
    ORDER BY started_at, fingerprint LIMIT 2000
"""

BY_HAND = """
    SELECT workout_id, sport, started_at, duration_s, distance_m, own_sets
    FROM workout
    WHERE user_id = $1 AND given ? 'started_at' AND workout_id IN (
        SELECT workout_id FROM workout AS near
        JOIN unnest($2::timestamptz[], $3::timestamptz[]) AS span (since, until)
             ON near.started_at BETWEEN span.since AND span.until
        WHERE near.user_id = $1
        UNION
        SELECT unnest($4::uuid[])
    )
    ORDER BY workout_id
"""

OWN_SETS = """
    SELECT workout_id, reps, weight_kg FROM workout_set
    WHERE user_id = $1 AND workout_id = ANY ($2::uuid[]) AND recording_id IS NULL ORDER BY workout_id, position
"""

APART = """
    SELECT one, other FROM kept_apart WHERE user_id = $1 AND one = ANY ($2::bytea[]) AND other = ANY ($2::bytea[])
"""

MOVE = """
    WITH given AS (
        SELECT * FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::real[], $6::text[])
            AS given (recording_id, workout_id, joined, score, reasons)
    ), sets AS (
        UPDATE workout_set SET workout_id = given.workout_id FROM given
        WHERE workout_set.user_id = $1 AND workout_set.recording_id = given.recording_id
          AND workout_set.workout_id <> given.workout_id
    )
    UPDATE recording
    SET workout_id = given.workout_id, joined = given.joined, score = given.score, reasons = given.reasons::jsonb
    FROM given WHERE recording.user_id = $1 AND recording.recording_id = given.recording_id
"""

WORDS = """
    SELECT workout_id, given, own_sets,
           EXISTS (SELECT FROM workout_edit AS edit WHERE edit.user_id = $1 AND edit.workout_id = workout.workout_id)
               AS edited,
           EXISTS (SELECT FROM recording WHERE recording.user_id = $1 AND recording.workout_id = workout.workout_id)
               AS recorded
    FROM workout WHERE user_id = $1 AND workout_id = ANY ($2::uuid[]) ORDER BY workout_id
"""

TAKE_WORDS = """
    WITH words AS (
        UPDATE workout SET given = $4::jsonb, own_sets = own_sets OR $5
        WHERE user_id = $1 AND workout_id = $3
    ), sets AS (
        UPDATE workout_set SET workout_id = $3
        WHERE user_id = $1 AND workout_id = $2 AND recording_id IS NULL AND $5
    ), edits AS (
        UPDATE workout_edit SET workout_id = $3 WHERE user_id = $1 AND workout_id = $2 AND $6
    )
    INSERT INTO workout_gear (workout_id, gear_id, user_id)
    SELECT $3, gear_id, $1 FROM workout_gear WHERE user_id = $1 AND workout_id = $2
    ON CONFLICT DO NOTHING
"""

KEEP_APART = """
    INSERT INTO kept_apart (user_id, one, other)
    SELECT $1, one, other FROM unnest($2::bytea[], $3::bytea[]) AS given (one, other)
    ON CONFLICT DO NOTHING
"""

LET_TOGETHER = """
    DELETE FROM kept_apart WHERE user_id = $1 AND (one, other) IN (SELECT * FROM unnest($2::bytea[], $3::bytea[]))
"""

ASK = "UPDATE recording SET joined = 'asked' WHERE user_id = $1 AND recording_id = ANY ($2::uuid[])"

OF_WORKOUT = """
    SELECT recording.*, import.id AS import_uuid,
           coalesce(nullif((totals ->> 'distance_m')::float8, 0), (derived ->> 'covered_m')::float8,
                    (derived ->> 'distance_m')::float8) AS distance_m,
           (SELECT count(*) FROM workout_set AS set
            WHERE set.user_id = $1 AND set.recording_id = recording.recording_id)::integer AS set_count,
           ARRAY (SELECT channel FROM recording_stream AS stream
                  WHERE stream.recording_id = recording.recording_id ORDER BY channel) AS channels
    FROM recording LEFT JOIN import ON import.user_id = $1 AND import.import_id = recording.import_id
    WHERE recording.user_id = $1 AND recording.workout_id = $2
    ORDER BY recording.started_at, recording.fingerprint
"""

WORKOUTS = """
    SELECT workout_id, sport, title, started_at, duration_s FROM workout
    WHERE user_id = $1 AND workout_id = ANY ($2::uuid[])
"""

NAMED = """
    SELECT user_id, sha256 FROM recording
    WHERE (user_id, sha256) IN (SELECT * FROM unnest($1::uuid[], $2::text[]))
    UNION
    SELECT user_id, sha256 FROM brought_again
    WHERE (user_id, sha256) IN (SELECT * FROM unnest($1::uuid[], $2::text[]))
"""


class Placed(NamedTuple):
    """A recording that is in the database, or about to be, and where it belongs."""

    recording_id: UUID
    brief: Brief
    workout_id: UUID | None
    joined: Joined
    score: float | None
    reasons: tuple[str, ...]
    rank: tuple[object, ...]
    new: Prepared | None = None


class Settled(NamedTuple):
    """Where a recording belongs now, and why."""

    recording_id: UUID
    workout_id: UUID
    joined: Joined
    match: Match | None

    @property
    def why(self) -> tuple[str, float | None, str]:
        """Columns ``joined``, ``score`` and ``reasons``."""
        reasons = msgspec.json.encode(self.match.reasons if self.match else ()).decode()
        return self.joined, self.match.score if self.match else None, reasons


async def known(db: Connection, user_id: UUID, fingerprints: Iterable[bytes]) -> dict[bytes, Record]:
    """Those that are there already, or that the user has deleted."""
    return {row["fingerprint"]: row for row in await db.fetch(KNOWN, user_id, list(fingerprints))}


async def bring_again(db: Connection, user_id: UUID, import_id: int, again: Sequence[Prepared]) -> None:
    """Remember that an import has brought what was there already."""
    rows = {each.fingerprint: (each.fingerprint, each.file, each.sha256, each.position) for each in again}
    if rows:
        await db.execute(BRING_AGAIN, user_id, import_id, *zip(*rows.values(), strict=True))


async def near(
    db: Connection, user_id: UUID, instants: Iterable[datetime], workout_ids: Iterable[UUID]
) -> list[Record]:
    """Recordings that start about then, and those of these workouts."""
    return await db.fetch(NEAR, user_id, *_spans(instants), list(workout_ids))


async def by_hand(
    db: Connection, user_id: UUID, instants: Iterable[datetime], workout_ids: Iterable[UUID]
) -> dict[UUID, Brief]:
    """Workouts of which the user has said when they were, about then."""
    rows = await db.fetch(BY_HAND, user_id, *_spans(instants), list(workout_ids))
    own = dict[UUID, list[tuple[int | None, float | None]]]()
    if any(row["own_sets"] for row in rows):
        for each in await db.fetch(OWN_SETS, user_id, [row["workout_id"] for row in rows if row["own_sets"]]):
            own.setdefault(each["workout_id"], []).append((each["reps"], each["weight_kg"]))
    return {
        row["workout_id"]: Brief(
            key=row["workout_id"].bytes,
            sport=row["sport"],
            started_at=row["started_at"],
            duration_s=row["duration_s"],
            distance_m=row["distance_m"],
            sets=digest(own[row["workout_id"]]) if row["workout_id"] in own else None,
            by_hand=True,
        )
        for row in rows
    }


def _spans(instants: Iterable[datetime]) -> tuple[list[datetime], list[datetime]]:
    """Stretches of time within which a match of one of these may start, without overlaps."""
    spans = list[list[datetime]]()
    for at in sorted(set(instants)):
        since, until = at - timedelta(seconds=START_S), at + timedelta(seconds=START_S)
        if spans and since <= spans[-1][1]:
            spans[-1][1] = until
        else:
            spans.append([since, until])
    return [each[0] for each in spans], [each[1] for each in spans]


async def apart(db: Connection, user_id: UUID, keys: Iterable[bytes]) -> set[tuple[bytes, bytes]]:
    """Pairs of these that the user has parted."""
    return {(row["one"], row["other"]) for row in await db.fetch(APART, user_id, list(keys))}


def brief(row: Record) -> Brief:
    return Brief(
        key=row["fingerprint"],
        sport=row["sport"],
        sub_sport=row["sub_sport"],
        started_at=row["started_at"],
        dated=row["dated"],
        duration_s=row["duration_s"],
        distance_m=row["distance_m"],
        sets=row["sets"],
        origin=origin(row["sha256"], row["source"]),
    )


async def move(db: Connection, user_id: UUID, settled: Sequence[Settled]) -> None:
    """Write down where recordings belong now."""
    if settled:
        rows = [(each.recording_id, each.workout_id, *each.why) for each in settled]
        await db.execute(MOVE, user_id, *zip(*rows, strict=True))


async def words(db: Connection, user_id: UUID, workout_ids: Iterable[UUID]) -> dict[UUID, Record]:
    """What the user has said of workouts themselves."""
    return {row["workout_id"]: row for row in await db.fetch(WORDS, user_id, list(workout_ids))}


async def take_words(
    db: Connection, user_id: UUID, gone: UUID, into: UUID, given: str, *, sets: bool, edits: bool
) -> None:
    """Let what the user said of one workout stand at another; gear of both."""
    await db.execute(TAKE_WORDS, user_id, gone, into, given, sets, edits)


async def keep_apart(db: Connection, user_id: UUID, one: bytes, others: Iterable[bytes]) -> None:
    pairs = [pair(one, other) for other in others if other != one]
    if pairs:
        await db.execute(KEEP_APART, user_id, *zip(*pairs, strict=True))


async def let_together(db: Connection, user_id: UUID, ones: Iterable[bytes], others: Iterable[bytes]) -> None:
    second = list(others)
    pairs = [pair(one, other) for one in ones for other in second if other != one]
    if pairs:
        await db.execute(LET_TOGETHER, user_id, *zip(*pairs, strict=True))


async def ask(db: Connection, user_id: UUID, recording_ids: Iterable[UUID]) -> None:
    """The user says that these belong to their workout."""
    await db.execute(ASK, user_id, list(recording_ids))


async def of_workout(db: Connection, user_id: UUID, workout_id: UUID) -> list[Record]:
    """All recordings of a workout."""
    return await db.fetch(OF_WORKOUT, user_id, workout_id)


async def named_workouts(db: Connection, user_id: UUID, workout_ids: Iterable[UUID]) -> list[Record]:
    """What tells workouts apart when one has to be chosen."""
    return await db.fetch(WORKOUTS, user_id, list(workout_ids))


async def named(db: Connection, files: Sequence[tuple[UUID, str]]) -> set[tuple[UUID, str]]:
    """Which files, by user and hash, are those of recordings."""
    rows = await db.fetch(NAMED, *zip(*files, strict=True)) if files else []
    return {(row["user_id"], row["sha256"]) for row in rows}
