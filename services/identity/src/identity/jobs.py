"""What the worker does beside its queue."""

import asyncio

from prometheus_client import Gauge

from chassis.database import connected
from chassis.service import Runtime
from identity.credentials import queries as credentials
from identity.erasures import queries as erasures
from identity.sessions import queries as sessions

OPEN = Gauge("identity_erasures_open", "Users whose erasure some service has not confirmed yet.")
OLDEST = Gauge("identity_erasure_oldest_age_seconds", "Age of the oldest erasure that is not confirmed yet.")

PAUSE_S = 30


async def tend(runtime: Runtime) -> None:
    """Remind services of erasures they have not answered, and drop what has expired."""
    while True:
        await tend_once(runtime)
        await asyncio.sleep(PAUSE_S)


async def tend_once(runtime: Runtime) -> None:
    async with connected(runtime.worker) as db, db.transaction():
        reminded = await erasures.remind(db, runtime.settings.services)
        await sessions.prune(db)
        await credentials.prune(db)
        count, oldest_s = await erasures.measure(db)
    OPEN.set(count)
    OLDEST.set(oldest_s)
    if reminded:
        runtime.bell.ring("outbox")
