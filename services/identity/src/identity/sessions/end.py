"""End one session: here at once, in the other services when they hear of it."""

from uuid import UUID

from asyncpg import Connection

import outbox
from contracts.events import UserUpdated
from identity.sessions import queries
from identity.users import queries as users


async def end(db: Connection, user_id: UUID, session_id: UUID) -> bool:
    """End it, its refresh tokens and its access tokens; False when there is none. The other sessions go on."""
    if not await queries.delete(db, user_id, session_id):
        return False
    if user := await users.find(db, user_id):
        await outbox.add(db, user.told_as(UserUpdated, ended_sessions=(session_id,)))
    return True
