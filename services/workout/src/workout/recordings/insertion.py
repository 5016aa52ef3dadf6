"""New recordings, with streams, sets and gear: in as many statements however many there are."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec
from asyncpg import Connection

from contracts import ids
from workout.recordings.model import Prepared
from workout.recordings.queries import Settled
from workout.recordings.sameness import family

INSERT = """
    INSERT INTO recording (recording_id, user_id, workout_id, import_id, fingerprint, format, source, device, file,
                           sha256, position, sport, sub_sport, title, notes, rpe, started_at, dated, offset_min,
                           duration_s, partial, totals, derived, legs, laps, extra, sets, joined, score, reasons)
    SELECT recording_id, $1, workout_id, $2, fingerprint, format, source, device, file, sha256,
           position, sport, sub_sport, title, notes, rpe, started_at, dated, offset_min, duration_s,
           partial, totals::jsonb, derived::jsonb, legs::jsonb, laps::jsonb, extra::jsonb, sets, joined, score,
           reasons::jsonb
    FROM unnest($3::uuid[], $4::uuid[], $5::bytea[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
                $11::smallint[], $12::text[], $13::text[], $14::text[], $15::text[], $16::real[], $17::timestamptz[],
                $18::boolean[], $19::smallint[], $20::float8[], $21::text[], $22::text[], $23::text[], $24::text[],
                $25::text[], $26::text[], $27::bytea[], $28::text[], $29::real[], $30::text[])
         AS given (recording_id, workout_id, fingerprint, format, source, device, file, sha256, position, sport,
                   sub_sport, title, notes, rpe, started_at, dated, offset_min, duration_s, partial, totals, derived,
                   legs, laps, extra, sets, joined, score, reasons)
"""

INSERT_STREAMS = """
    INSERT INTO recording_stream (recording_id, channel, n, data, min, max, avg)
    SELECT recording_id, channel, n, data, min, max, avg
    FROM unnest($2::uuid[], $3::text[], $4::integer[], $5::bytea[], $6::float8[], $7::float8[], $8::float8[])
         AS given (recording_id, channel, n, data, min, max, avg)
    JOIN recording USING (recording_id) WHERE recording.user_id = $1
"""

INSERT_SETS = """
    INSERT INTO workout_set (set_id, user_id, workout_id, recording_id, position, exercise, kind, reps, weight_kg,
                             duration_s, distance_m, rpe, superset, rest_s, notes)
    SELECT set_id, $1, workout_id, recording_id, position, exercise, kind, reps, weight_kg, duration_s, distance_m, rpe,
           superset, rest_s, notes
    FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::smallint[], $6::text[], $7::text[], $8::integer[], $9::float8[],
                $10::float8[], $11::float8[], $12::real[], $13::smallint[], $14::integer[], $15::text[])
         AS given (set_id, workout_id, recording_id, position, exercise, kind, reps, weight_kg, duration_s, distance_m,
                   rpe, superset, rest_s, notes)
"""

ADD_GEAR = """
    WITH named AS (
        SELECT DISTINCT ON (lower(name)) gear_id, name, kind
        FROM unnest($3::uuid[], $4::text[], $5::text[]) AS given (gear_id, name, kind) ORDER BY lower(name), gear_id
    )
    INSERT INTO gear (gear_id, user_id, kind, name, import_id)
    SELECT gear_id, $1, kind, name, $2 FROM named
    WHERE NOT EXISTS (SELECT FROM gear AS own WHERE own.user_id = $1 AND lower(own.name) = lower(named.name))
"""

USE_GEAR = """
    INSERT INTO workout_gear (workout_id, gear_id, user_id)
    SELECT DISTINCT given.workout_id, (
        SELECT gear_id FROM gear WHERE user_id = $1 AND lower(gear.name) = lower(given.name) ORDER BY gear_id LIMIT 1
    ), $1
    FROM unnest($2::uuid[], $3::text[]) AS given (workout_id, name)
    ON CONFLICT DO NOTHING
"""


async def insert(
    db: Connection,
    user_id: UUID,
    import_id: int | None,
    new: Sequence[tuple[Prepared, Settled]],
    codes: Mapping[str, str],
) -> None:
    """Put each into the workout where it belongs; ``codes`` are those of exercises, by name."""
    if not new:
        return
    await db.execute(INSERT, user_id, import_id, *zip(*(_row(each, settled) for each, settled in new), strict=True))
    streams = [(each.recording_id, *msgspec.structs.astuple(packed)) for each, _ in new for packed in each.packed]
    if streams:
        await db.execute(INSERT_STREAMS, user_id, *zip(*streams, strict=True))
    sets = [
        (
            *(ids.new(), settled.workout_id, each.recording_id, place, codes[one.exercise], one.kind, one.reps),
            *(one.weight_kg, one.duration_s, one.distance_m, one.rpe, one.superset, one.rest_s, one.notes),
        )
        for each, settled in new
        for place, one in enumerate(each.sets)
    ]
    if sets:
        await db.execute(INSERT_SETS, user_id, *zip(*sets, strict=True))
    gear = [(each, settled, name) for each, settled in new for name in each.gear]
    if gear:
        named = [(ids.new(), name, _gear_kind(each)) for each, _, name in gear]
        await db.execute(ADD_GEAR, user_id, import_id, *zip(*named, strict=True))
        await db.execute(USE_GEAR, user_id, *zip(*((s.workout_id, name) for _, s, name in gear), strict=True))


def _row(each: Prepared, settled: Settled) -> tuple[object, ...]:
    totals, derived, legs, laps = (_json(x) for x in (each.totals, each.derived, each.legs, each.laps))
    return (
        *(each.recording_id, settled.workout_id, each.fingerprint, each.format, each.source, each.device, each.file),
        *(each.sha256, each.position, each.sport, each.sub_sport, each.title, each.notes, each.rpe, each.started_at),
        *(each.dated, each.offset_min, each.duration_s, each.partial, totals, derived, legs, laps),
        *(bytes(each.extra).decode(), each.digest(), *settled.why),
    )


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _gear_kind(each: Prepared) -> str:
    return {"cycling": "bike", "foot": "shoes"}.get(family(each.sport, each.sub_sport), "other")
