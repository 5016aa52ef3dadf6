"""Every statement by which imports are added, shown, steered and erased; others in ``leases`` and ``checkpoints``."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import msgspec
from asyncpg import Connection, Pool, Record
from asyncpg.pool import PoolConnectionProxy

from imports.model import (
    RESUMABLE,
    UNDOABLE,
    CountedPart,
    Import,
    Issue,
    NewImport,
    Part,
    State,
    progress,
)

Executor = Connection | Pool | PoolConnectionProxy

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('imports ' || $1::uuid::text, 0))"

USAGE = """
    SELECT count(*) FILTER (WHERE state IN ('receiving', 'queued', 'running', 'cancelling', 'undoing')) AS unfinished,
           (SELECT coalesce(sum(bytes), 0) FROM (
               SELECT DISTINCT sha256, bytes FROM import WHERE user_id = $1 AND stored) AS file)::bigint AS bytes
    FROM import WHERE user_id = $1
"""

ADD = """
    INSERT INTO import (id, user_id, file, sha256, bytes, bytes_total, mapping, source, state)
    SELECT $1, $2, $3, $4, $5, $5, $6, $7, 'receiving'
    WHERE NOT EXISTS (SELECT FROM erased WHERE user_id = $2)
    RETURNING true
"""

QUEUE = (
    "UPDATE import SET state = 'queued', version = version + 1 WHERE user_id = $1 AND id = $2 AND state = 'receiving'"
)

DROP = """
    DELETE FROM import AS dropped WHERE user_id = $1 AND id = $2 AND state = 'receiving'
    RETURNING EXISTS (
        SELECT FROM import AS other WHERE other.user_id = $1 AND other.sha256 = dropped.sha256
        AND other.id <> $2 AND other.stored
    ) AS shared
"""

COLUMNS = """id, version, file, bytes, sha256, format, state, error, bytes_done, bytes_total, records, seconds, counts,
        kept, unknown, stored, created_at, started_at, finished_at, import_id"""

FIND = f"SELECT {COLUMNS} FROM import WHERE user_id = $1 AND id = $2 AND state <> 'receiving'"  # noqa: S608 - the only text put in is the constant above

LIST = f"""
    SELECT {COLUMNS} FROM import
    WHERE user_id = $1 AND (created_at, id) < ($2, $3) AND state <> 'receiving'
    ORDER BY created_at DESC, id DESC LIMIT $4
"""  # noqa: S608 - the same

PARTS = """
    SELECT name, records, errors, warnings, kept, counts FROM import_part
    WHERE import_id = (SELECT import_id FROM import WHERE user_id = $1 AND id = $2)
    ORDER BY errors = 0, name LIMIT $3
"""

ISSUES = """
    SELECT seq, kind, code, detail, part, line, count FROM import_issue
    WHERE import_id = (SELECT import_id FROM import WHERE user_id = $1 AND id = $2) AND seq > $3
    ORDER BY seq LIMIT $4
"""

STATE = "SELECT state FROM import WHERE user_id = $1 AND id = $2 AND state <> 'receiving' FOR UPDATE"

HAND_OVER = """
    INSERT INTO import (id, user_id, file, sha256, bytes, bytes_total, lies_at, zone, state)
    SELECT id, user_id, file, sha256, bytes, bytes, lies_at, zone, 'queued'
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[])
         AS given (id, user_id, file, sha256, bytes, lies_at, zone)
    WHERE NOT EXISTS (SELECT FROM erased WHERE erased.user_id = given.user_id)
    ON CONFLICT (id) DO NOTHING
"""

TAKE_BACK = """
    UPDATE import
    SET state = 'undoing', version = version + 1, claim = claim + 1, attempts = 0, lease_until = NULL,
        finished_at = NULL
    WHERE lies_at IS NOT NULL AND state NOT IN ('undoing', 'undone')
      AND (user_id, id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))
