"""Every statement that touches the ledger of erasures."""

from collections.abc import Sequence
from uuid import UUID, uuid4

import msgspec
from asyncpg import Connection, Record

import outbox
from contracts.events import UserDeleted, UserErased
from identity.credentials.model import hash_of_name
from identity.erasures.model import Receipt, keyed
from identity.settings import IdentitySettings
from identity.users.model import User

ERASE = """
    WITH throttled AS (DELETE FROM login_throttle WHERE name_hash = $2),
    answers AS (DELETE FROM idempotency_key WHERE owner = $1::uuid::text),
    unsent AS (
        DELETE FROM outbox
        WHERE id IN (SELECT id FROM outbox WHERE user_id = $1::uuid FOR UPDATE SKIP LOCKED)
    )
    DELETE FROM user_account WHERE user_id = $1::uuid
"""

INSERT = """
    INSERT INTO erasure (id, user_hash, user_id, name_hash, version, waiting)
    VALUES ($1, $2, $3, $4, $5, $6::text[])
"""

ANSWERED = """
    WITH given AS (
        SELECT user_id, jsonb_object_agg(service, rows) AS rows_erased, array_agg(service) AS services
        FROM unnest($1::uuid[], $2::text[], $3::bigint[]) AS given (user_id, service, rows)
        GROUP BY user_id
    )
    UPDATE erasure
    SET waiting = ARRAY(SELECT unnest(waiting) EXCEPT SELECT unnest(services) ORDER BY 1),
        rows_erased = erasure.rows_erased || given.rows_erased
    FROM given
    WHERE erasure.user_id = given.user_id
"""

FORGET_UNINSTALLED = """
    UPDATE erasure SET waiting = ARRAY(SELECT unnest(waiting) INTERSECT SELECT unnest($1::text[]) ORDER BY 1)
    WHERE closed_at IS NULL AND NOT waiting <@ $1::text[]
"""

CLOSE = """
    UPDATE erasure SET closed_at = now(), user_id = NULL, name_hash = NULL
    WHERE closed_at IS NULL AND waiting = '{}'
"""

REMIND = """
    UPDATE erasure SET reminded_at = now()
    WHERE closed_at IS NULL AND reminded_at < now() - interval '1 hour'
    RETURNING user_id, version
"""

OPEN = "SELECT user_id, version FROM erasure WHERE closed_at IS NULL ORDER BY user_id"

MEASURE = """
    SELECT count(*) AS open, coalesce(extract(epoch FROM now() - min(requested_at)), 0)::float8 AS oldest_s
    FROM erasure WHERE closed_at IS NULL
"""

FIND = "SELECT id, requested_at, closed_at, waiting, rows_erased FROM erasure WHERE id = $1"


async def begin(db: Connection, user: User, settings: IdentitySettings) -> Receipt:
    """Delete the user here, open a ledger entry, and tell the others, in the caller's transaction."""
    receipt_id, others = uuid4(), sorted(set(settings.services) - {"identity"})
    await db.execute(ERASE, user.user_id, hash_of_name(user.username))
    key = settings.key_for("erasures")
    who = (keyed(key, user.user_id), user.user_id, keyed(key, user.username))
    await db.execute(INSERT, receipt_id, *who, user.version + 1, others)
    await db.execute(CLOSE)
    await outbox.add(db, UserDeleted(user_id=user.user_id, version=user.version + 1))
    return _made((await db.fetch(FIND, receipt_id))[0])


async def answered(db: Connection, events: Sequence[UserErased]) -> None:
    """Note which services hold nothing any more; entries that wait for nobody are closed."""
    await db.execute(ANSWERED, *zip(*((e.user_id, e.service, e.rows) for e in events), strict=True))
    await db.execute(CLOSE)


async def remind(db: Connection, installed: Sequence[str]) -> int:
    """Tell again of everyone who has waited an hour; returns how many."""
    await db.execute(FORGET_UNINSTALLED, list(installed))
    await db.execute(CLOSE)
    return await _tell(db, REMIND)


async def tell_all(db: Connection) -> int:
    """Tell again of everyone who is still being erased; returns how many."""
    return await _tell(db, OPEN)


async def measure(db: Connection) -> tuple[int, float]:
    """How many erasures run, and the age of the oldest in seconds."""
    (row,) = await db.fetch(MEASURE)
    return row["open"], row["oldest_s"]


async def find(db: Connection, receipt_id: UUID) -> Receipt | None:
    row = await db.fetchrow(FIND, receipt_id)
    return _made(row) if row else None


def _made(row: Record) -> Receipt:
    return Receipt(
        id=row["id"],
        state="done" if row["closed_at"] else "running",
        requested_at=row["requested_at"],
        done_at=row["closed_at"],
        waiting=tuple(row["waiting"]),
        rows_erased=msgspec.json.decode(row["rows_erased"], type=dict[str, int]),
    )


async def _tell(db: Connection, statement: str) -> int:
    rows = await db.fetch(statement)
    await outbox.add(db, *(UserDeleted(user_id=row["user_id"], version=row["version"]) for row in rows))
    return len(rows)
