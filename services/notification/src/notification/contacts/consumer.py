"""What notification does when an address changes."""

from collections.abc import Sequence

from asyncpg import Connection

from contracts import topology
from contracts.events import UserContactChanged
from notification import owners
from notification.contacts import queries
from outbox import Consumers

consumers = Consumers()


@consumers.on(topology.BY_NAME["notification.contacts"])
async def keep_contacts(db: Connection, changes: Sequence[UserContactChanged]) -> None:
    """Keep the address for the day something is sent to it."""
    await owners.lock(db, {c.user_id for c in changes})
    await queries.keep(db, changes)
