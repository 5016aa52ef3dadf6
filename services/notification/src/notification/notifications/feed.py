"""The user's notifications as a stream that can be taken up again anywhere."""

import time
from collections.abc import Sequence

import msgspec
import structlog
from asyncpg import Pool

from chassis.problems import OUTAGE
from chassis.sse import Message, Since
from chassis.tokens import LEEWAY_S, Caller
from notification.notifications import queries

log = structlog.get_logger()

CHANNEL = "notification"
"""The bell that is rung when one may have come."""
AT_ONCE = 100


def of(pool: Pool, caller: Caller) -> Since:
    """Reads what follows an id, until the token or its session ends; holds a connection only while it reads."""

    async def since(last_id: str) -> Sequence[Message] | None:
        try:
            async with pool.acquire(timeout=2) as db:
                if await _ended(db, caller):
                    return None
                found = await queries.since(db, caller.user_id, int(last_id), AT_ONCE)
        except OUTAGE as error:
            log.info("feed.waits", error=type(error).__name__)
            return ()
        return [Message(str(seq), "notification", msgspec.json.encode(item)) for seq, item in found]

    return since


async def _ended(db: queries.Executor, caller: Caller) -> bool:
    if time.time() > caller.expires_at + LEEWAY_S:
        return True
    return await queries.session_ended(db, caller.user_id, caller.epoch)
