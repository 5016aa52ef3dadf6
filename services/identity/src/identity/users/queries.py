"""Every statement that touches users."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from asyncpg import Connection, Record

from contracts.events import ZoneSince
from identity.users.model import User

INSERT = """
    INSERT INTO user_account (user_id, username, display_name, email, locale, units, first_day_of_week, zones,
                              created_at)
    SELECT $1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9
    WHERE NOT EXISTS (SELECT FROM erasure WHERE name_hash = $10)
    ON CONFLICT (username) DO NOTHING
    RETURNING true
"""

FIND = """
    SELECT user_id, username, version, display_name, email, locale, units, first_day_of_week, birth_date, sex,
           height_cm, zones, sessions_epoch, state, created_at
    FROM user_account WHERE user_id = $1
"""

FIND_LOCKED = f"{FIND} FOR UPDATE"

FIND_BY_NAME = """
    SELECT user_id, username, version, display_name, email, locale, units, first_day_of_week, birth_date, sex,
           height_cm, zones, sessions_epoch, state, created_at
    FROM user_account WHERE username = $1
"""

FIND_ALL = """
    SELECT user_id, username, version, display_name, email, locale, units, first_day_of_week, birth_date, sex,
           height_cm, zones, sessions_epoch, state, created_at
    FROM user_account WHERE user_id = ANY ($1::uuid[]) ORDER BY user_id
"""

CHANGED_SINCE = """
    SELECT user_id, username, version, display_name, email, locale, units, first_day_of_week, birth_date, sex,
           height_cm, zones, sessions_epoch, state, created_at
    FROM user_account WHERE updated_at >= coalesce($1, '-infinity'::timestamptz)
"""

REPLACE = """
    UPDATE user_account
    SET version = version + 1, updated_at = now(), display_name = $2, email = $3, locale = $4, units = $5,
        first_day_of_week = $6, birth_date = $7, sex = $8, height_cm = $9, zones = $10::jsonb
    WHERE user_id = $1
    RETURNING version
"""

END_SESSIONS = """
    WITH ended AS (DELETE FROM session WHERE user_id = $1)
    UPDATE user_account SET version = version + 1, updated_at = now(), sessions_epoch = sessions_epoch + 1
    WHERE user_id = $1
    RETURNING user_id, username, version, display_name, email, locale, units, first_day_of_week, birth_date, sex,
              height_cm, zones, sessions_epoch, state, created_at
"""

BATCH = 500


async def insert(db: Connection, user: User, name_hash: bytes) -> bool:
    """Add the user; False when the name is taken, or belongs to someone who is still being erased."""
    columns = (user.user_id, user.username, user.display_name, user.email, user.locale, user.units)
    rest = (user.first_day_of_week, _zones(user.zones), user.created_at, name_hash)
    return bool(await db.fetchval(INSERT, *columns, *rest))


async def find(db: Connection, user_id: UUID) -> User | None:
    return _user(await db.fetchrow(FIND, user_id))


async def find_locked(db: Connection, user_id: UUID) -> User | None:
    """The user, whom nobody else changes until this transaction ends."""
    return _user(await db.fetchrow(FIND_LOCKED, user_id))


async def find_by_name(db: Connection, username: str) -> User | None:
    return _user(await db.fetchrow(FIND_BY_NAME, username))


async def find_all(db: Connection, user_ids: Sequence[UUID]) -> list[User]:
    return [_made(row) for row in await db.fetch(FIND_ALL, user_ids)]


async def changed_since(db: Connection, since: datetime | None) -> AsyncIterator[list[User]]:
    """All users changed since an instant, or all, a few hundred at a time."""
    cursor = await db.cursor(CHANGED_SINCE, since)
    while rows := await cursor.fetch(BATCH):
        yield [_made(row) for row in rows]


async def replace(db: Connection, user: User) -> User:
    """Store profile and preferences as the next version."""
    columns = (user.display_name, user.email, user.locale, user.units, user.first_day_of_week)
    rest = (user.birth_date, user.sex, user.height_cm, _zones(user.zones))
    return msgspec.structs.replace(user, version=await db.fetchval(REPLACE, user.user_id, *columns, *rest))


async def end_sessions(db: Connection, user_id: UUID) -> User | None:
    """End every session and every access token of the user."""
    return _user(await db.fetchrow(END_SESSIONS, user_id))


def _zones(zones: Sequence[ZoneSince]) -> str:
    return msgspec.json.encode(zones).decode()


def _user(row: Record | None) -> User | None:
    return _made(row) if row else None


def _made(row: Record) -> User:
    columns: dict[str, Any] = dict(row)
    return User(**columns | {"zones": msgspec.json.decode(row["zones"], type=tuple[ZoneSince, ...])})
