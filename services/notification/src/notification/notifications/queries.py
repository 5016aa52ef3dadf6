"""Every statement that touches notifications and the values they tell of."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec
from asyncpg import Connection, Pool, Record
from asyncpg.pool import PoolConnectionProxy

from chassis.pages import Cursor
from contracts import ids
from contracts.events import SampleRecorded
from notification.notifications import wording
from notification.notifications.model import Cause, NewNotification, Notification, of_sample
from notification.notifications.wording import Figures, Value

Key = tuple[UUID, str]
"""User and cause."""
Executor = Connection | Pool | PoolConnectionProxy

ADD = """
    INSERT INTO notification (user_id, id, seq, kind, title, body, cause, cause_key, record)
    SELECT user_id, id,
           coalesce((SELECT max(seq) FROM notification AS old WHERE old.user_id = given.user_id), 0)
               + row_number() OVER (PARTITION BY user_id ORDER BY id),
           kind, title, body, cause, cause_key, record
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::text[], $8::jsonb[])
         AS given (user_id, id, kind, title, body, cause, cause_key, record)
    WHERE NOT EXISTS (SELECT FROM erased WHERE erased.user_id = given.user_id)
    ON CONFLICT (user_id, cause_key) DO NOTHING
    RETURNING user_id, id, kind, cause_key
"""

MOVE = """
    UPDATE notification AS old SET seq = newest.seq + given.place
    FROM (SELECT user_id, cause_key, row_number() OVER (PARTITION BY user_id ORDER BY cause_key) AS place
          FROM unnest($1::uuid[], $2::text[]) AS given (user_id, cause_key)) AS given,
         LATERAL (SELECT max(seq) AS seq FROM notification WHERE user_id = given.user_id) AS newest
    WHERE old.user_id = given.user_id AND old.cause_key = given.cause_key
"""

KEEP_VALUES = """
    WITH kept AS (
        INSERT INTO recorded_value AS old (user_id, cause_key, metric, source, version, unit, n, last)
        SELECT DISTINCT ON (user_id, cause_key, metric, source) given.*
        FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::integer[],
                    $8::float8[]) AS given (user_id, cause_key, metric, source, version, unit, n, last)
        WHERE NOT EXISTS (SELECT FROM erased WHERE erased.user_id = given.user_id)
        ORDER BY user_id, cause_key, metric, source, version DESC
        ON CONFLICT (user_id, cause_key, metric, source) DO UPDATE
        SET version = excluded.version, unit = excluded.unit, n = excluded.n, last = excluded.last
        WHERE old.version < excluded.version
        RETURNING user_id, cause_key
    )
    SELECT DISTINCT user_id, cause_key FROM kept
"""

ITEM = """
    SELECT n.id, n.seq, n.kind, n.title, n.body, n.cause, n.record, n.created_at, n.read_at,
           (SELECT units FROM known_user WHERE known_user.user_id = n.user_id) AS units,
           (SELECT json_agg(v) FROM (SELECT metric, source, unit, n, last FROM recorded_value
                                     WHERE user_id = n.user_id AND cause_key = n.cause_key) AS v) AS recorded
    FROM notification AS n
"""

FIND = (
    ITEM
    + """
    WHERE n.user_id = $1 AND n.id = $2
"""
)

LIST = (
    ITEM
    + """
    WHERE n.user_id = $1 AND (n.created_at, n.id) < ($2, $3)
    ORDER BY n.created_at DESC, n.id DESC LIMIT $4
"""
)

LIST_UNREAD = (
    ITEM
    + """
    WHERE n.user_id = $1 AND (n.created_at, n.id) < ($2, $3) AND n.read_at IS NULL
    ORDER BY n.created_at DESC, n.id DESC LIMIT $4
"""
)

SINCE = (
    ITEM
    + """
    WHERE n.user_id = $1 AND n.seq > $2
    ORDER BY n.seq LIMIT $3
