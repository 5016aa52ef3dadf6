"""What an archive brought back is taken away again, but for what its owner has changed since."""

from collections import defaultdict
from uuid import UUID

from asyncpg import Connection

from workout.edits import queries as edits
from workout.export import placing
from workout.export.nouns import DIGEST
from workout.export.told import Bonds
from workout.thresholds import queries as thresholds

AT_ONCE = 100
"""Workouts, with all that is bound to them."""

NEXT = """
    SELECT key, id, digest, EXISTS (
        SELECT FROM restored AS other
        WHERE other.user_id = $1 AND other.noun = 'workout' AND other.id = mine.id AND other.import_id <> $2
    ) AS shared
    FROM restored AS mine WHERE user_id = $1 AND import_id = $2 AND noun = 'workout' ORDER BY key LIMIT $3
"""

OF_IDS = """
    SELECT key, id, digest FROM restored
    WHERE user_id = $1 AND import_id = $2 AND noun = 'workout' AND id = ANY ($3::uuid[])
"""

FORGET = "DELETE FROM restored WHERE user_id = $1 AND import_id = $2 AND noun = 'workout' AND key = ANY ($3::text[])"

UNSAY = """
    WITH sets AS (
        DELETE FROM workout_set WHERE user_id = $1 AND workout_id = ANY ($2::uuid[]) AND recording_id IS NULL
    ), edits AS (
        DELETE FROM workout_edit WHERE user_id = $1 AND workout_id = ANY ($2::uuid[])
    ), used AS (
        DELETE FROM workout_gear WHERE user_id = $1 AND workout_id = ANY ($2::uuid[])
    )
    UPDATE workout SET given = '{}', own_sets = false, live = false, routine_id = NULL, routine_day = NULL
    WHERE user_id = $1 AND workout_id = ANY ($2::uuid[])
"""

SHARED = """NOT EXISTS (
        SELECT FROM restored AS other
        WHERE other.user_id = $1 AND other.import_id <> $2 AND other.noun = mine.noun AND other.key = mine.key
    )"""
"""Not what another import has brought as well."""

TAKE_ROUTINES = f"""
    DELETE FROM routine USING restored AS mine
    WHERE mine.user_id = $1 AND mine.import_id = $2 AND mine.noun = 'routine' AND routine.user_id = $1
      AND routine.routine_id = mine.id AND mine.digest = {DIGEST.format("routine")} AND {SHARED}
"""  # noqa: S608 - the only texts put in are constants

TAKE_ZONES = f"""
    DELETE FROM privacy_zone USING restored AS mine
    WHERE mine.user_id = $1 AND mine.import_id = $2 AND mine.noun = 'privacy_zone' AND privacy_zone.user_id = $1
      AND privacy_zone.zone_id = mine.id AND mine.digest = {DIGEST.format("privacy_zone")} AND {SHARED}
"""  # noqa: S608 - the same

TAKE_THRESHOLDS = f"""
    DELETE FROM threshold USING restored AS mine
    WHERE mine.user_id = $1 AND mine.import_id = $2 AND mine.noun = 'threshold' AND threshold.user_id = $1
      AND threshold.since::text = mine.key AND mine.digest = {DIGEST.format("threshold")} AND {SHARED}
    RETURNING threshold.since
"""  # noqa: S608 - the same

TAKE_APART = f"""
    DELETE FROM kept_apart USING restored AS mine
    WHERE mine.user_id = $1 AND mine.import_id = $2 AND mine.noun = 'kept_apart' AND kept_apart.user_id = $1
      AND kept_apart.one = decode(split_part(mine.key, ' ', 1), 'hex')
      AND kept_apart.other = decode(split_part(mine.key, ' ', 2), 'hex') AND {SHARED}
"""  # noqa: S608 - the same

HAND_ON = {
    noun: f"""
    UPDATE {noun} SET import_id = later.import_id
    FROM restored AS mine JOIN restored AS later USING (user_id, noun, key)
    WHERE mine.user_id = $1 AND mine.import_id = $2 AND mine.noun = '{noun}' AND later.import_id <> $2
      AND {noun}.user_id = $1 AND {noun}.import_id = $2 AND {column}
"""  # noqa: S608 - the same
    for noun, column in (
        ("exercise", "exercise.exercise_id = mine.id"),
        ("gear", "gear.gear_id = mine.id"),
        ("deleted_recording", "encode(deleted_recording.fingerprint, 'hex') = mine.key"),
    )
}
"""What another import has brought as well is that one's from then on."""

TAKE_COMPONENTS = """
    DELETE FROM gear
    WHERE user_id = $1 AND import_id = $2 AND version = 1 AND part_of IS NOT NULL
      AND NOT EXISTS (SELECT FROM workout_gear AS used WHERE used.user_id = $1 AND used.gear_id = gear.gear_id)
"""
"""Before what they are part of."""

FORGET_ALL = "DELETE FROM restored WHERE user_id = $1 AND import_id = $2"


async def take_back(db: Connection, user_id: UUID, import_id: int) -> list[UUID] | None:
    """One piece: workouts of which nothing is said any more, to be put right; None when all else is away too."""
    rows = await db.fetch(NEXT, user_id, import_id, AT_ONCE)
    if not rows:
        await _nouns(db, user_id, import_id)
        return None
    bound = Bonds(await edits.bonds(db, user_id)).next(row["id"] for row in rows)
    members = {one for _, group in bound for one in group}
    noted = {row["id"]: row for row in await db.fetch(OF_IDS, user_id, import_id, list(members))}
    now = await placing.said(db, user_id, list(members))
    unsaid = list[UUID]()
    shared = {row["id"] for row in rows if row["shared"]}
    for first, group in bound:
        same = all(one in noted and now.get(one, b"") == noted[one]["digest"] for one in group)
        if same and not group & shared:
            await _give_back(db, user_id, first, group)
            unsaid += group
    await db.execute(UNSAY, user_id, unsaid)
    keys = {row["key"] for row in rows} | {row["key"] for row in noted.values()}
    await db.execute(FORGET, user_id, import_id, list(keys))
    return unsaid


async def _give_back(db: Connection, user_id: UUID, first: UUID, group: set[UUID]) -> None:
    """What was merged is a workout of its own again, so that it can be put right like any other."""
    if group == {first}:
        return
    merges = defaultdict[UUID, list[UUID]](list)
    for one, kind, other in await edits.bonds(db, user_id):
        if kind == "merge" and one in group:
            merges[one].append(other)
    inner = {each for targets in merges.values() for each in targets}
    waiting = sorted(group - inner)
    for one in waiting:
        for edit in reversed(await edits.select(db, user_id, one)):
            if edit.kind == "merge" and edit.params.workout and edit.params.kept:
                await edits.give_back(db, user_id, edit.params.workout, edit.params.kept)
        waiting += merges[one]


async def _nouns(db: Connection, user_id: UUID, import_id: int) -> None:
    for statement in (TAKE_ROUTINES, TAKE_ZONES, TAKE_APART, *HAND_ON.values(), TAKE_COMPONENTS):
        await db.execute(statement, user_id, import_id)
    changed = await db.fetch(TAKE_THRESHOLDS, user_id, import_id)
    if changed:
        await thresholds.mark(db, user_id, min(row["since"] for row in changed))
    await db.execute(FORGET_ALL, user_id, import_id)
