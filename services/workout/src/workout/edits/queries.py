"""Edits in the database. Their order is their number's; whoever writes them holds the user's lock."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

import msgspec
from asyncpg import Connection

from workout.edits.model import Kept, Kind, Params, Stored

LIST = """
    SELECT number, kind, params, created_at FROM workout_edit WHERE user_id = $1 AND workout_id = $2 ORDER BY number
"""

ADD = """
    INSERT INTO workout_edit (workout_id, number, user_id, kind, params) VALUES ($2, $3, $1, $4, $5::text::jsonb)
"""

REMOVE = "DELETE FROM workout_edit WHERE user_id = $1 AND workout_id = $2 AND number = $3"

REMOVE_ALL = "DELETE FROM workout_edit WHERE user_id = $1 AND workout_id = $2"

EDITED = "SELECT DISTINCT workout_id FROM workout_edit WHERE user_id = $1 AND workout_id = ANY ($2::uuid[])"

BONDS = """
    SELECT workout_id, kind, (params ->> 'workout')::uuid AS other
    FROM workout_edit WHERE user_id = $1 AND kind IN ('merge', 'split')
"""

PARTS = """
    SELECT workout_id FROM workout_edit
    WHERE user_id = $1 AND kind = 'part' AND (params ->> 'workout')::uuid = ANY ($2::uuid[])
      AND workout_id <> ALL ($2::uuid[])
"""

STREAMS = """
    SELECT recording_id, channel, n, data
    FROM recording_stream JOIN recording USING (recording_id)
    WHERE user_id = $1 AND workout_id = $2
      AND (recording_id, channel) IN (SELECT * FROM unnest($3::uuid[], $4::text[]))
"""

ROW = """
    SELECT to_jsonb(workout) - 'digest' AS row FROM workout WHERE user_id = $1 AND workout_id = $2
"""

PLACES = """
    SELECT set_id, position, recording_id FROM workout_set WHERE user_id = $1 AND set_id = ANY ($2::uuid[])
    ORDER BY position
"""

TAKE_SETS = """
    WITH there AS (
        SELECT coalesce(max(position) + 1, 0) AS next FROM workout_set WHERE user_id = $1 AND workout_id = $2
    ), taken AS (
        SELECT set_id, row_number() OVER (ORDER BY place) - 1 AS place
        FROM unnest($3::uuid[]) WITH ORDINALITY AS given (set_id, place)
    )
    UPDATE workout_set SET workout_id = $2, recording_id = $4, position = there.next + taken.place
    FROM taken, there WHERE workout_set.user_id = $1 AND workout_set.set_id = taken.set_id
"""

GIVE_BACK_SETS = """
    UPDATE workout_set SET workout_id = $2, recording_id = given.recording_id, position = given.position
    FROM unnest($3::uuid[], $4::smallint[], $5::uuid[]) AS given (set_id, position, recording_id)
    WHERE workout_set.user_id = $1 AND workout_set.set_id = given.set_id
"""

TAKE_ROW = """
    WITH exercises AS (DELETE FROM workout_exercise WHERE user_id = $1 AND workout_id = $2),
    muscles AS (DELETE FROM workout_muscle WHERE user_id = $1 AND workout_id = $2),
    efforts AS (DELETE FROM workout_effort WHERE user_id = $1 AND workout_id = $2),
    used AS (DELETE FROM workout_gear WHERE user_id = $1 AND workout_id = $2)
    DELETE FROM workout WHERE user_id = $1 AND workout_id = $2 RETURNING version
"""

GIVE_BACK_ROW = """
    WITH used AS (
        INSERT INTO workout_gear (workout_id, gear_id, user_id)
        SELECT $2, gear_id, user_id FROM gear WHERE user_id = $1 AND gear_id = ANY ($4::uuid[])
    )
    INSERT INTO workout
    SELECT back.* FROM jsonb_populate_record(NULL::workout, $3::text::jsonb || jsonb_build_object(
        'version', ($3::text::jsonb ->> 'version')::bigint + 1, 'digest', ''
    )) AS back
    WHERE back.user_id = $1 AND back.workout_id = $2
"""

COPY_GEAR = """
    INSERT INTO workout_gear (workout_id, gear_id, user_id)
    SELECT $3, gear_id, user_id FROM workout_gear WHERE user_id = $1 AND workout_id = $2
    ON CONFLICT DO NOTHING
