"""Take back what an import brought, piece by piece, so that everything is as if it had never been.

What another import has brought as well is that one's from then on. What the user has said stays: a workout they have
put words or sets to is left without its recording, and without edits of it. Files go last, when nothing names them any
more.
"""

from uuid import UUID

from asyncpg import Connection

from imports import queries as imports
from imports.model import Claimed
from imports.objects import Objects
from workout.edits.release import release
from workout.imports import restore
from workout.recordings import queries as recordings
from workout.recordings import store
from workout.workouts import queries as workouts

RECORDINGS = 200
FILES = 50
"""Taken back in one transaction."""

HAND_ON = """
    WITH mine AS (
        SELECT recording_id, fingerprint, sha256 FROM recording
        WHERE user_id = $1 AND import_id = $2
          AND EXISTS (SELECT FROM brought_again AS again
                      WHERE again.user_id = $1 AND again.fingerprint = recording.fingerprint AND again.import_id <> $2)
        LIMIT $3
    ), next AS (
        DELETE FROM brought_again USING (
            SELECT fingerprint, min(import_id) AS import_id FROM brought_again
            WHERE user_id = $1 AND import_id <> $2 AND fingerprint IN (SELECT fingerprint FROM mine)
            GROUP BY fingerprint
        ) AS first
        WHERE brought_again.user_id = $1 AND brought_again.fingerprint = first.fingerprint
          AND brought_again.import_id = first.import_id
        RETURNING brought_again.fingerprint, brought_again.import_id, file, sha256, position
    ), loose AS (
        INSERT INTO loose_original (user_id, sha256)
        SELECT DISTINCT $1::uuid, sha256 FROM mine WHERE sha256 IS NOT NULL ON CONFLICT DO NOTHING
    ), handed AS (
        UPDATE recording
        SET import_id = next.import_id, file = next.file, sha256 = next.sha256, position = next.position
        FROM next WHERE recording.user_id = $1 AND recording.fingerprint = next.fingerprint
    )
    SELECT count(*) FROM mine
"""

HAND_ON_DELETED = """
    WITH next AS (
        DELETE FROM brought_again USING (
            SELECT fingerprint, min(again.import_id) AS import_id
            FROM brought_again AS again JOIN deleted_recording AS mine USING (user_id, fingerprint)
            WHERE user_id = $1 AND mine.import_id = $2 AND again.import_id <> $2 GROUP BY fingerprint
        ) AS first
        WHERE brought_again.user_id = $1 AND brought_again.fingerprint = first.fingerprint
          AND brought_again.import_id = first.import_id
        RETURNING brought_again.fingerprint, brought_again.import_id
    )
    UPDATE deleted_recording SET import_id = next.import_id
    FROM next WHERE deleted_recording.user_id = $1 AND deleted_recording.fingerprint = next.fingerprint
"""

TAKE = """
    WITH mine AS MATERIALIZED (
        SELECT recording_id, workout_id, sha256 FROM recording WHERE user_id = $1 AND import_id = $2
        ORDER BY recording_id LIMIT $3
    ), loose AS (
        INSERT INTO loose_original (user_id, sha256)
        SELECT DISTINCT $1::uuid, sha256 FROM mine WHERE sha256 IS NOT NULL ON CONFLICT DO NOTHING
    ), streams AS (
        DELETE FROM recording_stream WHERE recording_id IN (SELECT recording_id FROM mine)
    ), sets AS (
        DELETE FROM workout_set WHERE user_id = $1 AND recording_id IN (SELECT recording_id FROM mine)
    ), gone AS (
        DELETE FROM recording WHERE user_id = $1 AND recording_id IN (SELECT recording_id FROM mine)
    )
    SELECT DISTINCT workout_id FROM mine
"""

RECORDED = "SELECT DISTINCT workout_id FROM recording WHERE user_id = $1 AND workout_id = ANY ($2::uuid[])"

SAID = """
    SELECT workout_id FROM workout
    WHERE user_id = $1 AND workout_id = ANY ($2::uuid[]) AND (own_sets OR given <> '{}')
"""

STAND_ALONE = """
    UPDATE workout
    SET given = jsonb_build_object('sport', sport, 'started_at', to_char(started_at AT TIME ZONE 'UTC',
                                   'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'duration_s', duration_s) || given
    WHERE user_id = $1 AND workout_id = ANY ($2::uuid[])
"""
"""A workout that stays because of the user's words says by itself from then on when it was."""

FORGET = """
    WITH again AS (DELETE FROM brought_again WHERE user_id = $1 AND import_id = $2 RETURNING sha256),
    loose AS (
        INSERT INTO loose_original (user_id, sha256)
        SELECT DISTINCT $1::uuid, sha256 FROM again WHERE sha256 IS NOT NULL ON CONFLICT DO NOTHING
    )
    DELETE FROM deleted_recording WHERE user_id = $1 AND import_id = $2
"""

