"""Every statement that asks for records. Nothing of them is stored: they are what the workouts say at this moment."""

from collections.abc import Iterable
from uuid import UUID

from asyncpg import Connection
from asyncpg import Record as Row

from chassis.pages import Cursor
from workout.records.model import OF_EFFORT, OF_EXERCISE, OF_SPORT, Kind, Record, Runner, Step

RUNNERS = 2


def _of_exercise(kind: Kind) -> str:
    return f"""
        SELECT workout_id, started_at, ({kind.column})::float8 AS value, NULL::float8 AS at_s
        FROM workout_exercise WHERE user_id = $1 AND exercise = $2 AND ({kind.column}) > 0"""  # noqa: S608 - columns above


def _of_sport(kind: Kind) -> str:
    return f"""
        SELECT workout_id, started_at, {kind.column} AS value, NULL::float8 AS at_s
        FROM workout WHERE user_id = $1 AND sport = $2 AND {kind.column} > 0"""  # noqa: S608 - the same


def _of_effort(kind: Kind) -> str:
    return f"""
        SELECT workout_id, started_at, value, at_s
        FROM workout_effort
        WHERE user_id = $1 AND sport = $2 AND kind = '{kind.column}' AND size = {kind.size}"""  # noqa: S608 - the same


def _best(sources: Iterable[tuple[str, str, Kind]]) -> str:
    """The best two of each kind, of equals the older first."""
    parts = " UNION ALL ".join(
        f"""(
        SELECT '{name}' AS kind, * FROM ({source}) AS held
        ORDER BY value {"ASC" if kind.least else "DESC"}, started_at, workout_id LIMIT {RUNNERS})"""  # noqa: S608 - the same
        for name, source, kind in sources
    )
    return f"""
    SELECT best.kind, best.value, best.at_s, best.workout_id, best.started_at, workout.title, workout.on_date
    FROM ({parts}) AS best JOIN workout ON workout.user_id = $1 AND workout.workout_id = best.workout_id
    """  # noqa: S608 - the same


def _steps(source: str, kind: Kind) -> str:
    """What was best when it was done, newest first."""
    sign = "-" if kind.least else ""
    return f"""
    WITH held AS ({source}), running AS (
        SELECT *, max({sign}value) OVER (ORDER BY started_at, workout_id
                                         ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
        FROM held
    ), step AS (
        SELECT *, lag(value) OVER past AS previous, lag(workout_id) OVER past AS beaten
        FROM running WHERE before IS NULL OR {sign}value > before
        WINDOW past AS (ORDER BY started_at, workout_id)
    )
    SELECT step.value, step.previous, step.beaten, step.workout_id, step.started_at, workout.title, workout.on_date
    FROM step JOIN workout ON workout.user_id = $1 AND workout.workout_id = step.workout_id
    WHERE (step.started_at, step.workout_id) < ($3, $4)
    ORDER BY step.started_at DESC, step.workout_id DESC LIMIT $5
    """  # noqa: S608 - the same


BEST_OF_EXERCISE = _best((name, _of_exercise(kind), kind) for name, kind in OF_EXERCISE.items())
BEST_OF_SPORT = _best(
    [
        *((name, _of_effort(kind), kind) for name, kind in OF_EFFORT.items()),
        *((name, _of_sport(kind), kind) for name, kind in OF_SPORT.items()),
    ]
)
STEPS_OF_EXERCISE = {name: _steps(_of_exercise(kind), kind) for name, kind in OF_EXERCISE.items()}
STEPS_OF_SPORT = {name: _steps(_of_effort(kind), kind) for name, kind in OF_EFFORT.items()} | {
    name: _steps(_of_sport(kind), kind) for name, kind in OF_SPORT.items()
}


async def of_exercise(db: Connection, user_id: UUID, exercise: str) -> list[Record]:
    return _records(await db.fetch(BEST_OF_EXERCISE, user_id, exercise), OF_EXERCISE)


async def of_sport(db: Connection, user_id: UUID, sport: str) -> list[Record]:
    return _records(await db.fetch(BEST_OF_SPORT, user_id, sport), OF_EFFORT | OF_SPORT)


async def history_of_exercise(
    db: Connection, user_id: UUID, exercise: str, kind: str, after: Cursor, limit: int
) -> list[Step]:
    """Newest first, one more than ``limit``."""
    found = await db.fetch(STEPS_OF_EXERCISE[kind], user_id, exercise, after.at, after.id, limit + 1)
    return [Step(kind=kind, unit=OF_EXERCISE[kind].unit, **row) for row in found]


async def history_of_sport(
    db: Connection, user_id: UUID, sport: str, kind: str, after: Cursor, limit: int
) -> list[Step]:
    """The same of a sport."""
    found = await db.fetch(STEPS_OF_SPORT[kind], user_id, sport, after.at, after.id, limit + 1)
    return [Step(kind=kind, unit=(OF_EFFORT | OF_SPORT)[kind].unit, **row) for row in found]


def _records(rows: Iterable[Row], kinds: dict[str, Kind]) -> list[Record]:
    """One a kind, in the order of the kinds."""
    held: dict[str, list[Row]] = {}
    for row in rows:
        held.setdefault(row["kind"], []).append(row)
    return [_record(*_ranked(held[name], kind), kind) for name, kind in kinds.items() if name in held]


def _ranked(rows: list[Row], kind: Kind) -> tuple[Row, Row | None]:
    sign = 1 if kind.least else -1
    first, *rest = sorted(rows, key=lambda row: (sign * row["value"], row["started_at"], row["workout_id"]))
    return first, rest[0] if rest else None


def _record(first: Row, second: Row | None, kind: Kind) -> Record:
    next_one = None
    if second:
        next_one = Runner(value=second["value"], workout_id=second["workout_id"], started_at=second["started_at"])
    return Record(unit=kind.unit, formula=kind.formula, runner_up=next_one, **first)
