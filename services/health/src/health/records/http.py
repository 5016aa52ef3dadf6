"""/health-data"""

from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

from asyncpg import Connection
from litestar import Response, Router, delete, get, patch, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody, QueryParameter

from chassis import Runtime, ids, known_users, pages, versions
from chassis.database import connected
from chassis.pages import Cursor, CursorText, Limit, Page
from chassis.problems import Forbidden, NotFound, Unauthorized, invalid
from chassis.tokens import Caller
from chassis.versions import IfMatch
from health.records import model, queries
from health.records.model import Change, HealthRecord, NewRecord
from health.records.queries import Entry
from health.records.store import Store, provide_store
from outbox.store import current_trace

FromDate = Annotated[date | None, QueryParameter(name="from", description="First local date.")]
ToDate = Annotated[date | None, QueryParameter(name="to", description="Last local date.")]


class RecordNotFound(NotFound):
    """No such health record."""


@post("/")
async def add_record(
    data: JSONBody[NewRecord],
    caller: NamedDependency[Caller | None],
    runtime: NamedDependency[Runtime],
    store: NamedDependency[Store],
) -> Response[HealthRecord]:
    """Keep an entry of one or more values."""
    now = datetime.now(UTC)
    at = _possible(data.at or now, now)
    user_id = caller_id(caller, data.username) if caller else await _quickstart_user(runtime, data.username)
    kept = model.record(data, record_id=ids.new(), at=at, created_at=now)
    await store(Entry(user_id, kept, current_trace()))
    return _answer(kept, location=f"/health-data/{kept.id}")


@get("/")
async def list_records(
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    from_: FromDate = None,
    to: ToDate = None,
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Page[HealthRecord]:
    """List the caller's entries, newest first."""
    found = await queries.select(db, caller.user_id, pages.after(cursor), from_ or date.min, to or date.max, limit)
    return pages.of(found, limit, lambda kept: Cursor(kept.at, kept.id))


@get("/{record_id:uuid}")
async def read_record(
    record_id: FromPath[UUID], caller: NamedDependency[Caller], db: NamedDependency[Connection]
) -> Response[HealthRecord]:
    """Read one of the caller's entries."""
    return _answer(_there(await queries.find(db, caller.user_id, record_id)))


@patch("/{record_id:uuid}")
async def change_record(
    record_id: FromPath[UUID],
    data: JSONBody[Change],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    if_match: IfMatch = None,
) -> Response[HealthRecord]:
    """Correct an entry (JSON merge patch); moving it in time changes both days."""
    kept = _there(await queries.lock(db, caller.user_id, record_id))
    versions.require(kept.version, if_match)
    new = model.merged(kept, data)
    at = _possible(new.at or kept.at, datetime.now(UTC))
    made = model.record(new, record_id=kept.id, at=at, created_at=kept.created_at, version=kept.version + 1)
    await queries.replace(db, caller.user_id, made)
    return _answer(made)


@delete("/{record_id:uuid}")
async def delete_record(
    record_id: FromPath[UUID],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    if_match: IfMatch = None,
) -> None:
    """Take an entry back."""
    versions.require(_there(await queries.lock(db, caller.user_id, record_id)).version, if_match)
    await queries.delete(db, caller.user_id, record_id)


def caller_id(caller: Caller, username: str | None) -> UUID:
    """The caller's id; Forbidden when the body names someone else."""
    if username is not None and username.lower() != caller.username:
        raise Forbidden("the username is not the token's")
    return caller.user_id


async def _quickstart_user(runtime: Runtime, username: str | None) -> UUID:
    if not runtime.settings.quickstart:
        raise Unauthorized("send Authorization: Bearer")
    if username is None:
        raise invalid("/username", "is missing: without a token it says whose data this is")
    async with connected(runtime.api) as db, db.transaction():
        user = await known_users.find(db, runtime.ask_identity, username=username.lower())
    if user is None:
        raise NotFound("no such user")
    return user.user_id


def _possible(at: datetime, now: datetime) -> datetime:
    if not model.is_possible(at, now):
        raise invalid("/at", "must lie between 1900 and a day from now")
    return at


def _there(kept: HealthRecord | None) -> HealthRecord:
    if kept is None:
        raise RecordNotFound
    return kept


def _answer(kept: HealthRecord, **headers: str) -> Response[HealthRecord]:
    return Response(kept, headers={"etag": versions.etag(kept.version)} | headers)


router = Router(
    "/health-data",
    route_handlers=[add_record, list_records, read_record, change_record, delete_record],
    dependencies={"store": Provide(provide_store)},
    tags=["Health data"],
)
