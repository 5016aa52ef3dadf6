"""The copy of users that every service but identity keeps, and what happens in it when one is deleted."""

from collections.abc import Awaitable, Callable, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from typing import Literal, NamedTuple
from uuid import UUID

import msgspec
from asyncpg import Connection, Pool

import outbox
from chassis.tokens import Caller
from contracts.events import UserDeleted, UserErased, UserRegistered, UserState, UserUpdated, ZoneSince
from contracts.identity.v1 import identity_pb2
from contracts.topology import Queue
from outbox import Consumers

Erase = Callable[[Connection, Sequence[UUID]], Awaitable[int]]
"""Delete all rows of these users; returns how many rows."""
Moved = Callable[[Connection, Sequence[UUID]], Awaitable[None]]
"""Called with users whose zones are new or have changed."""


class Altered(NamedTuple):
    """Called with users who are new, or of whom one of these fields has changed."""

    fields: AbstractSet[str]
    """Columns of ``known_user``."""
    call: Callable[[Connection, Sequence[UUID]], Awaitable[None]]


BEGINNING = datetime(1, 1, 1, tzinfo=UTC)

KEEP = """
    WITH kept AS (
        INSERT INTO known_user AS known (user_id, version, username, display_name, locale, units, first_day_of_week,
                                         birth_date, sex, height_cm, sessions_epoch, state, ended_at)
        SELECT given.*, CASE WHEN sessions_epoch > 0 OR state <> 'active' THEN now() END
        FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::smallint[],
                    $8::date[], $9::text[], $10::float8[], $11::integer[], $12::text[])
             AS given (user_id, version, username, display_name, locale, units, first_day_of_week,
                       birth_date, sex, height_cm, sessions_epoch, state)
        WHERE NOT EXISTS (SELECT FROM erased WHERE erased.user_id = given.user_id)
        ORDER BY 1
        ON CONFLICT (user_id) DO UPDATE
        SET version = excluded.version, username = excluded.username, display_name = excluded.display_name,
            locale = excluded.locale, units = excluded.units, first_day_of_week = excluded.first_day_of_week,
            birth_date = excluded.birth_date, sex = excluded.sex, height_cm = excluded.height_cm,
            sessions_epoch = excluded.sessions_epoch, state = excluded.state,
            ended_at = CASE WHEN excluded.sessions_epoch > known.sessions_epoch OR excluded.state <> 'active'
                            THEN now() ELSE known.ended_at END
        WHERE known.version < excluded.version
        RETURNING known.*
    )
    SELECT kept.user_id, ARRAY(
        SELECT key FROM jsonb_each(to_jsonb(kept)) AS now (key, value)
        LEFT JOIN jsonb_each(to_jsonb(before)) AS past (key, value) USING (key)
        WHERE now.value IS DISTINCT FROM past.value
    ) AS altered
    FROM kept LEFT JOIN known_user AS before ON before.user_id = kept.user_id
"""
"""What it selects from the table is as it was before."""

SET_ZONES = """
    WITH given AS (
        SELECT DISTINCT ON (user_id, since) user_id, since, zone
        FROM unnest($1::uuid[], $2::timestamptz[], $3::text[]) WITH ORDINALITY AS g (user_id, since, zone, place)
        WHERE zone IN (SELECT name FROM pg_timezone_names)
        ORDER BY user_id, since, place DESC
    ), gone AS (
        DELETE FROM known_zone AS old WHERE user_id = ANY ($1::uuid[])
        AND NOT EXISTS (SELECT FROM given WHERE given.user_id = old.user_id AND given.since = old.since)
        RETURNING user_id
    ), changed AS (
        INSERT INTO known_zone AS old (user_id, since, zone) SELECT user_id, since, zone FROM given
        ON CONFLICT (user_id, since) DO UPDATE SET zone = excluded.zone WHERE old.zone <> excluded.zone
        RETURNING user_id
    )
    SELECT user_id FROM gone UNION SELECT user_id FROM changed
"""

END_SESSIONS = """
    INSERT INTO ended_session (user_id, session_id)
    SELECT DISTINCT user_id, session_id FROM unnest($1::uuid[], $2::uuid[]) AS given (user_id, session_id) ORDER BY 1, 2
    ON CONFLICT DO NOTHING
"""

PRUNE = "DELETE FROM ended_session WHERE ended_at < now() - interval '11 minutes'"

FORGET = """
    WITH sessions AS (DELETE FROM ended_session WHERE user_id = ANY ($1::uuid[])),
    zones AS (DELETE FROM known_zone WHERE user_id = ANY ($1::uuid[]) RETURNING 1),
    users AS (DELETE FROM known_user WHERE user_id = ANY ($1::uuid[]) RETURNING 1)
    SELECT (SELECT count(*) FROM zones) + (SELECT count(*) FROM users)
"""

ENDED = """
    SELECT user_id, sessions_epoch, state FROM known_user WHERE ended_at > now() - interval '11 minutes'
    UNION ALL
    SELECT user_id, 2147483647, 'erased' FROM erased WHERE erased_at > now() - interval '11 minutes'
"""

ENDED_ALONE = "SELECT session_id FROM ended_session WHERE ended_at > now() - interval '11 minutes'"

