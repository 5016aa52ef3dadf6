"""Every statement of the process that reads a file: where it was left, how far it is, what it came to."""

from datetime import datetime
from uuid import UUID

import msgspec
from asyncpg import Connection

from imports.ledger import Ledger, Page
from imports.model import CountedPart, Outcome, Part

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


def _part(part: Part) -> tuple[object, ...]:
    counts = part.counts if isinstance(part, CountedPart) else {}
    told = (msgspec.json.encode(each).decode() for each in (part.kept, counts))
    return (part.name, part.records, part.errors, part.warnings, *told)
