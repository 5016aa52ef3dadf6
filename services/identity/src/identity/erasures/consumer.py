"""Listens to services that hold nothing of a user any more."""

from collections.abc import Sequence

from asyncpg import Connection

from contracts import topology
from contracts.events import UserErased
from identity.erasures import queries
from outbox import Consumers

consumers = Consumers()


@consumers.on(topology.BY_NAME["identity.erasures"])
async def note_erasures(db: Connection, events: Sequence[UserErased]) -> None:
    await queries.answered(db, events)
