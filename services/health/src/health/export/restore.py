"""What an archive brings besides samples, written for whoever imports it; and taken back.

What the user has already stays as it is: a record of the same id, what was said of a source, an order of sources. So
the same archive again changes nothing.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import msgspec
from asyncpg import Connection

from contracts import ids
from health.catalogue.table import BY_CODE
from health.export.model import MOST_ORIGINALS, ORIGINALS, Original, Priority, Restored, Source
from health.readers.batch import Batch, Issue, Origin, Stream
from health.records import model as records
from health.records.model import SOURCE, HealthRecord
from health.samples import merge
from health.sources import queries as sources
from imports import queries as imports
from imports.checkpoints import Task
from imports.objects import Objects, Stored
from imports.unpack import Archive, Bounds

CHUNK = 1 << 20
MOST_RECORDS = 5_000
"""Taken back in one transaction."""
MANUAL = Origin(SOURCE, device_kind="manual")

ADD_SOURCES = """
    INSERT INTO source (user_id, app, device, device_kind, name, ignored, import_id)
    SELECT $1, app, device, device_kind, name, ignored, $2
    FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[])
         WITH ORDINALITY AS given (app, device, device_kind, name, ignored, place)
    ORDER BY place
    ON CONFLICT (user_id, app, device) DO NOTHING
"""
"""In their order: of two that nothing else tells apart, the older is believed."""

JOIN_SOURCES = """
    UPDATE source SET merged_into = target.source_id
    FROM unnest($3::text[], $4::text[], $5::text[], $6::text[]) AS given (app, device, into_app, into_device)
    JOIN source AS target ON target.user_id = $1 AND target.app = given.into_app
        AND target.device IS NOT DISTINCT FROM given.into_device
    WHERE source.user_id = $1 AND source.import_id = $2 AND source.app = given.app
      AND source.device IS NOT DISTINCT FROM given.device
"""

ADD_PRIORITIES = """
    INSERT INTO source_priority (user_id, metric_id, source_id, position, import_id)
    SELECT $1, given.metric_id, source.source_id, given.position, $2
    FROM unnest($3::smallint[], $4::smallint[], $5::text[], $6::text[]) AS given (metric_id, position, app, device)
    JOIN source ON source.user_id = $1 AND source.app = given.app AND source.device IS NOT DISTINCT FROM given.device
    WHERE NOT EXISTS (
        SELECT FROM source_priority AS own WHERE own.user_id = $1 AND own.metric_id = given.metric_id
    )
    RETURNING metric_id
"""

ADD_RECORDS = """
    WITH kept AS (
        INSERT INTO health_record (user_id, id, version, at, on_date, created_at, steps, sleep_duration, weight,
                                   resting_heart_rate, heart_rate, bp_systolic, bp_diastolic, blood_glucose,
                                   body_temperature, import_id)
        SELECT $1, id, version, at, local_date($1, at), created_at, steps, sleep, weight, resting, active, systolic,
               diastolic, glucose, temperature, $2
        FROM unnest($3::uuid[], $4::bigint[], $5::timestamptz[], $6::timestamptz[], $7::integer[], $8::float8[],
                    $9::float8[], $10::float8[], $11::float8[], $12::float8[], $13::float8[], $14::float8[],
                    $15::float8[])
             AS given (id, version, at, created_at, steps, sleep, weight, resting, active, systolic, diastolic, glucose,
                       temperature)
        ON CONFLICT (user_id, id) DO NOTHING
        RETURNING on_date
    ), dirty AS (
        INSERT INTO dirty_record (user_id, on_date) SELECT DISTINCT $1, on_date FROM kept
    )
    SELECT count(*) FROM kept
