"""What analytics does when a day comes to something else."""

from collections.abc import Sequence

from asyncpg import Connection

from analytics.days import queries
from analytics.insights.judge import judge
from contracts import topology
from contracts.events import DaySummarised
from outbox import Consumers

consumers = Consumers()


@consumers.on(topology.BY_NAME["analytics.day-summaries"])
async def keep_days(db: Connection, events: Sequence[DaySummarised]) -> None:
    """Keep the days, then look again at what was found in them."""
    todays = await queries.lock(db, [e.user_id for e in events])
    if touched := await queries.keep(db, events):
        await judge(db, touched, todays)
