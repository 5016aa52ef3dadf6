"""Tell of records that have just been set: each workout's once, and never what an import brings."""

from collections.abc import Iterable
from uuid import UUID

from asyncpg import Connection, Record

import outbox
from contracts.events import RecordSet
from workout.exercises import catalogue
from workout.records.model import OF_EFFORT, OF_EXERCISE, OF_SPORT

LEAST = 1e-9
"""What two ways of adding up the same numbers may differ by is no record."""


def _columns(kinds: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"max({column})::float8 AS past_{name}" for name, column in kinds)


def _beaten(kinds: Iterable[tuple[str, str]]) -> str:
    """A row a kind: what this workout comes to, and the best of all others."""
    return ", ".join(f"('{name}', ({column})::float8, other.past_{name})" for name, column in kinds)


EXERCISES = [(name, kind.column) for name, kind in OF_EXERCISE.items()]
SPORTS = [(name, kind.column) for name, kind in OF_SPORT.items()]
UNITS = {name: kind.unit for kinds in (OF_EXERCISE, OF_SPORT, OF_EFFORT) for name, kind in kinds.items()}

TELL = f"""
    WITH mine AS MATERIALIZED (
        SELECT workout_id, version, sport, on_date, moving_s, duration_s, distance_m, ascent_m FROM workout
        WHERE user_id = $1 AND workout_id = ANY ($2::uuid[]) AND NOT EXISTS (
            SELECT FROM recording
            WHERE recording.user_id = $1 AND recording.workout_id = workout.workout_id AND import_id IS NOT NULL
        )
    ), lifted AS (
        SELECT done.workout_id, done.exercise AS subject, one.kind, one.value, one.previous, one.value AS more,
               one.previous AS than
        FROM mine JOIN workout_exercise AS done ON done.user_id = $1 AND done.workout_id = mine.workout_id
        CROSS JOIN LATERAL (
            SELECT {_columns(EXERCISES)} FROM workout_exercise AS past
            WHERE past.user_id = $1 AND past.exercise = done.exercise AND past.workout_id <> done.workout_id
        ) AS other
        CROSS JOIN LATERAL (VALUES {_beaten(EXERCISES)}) AS one (kind, value, previous)
    ), moved AS (
        SELECT mine.workout_id, mine.sport AS subject, one.kind, one.value, one.previous, one.value AS more,
               one.previous AS than
        FROM mine CROSS JOIN LATERAL (
            SELECT {_columns(SPORTS)} FROM workout AS past
            WHERE past.user_id = $1 AND past.sport = mine.sport AND past.workout_id <> mine.workout_id
        ) AS other
        CROSS JOIN LATERAL (VALUES {_beaten(SPORTS)}) AS one (kind, value, previous)
    ), stretched AS (
        SELECT done.workout_id, done.sport AS subject, done.kind || ' ' || done.size AS kind, done.value,
               other.previous, sign * done.value AS more, sign * other.previous AS than
        FROM mine JOIN workout_effort AS done ON done.user_id = $1 AND done.workout_id = mine.workout_id
        CROSS JOIN LATERAL (SELECT CASE done.kind WHEN 'power' THEN 1 ELSE -1 END AS sign) AS direction
        CROSS JOIN LATERAL (
            SELECT CASE done.kind WHEN 'power' THEN max(value) ELSE min(value) END AS previous
            FROM workout_effort AS past
            WHERE past.user_id = $1 AND past.sport = done.sport AND past.kind = done.kind AND past.size = done.size
              AND past.workout_id <> done.workout_id
        ) AS other
    ), best AS (
        SELECT * FROM (TABLE lifted UNION ALL TABLE moved UNION ALL TABLE stretched) AS found
        WHERE value > 0 AND more > than + {LEAST}
    ), told AS (
        INSERT INTO told_record AS old (user_id, subject, kind, workout_id, value)
        SELECT $1, subject, kind, workout_id, value FROM best
        ON CONFLICT (user_id, subject, kind, workout_id) DO UPDATE SET value = excluded.value
        WHERE abs(old.value - excluded.value) > {LEAST}
        RETURNING subject, kind, workout_id
    )
    SELECT best.workout_id, mine.version, mine.on_date, best.subject, best.kind, best.value, best.previous,
           exercise.name
    FROM told JOIN best USING (workout_id, subject, kind) JOIN mine USING (workout_id)
    LEFT JOIN exercise ON exercise.user_id = $1 AND exercise.exercise_id::text = best.subject
    ORDER BY best.workout_id, best.subject, best.kind
"""  # noqa: S608 - made of the constants above


async def tell(db: Connection, user_id: UUID, workout_ids: Iterable[UUID]) -> None:
    """Tell of each record that one of these workouts holds and has not been told with; where nothing was beaten, none.

    Whoever calls holds the lock on the user's workouts, and has made these anew.
    """
    rows = await db.fetch(TELL, user_id, list(workout_ids))
    await outbox.add(db, *(_event(user_id, row) for row in rows))


def _event(user_id: UUID, row: Record) -> RecordSet:
    return RecordSet(
        user_id=user_id,
        version=row["version"],
        workout_id=row["workout_id"],
        subject=row["name"] or _name(row["subject"]),
        kind=row["kind"],
        value=row["value"],
        unit=UNITS[row["kind"]],
        previous=row["previous"],
        on_date=row["on_date"],
    )


def _name(subject: str) -> str:
    known = catalogue.BY_CODE.get(subject)
    return known.name if known else subject
