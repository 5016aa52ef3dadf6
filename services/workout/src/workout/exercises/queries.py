"""Every statement that touches exercises of users."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from asyncpg import Connection, Record, UniqueViolationError

from workout.exercises.model import MOST_OWN, OwnExercise, Values

COLUMNS = """exercise_id, version, name, category, equipment, measure, assisted, primary_muscles, secondary_muscles,
    instructions, created_at"""

NAMED = """
    SELECT exercise_id::text AS id, name, coalesce($2 = ANY (primary_muscles), true) AS primary
    FROM exercise
    WHERE user_id = $1 AND ($2::text IS NULL OR $2 = ANY (primary_muscles || secondary_muscles))
      AND ($3::text IS NULL OR equipment = $3) AND ($4::text IS NULL OR category = $4)
    ORDER BY lower(name) LIMIT $5
"""
SOME = f"SELECT {COLUMNS} FROM exercise WHERE user_id = $1 AND exercise_id = ANY ($2::uuid[])"  # noqa: S608 - constants
FIND = f"SELECT {COLUMNS} FROM exercise WHERE user_id = $1 AND exercise_id = $2"  # noqa: S608 - the same
LOCK = f"{FIND} FOR UPDATE"
COUNT = "SELECT count(*) FROM exercise WHERE user_id = $1"

INSERT = """
    INSERT INTO exercise (user_id, exercise_id, name, category, equipment, measure, assisted, primary_muscles,
                          secondary_muscles, instructions)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    ON CONFLICT (user_id, lower(name)) DO NOTHING
    RETURNING created_at
"""

REPLACE = """
    UPDATE exercise AS kept SET version = version + 1, name = $3, category = $4, equipment = $5, measure = $6,
           assisted = $7, primary_muscles = $8, secondary_muscles = $9, instructions = $10
    WHERE user_id = $1 AND exercise_id = $2 AND NOT EXISTS (
        SELECT FROM exercise AS other
        WHERE other.user_id = $1 AND other.exercise_id <> $2 AND lower(other.name) = lower($3)
    )
    RETURNING version
"""

DIRTY = """
    INSERT INTO dirty_workout (user_id, workout_id)
    SELECT user_id, workout_id FROM workout_exercise WHERE user_id = $1 AND exercise = $2
    RETURNING 1
"""
"""Queue the workouts that it was done in: their muscles and records are others now."""

USED = """
    SELECT EXISTS (
        SELECT FROM workout JOIN workout_set USING (user_id, workout_id)
        WHERE workout.user_id = $1 AND workout_set.exercise = $2
    ) OR EXISTS (
        SELECT FROM routine
        WHERE user_id = $1
          AND jsonb_path_exists(body, '$.days[*].items[*].exercise ? (@ == $it)', jsonb_build_object('it', $2::text))
    )