"""

ADD_IMPORTS = """
    INSERT INTO import (id, user_id, file, sha256, bytes, bytes_done, bytes_total, stored, mapping, source, format,
                        state, created_at, finished_at, came_with)
    SELECT id, $1, file, sha256, bytes, bytes, bytes, stored, mapping::jsonb, source, format, state, created_at, now(),
           $2
    FROM unnest($3::uuid[], $4::text[], $5::text[], $6::bigint[], $7::boolean[], $8::text[], $9::text[], $10::text[],
                $11::text[], $12::timestamptz[])
         AS given (id, file, sha256, bytes, stored, mapping, source, format, state, created_at)
    WHERE NOT EXISTS (
        SELECT FROM import AS own
        WHERE own.user_id = $1 AND own.sha256 = given.sha256 AND own.file = given.file
          AND own.created_at = given.created_at AND own.state <> 'undone'
    )
    RETURNING stored
"""

TAKE_RECORDS = """
    WITH gone AS (
        DELETE FROM health_record
        WHERE user_id = $1 AND id IN (SELECT id FROM health_record WHERE user_id = $1 AND import_id = $2 LIMIT $3)
        RETURNING on_date
    ), dirty AS (
        INSERT INTO dirty_record (user_id, on_date) SELECT DISTINCT $1, on_date FROM gone
    )
    SELECT count(*) FROM gone
"""

TAKE_PRIORITIES = "DELETE FROM source_priority WHERE user_id = $1 AND import_id = $2 RETURNING metric_id"

TAKE_SETTINGS = """
    UPDATE source SET name = NULL, ignored = false, merged_into = NULL
    WHERE user_id = $1 AND import_id = $2 AND (name IS NOT NULL OR ignored OR merged_into IS NOT NULL)
    RETURNING source_id
"""

TAKE_IMPORTS = "DELETE FROM import WHERE user_id = $1 AND came_with = $2 AND started_at IS NULL"

IS_ARCHIVE = "SELECT EXISTS (SELECT FROM import WHERE user_id = $1 AND import_id = $2 AND format = 'fitmesh')"

DERIVING = """
    SELECT EXISTS (SELECT FROM dirty_record WHERE user_id = $1) AND EXISTS (
        SELECT FROM series JOIN source USING (user_id, source_id)
        WHERE user_id = $1 AND series.import_id = $2 AND app = $3 AND device IS NULL
    )
"""


class Carried(msgspec.Struct):
    """What a batch of an archive carries, and the file that the imports in it are of: stored, not at its place yet."""

    restored: Restored
    objects: Objects
    file: Stored | None = None


@asynccontextmanager
async def carried(
    db: Connection, objects: Objects, task: Task, batch: Batch, quota: int
) -> AsyncIterator[Carried | None]:
    """Fetch the file before the batch's transaction; it does not stay when that fails."""
    if not isinstance(batch.carries, Restored):
        yield None
        return
    found = Carried(batch.carries, objects)
    wanted = next((each for each in found.restored.originals if each.stored), None)
    if wanted and (await imports.usage(db, task.user_id)).bytes + wanted.bytes > quota:
        batch.issues.append(Issue("warning", "no-room", f"“{wanted.file}” is not kept: there is no room for it."))
    elif wanted:
        found.file = await _receive(objects, objects.key(task.user_id, task.sha256), wanted.sha256)
    try:
        yield found
    except BaseException:
        if found.file:
            await asyncio.shield(objects.delete(found.file.key))
        raise


async def _receive(objects: Objects, archive: str, sha256: str) -> Stored:
    async def pieces() -> AsyncIterator[bytes]:
        with objects.open(archive) as file, Archive(file, Bounds(files=MOST_ORIGINALS)) as found:
            member = next(each for each in found.members if each.name == ORIGINALS + sha256)
            with found.open(member) as content:
                while data := await asyncio.to_thread(content.read, CHUNK):
                    yield data

    return await objects.put(pieces())


