"""Every statement that touches imports, their parts and their issues."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from asyncpg import Connection, Pool, Record
from asyncpg.pool import PoolConnectionProxy

from imports.ledger import Ledger, Page
from imports.model import (
    RESUMABLE,
    UNDOABLE,
    Claimed,
    CountedPart,
    Import,
    Issue,
    NewImport,
    Outcome,
    Part,
    State,
    progress,
)

Executor = Connection | Pool | PoolConnectionProxy
LEASE_S = 15

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

CLAIM = """
    UPDATE import AS due
    SET state = CASE state WHEN 'queued' THEN 'running' ELSE state END, claim = claim + 1, attempts = attempts + 1,
        lease_until = now() + make_interval(secs => $1), started_at = coalesce(started_at, now()),
        version = version + 1
    WHERE import_id = (
        SELECT import_id FROM import AS waiting
        WHERE state IN ('queued', 'running', 'cancelling', 'undoing') AND coalesce(lease_until < now(), true)
          AND NOT EXISTS (
              SELECT FROM import AS other
              WHERE other.user_id = waiting.user_id AND other.import_id <> waiting.import_id
                AND other.state IN ('running', 'cancelling', 'undoing') AND other.lease_until > now()
          )
        ORDER BY state = 'queued', created_at LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING import_id, id, user_id, sha256, state, outcome, claim, attempts, version
"""

WAITING = """
    SELECT count(*), coalesce(max(extract(epoch FROM now() - coalesce(lease_until, created_at))), 0)::float8
    FROM import AS waiting
    WHERE state IN ('queued', 'running', 'cancelling', 'undoing') AND coalesce(lease_until < now(), true)
      AND NOT EXISTS (
          SELECT FROM import AS other
          WHERE other.user_id = waiting.user_id AND other.import_id <> waiting.import_id
            AND other.state IN ('running', 'cancelling', 'undoing') AND other.lease_until > now()
      )
"""

RENEW = """
    UPDATE import SET lease_until = now() + make_interval(secs => $3) WHERE import_id = $1 AND claim = $2
    RETURNING state, version
"""

RELEASE = """
    UPDATE import SET lease_until = now() + make_interval(secs => $3), attempts = attempts - $4
    WHERE import_id = $1 AND claim = $2
"""

COMES_TO = "SELECT outcome, records FROM import WHERE import_id = $1 AND claim = $2"

END = """
    UPDATE import
    SET state = $3, version = version + 1, lease_until = NULL, finished_at = now(), error = coalesce($4, error)
    WHERE import_id = $1 AND claim = $2
    RETURNING version, state, records
"""

FREE = """
    UPDATE import AS freed SET stored = false WHERE user_id = $1 AND id = $2 AND stored
    RETURNING sha256, EXISTS (
        SELECT FROM import AS other WHERE other.user_id = $1 AND other.sha256 = freed.sha256
        AND other.import_id <> freed.import_id AND other.stored
    ) AS shared
"""

BEGIN_ANEW = """
    WITH anew AS (
        UPDATE import
        SET reader = $3, batch = 0, bytes_done = 0, records = 0, counts = DEFAULT, kept = DEFAULT, unknown = DEFAULT
        WHERE import_id = $1 AND claim = $2 AND state = 'running' AND reader IS DISTINCT FROM $3
        RETURNING import_id
    ), parts AS (
        DELETE FROM import_part WHERE import_id IN (SELECT import_id FROM anew)
    )
    DELETE FROM import_issue WHERE import_id IN (SELECT import_id FROM anew)
"""

TASK = """
    SELECT id, user_id, file, sha256, bytes, lies_at, mapping, source, batch, counts, kept, unknown, format, created_at,
           coalesce(zone, (SELECT zone FROM known_zone WHERE known_zone.user_id = import.user_id
                           ORDER BY since DESC LIMIT 1), 'UTC') AS zone,
           (SELECT coalesce(max(seq), 0) FROM import_issue WHERE import_issue.import_id = import.import_id) AS issues
    FROM import WHERE import_id = $1 AND claim = $2 AND state = 'running'
"""

RECOGNISED = "UPDATE import SET format = $3, zone = $4 WHERE import_id = $1 AND claim = $2"

CHECKPOINT = """
    UPDATE import
    SET batch = $3, bytes_done = greatest(bytes_done, $4), bytes_total = $5, records = records + $6,
        seconds = seconds + $7, counts = $8, kept = $9, unknown = $10, attempts = 0, version = version + 1
    WHERE import_id = $1 AND claim = $2 AND batch = $3 - 1 AND state = 'running'
    RETURNING true
"""

ADD_ISSUES = """
    INSERT INTO import_issue (import_id, seq, kind, code, detail, part, line, count)
    SELECT $1, seq, kind, code, detail, part, line, count
    FROM unnest($2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[])
         AS given (seq, kind, code, detail, part, line, count)
"""

ADD_PARTS = """
    INSERT INTO import_part AS old (import_id, name, records, errors, warnings, kept, counts)
    SELECT $1, name, records, errors, warnings, kept, counts
    FROM unnest($2::text[], $3::bigint[], $4::integer[], $5::integer[], $6::jsonb[], $7::jsonb[])
         AS given (name, records, errors, warnings, kept, counts)
    ON CONFLICT (import_id, name) DO UPDATE
    SET records = old.records + excluded.records, errors = old.errors + excluded.errors,
        warnings = old.warnings + excluded.warnings, (kept, counts) = (
            SELECT coalesce(jsonb_object_agg(key, kept) FILTER (WHERE kept IS NOT NULL), '{}'),
                   coalesce(jsonb_object_agg(key, counted) FILTER (WHERE counted IS NOT NULL), '{}')
            FROM (
                SELECT key, sum(value::bigint) FILTER (WHERE of_kept) AS kept,
                       sum(value::bigint) FILTER (WHERE NOT of_kept) AS counted
                FROM (SELECT key, value, true AS of_kept FROM jsonb_each_text(old.kept)
                      UNION ALL SELECT key, value, true FROM jsonb_each_text(excluded.kept)
                      UNION ALL SELECT key, value, false FROM jsonb_each_text(old.counts)
                      UNION ALL SELECT key, value, false FROM jsonb_each_text(excluded.counts)) AS given
                GROUP BY key) AS summed)
"""

CONCLUDE = """
    UPDATE import
    SET outcome = $3, error = $4, bytes_done = CASE WHEN $3 = 'finished' THEN bytes_total ELSE bytes_done END
    WHERE import_id = $1 AND claim = $2 AND state = 'running'
    RETURNING true
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


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """What a parsing process has to know."""

    id: UUID
    user_id: UUID
    file: str
    sha256: str
    bytes: int
    lies_at: str | None
    """Key of the file in the part of the store of another service, which has handed it on."""
    mapping: str | None
    source: str | None
    batch: int
    counts: str
    kept: str
    unknown: str
    format: str | None
    created_at: datetime
    zone: str
    issues: int


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


async def claim(db: Executor) -> Claimed | None:
    """Take up the import that has waited longest, one a user at a time."""
    row = await db.fetchrow(CLAIM, float(LEASE_S))
    return Claimed(**row) if row else None


async def waiting(db: Executor) -> tuple[int, float]:
    """How many might be taken up and are not, and for how many seconds the longest of them."""
    row = await db.fetchrow(WAITING)
    return (row[0], row[1]) if row else (0, 0.0)


async def renew(db: Executor, claimed: Claimed) -> tuple[State, int] | None:
    """Keep it; its present state and version, None when somebody else has it."""
    row = await db.fetchrow(RENEW, claimed.import_id, claimed.claim, float(LEASE_S))
    return (row["state"], row["version"]) if row else None


async def release(db: Executor, claimed: Claimed, *, after_s: float, blameless: bool = False) -> None:
    """Leave it to whoever comes next, not before so many seconds."""
    await db.execute(RELEASE, claimed.import_id, claimed.claim, after_s, int(blameless))


async def comes_to(db: Executor, claimed: Claimed) -> tuple[Outcome | None, int]:
    """What its reader has made of it, if it came to an end, and how many records it has read."""
    row = await db.fetchrow(COMES_TO, claimed.import_id, claimed.claim)
    return (row["outcome"], row["records"]) if row else (None, 0)


async def end(db: Connection, claimed: Claimed, state: State, error: str | None = None) -> Record | None:
    """Its last state for now: version, state and records; None when somebody else has it."""
    return await db.fetchrow(END, claimed.import_id, claimed.claim, state, error)


async def free(db: Connection, user_id: UUID, import_id: UUID) -> str | None:
    """Let go of the file; its hash when nobody else needs it. Under the lock."""
    row = await db.fetchrow(FREE, user_id, import_id)
    return row["sha256"] if row and not row["shared"] else None


async def task(db: Connection, import_id: int, claim: int, reader: str) -> Task | None:
    """None when it is not the claimer's any more.

    What another ``reader`` has done is forgotten, since it may have cut the file in other places; the rows stay.
    """
    await db.execute(BEGIN_ANEW, import_id, claim, reader)
    row = await db.fetchrow(TASK, import_id, claim)
    return Task(**row) if row else None


async def recognised(db: Connection, import_id: int, claim: int, format_: str, zone: str) -> None:
    await db.execute(RECOGNISED, import_id, claim, format_, zone)


async def checkpoint(db: Connection, import_id: int, claim: int, ledger: Ledger, page: Page) -> bool:
    """Say that a batch is in, in the transaction of its rows; False when somebody else has taken over."""
    done = await db.fetchval(
        CHECKPOINT,
        *(import_id, claim, page.batch, page.bytes_done, page.bytes_total, page.records, page.seconds),
        *(msgspec.json.encode(each).decode() for each in (ledger.counts, ledger.kept, ledger.unknown)),
    )
    if done and page.issues:
        columns = zip(*((seq, *msgspec.structs.astuple(issue)) for seq, issue in page.issues), strict=True)
        await db.execute(ADD_ISSUES, import_id, *columns)
    if done and page.parts:
        await db.execute(ADD_PARTS, import_id, *zip(*map(_part, page.parts), strict=True))
    return bool(done)


async def conclude(db: Connection, import_id: int, claim: int, outcome: Outcome, error: str | None = None) -> bool:
    return bool(await db.fetchval(CONCLUDE, import_id, claim, outcome, error))


async def erase(db: Connection, user_ids: Sequence[UUID]) -> int:
    """All rows of these users; what is being read at this moment finds its import gone and writes nothing."""
    return int(await db.fetchval(ERASE, list(user_ids)))


def _part(part: Part) -> tuple[object, ...]:
    counts = part.counts if isinstance(part, CountedPart) else {}
    told = (msgspec.json.encode(each).decode() for each in (part.kept, counts))
    return (part.name, part.records, part.errors, part.warnings, *told)


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
