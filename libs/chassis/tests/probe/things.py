"""/things: make them, list them, watch them come."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from asyncpg import Connection, Pool
from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody
from litestar.response import Stream
from msgspec import Meta

import outbox
from chassis import Runtime, ids, pages
from chassis.pages import Cursor, CursorText, Limit, Page
from chassis.problems import NotFound
from chassis.sse import Message
from chassis.tokens import Caller
from contracts.events import UserErased

INSERT = "INSERT INTO thing (user_id, id, name, size) VALUES ($1, $2, $3, $4) RETURNING at"
FIND = "SELECT id, name, size, at FROM thing WHERE user_id = $1 AND id = $2"
LIST = """
    SELECT id, name, size, at FROM thing WHERE user_id = $1 AND (at, id) < ($2, $3) ORDER BY at DESC, id DESC LIMIT $4
"""
SINCE = "SELECT place, name FROM thing WHERE user_id = $1 AND place > $2 ORDER BY place LIMIT 100"


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A piece of a thing."""

    reps: Annotated[int, Meta(ge=1, le=100)]
    note: Annotated[str, Meta(max_length=20)] | msgspec.UnsetType = msgspec.UNSET


class NewThing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a client sends."""

    name: Annotated[str, Meta(min_length=1, max_length=20)]
    size: Annotated[int, Meta(ge=0)] = 0
    weight_kg: Annotated[float, Meta(ge=0, le=1000)] | None = None
    at: Annotated[datetime, Meta(tz=True)] | None = None
    parts: Annotated[list[Part], Meta(max_length=5)] = []
    marks: dict[str, Annotated[int, Meta(le=9)]] = {}


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """What it becomes."""

    id: UUID
    name: str
    size: int
    at: datetime


@post("/")
async def make_thing(
    data: JSONBody[NewThing], caller: NamedDependency[Caller], db: NamedDependency[Connection]
) -> Thing:
    """Make a thing."""
    thing_id = ids.new()
    at = await db.fetchval(INSERT, caller.user_id, thing_id, data.name, data.size)
    await outbox.add(db, UserErased(user_id=caller.user_id, version=1, service="probe", rows=0))
    if data.name == "refused":
        raise NotFound
    return Thing(id=thing_id, name=data.name, size=data.size, at=at)


@get("/")
async def list_things(
    caller: NamedDependency[Caller], db: NamedDependency[Connection], limit: Limit = 50, cursor: CursorText = None
) -> Page[Thing]:
    """All things, newest first."""
    after = pages.after(cursor)
    found = [Thing(**row) for row in await db.fetch(LIST, caller.user_id, after.at, after.id, limit + 1)]
    return pages.of(found, limit, lambda thing: Cursor(thing.at, thing.id))


@get("/{thing_id:uuid}")
async def read_thing(
    thing_id: FromPath[UUID], caller: NamedDependency[Caller], db: NamedDependency[Connection]
) -> Thing:
    """One thing."""
    if row := await db.fetchrow(FIND, caller.user_id, thing_id):
        return Thing(**row)
    raise NotFound


@get("/stream")
async def watch_things(
    caller: NamedDependency[Caller],
    runtime: NamedDependency[Runtime],
    last_id: Annotated[str | None, HeaderParameter(name="Last-Event-ID", max_length=20, pattern="^[0-9]+$")] = None,
) -> Stream:
    """Things as they are made."""
    return runtime.streams.stream(
        caller.user_id, "things", last_id or "0", lambda last: _since(runtime.api, caller, int(last))
    )


async def _since(pool: Pool, caller: Caller, place: int) -> Sequence[Message]:
    rows = await pool.fetch(SINCE, caller.user_id, place)
    return [Message(str(row["place"]), "thing", msgspec.json.encode(row["name"])) for row in rows]


router = Router("/things", route_handlers=[make_thing, list_things, read_thing, watch_things])