async def write(db: Connection, user_id: UUID, import_id: int, carried: Carried) -> Counter[str]:
    """In the transaction of the batch; counts as an import has them."""
    restored = carried.restored
    await merge.lock(db, user_id)
    if restored.sources:
        await _sources(db, user_id, import_id, restored.sources)
    if restored.priorities:
        await _priorities(db, user_id, import_id, restored.priorities, restored.sources)
    if restored.records:
        return await _records(db, user_id, import_id, restored.records)
    if restored.originals:
        return await _imports(db, user_id, import_id, restored.originals, carried)
    return Counter()


async def _sources(db: Connection, user_id: UUID, import_id: int, given: Sequence[Source]) -> None:
    rows = [(each.app, each.device, each.device_kind, each.name, each.ignored) for each in given]
    await db.execute(ADD_SOURCES, user_id, import_id, *zip(*rows, strict=True))
    joined = [
        (each.app, each.device, given[each.merged_into].app, given[each.merged_into].device)
        for each in given
        if each.merged_into is not None
    ]
    if joined:
        await db.execute(JOIN_SOURCES, user_id, import_id, *zip(*joined, strict=True))


async def _priorities(
    db: Connection, user_id: UUID, import_id: int, given: Sequence[Priority], known: Sequence[Source]
) -> None:
    rows = [
        (BY_CODE[each.metric].metric_id if each.metric else 0, position, known[ref].app, known[ref].device)
        for each in given
        for position, ref in enumerate(each.sources)
    ]
    if rows:
        added = await db.fetch(ADD_PRIORITIES, user_id, import_id, *zip(*rows, strict=True))
        await sources.dirty_metrics(db, user_id, {row["metric_id"] for row in added})


async def _records(db: Connection, user_id: UUID, import_id: int, given: Sequence[HealthRecord]) -> Counter[str]:
    rows = [(each.id, each.version, each.at, each.created_at, *records.columns(each)) for each in given]
    columns = list(zip(*rows, strict=True))
    made = [
        Stream(code, MANUAL)
        for (code, _), values in zip(records.METRICS, columns[4:], strict=True)
        if any(value is not None for value in values)
    ]
    await merge.bind(db, user_id, made, import_id=import_id)
    kept = await db.fetchval(ADD_RECORDS, user_id, import_id, *columns)
    return +Counter(read=len(rows), inserted=kept, unchanged=len(rows) - kept)


async def _imports(
    db: Connection, user_id: UUID, import_id: int, given: Sequence[Original], carried: Carried
) -> Counter[str]:
    await imports.lock(db, user_id)
    rows = [
        (
            *(ids.new(), each.file, each.sha256, each.bytes, each.stored and carried.file is not None),
            None if each.mapping is None else msgspec.json.encode(each.mapping).decode(),
            *(each.source, each.format, each.state, each.uploaded_at),
        )
        for each in given
    ]
    added = await db.fetch(ADD_IMPORTS, user_id, import_id, *zip(*rows, strict=True))
    if carried.file and any(row["stored"] for row in added):
        await carried.objects.settle(carried.file, user_id)
    elif carried.file:
        await carried.objects.delete(carried.file.key)
    return +Counter(files=len(added))


async def take_back(db: Connection, user_id: UUID, import_id: int) -> bool:
    """One piece of what an archive brought besides samples; True when nothing is left."""
    if not await db.fetchval(IS_ARCHIVE, user_id, import_id):
        return True
    if await db.fetchval(TAKE_RECORDS, user_id, import_id, MOST_RECORDS):
        return False
    if await db.fetchval(DERIVING, user_id, import_id, SOURCE):
        return False
    await merge.lock(db, user_id)
    metrics = {row["metric_id"] for row in await db.fetch(TAKE_PRIORITIES, user_id, import_id)}
    if metrics:
        await sources.dirty_metrics(db, user_id, metrics)
    changed = [row["source_id"] for row in await db.fetch(TAKE_SETTINGS, user_id, import_id)]
    if changed:
        await sources.dirty_sources(db, user_id, changed)
    await db.execute(TAKE_IMPORTS, user_id, import_id)
    return True