"""

DELETE = "DELETE FROM exercise WHERE user_id = $1 AND exercise_id = $2"

CODES = """
    WITH given AS (
        SELECT name, min(code) AS code, min(exercise_id::text)::uuid AS exercise_id, min(equipment) AS equipment,
               min(measure) AS measure, bool_or(assisted) AS assisted
        FROM unnest($2::text[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::boolean[])
             AS given (name, code, exercise_id, equipment, measure, assisted)
        GROUP BY name
    ), own AS (
        SELECT lower(name) AS named, exercise_id FROM exercise
        WHERE user_id = $1 AND lower(name) IN (SELECT lower(name) FROM given)
    ), made AS (
        INSERT INTO exercise AS kept (user_id, exercise_id, name, category, equipment, measure, assisted, import_id)
        SELECT DISTINCT ON (lower(name)) $1, exercise_id, name, 'strength', equipment, measure, assisted, $8::integer
        FROM given WHERE code IS NULL AND lower(name) NOT IN (SELECT named FROM own)
        ORDER BY lower(name), name
        ON CONFLICT (user_id, lower(name)) DO UPDATE SET name = kept.name
        RETURNING lower(name) AS named, exercise_id
    )
    SELECT name, coalesce(own.exercise_id::text, code, made.exercise_id::text) AS code
    FROM given LEFT JOIN own ON own.named = lower(name) LEFT JOIN made ON made.named = lower(name)
"""
"""What sets of these names are kept by: the user's own exercise, else the catalogue's, else a new one."""


class Named(NamedTuple):
    """What is needed to find an own one."""

    id: str
    name: str
    primary: bool
    """Whether the muscle that was asked for is meant, not one that helps."""


Guess = tuple[str, str | None, UUID, str | None, str, bool]
"""Name in a log, code in the catalogue, id of a new one, equipment, measure, whether the weight helps."""


async def named(
    db: Connection, user_id: UUID, muscle: str | None, equipment: str | None, category: str | None
) -> list[Named]:
    """Those of the user's own that are listed; None = any."""
    return [Named(*row) for row in await db.fetch(NAMED, user_id, muscle, equipment, category, MOST_OWN)]


async def some(db: Connection, user_id: UUID, exercise_ids: Collection[str]) -> dict[str, OwnExercise]:
    """By id, those of them that are the user's."""
    rows = await db.fetch(SOME, user_id, list(exercise_ids)) if exercise_ids else []
    return {str(row["exercise_id"]): _of_row(row) for row in rows}


async def find(db: Connection, user_id: UUID, exercise_id: UUID) -> OwnExercise | None:
    row = await db.fetchrow(FIND, user_id, exercise_id)
    return _of_row(row) if row else None


async def lock(db: Connection, user_id: UUID, exercise_id: UUID) -> OwnExercise | None:
    """Like ``find``, and nobody else changes it until the transaction ends."""
    row = await db.fetchrow(LOCK, user_id, exercise_id)
    return _of_row(row) if row else None


async def count(db: Connection, user_id: UUID) -> int:
    found: int = await db.fetchval(COUNT, user_id)
    return found


async def insert(db: Connection, user_id: UUID, exercise_id: UUID, given: Values) -> OwnExercise | None:
    """Keep a new one; None when the user has one of that name."""
    created_at = await db.fetchval(INSERT, user_id, exercise_id, *_columns(given))
    return made(given, exercise_id, 1, created_at) if created_at else None


async def replace(db: Connection, user_id: UUID, kept: OwnExercise, given: Values) -> OwnExercise | None:
    """Keep what it is now; None when the user has another of that name."""
    try:
        version = await db.fetchval(REPLACE, user_id, kept.exercise_id, *_columns(given))
    except UniqueViolationError:
        return None
    return made(given, kept.exercise_id, version, kept.created_at) if version else None


async def make_dirty(db: Connection, user_id: UUID, exercise: str) -> bool:
    """Have its workouts made anew; False when there are none."""
    return bool(await db.fetchval(DIRTY, user_id, exercise))


async def is_used(db: Connection, user_id: UUID, exercise: str) -> bool:
    """Whether a set or a routine of the user names it."""
    found: bool = await db.fetchval(USED, user_id, exercise)
    return found


async def delete(db: Connection, user_id: UUID, exercise_id: UUID) -> None:
    await db.execute(DELETE, user_id, exercise_id)


async def codes(db: Connection, user_id: UUID, guesses: Iterable[Guess], import_id: int | None) -> dict[str, str]:
    """By name, what its sets are kept by; own exercises are made for what nobody knows."""
    columns: Sequence[Sequence[object]] = tuple(zip(*guesses, strict=True)) or ((),) * 6
    rows = await db.fetch(CODES, user_id, *columns, import_id)
    return {row["name"]: row["code"] for row in rows}


def made(given: Values, exercise_id: UUID, version: int, created_at: datetime) -> OwnExercise:
    """The exercise as it is kept."""
    said = {name: getattr(given, name) for name in Values.__struct_fields__}
    return OwnExercise(**said, exercise_id=exercise_id, version=version, created_at=created_at)


def _columns(given: Values) -> tuple[object, ...]:
    return (
        given.name,
        given.category,
        given.equipment,
        given.measure,
        given.assisted,
        given.primary_muscles,
        given.secondary_muscles,
        "\n".join(given.instructions) or None,
    )


def _of_row(row: Record) -> OwnExercise:
    texts = row["instructions"]
    return OwnExercise(
        exercise_id=row["exercise_id"],
        version=row["version"],
        name=row["name"],
        category=row["category"],
        equipment=row["equipment"],
        measure=row["measure"],
        assisted=row["assisted"],
        primary_muscles=tuple(row["primary_muscles"]),
        secondary_muscles=tuple(row["secondary_muscles"]),
        instructions=tuple(texts.split("\n")) if texts else (),
        created_at=row["created_at"],
    )
