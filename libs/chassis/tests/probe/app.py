"""The probe, put together. It borrows the database, the broker user and the queue of ``dashboard``."""

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from uuid import UUID

from asyncpg import Connection

from chassis import KnownUsers, Runtime, Service
from chassis.rpc import Register
from contracts import topology
from contracts.identity.v1 import identity_pb2_grpc

from . import oddities, things
from .rpc import Users

ERASE = "WITH gone AS (DELETE FROM thing WHERE user_id = ANY ($1::uuid[]) RETURNING 1) SELECT count(*) FROM gone"
USERS = Users()


async def erase(db: Connection, user_ids: Sequence[UUID]) -> int:
    return int(await db.fetchval(ERASE, user_ids))


def servicers(_runtime: Runtime) -> Sequence[Register]:
    return [lambda server: identity_pb2_grpc.add_UsersServicer_to_server(USERS, server)]


PACKAGE = ModuleType("dashboard", "A service of one table.\n\nFor testing the frame with.")
PACKAGE.__file__ = str(Path(__file__).parent / "src" / "dashboard" / "__init__.py")

SERVICE = Service(
    package=PACKAGE,
    routers=[things.router, oddities.router],
    servicers=servicers,
    rings=("outbox", "things"),
    users=KnownUsers(queue=topology.BY_NAME["dashboard.known-users"], erase=erase),
)
