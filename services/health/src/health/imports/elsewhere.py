"""Recordings and gym logs inside a file: the workout service reads them, and what it makes of them is shown here."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from asyncpg import Connection

import outbox
from contracts import topology
from contracts.events import ImportPartFinished, ImportPartFound, ImportUndone
from health.imports.model import Elsewhere, Told
from imports.model import Claimed
from outbox import Consumers

READER = "workout"
"""The service that reads them, where it is installed."""
PARTS = {"activity-file", "strength-log", "activity-list", "workout-archive"}
"""What a file may hold for it (`kept`); other trackers' own summaries of workouts are none of it."""
FORMATS = {"apple-health"}
"""Formats whose summaries it does read."""

WAITS = """
    INSERT INTO import_elsewhere (user_id, import_id, version, state) VALUES ($1, $2, 0, 'queued')
    ON CONFLICT (user_id, import_id) DO NOTHING
"""

KEEP = """
    INSERT INTO import_elsewhere AS old (user_id, import_id, version, state, counts, error)
    SELECT DISTINCT ON (given.user_id, given.import_id) given.*
    FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::jsonb[], $6::text[])
         AS given (user_id, import_id, version, state, counts, error)
    WHERE EXISTS (SELECT FROM import WHERE import.user_id = given.user_id AND import.id = given.import_id)
    ORDER BY given.user_id, given.import_id, given.version DESC
    ON CONFLICT (user_id, import_id) DO UPDATE
    SET version = excluded.version, state = excluded.state, counts = excluded.counts, error = excluded.error
    WHERE old.version < excluded.version
"""

FIND = "SELECT state, counts, error FROM import_elsewhere WHERE user_id = $1 AND import_id = $2"

consumers = Consumers()


@consumers.on(topology.BY_NAME["health.import-parts"])
async def keep_parts(db: Connection, events: Sequence[ImportPartFinished]) -> None:
    """Show how far the other service is, at the import."""
    columns = zip(
        *((e.user_id, e.import_id, e.version, e.state, _json(e.counts), e.error) for e in events), strict=True
    )
    await db.execute(KEEP, *columns)


async def hand_on(db: Connection, claimed: Claimed, told: Told, key: str, *, version: int) -> None:
    """Tell of a file that has been read here, and what it is for the other service."""
    if not concerns(told):
        return
    await db.execute(WAITS, claimed.user_id, told.id)
    found = ImportPartFound(
        user_id=claimed.user_id,
        version=version,
        import_id=told.id,
        object_key=key,
        sha256=claimed.sha256,
        bytes=told.bytes,
        file_name=told.file,
        zone=told.zone,
    )
    await outbox.add(db, found)


async def take_back(db: Connection, claimed: Claimed, told: Told, *, version: int) -> None:
    """Tell of a file that has been taken back here."""
    if concerns(told):
        await outbox.add(db, ImportUndone(user_id=claimed.user_id, version=version, import_id=told.id))


def concerns(told: Told) -> bool:
    """Whether it holds anything for the other service."""
    kept = msgspec.json.decode(told.kept, type=dict[str, int]).keys()
    return bool(kept & PARTS) or ("workout" in kept and told.format in FORMATS)


async def find(db: Connection, user_id: UUID, import_id: UUID) -> Elsewhere | None:
    row = await db.fetchrow(FIND, user_id, import_id)
    return Elsewhere(state=row["state"], counts=msgspec.json.decode(row["counts"]), error=row["error"]) if row else None


def _json(counts: dict[str, int]) -> str:
    return msgspec.json.encode(counts).decode()
