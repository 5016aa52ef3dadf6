"""All that an archive brings back besides workouts; what the user has already stays as it is."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from asyncpg import Connection

from contracts import ids
from workout.exercises.model import MOST_OWN
from workout.export import known, lines
from workout.export.checking import CODES
from workout.export.known import Noted
from workout.export.lines import Apart, Deleted, Exercise, Gear, Routine, Threshold, Zone
from workout.gear.model import MOST_GEAR
from workout.recordings.sameness import pair
from workout.routines.model import MOST_ROUTINES, Body
from workout.thresholds import queries as thresholds
from workout.thresholds.model import MOST_ZONES

COUNT = {noun: f"SELECT count(*) FROM {noun} WHERE user_id = $1" for noun in known.TABLES}  # noqa: S608 - constants
MOST = {"exercise": MOST_OWN, "gear": MOST_GEAR, "routine": MOST_ROUTINES, "privacy_zone": MOST_ZONES}

ADD_EXERCISES = """
    INSERT INTO exercise (user_id, import_id, exercise_id, created_at, name, category, equipment, measure, assisted,
                          primary_muscles, secondary_muscles, instructions)
    SELECT $1, $2, id, created_at, name, category, equipment, measure, assisted,
           string_to_array(primary_muscles, ','), string_to_array(secondary_muscles, ','), instructions
    FROM unnest($3::uuid[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::text[], $9::boolean[],
                $10::text[], $11::text[], $12::text[])
         AS given (id, created_at, name, category, equipment, measure, assisted, primary_muscles, secondary_muscles,
                   instructions)
    ON CONFLICT (user_id, lower(name)) DO NOTHING
"""

NAMED_EXERCISES = """
    SELECT key, exercise_id AS id FROM unnest($2::uuid[], $3::text[]) AS given (key, named)
    JOIN exercise ON user_id = $1 AND lower(name) = lower(named)
"""

NAMED_GEAR = """
    SELECT DISTINCT ON (key) key, gear_id AS id
    FROM unnest($2::uuid[], $3::text[], $4::text[]) AS given (key, named, what)
    JOIN gear ON user_id = $1 AND lower(name) = lower(named) AND kind = what ORDER BY key, gear_id
"""

ADD_GEAR = """
    INSERT INTO gear (user_id, import_id, gear_id, created_at, kind, name, brand, model, notes, sports, part_of,
                      fitted_on, retired_on, start_distance_m, start_s, services)
    SELECT $1, $2, id, created_at, kind, name, brand, model, notes, coalesce(string_to_array(sports, ','), '{}'),
           part_of, fitted_on, retired_on, start_distance_m, start_s, services::jsonb
    FROM unnest($3::uuid[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
                $11::uuid[], $12::date[], $13::date[], $14::float8[], $15::float8[], $16::text[])
         AS given (id, created_at, kind, name, brand, model, notes, sports, part_of, fitted_on, retired_on,
                   start_distance_m, start_s, services)
"""

DIGEST = "sha256(convert_to((to_jsonb({}) - '{{version,updated_at}}'::text[])::text, 'UTF8'))"
"""Of a row: equal as long as its owner has not changed it."""

ADD_ROUTINES = f"""
    INSERT INTO routine (user_id, routine_id, created_at, updated_at, name, body)
    SELECT $1, id, created_at, created_at, name, body::jsonb
    FROM unnest($2::uuid[], $3::timestamptz[], $4::text[], $5::text[]) AS given (id, created_at, name, body)
    RETURNING routine_id AS id, {DIGEST.format("routine")} AS digest
"""  # noqa: S608 - the only text put in is the constant above

ADD_THRESHOLDS = f"""
    INSERT INTO threshold (user_id, {thresholds.FIELDS})
    SELECT $1, given.*
    FROM unnest($2::date[], $3::smallint[], $4::smallint[], $5::smallint[], $6::smallint[], $7::real[]) AS given
    ON CONFLICT DO NOTHING
    RETURNING since, {DIGEST.format("threshold")} AS digest
"""  # noqa: S608 - the only texts put in are constants

SAME_ZONES = """
    SELECT DISTINCT ON (key) key, zone_id AS id
    FROM unnest($2::uuid[], $3::text[], $4::float8[], $5::float8[], $6::integer[])
         AS given (key, name, lat, lon, radius_m)
    JOIN privacy_zone AS own USING (name, lat, lon, radius_m) WHERE own.user_id = $1 ORDER BY key, zone_id
"""

ADD_ZONES = f"""
    INSERT INTO privacy_zone (user_id, zone_id, name, lat, lon, radius_m)
    SELECT $1, given.* FROM unnest($2::uuid[], $3::text[], $4::float8[], $5::float8[], $6::integer[]) AS given
    RETURNING zone_id AS id, {DIGEST.format("privacy_zone")} AS digest
"""  # noqa: S608 - the only text put in is the constant above

ADD_DELETED = """
    INSERT INTO deleted_recording (user_id, import_id, fingerprint)
    SELECT $1, $2, fingerprint FROM unnest($3::bytea[]) AS given (fingerprint)
    WHERE NOT EXISTS (
        SELECT FROM recording WHERE recording.user_id = $1 AND recording.fingerprint = given.fingerprint
    )
    ON CONFLICT DO NOTHING
    RETURNING fingerprint
"""

ADD_APART = """
    INSERT INTO kept_apart (user_id, one, other)
    SELECT $1, least(one, other), greatest(one, other) FROM unnest($2::bytea[], $3::bytea[]) AS given (one, other)
    WHERE one <> other
      AND NOT EXISTS (
          SELECT FROM recording AS a JOIN recording AS b USING (user_id, workout_id)
          WHERE user_id = $1 AND a.fingerprint = one AND b.fingerprint = other
      )
    ON CONFLICT DO NOTHING
    RETURNING one, other
"""
"""Not of what the user has as one workout."""


GONE = "an exercise that it names could not be brought back"


class Left(NamedTuple):
    """A line that is not brought back, and why."""

    number: int
    why: str


Numbered = Sequence[tuple[int, Any]]


async def bring(db: Connection, user_id: UUID, import_id: int, part: str, given: Numbered) -> tuple[int, list[Left]]:
    """Bring lines of a part back: how many are new, and which could not be."""
    return await WRITERS[part](db, user_id, import_id, given)


async def _room(db: Connection, user_id: UUID, noun: str, new: Numbered) -> tuple[Numbered, list[Left]]:
    """As many as the user may have."""
    room = max(0, MOST[noun] - await db.fetchval(COUNT[noun], user_id)) if new else 0
    return new[:room], [
        Left(number, f"there are {MOST[noun]:,} already, which is the most") for number, _ in new[room:]
    ]


async def _begin(
    db: Connection, user_id: UUID, import_id: int, noun: str, given: Numbered
) -> tuple[dict[UUID, UUID], list[tuple[int, Any]]]:
    """Those that are here, and those that are not."""
    keys = [line.id for _, line in given]
    await known.share(db, user_id, import_id, noun, keys)
    found = await known.find(db, user_id, noun, keys)
    new = {line.id: (number, line) for number, line in given if line.id not in found}
    return found, list(new.values())


async def _exercises(db: Connection, user_id: UUID, import_id: int, given: Numbered) -> tuple[int, list[Left]]:
    found, new = await _begin(db, user_id, import_id, "exercise", given)
    found |= await _named_exercises(db, user_id, new)
    adding, left = await _room(db, user_id, "exercise", [each for each in new if each[1].id not in found])
    rows = [_exercise(line) for _, line in adding]
    if rows:
        await db.execute(ADD_EXERCISES, user_id, import_id, *zip(*rows, strict=True))
        found |= await _named_exercises(db, user_id, adding)
    await _note(db, user_id, import_id, "exercise", found)
    return len(rows), left


async def _named_exercises(db: Connection, user_id: UUID, given: Numbered) -> dict[UUID, UUID]:
    columns = [line.id for _, line in given], [line.name for _, line in given]
    return {row["key"]: row["id"] for row in await db.fetch(NAMED_EXERCISES, user_id, *columns)}


def _exercise(line: Exercise) -> tuple[object, ...]:
    return (
        *(ids.new(), line.created_at, line.name, line.category, line.equipment, line.measure, line.assisted),
        *(",".join(line.primary_muscles), ",".join(line.secondary_muscles), "\n".join(line.instructions) or None),
    )


async def _note(db: Connection, user_id: UUID, import_id: int, noun: str, found: dict[UUID, UUID]) -> None:
    await known.note(db, user_id, import_id, noun, [Noted(str(key), here) for key, here in found.items()])


async def _gear(db: Connection, user_id: UUID, import_id: int, given: Numbered) -> tuple[int, list[Left]]:
    found, new = await _begin(db, user_id, import_id, "gear", given)
    columns = [[getattr(line, name) for _, line in new] for name in ("id", "name", "kind")]
    found |= {row["key"]: row["id"] for row in await db.fetch(NAMED_GEAR, user_id, *columns)}
    adding, left = await _room(db, user_id, "gear", [each for each in new if each[1].id not in found])
    found |= {line.id: ids.new() for _, line in adding}
    rows = [_piece(line, found) for _, line in adding]
    if rows:
        await db.execute(ADD_GEAR, user_id, import_id, *zip(*rows, strict=True))
    await _note(db, user_id, import_id, "gear", found)
    return len(rows), left


def _piece(line: Gear, found: dict[UUID, UUID]) -> tuple[object, ...]:
    return (
        *(found[line.id], line.created_at, line.kind, line.name, line.brand, line.model, line.notes),
        *(",".join(line.sports) or None, found.get(line.part_of) if line.part_of else None, line.fitted_on),
        *(line.retired_on, line.start_distance_m, line.start_s, msgspec.json.encode(line.services).decode()),
    )


async def exercises(db: Connection, user_id: UUID, codes: Iterable[str]) -> dict[str, str]:
    """By what the archive calls exercises: what sets are kept by here. Own ones that are not here are left out."""
    asked = set(codes)
    own = [UUID(code) for code in asked - CODES]
    found = await known.find(db, user_id, "exercise", own) if own else {}
    return {code: code for code in asked & CODES} | {str(key): str(here) for key, here in found.items()}


async def _routines(db: Connection, user_id: UUID, import_id: int, given: Numbered) -> tuple[int, list[Left]]:
    _, new = await _begin(db, user_id, import_id, "routine", given)
    adding, left = await _room(db, user_id, "routine", new)
    codes = await exercises(db, user_id, [code for _, line in adding for code in _planned(line)])
    left += [Left(number, GONE) for number, line in adding if not codes.keys() >= set(_planned(line))]
    made = {ids.new(): line for _, line in adding if codes.keys() >= set(_planned(line))}
    rows = [(here, line.created_at, line.name, _body(line, codes)) for here, line in made.items()]
    added = await db.fetch(ADD_ROUTINES, user_id, *zip(*rows, strict=True)) if rows else []
    noted = [Noted(str(made[row["id"]].id), row["id"], row["digest"]) for row in added]
    await known.note(db, user_id, import_id, "routine", noted)
    return len(rows), left


def _planned(line: Routine) -> list[str]:
    return [item.exercise for day in line.days for item in day.items]


def _body(line: Routine, codes: dict[str, str]) -> str:
    replace = msgspec.structs.replace
    days = tuple(
        replace(day, items=tuple(replace(item, exercise=codes[item.exercise]) for item in day.items))
        for day in line.days
    )
    return msgspec.json.encode(Body(notes=line.notes, days=days)).decode()


async def _thresholds(db: Connection, user_id: UUID, import_id: int, given: Numbered) -> tuple[int, list[Left]]:
    by_date: dict[object, Threshold] = {line.since: line for _, line in reversed(given)}
    await known.share(db, user_id, import_id, "threshold", by_date)
    columns = [[getattr(line, name) for line in by_date.values()] for name in Threshold.__struct_fields__]
    added = await db.fetch(ADD_THRESHOLDS, user_id, *columns)
    noted = [Noted(str(row["since"]), None, row["digest"]) for row in added]
    await known.note(db, user_id, import_id, "threshold", noted)
    if added:
        await thresholds.mark(db, user_id, min(row["since"] for row in added))
    return len(added), []


async def _zones(db: Connection, user_id: UUID, import_id: int, given: Numbered) -> tuple[int, list[Left]]:
    _, new = await _begin(db, user_id, import_id, "privacy_zone", given)
    columns = [[getattr(line, name) for _, line in new] for name in ("id", "name", "lat", "lon", "radius_m")]
    same = {row["key"] for row in await db.fetch(SAME_ZONES, user_id, *columns)}
    adding, left = await _room(db, user_id, "privacy_zone", [each for each in new if each[1].id not in same])
    made: dict[UUID, Zone] = {ids.new(): line for _, line in adding}
    rows = [(here, line.name, line.lat, line.lon, line.radius_m) for here, line in made.items()]
    added = await db.fetch(ADD_ZONES, user_id, *zip(*rows, strict=True)) if rows else []
    noted = [Noted(str(made[row["id"]].id), row["id"], row["digest"]) for row in added]
    await known.note(db, user_id, import_id, "privacy_zone", noted)
    return len(rows), left


async def _deleted(db: Connection, user_id: UUID, import_id: int, given: Numbered) -> tuple[int, list[Left]]:
    keys: list[Deleted] = [line for _, line in given]
    await known.share(db, user_id, import_id, "deleted_recording", [line.fingerprint for line in keys])
    fingerprints = [bytes.fromhex(line.fingerprint) for line in keys]
    added = await db.fetch(ADD_DELETED, user_id, import_id, fingerprints)
    noted = [Noted(row["fingerprint"].hex()) for row in added]
    await known.note(db, user_id, import_id, "deleted_recording", noted)
    return len(added), []


async def _apart(db: Connection, user_id: UUID, import_id: int, given: Numbered) -> tuple[int, list[Left]]:
    pairs: list[Apart] = [line for _, line in given]
    named = [UUID(key) for line in pairs for key in (line.one, line.other) if "-" in key]
    here = await known.find(db, user_id, "workout", named) if named else {}
    told = [(_key(line.one, here), _key(line.other, here)) for line in pairs]
    whole = [pair(one, other) for one, other in told if one and other]
    if not whole:
        return 0, []
    await known.share(db, user_id, import_id, "kept_apart", [f"{one.hex()} {other.hex()}" for one, other in whole])
    added = await db.fetch(ADD_APART, user_id, *zip(*whole, strict=True))
    noted = [Noted(f"{row['one'].hex()} {row['other'].hex()}") for row in added]
    await known.note(db, user_id, import_id, "kept_apart", noted)
    return len(added), []


def _key(given: str, here: dict[UUID, UUID]) -> bytes | None:
    if "-" not in given:
        return bytes.fromhex(given)
    found = here.get(UUID(given))
    return found.bytes if found else None


WRITERS = {
    lines.EXERCISES: _exercises,
    lines.GEAR: _gear,
    lines.ROUTINES: _routines,
    lines.THRESHOLDS: _thresholds,
    lines.ZONES: _zones,
    lines.DELETED: _deleted,
    lines.APART: _apart,
}