"""
)

NEWEST = "SELECT coalesce(max(seq), 0) FROM notification WHERE user_id = $1"
SESSION_ENDED = """
    SELECT EXISTS (SELECT FROM known_user WHERE user_id = $1 AND (sessions_epoch > $2 OR state <> 'active'))
        OR EXISTS (SELECT FROM erased WHERE user_id = $1)
"""
READ = "UPDATE notification SET read_at = now() WHERE user_id = $1 AND id = $2 AND read_at IS NULL"
READ_ALL = """
    WITH marked AS (
        UPDATE notification SET read_at = now() WHERE user_id = $1 AND read_at IS NULL RETURNING 1
    )
    SELECT count(*) FROM marked
"""


async def add(db: Connection, new: Iterable[NewNotification]) -> list[Record]:
    """Store what has not been told yet, under the lock of its users; returns user_id, id, kind and cause_key of it."""
    once = {(n.user_id, n.cause.key): n for n in new}.values()
    columns = zip(*map(_columns, once), strict=True)
    return await db.fetch(ADD, *columns) if once else []


async def move(db: Connection, keys: Iterable[Key]) -> None:
    """Put these at the end of their users' streams, so that open pages hear of the change."""
    await db.execute(MOVE, *zip(*keys, strict=True))


async def keep_values(db: Connection, events: Sequence[SampleRecorded]) -> set[Key]:
    """Keep the newest state of each value; returns the causes of which something is new."""
    columns = zip(
        *((e.user_id, of_sample(e).cause.key, e.metric, e.source, e.version, e.unit, e.n, e.last) for e in events),
        strict=True,
    )
    return {(row["user_id"], row["cause_key"]) for row in await db.fetch(KEEP_VALUES, *columns)}


async def find(db: Connection, user_id: UUID, notification_id: UUID) -> Notification | None:
    row = await db.fetchrow(FIND, user_id, notification_id)
    return _item(row) if row else None


async def page(db: Connection, user_id: UUID, after: Cursor, limit: int, *, unread: bool) -> list[Notification]:
    """Newest first, one more than ``limit``."""
    rows = await db.fetch(LIST_UNREAD if unread else LIST, user_id, after.at, after.id, limit + 1)
    return [_item(row) for row in rows]


async def since(db: Executor, user_id: UUID, seq: int, limit: int) -> list[tuple[int, Notification]]:
    """What stands after a place of the user's stream, in order."""
    return [(row["seq"], _item(row)) for row in await db.fetch(SINCE, user_id, seq, limit)]


async def newest(db: Executor, user_id: UUID) -> int:
    """The place where the user's stream ends now."""
    return int(await db.fetchval(NEWEST, user_id))


async def session_ended(db: Executor, user_id: UUID, epoch: int) -> bool:
    """Whether the sessions up to this epoch have ended, or the account has."""
    return bool(await db.fetchval(SESSION_ENDED, user_id, epoch))


async def read(db: Connection, user_id: UUID, notification_id: UUID) -> None:
    await db.execute(READ, user_id, notification_id)


async def read_all(db: Connection, user_id: UUID) -> int:
    """Mark everything; returns how many were unread."""
    return int(await db.fetchval(READ_ALL, user_id))


def _item(row: Record) -> Notification:
    return Notification(
        id=row["id"],
        kind=row["kind"],
        title=row["title"],
        body=_body(row, row["units"] or "metric"),
        cause=msgspec.json.decode(row["cause"], type=Cause),
        created_at=row["created_at"],
        read_at=row["read_at"],
    )


def _body(row: Record, units: str) -> str:
    if row["record"]:
        return wording.record_body(msgspec.json.decode(row["record"], type=Figures), units)
    recorded = msgspec.json.decode(row["recorded"] or "[]", type=list[Value])
    return wording.body(recorded, units) if recorded else str(row["body"])


def _columns(new: NewNotification) -> tuple[object, ...]:
    record = None if new.record is None else _json(new.record)
    return new.user_id, ids.new(), new.kind, new.title, new.body, _json(new.cause), new.cause.key, record


def _json(value: msgspec.Struct) -> str:
    return msgspec.json.encode(value).decode()