"""

RECORDING_OF = """
    SELECT recording_id FROM recording
    WHERE user_id = $1 AND workout_id = $2
      AND (recording_id = $3 OR import_id = (SELECT import_id FROM import WHERE user_id = $1 AND id = $3))
    ORDER BY recording_id <> $3, position, recording_id LIMIT 1
"""


async def select(db: Connection, user_id: UUID, workout_id: UUID) -> list[Stored]:
    """A workout's edits in their order."""
    return [
        Stored(row["number"], row["kind"], msgspec.json.decode(row["params"], type=Params), row["created_at"])
        for row in await db.fetch(LIST, user_id, workout_id)
    ]


async def add(db: Connection, user_id: UUID, workout_id: UUID, number: int, kind: Kind, params: Params) -> None:
    await db.execute(ADD, user_id, workout_id, number, kind, msgspec.json.encode(params).decode())


async def remove(db: Connection, user_id: UUID, workout_id: UUID, number: int) -> None:
    await db.execute(REMOVE, user_id, workout_id, number)


async def remove_all(db: Connection, user_id: UUID, workout_id: UUID) -> None:
    await db.execute(REMOVE_ALL, user_id, workout_id)


async def edited(db: Connection, user_id: UUID, workout_ids: Collection[UUID]) -> set[UUID]:
    """Those of these workouts that have edits."""
    return {row["workout_id"] for row in await db.fetch(EDITED, user_id, list(workout_ids))}


async def bonds(db: Connection, user_id: UUID) -> list[tuple[UUID, Kind, UUID]]:
    """Which workout has been merged into which, and which was split off which."""
    return [(row["workout_id"], row["kind"], row["other"]) for row in await db.fetch(BONDS, user_id)]


async def parts(db: Connection, user_id: UUID, workout_ids: Collection[UUID]) -> list[UUID]:
    """The workouts that have been split off these, and rest on what was recorded of them."""
    return [row["workout_id"] for row in await db.fetch(PARTS, user_id, list(workout_ids))]


async def streams(
    db: Connection, user_id: UUID, workout_id: UUID, wanted: Iterable[tuple[UUID, str]]
) -> list[tuple[UUID, str, int, bytes]]:
    """Packed channels of some recordings of a workout: recording, channel, length, bytes."""
    asked = list(wanted)
    rows = await db.fetch(STREAMS, user_id, workout_id, [one for one, _ in asked], [channel for _, channel in asked])
    return [(row["recording_id"], row["channel"], row["n"], row["data"]) for row in rows]


async def recording_of(db: Connection, user_id: UUID, workout_id: UUID, any_id: UUID) -> UUID | None:
    """The recording of that id, or of the import of that id, if it belongs to the workout."""
    found: UUID | None = await db.fetchval(RECORDING_OF, user_id, workout_id, any_id)
    return found


async def places(db: Connection, user_id: UUID, set_ids: Sequence[UUID]) -> list[tuple[UUID, int, UUID | None]]:
    """Sets in their order: their ids, places and recordings."""
    return [(row["set_id"], row["position"], row["recording_id"]) for row in await db.fetch(PLACES, user_id, set_ids)]


async def take_sets(
    db: Connection, user_id: UUID, workout_id: UUID, set_ids: Sequence[UUID], recording_id: UUID | None
) -> None:
    """Put sets at the end of a workout, as those of one of its recordings."""
    await db.execute(TAKE_SETS, user_id, workout_id, set_ids, recording_id)


async def take_row(db: Connection, user_id: UUID, workout_id: UUID) -> tuple[bytes, int]:
    """Take a workout out of all lists; its recordings, sets and edits stay. Returns what it was, and its version."""
    row = await db.fetchval(ROW, user_id, workout_id)
    return row.encode(), await db.fetchval(TAKE_ROW, user_id, workout_id)


async def give_back(db: Connection, user_id: UUID, workout_id: UUID, kept: Kept) -> None:
    """Bring back what was taken; its version is above the one that was told as its last."""
    await db.execute(GIVE_BACK_ROW, user_id, workout_id, bytes(kept.row).decode(), kept.gear)
    if kept.sets:
        set_ids, places, recordings = zip(*kept.sets, strict=True)
        await db.execute(GIVE_BACK_SETS, user_id, workout_id, set_ids, places, recordings)


async def copy_gear(db: Connection, user_id: UUID, from_id: UUID, to_id: UUID) -> None:
    await db.execute(COPY_GEAR, user_id, from_id, to_id)