BY_ID = "SELECT user_id, username FROM known_user WHERE user_id = $1"
BY_NAME = "SELECT user_id, username FROM known_user WHERE username = $1"
IS_ERASED = "SELECT EXISTS (SELECT FROM erased WHERE user_id = $1)"


class KnownUser(msgspec.Struct, frozen=True):
    """Id and name of a user another service registered."""

    user_id: UUID
    username: str


OPTIONAL: Sequence[Literal["display_name", "birth_date", "sex", "height_cm"]] = (
    *("display_name", "birth_date"),
    *("sex", "height_cm"),
)

Ask = Callable[[identity_pb2.GetUserRequest], Awaitable[identity_pb2.User | None]]
"""Ask identity for one user; None when there is none. Unavailable when identity does not answer."""


def consumers(
    service: str, queue: Queue, erase: Erase, moved: Moved | None, altered: Altered | None = None
) -> Consumers:
    """The handler of ``user.*`` that keeps the copy and answers deletions."""
    made = Consumers()

    @made.on(queue)
    async def follow_users(db: Connection, events: Sequence[UserRegistered | UserUpdated | UserDeleted]) -> None:
        await keep(db, [e for e in events if isinstance(e, UserState)], moved, altered)
        await _end_sessions(db, [e for e in events if isinstance(e, UserUpdated)])
        if gone := [e for e in events if isinstance(e, UserDeleted)]:
            await forget(db, service, gone, erase)

    return made


async def keep(
    db: Connection, states: Sequence[UserState], moved: Moved | None = None, altered: Altered | None = None
) -> None:
    """Store the newest state of each user; older and repeated ones change nothing."""
    newest = {s.user_id: s for s in sorted(states, key=lambda s: s.version)}.values()
    if not newest:
        return
    columns = zip(
        *(
            (
                *(s.user_id, s.version, s.username, s.display_name, s.locale, s.units, s.first_day_of_week),
                *(s.birth_date, s.sex, s.height_cm, s.sessions_epoch, s.state),
            )
            for s in newest
        ),
        strict=True,
    )
    kept = {row["user_id"]: row["altered"] for row in await db.fetch(KEEP, *columns)}
    zones = [(s.user_id, z.since or BEGINNING, z.zone) for s in newest if s.user_id in kept for z in s.zones]
    if zones:
        changed = await db.fetch(SET_ZONES, *zip(*zones, strict=True))
        if moved and changed:
            await moved(db, [row["user_id"] for row in changed])
    if altered and (others := [user_id for user_id, fields in kept.items() if not altered.fields.isdisjoint(fields)]):
        await altered.call(db, others)


async def _end_sessions(db: Connection, events: Sequence[UserUpdated]) -> None:
    if ended := [(e.user_id, session_id) for e in events for session_id in e.ended_sessions]:
        await db.execute(END_SESSIONS, *zip(*ended, strict=True))


async def forget(db: Connection, service: str, gone: Sequence[UserDeleted], erase: Erase) -> None:
    """Erase these users here, leave tombstones, and tell identity so, in one transaction."""
    user_ids = [e.user_id for e in gone]
    rows = await erase(db, user_ids) + await db.fetchval(FORGET, user_ids) + await outbox.erase(db, user_ids)
    await outbox.add(
        db,
        *(
            UserErased(user_id=e.user_id, version=e.version, service=service, rows=rows if len(gone) == 1 else 0)
            for e in gone
        ),
    )


async def find(
    db: Connection, ask: Ask, *, user_id: UUID | None = None, username: str | None = None
) -> KnownUser | None:
    """Look a user up in the copy; on a miss ask identity once and keep the answer."""
    row = await db.fetchrow(BY_ID, user_id) if user_id else await db.fetchrow(BY_NAME, username)
    if row:
        return KnownUser(**row)
    if user_id and await db.fetchval(IS_ERASED, user_id):
        return None
    request = (
        identity_pb2.GetUserRequest(user_id=str(user_id)) if user_id else identity_pb2.GetUserRequest(username=username)
    )
    answer = await ask(request)
    if answer is None:
        return None
    state = state_of(answer)
    await keep(db, [state])
    return KnownUser(state.user_id, state.username)


def state_of(user: identity_pb2.User) -> UserState:
    """The gRPC message as the event would have told it."""
    zones = tuple(ZoneSince(z.zone, z.since.ToDatetime(UTC) if z.HasField("since") else None) for z in user.zones)
    always = ("user_id", "version", "username", "locale", "units", "first_day_of_week", "sessions_epoch", "state")
    known = (*always, *(name for name in OPTIONAL if user.HasField(name)))
    return msgspec.convert({name: getattr(user, name) for name in known} | {"zones": zones}, UserState)


class Endings:
    """Sessions ended in the last minutes: asked of the database once a second, and then of memory."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._epochs: dict[UUID, int] = {}
        self._sessions: frozenset[UUID] = frozenset()

    def ended(self, caller: Caller) -> bool:
        epoch = self._epochs.get(caller.user_id)
        return caller.session_id in self._sessions or (epoch is not None and caller.epoch < epoch)

    async def refresh(self) -> None:
        rows = await self._pool.fetch(ENDED)
        self._epochs = {r["user_id"]: r["sessions_epoch"] if r["state"] == "active" else 1 << 31 for r in rows}
        self._sessions = frozenset(r["session_id"] for r in await self._pool.fetch(ENDED_ALONE))