"""
"""Whoever is reading it at this moment has an older claim then, and writes nothing more."""

CANCEL = """
    UPDATE import
    SET state = CASE state WHEN 'queued' THEN 'cancelled' ELSE 'cancelling' END, version = version + 1,
        finished_at = CASE state WHEN 'queued' THEN now() END
    WHERE user_id = $1 AND id = $2 AND state IN ('queued', 'running')
    RETURNING true
"""

UNDO = """
    UPDATE import SET state = 'undoing', version = version + 1, attempts = 0, lease_until = NULL, finished_at = NULL
    WHERE user_id = $1 AND id = $2 AND state = ANY ($3::text[])
    RETURNING true
"""

RESUME = """
    UPDATE import
    SET state = 'queued', version = version + 1, attempts = 0, lease_until = NULL, finished_at = NULL, outcome = NULL,
        error = NULL
    WHERE user_id = $1 AND id = $2 AND state = ANY ($3::text[]) AND stored
    RETURNING true
"""

FREE = """
    UPDATE import AS freed SET stored = false WHERE user_id = $1 AND id = $2 AND stored
    RETURNING sha256, EXISTS (
        SELECT FROM import AS other WHERE other.user_id = $1 AND other.sha256 = freed.sha256
        AND other.import_id <> freed.import_id AND other.stored
    ) AS shared
"""

NAMED = """
    SELECT user_id, sha256 FROM import
    WHERE stored AND (user_id, sha256) IN (SELECT * FROM unnest($1::uuid[], $2::text[]))
"""

EXPIRE = """
    WITH cut_off AS (
        DELETE FROM import WHERE state = 'receiving' AND created_at < now() - interval '1 hour'
    )
    SELECT user_id, id FROM import
    WHERE stored AND state IN ('failed', 'cancelled') AND finished_at < now() - interval '7 days' LIMIT 100
"""

ERASE = """
    WITH gone AS (DELETE FROM import WHERE user_id = ANY ($1::uuid[]) RETURNING import_id),
    parts AS (DELETE FROM import_part WHERE import_id IN (SELECT import_id FROM gone) RETURNING 1),
    issues AS (DELETE FROM import_issue WHERE import_id IN (SELECT import_id FROM gone) RETURNING 1)
    SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM parts) + (SELECT count(*) FROM issues)
"""


class Usage(NamedTuple):
    """What a user takes up already."""

    unfinished: int
    bytes: int


class Handed(NamedTuple):
    """A file that another service hands on."""

    id: UUID
    user_id: UUID
    file: str
    sha256: str
    bytes: int
    lies_at: str
    zone: str


async def lock(db: Connection, user_id: UUID) -> None:
    """Let nobody else add or free files of this user until the transaction ends."""
    await db.execute(LOCK, user_id)


async def usage(db: Executor, user_id: UUID) -> Usage:
    row = await db.fetchrow(USAGE, user_id)
    return Usage(row["unfinished"], row["bytes"]) if row else Usage(0, 0)


async def add(db: Connection, new: NewImport) -> bool:
    """A file that has arrived, not at its place yet; False when its user is gone."""
    mapping = bytes(new.mapping).decode() if new.mapping else None
    return bool(await db.fetchval(ADD, new.id, new.user_id, new.file, new.sha256, new.bytes, mapping, new.source))


async def queue(db: Connection, user_id: UUID, import_id: UUID) -> None:
    await db.execute(QUEUE, user_id, import_id)


async def hand_over(db: Connection, files: Sequence[Handed]) -> None:
    """Queue files that lie in another service's part of the store; those known already stay as they are."""
    await db.execute(HAND_OVER, *zip(*files, strict=True))


async def take_back(db: Connection, imports: Sequence[tuple[UUID, UUID]]) -> None:
    """Undo imports that were handed over, by user and id, whatever state they are in."""
    await db.execute(TAKE_BACK, *zip(*imports, strict=True))


