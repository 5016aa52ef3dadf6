"""Every statement that touches sessions."""

from collections.abc import Sequence
from uuid import UUID

from asyncpg import Connection

from chassis.pages import Cursor
from chassis.tokens import Caller
from identity.sessions.model import GRACE, IDLE, LONGEST, MOST, Session, Standing

INSERT = """
    WITH crowded AS (
        DELETE FROM session WHERE user_id = $1 AND id IN (
            SELECT id FROM session WHERE user_id = $1 ORDER BY rotated_at DESC OFFSET $5
        )
    )
    INSERT INTO session (user_id, id, seed, client)
    SELECT user_id, $2, $3, $4 FROM user_account WHERE user_id = $1 AND state = 'active'
    RETURNING (SELECT sessions_epoch FROM user_account WHERE user_id = $1)
"""

FIND_LOCKED = """
    SELECT seed, generation, username, sessions_epoch,
           rotated_at > clock_timestamp() - $3::interval AS in_grace,
           rotated_at < now() - $4::interval OR session.created_at < now() - $5::interval OR state <> 'active' AS over
    FROM session JOIN user_account USING (user_id)
    WHERE user_id = $1 AND id = $2
    FOR UPDATE OF session
"""

ADVANCE = """
    UPDATE session SET generation = generation + 1, rotated_at = clock_timestamp() WHERE user_id = $1 AND id = $2
"""

DELETE = "DELETE FROM session WHERE user_id = $1 AND id = $2 RETURNING true"

IS_OPEN = """
    SELECT EXISTS (
        SELECT FROM session JOIN user_account USING (user_id)
        WHERE user_id = $1 AND id = $2 AND sessions_epoch <= $3 AND state = 'active'
    )
"""

LIST = """
    SELECT id, client, created_at, rotated_at AS used_at,
           least(created_at + $5::interval, rotated_at + $6::interval) AS expires_at,
           coalesce(id = $7, false) AS current
    FROM session
    WHERE user_id = $1 AND (created_at, id) < ($2, $3)
    ORDER BY created_at DESC, id DESC LIMIT $4
"""

PRUNE = "DELETE FROM session WHERE rotated_at < now() - $1::interval OR created_at < now() - $2::interval"


async def insert(db: Connection, user_id: UUID, session_id: UUID, seed: bytes, client: str) -> int | None:
    """Open a session; returns the epoch its tokens belong to, None when the user is gone."""
    epoch: int | None = await db.fetchval(INSERT, user_id, session_id, seed, client, MOST - 1)
    return epoch


async def find_locked(db: Connection, user_id: UUID, session_id: UUID) -> Standing | None:
    """The session, which nobody else carries on until this transaction ends."""
    row = await db.fetchrow(FIND_LOCKED, user_id, session_id, GRACE, IDLE, LONGEST)
    return Standing(**row) if row else None


async def advance(db: Connection, user_id: UUID, session_id: UUID) -> None:
    """From now on the next refresh token is the good one."""
    await db.execute(ADVANCE, user_id, session_id)


async def delete(db: Connection, user_id: UUID, session_id: UUID) -> bool:
    """Delete one session; False when there is none."""
    return bool(await db.fetchval(DELETE, user_id, session_id))


async def has_ended(db: Connection, caller: Caller) -> bool:
    """Whether the session of this access token is over, or every token of its time."""
    return not await db.fetchval(IS_OPEN, caller.user_id, caller.session_id, caller.epoch)


async def page(db: Connection, caller: Caller, limit: int, after: Cursor) -> Sequence[Session]:
    """Newest first, one more than ``limit``."""
    given = (caller.user_id, after.at, after.id, limit + 1, LONGEST, IDLE, caller.session_id)
    return [Session(**row) for row in await db.fetch(LIST, *given)]


async def prune(db: Connection) -> None:
    """Delete sessions that nobody can carry on any more."""
    await db.execute(PRUNE, IDLE, LONGEST)