HAND_ON_GEAR = """
    WITH later AS (
        SELECT gear_id, min(recording.import_id) AS import_id,
               count(*) FILTER (WHERE recording.import_id IS NULL) > 0 AS kept
        FROM gear JOIN workout_gear AS used USING (user_id, gear_id)
        LEFT JOIN recording ON recording.user_id = $1 AND recording.workout_id = used.workout_id
        WHERE gear.user_id = $1 AND gear.import_id = $2 GROUP BY gear_id
    ), gone AS (
        DELETE FROM gear WHERE user_id = $1 AND import_id = $2 AND version = 1
          AND gear_id NOT IN (SELECT gear_id FROM later)
          AND NOT EXISTS (SELECT FROM gear AS fitted WHERE fitted.user_id = $1 AND fitted.part_of = gear.gear_id)
        RETURNING gear_id
    )
    UPDATE gear SET import_id = (SELECT CASE WHEN NOT kept THEN import_id END FROM later WHERE gear_id = gear.gear_id)
    WHERE user_id = $1 AND import_id = $2 AND gear_id NOT IN (SELECT gear_id FROM gone)
"""

HAND_ON_EXERCISES = """
    WITH mine AS (
        SELECT exercise_id, exercise_id::text AS code FROM exercise WHERE user_id = $1 AND import_id = $2
    ), later AS (
        SELECT exercise_id, min(recording.import_id) AS import_id,
               count(*) FILTER (WHERE recording.import_id IS NULL) > 0 AS kept
        FROM mine JOIN workout_set AS one ON one.user_id = $1 AND one.exercise = mine.code
        LEFT JOIN recording ON recording.user_id = $1 AND recording.recording_id = one.recording_id
        GROUP BY exercise_id
    ), planned AS (
        SELECT exercise_id FROM mine JOIN routine ON routine.user_id = $1 AND position(mine.code IN body::text) > 0
    ), gone AS (
        DELETE FROM exercise WHERE user_id = $1 AND import_id = $2 AND version = 1
          AND exercise_id NOT IN (SELECT exercise_id FROM later UNION SELECT exercise_id FROM planned)
        RETURNING exercise_id
    )
    UPDATE exercise SET import_id = (
        SELECT CASE WHEN NOT kept AND exercise_id NOT IN (SELECT exercise_id FROM planned) THEN import_id END
        FROM later WHERE later.exercise_id = exercise.exercise_id
    )
    WHERE user_id = $1 AND import_id = $2 AND exercise_id NOT IN (SELECT exercise_id FROM gone)
"""

LOOSE = "SELECT sha256 FROM loose_original WHERE user_id = $1 ORDER BY sha256 LIMIT $2"

STORED = """
    SELECT sha256 FROM import WHERE user_id = $1 AND sha256 = ANY ($2::text[]) AND stored
"""

TIGHTEN = "DELETE FROM loose_original WHERE user_id = $1 AND sha256 = ANY ($2::text[])"


async def undo(db: Connection, claimed: Claimed, objects: Objects) -> bool:
    """Take back one piece; True when nothing is left of the import. Safe to go on after any interruption."""
    user_id, import_id = claimed.user_id, claimed.import_id
    await workouts.lock_gone(db, user_id)
    if (unsaid := await restore.take_back(db, user_id, import_id)) is not None:
        await _put_right(db, user_id, unsaid)
        return False
    if await db.fetchval(HAND_ON, user_id, import_id, RECORDINGS):
        return False
    if touched := [row["workout_id"] for row in await db.fetch(TAKE, user_id, import_id, RECORDINGS)]:
        await _put_right(db, user_id, touched)
        return False
    await db.execute(HAND_ON_DELETED, user_id, import_id)
    await db.execute(FORGET, user_id, import_id)
    await db.execute(HAND_ON_GEAR, user_id, import_id)
    await db.execute(HAND_ON_EXERCISES, user_id, import_id)
    return not await remove_loose(db, user_id, objects)


async def _put_right(db: Connection, user_id: UUID, touched: list[UUID]) -> None:
    """Workouts that have lost a recording: those that nothing is left of go, the others are put together anew."""
    recorded = {row["workout_id"] for row in await db.fetch(RECORDED, user_id, touched)}
    bare, others = await release(db, user_id, set(touched) - recorded)
    said = {row["workout_id"] for row in await db.fetch(SAID, user_id, list(bare))}
    await db.execute(STAND_ALONE, user_id, list(said))
    await workouts.delete(db, user_id, bare - said)
    if staying := recorded | others | said:
        await store.settle(db, user_id, [], touched=staying)


async def remove_loose(db: Connection, user_id: UUID, objects: Objects) -> int:
    """Remove files that nothing names any more; how many were looked at."""
    await imports.lock(db, user_id)
    loose = [row["sha256"] for row in await db.fetch(LOOSE, user_id, FILES)]
    if loose:
        kept = {row["sha256"] for row in await db.fetch(STORED, user_id, loose)}
        kept |= {sha256 for _, sha256 in await recordings.named(db, [(user_id, each) for each in loose])}
        await objects.delete(*(objects.key(user_id, each) for each in loose if each not in kept))
        await db.execute(TIGHTEN, user_id, loose)
    return len(loose)
