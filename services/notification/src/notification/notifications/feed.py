"""The user's notifications as a stream that can be taken up again anywhere."""

from collections.abc import Sequence

import msgspec
from asyncpg import Pool

from chassis.sse import Message, Since
from chassis.tokens import Caller
from notification.notifications import queries

CHANNEL = "notification"
"""The bell that is rung when one may have come."""
AT_ONCE = 100


def of(pool: Pool, caller: Caller) -> Since:
    """Reads what follows an id; holds a connection only while it does."""

    async def since(last_id: str) -> Sequence[Message]:
        found = await queries.since(pool, caller.user_id, int(last_id), AT_ONCE)
        return [Message(str(seq), "notification", msgspec.json.encode(item)) for seq, item in found]

    return since
