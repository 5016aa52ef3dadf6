"""/odd: handlers that misbehave, so that the frame can show what it does about it."""

import asyncio
from typing import Annotated, Any

from asyncpg import Connection
from litestar import Request, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from chassis.edge import UPLOAD
from chassis.tokens import Caller

Seconds = Annotated[float, QueryParameter(ge=0, le=60)]

INSERT = "INSERT INTO thing (user_id, id, name, size) VALUES (gen_random_uuid(), gen_random_uuid(), 'odd', $1)"
PID = "SELECT pg_backend_pid()"


class Gate:
    """Lets a test act in the middle of a request."""

    def __init__(self) -> None:
        self.reached: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.open = asyncio.Event()


gates: list[Gate] = []


@get("/slow")
async def sleep(seconds: Seconds) -> str:
    """Take a while."""
    await asyncio.sleep(seconds)
    return "rested"


@post("/slow")
async def write_slowly(db: NamedDependency[Connection], seconds: Seconds) -> str:
    """Take a while inside a transaction."""
    await db.execute(INSERT, 7)
    await asyncio.sleep(seconds)
    return "rested"


@get("/fails")
async def fail() -> None:
    """Fail as a bug does."""
    raise RuntimeError("canary-in-exception")


@post("/anonymous")
async def write_anonymously(db: NamedDependency[Connection]) -> str:
    """Write without knowing for whom."""
    await db.execute(INSERT, 1)
    return "written"


@post("/gated")
async def write_gated(db: NamedDependency[Connection]) -> str:
    """Write, then wait for the test before the commit."""
    await db.execute(INSERT, 99)
    gates[-1].reached.set_result(await db.fetchval(PID))
    await gates[-1].open.wait()
    return "written"


@post("/unbounded")
async def write_unbounded(db: NamedDependency[Connection], size: FromQuery[int]) -> str:
    """Hand PostgreSQL whatever number comes."""
    await db.execute(INSERT, size)
    return "written"


@post("/upload", opt=UPLOAD, request_max_body_size=20_000_000)
async def upload(request: Request[Any, Any, Any], caller: NamedDependency[Caller]) -> int:
    """Count what comes."""
    return sum([len(piece) async for piece in request.stream()])


router = Router(
    "/odd", route_handlers=[sleep, write_slowly, fail, write_anonymously, write_gated, write_unbounded, upload]
)
