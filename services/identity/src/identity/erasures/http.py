"""/users/erasures: how far they have come."""

from uuid import UUID

from asyncpg import Connection
from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from chassis.problems import NotFound
from identity.erasures import queries
from identity.erasures.model import Receipt


@get("/{receipt_id:uuid}")
async def read_receipt(receipt_id: FromPath[UUID], db: NamedDependency[Connection]) -> Receipt:
    """Read how far an erasure has come; who was given its id needs no token, having no account any more."""
    receipt = await queries.find(db, receipt_id)
    if receipt is None:
        raise NotFound
    return receipt


router = Router("/users/erasures", route_handlers=[read_receipt], tags=["Users"])
