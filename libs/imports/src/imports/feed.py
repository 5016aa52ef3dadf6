"""An import as a stream of its states: the newest one, whenever it has changed."""

import time
from collections.abc import Sequence
from uuid import UUID

import msgspec
import structlog
from asyncpg import Pool

from chassis.problems import OUTAGE
from chassis.sse import Message, Since
from chassis.tokens import LEEWAY_S, Caller
from imports import queries, runner

log = structlog.get_logger()

CHANNEL = runner.BELL

SESSION_ENDED = """
    SELECT EXISTS (SELECT FROM known_user WHERE user_id = $1 AND (sessions_epoch > $2 OR state <> 'active'))
        OR EXISTS (SELECT FROM erased WHERE user_id = $1)
"""


def of(pool: Pool, caller: Caller, import_id: UUID) -> Since:
    """The import's present state, unless it has been told; ends with the token, its session, or the import."""

    async def since(last_id: str) -> Sequence[Message] | None:
        try:
            async with pool.acquire(timeout=2) as db:
                if time.time() > caller.expires_at + LEEWAY_S:
                    return None
                if await db.fetchval(SESSION_ENDED, caller.user_id, caller.epoch):
                    return None
                found = await queries.find(db, caller.user_id, import_id)
        except OUTAGE as error:
            log.info("feed.waits", error=type(error).__name__)
            return ()
        if found is None:
            return None
        if found.version <= int(last_id):
            return ()
        return [Message(str(found.version), "import", msgspec.json.encode(found))]

    return since