async def drop(db: Connection, user_id: UUID, import_id: UUID) -> bool:
    """Forget one that never got to the queue; whether its file belongs to another import too."""
    return bool(await db.fetchval(DROP, user_id, import_id))


async def find(db: Executor, user_id: UUID, import_id: UUID) -> Import | None:
    row = await db.fetchrow(FIND, user_id, import_id)
    return _import(row) if row else None


async def number(db: Executor, user_id: UUID, import_id: UUID) -> int | None:
    """Its number inside the database."""
    row = await db.fetchrow(FIND, user_id, import_id)
    return row["import_id"] if row else None


async def page(db: Executor, user_id: UUID, after: tuple[object, UUID], limit: int) -> list[Import]:
    """Newest first, one more than ``limit``."""
    return [_import(row) for row in await db.fetch(LIST, user_id, *after, limit + 1)]


async def parts(db: Executor, user_id: UUID, import_id: UUID, most: int) -> list[Part]:
    """Those with errors first."""
    known = Part.__struct_fields__
    return [
        Part(**{name: row[name] for name in known} | {"kept": msgspec.json.decode(row["kept"])})
        for row in await db.fetch(PARTS, user_id, import_id, most)
    ]


async def counted_parts(db: Executor, user_id: UUID, import_id: UUID, most: int) -> list[CountedPart]:
    """The same, with what their records came to."""
    return [
        CountedPart(**{**row, **{name: msgspec.json.decode(row[name]) for name in ("kept", "counts")}})
        for row in await db.fetch(PARTS, user_id, import_id, most)
    ]


async def issues(db: Executor, user_id: UUID, import_id: UUID, after: int, limit: int) -> list[tuple[int, Issue]]:
    """In the order in which they were found, each with its place; one more than ``limit``."""
    return [
        (row["seq"], Issue(**{key: value for key, value in row.items() if key != "seq"}))
        for row in await db.fetch(ISSUES, user_id, import_id, after, limit + 1)
    ]


async def state(db: Connection, user_id: UUID, import_id: UUID) -> State | None:
    """Its state, which stays until the transaction ends."""
    found: State | None = await db.fetchval(STATE, user_id, import_id)
    return found


async def cancel(db: Connection, user_id: UUID, import_id: UUID) -> bool:
    return bool(await db.fetchval(CANCEL, user_id, import_id))


async def undo(db: Connection, user_id: UUID, import_id: UUID) -> bool:
    return bool(await db.fetchval(UNDO, user_id, import_id, UNDOABLE))


async def resume(db: Connection, user_id: UUID, import_id: UUID) -> bool:
    """False also when the file is no longer there."""
    return bool(await db.fetchval(RESUME, user_id, import_id, RESUMABLE))


async def free(db: Connection, user_id: UUID, import_id: UUID) -> str | None:
    """Let go of the file; its hash when nobody else needs it. Under the lock."""
    row = await db.fetchrow(FREE, user_id, import_id)
    return row["sha256"] if row and not row["shared"] else None


async def erase(db: Connection, user_ids: Sequence[UUID]) -> int:
    """All rows of these users; what is being read at this moment finds its import gone and writes nothing."""
    return int(await db.fetchval(ERASE, list(user_ids)))


def _import(row: Record) -> Import:
    return Import(
        id=row["id"],
        version=row["version"],
        file=row["file"],
        bytes=row["bytes"],
        sha256=row["sha256"],
        format=row["format"],
        state=row["state"],
        error=row["error"],
        progress=progress(
            bytes_done=row["bytes_done"],
            bytes_total=row["bytes_total"],
            records=row["records"],
            seconds=row["seconds"],
            running=row["state"] == "running",
        ),
        counts=msgspec.json.decode(row["counts"]),
        kept=msgspec.json.decode(row["kept"]),
        unknown=msgspec.json.decode(row["unknown"]),
        stored=row["stored"],
        created_at=row["created_at"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
    )
