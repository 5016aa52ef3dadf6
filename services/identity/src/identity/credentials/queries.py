"""Every statement that touches passwords, and the count of wrong ones."""

from uuid import UUID

import msgspec
from asyncpg import Connection

from identity.credentials.model import MOST_FAILURES

INSERT = "INSERT INTO credential (user_id, password_hash) VALUES ($1, $2)"

FIND = """
    SELECT account.user_id, password_hash,
           CASE WHEN failures >= $3 THEN extract(epoch FROM ends_at - now())::float8 END AS blocked_s
    FROM (SELECT $1::text AS username, $2::bytea AS name_hash) AS given
    LEFT JOIN user_account AS account ON account.username = given.username AND account.state = 'active'
    LEFT JOIN credential ON credential.user_id = account.user_id
    LEFT JOIN login_throttle AS throttle ON throttle.name_hash = given.name_hash AND ends_at > now()
"""

COUNT_FAILURE = """
    INSERT INTO login_throttle AS old (name_hash, failures, ends_at)
    VALUES ($1, 1, now() + $2 * interval '1 s')
    ON CONFLICT (name_hash) DO UPDATE
    SET failures = CASE WHEN old.ends_at > now() THEN old.failures + 1 ELSE 1 END,
        ends_at = CASE WHEN old.ends_at > now() AND old.failures + 1 <> $3 THEN old.ends_at ELSE excluded.ends_at END
"""

FORGIVE = "DELETE FROM login_throttle WHERE name_hash = $1"

REHASH = "UPDATE credential SET password_hash = $3 WHERE user_id = $1 AND password_hash = $2"

CHANGE = "UPDATE credential SET password_hash = $2, changed_at = now() WHERE user_id = $1"

PRUNE = "DELETE FROM login_throttle WHERE ends_at < now()"


class Found(msgspec.Struct, frozen=True):
    """What is known of a name someone wants to log in by."""

    user_id: UUID | None
    password_hash: str | None
    blocked_s: float | None
    """How long it takes no password."""


async def insert(db: Connection, user_id: UUID, password_hash: str) -> None:
    await db.execute(INSERT, user_id, password_hash)


async def find(db: Connection, username: str, name_hash: bytes) -> Found:
    (row,) = await db.fetch(FIND, username, name_hash, MOST_FAILURES)
    return Found(**row)


async def count_failure(db: Connection, name_hash: bytes, window_s: int) -> None:
    """One wrong password more; the tenth begins the time in which none is taken."""
    await db.execute(COUNT_FAILURE, name_hash, window_s, MOST_FAILURES)


async def forgive(db: Connection, name_hash: bytes) -> None:
    await db.execute(FORGIVE, name_hash)


async def rehash(db: Connection, user_id: UUID, old: str, new: str) -> None:
    """Put a better hash of the same password in the place of the old one, if that is still there."""
    await db.execute(REHASH, user_id, old, new)


async def change(db: Connection, user_id: UUID, password_hash: str) -> None:
    await db.execute(CHANGE, user_id, password_hash)


async def prune(db: Connection) -> None:
    """Forget windows that have passed."""
    await db.execute(PRUNE)
