"""What every service that takes files in answers of its imports; the service adds the door and what else it knows."""

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from asyncpg import Connection
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, HeaderParameter
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from chassis import Runtime, pages
from chassis.pages import CursorText, Limit, Page
from chassis.problems import Conflict, NotFound
from chassis.tokens import Caller
from imports import feed, queries, upload
from imports.door import objects_of
from imports.model import Import, Issue
from imports.objects import Objects

LARGEST_BODY = upload.LARGEST + upload.OVERHEAD
MOST_PARTS = 200
START = pages.END_OF_TIME.at
LastEventId = Annotated[
    int | None,
    HeaderParameter(name="Last-Event-ID", ge=0, le=(1 << 63) - 1, description="Go on after this state of the import."),
]


class ImportNotFound(NotFound):
    """No such import."""


class FileGone(NotFound):
    """The file of this import is not kept any more."""


@get("/")
async def list_imports(
    caller: NamedDependency[Caller], db: NamedDependency[Connection], limit: Limit = 50, cursor: CursorText = None
) -> Page[Import]:
    """List your imports, newest first."""
    after = pages.after(cursor)
    found = await queries.page(db, caller.user_id, (after.at, after.id), limit)
    return pages.of(found, limit, lambda item: pages.Cursor(item.created_at, item.id))


@get("/{import_id:uuid}/events", media_type="text/event-stream")
async def follow_import(
    import_id: FromPath[UUID],
    caller: NamedDependency[Caller],
    runtime: NamedDependency[Runtime],
    last_event_id: LastEventId = None,
) -> Stream:
    """Follow an import as Server-Sent Events: each has the name `import`, and the import as its data."""
    since = feed.of(runtime.api, caller, import_id)
    if await queries.number(runtime.api, caller.user_id, import_id) is None:
        raise ImportNotFound
    return runtime.streams.stream(caller.user_id, feed.CHANNEL, str(last_event_id or 0), since)


@get("/{import_id:uuid}/issues")
async def list_issues(
    import_id: FromPath[UUID],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Page[Issue]:
    """List what was wrong in the file and where, in its order."""
    await found(db, caller, import_id)
    issues = await queries.issues(db, caller.user_id, import_id, place(cursor), limit)
    page = pages.of(issues, limit, lambda item: pages.Cursor(START, UUID(int=item[0])))
    return Page([issue for _, issue in page.items], page.next_cursor)


@get("/{import_id:uuid}/file", media_type="application/octet-stream")
async def read_file(
    import_id: FromPath[UUID],
    request: Request[Any, Any, Any],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    objects: NamedDependency[Objects],
) -> Stream:
    """Get the file as it was sent."""
    given = await found(db, caller, import_id)
    key = objects.key(caller.user_id, given.sha256)
    if not given.stored or not await objects.has(key):
        raise FileGone
    request.scope["state"]["patience"].lift()
    return attachment(objects, key, given.file, given.bytes)


@post("/{import_id:uuid}/cancel", status_code=202)
async def cancel_import(
    import_id: FromPath[UUID], caller: NamedDependency[Caller], db: NamedDependency[Connection]
) -> Response[Import]:
    """Stop reading. What has been read stays: undo the import to take it back, or resume it."""
    done = await queries.cancel(db, caller.user_id, import_id)
    return accepted(await _changed(db, caller, import_id, done=done))


@post("/{import_id:uuid}/resume", status_code=202)
async def resume_import(
    import_id: FromPath[UUID], caller: NamedDependency[Caller], db: NamedDependency[Connection]
) -> Response[Import]:
    """Go on reading where it was left, while the file is still there."""
    done = await queries.resume(db, caller.user_id, import_id)
    return accepted(await _changed(db, caller, import_id, done=done))


@post("/{import_id:uuid}/undo", status_code=202)
async def undo_import(
    import_id: FromPath[UUID], caller: NamedDependency[Caller], db: NamedDependency[Connection]
) -> Response[Import]:
    """Take back all that the import wrote; values that it replaced come back, and the file goes."""
    done = await queries.undo(db, caller.user_id, import_id)
    return accepted(await _changed(db, caller, import_id, done=done))


def attachment(objects: Objects, key: str, name: str, size: int | None = None) -> Stream:
    """A stored file as a download under the name its sender gave it."""
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "x-content-type-options": "nosniff",
    }
    if size is not None:
        headers["content-length"] = str(size)
    return Stream(objects.read(key), media_type="application/octet-stream", headers=headers)


async def found(db: Connection, caller: Caller, import_id: UUID) -> Import:
    """An import of the caller's."""
    given = await queries.find(db, caller.user_id, import_id)
    if given is None:
        raise ImportNotFound
    return given


def accepted(given: Import, **headers: str) -> Response[Import]:
    """What is answered while the work goes on."""
    return Response(given, status_code=202, headers=headers)


def place(cursor: str | None) -> int:
    """Where a list ordered by number goes on."""
    return min(pages.after(cursor).id.int, (1 << 63) - 1) if cursor is not None else 0


async def _changed(db: Connection, caller: Caller, import_id: UUID, *, done: bool) -> Import:
    given = await found(db, caller, import_id)
    if not done:
        gone = "" if given.stored else ", and its file is not kept any more"
        raise Conflict(f"it is {given.state}{gone}")
    return given


SHARED = (
    *(list_imports, follow_import, list_issues, read_file),
    *(cancel_import, resume_import, undo_import),
)


def router(path: str, service: str, own: Sequence[ControllerRouterHandler]) -> Router:
    """The routes below ``path``: those of every service, and its ``own``."""

    def objects(runtime: NamedDependency[Runtime]) -> Objects:
        return objects_of(runtime.settings, service)

    return Router(
        path,
        route_handlers=[*own, *SHARED],
        dependencies={"objects": Provide(objects, sync_to_thread=False)},
        tags=["Imports"],
    )
