"""``python -m identity republish``: tell the present state of users again, and who is still being erased."""

from datetime import datetime

from asyncpg import Connection

import outbox
from contracts.events import Event, UserUpdated
from identity.erasures import queries as erasures
from identity.users import queries as users


async def republish(db: Connection, since: datetime | None) -> int:
    """Put the state of every user changed since an instant into the outbox; returns how many events."""
    count = await erasures.tell_all(db)
    async for batch in users.changed_since(db, since):
        events: list[Event] = [user.told_as(UserUpdated) for user in batch]
        events += [user.contact() for user in batch if user.email]
        await outbox.add(db, *events)
        count += len(events)
    return count
