"""/sources"""

from asyncpg import Connection
from litestar import Router, get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from chassis.tokens import Caller
from health.sources import change, queries
from health.sources.model import Priority, Settings, Sources


@get("/")
async def list_sources(caller: NamedDependency[Caller], db: NamedDependency[Connection]) -> Sources:
    """Every app and device that samples of the caller came from."""
    return Sources(await queries.select(db, caller.user_id))


@put("/")
async def set_sources(
    data: JSONBody[Settings], caller: NamedDependency[Caller], db: NamedDependency[Connection]
) -> Sources:
    """Name, ignore or merge sources; their days are made anew in the background."""
    await change.state(db, caller.user_id, data.items)
    return Sources(await queries.select(db, caller.user_id))


@get("/priority")
async def read_priority(caller: NamedDependency[Caller], db: NamedDependency[Connection]) -> Priority:
    """Who is believed first, as far as the caller has said."""
    return change.shown(await queries.priority(db, caller.user_id))


@put("/priority")
async def set_priority(
    data: JSONBody[Priority], caller: NamedDependency[Caller], db: NamedDependency[Connection]
) -> Priority:
    """Say who is believed first, overall and for single metrics; days are made anew in the background."""
    return change.shown(await change.prioritise(db, caller.user_id, data))


router = Router("/sources", route_handlers=[list_sources, set_sources, read_priority, set_priority], tags=["Sources"])
