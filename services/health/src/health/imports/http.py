"""``/imports``: files of other trackers, and what became of them."""

from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

import msgspec
from asyncpg import Connection
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody
from litestar.response import Stream

from chassis import Runtime, pages
from chassis.edge import UPLOAD
from chassis.pages import CursorText, Limit, Page
from chassis.problems import Conflict, NotFound
from chassis.tokens import Caller
from health.imports import feed, queries
from health.imports.model import Accept, Accepted, Aside, ImportDetails
from health.readers import csv_mapping
from health.readers.csv_preview import Preview, preview
from health.samples import merge
from imports import door, upload
from imports import queries as rows
from imports.detect import HEAD
from imports.door import admit, objects_of
from imports.model import Import, Issue
from imports.objects import Objects

MOST_PARTS = 200

LARGEST_BODY = upload.LARGEST + upload.OVERHEAD
START = pages.END_OF_TIME.at
LastEventId = Annotated[
    int | None,
    HeaderParameter(name="Last-Event-ID", ge=0, le=(1 << 63) - 1, description="Go on after this state of the import."),
]


class ImportNotFound(NotFound):
    """No such import."""


class FileGone(NotFound):
    """The file of this import is not kept any more."""


@post("/", status_code=202, opt=UPLOAD, request_max_body_size=LARGEST_BODY)
async def add_import(
    request: Request[Any, Any, Any], caller: NamedDependency[Caller], runtime: NamedDependency[Runtime]
) -> Response[Import]:
    """Send a file, up to 4 GiB, as multipart/form-data.

    The field `file` is the file; `mapping` says as JSON what the columns of a CSV mean, see `/imports/preview`;
    `source` names the source of what names none itself. The format is found by content. Reading goes on after the
    answer: follow `/imports/{id}`.
    """
    objects, quota = _objects(runtime), runtime.settings.import_bytes_per_user
    db, import_id = await admit(request, runtime, objects, caller.user_id, quota=quota, check=_check_mapping)
    return _accepted(await _found(db, caller, import_id), location=f"/imports/{import_id}")


@post("/preview", status_code=200, opt=UPLOAD, request_max_body_size=LARGEST_BODY)
async def preview_import(request: Request[Any, Any, Any], caller: NamedDependency[Caller]) -> Preview:  # noqa: ARG001 - its presence asks for a token
    """Send a CSV as for an import: answers its first rows and a guess at what they mean; nothing is kept."""
    form = await upload.receive(request, upload.head(HEAD), allowed=door.FIELDS, most=upload.LARGEST)
    return preview(form.file, form.name)


@get("/")
async def list_imports(
    caller: NamedDependency[Caller], db: NamedDependency[Connection], limit: Limit = 50, cursor: CursorText = None
) -> Page[Import]:
    """List your imports, newest first."""
    after = pages.after(cursor)
    found = await rows.page(db, caller.user_id, (after.at, after.id), limit)
    return pages.of(found, limit, lambda item: pages.Cursor(item.created_at, item.id))


@get("/{import_id:uuid}")
async def read_import(
    import_id: FromPath[UUID], caller: NamedDependency[Caller], db: NamedDependency[Connection]
) -> ImportDetails:
    """Read how far an import is and what came of it, by metric and source, and by file of an archive."""
    found = await _found(db, caller, import_id)
    return ImportDetails(
        **msgspec.structs.asdict(found),
        series=await queries.series(db, caller.user_id, import_id),
        parts=await rows.parts(db, caller.user_id, import_id, MOST_PARTS),
    )


@get("/{import_id:uuid}/events", media_type="text/event-stream")
async def follow_import(
    import_id: FromPath[UUID],
    caller: NamedDependency[Caller],
    runtime: NamedDependency[Runtime],
    last_event_id: LastEventId = None,
) -> Stream:
    """Follow an import as Server-Sent Events: each has the name `import`, and the import as its data."""
    since = feed.of(runtime.api, caller, import_id)
    if await rows.number(runtime.api, caller.user_id, import_id) is None:
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
    await _found(db, caller, import_id)
    found = await rows.issues(db, caller.user_id, import_id, _place(cursor), limit)
    page = pages.of(found, limit, lambda item: pages.Cursor(START, UUID(int=item[0])))
    return Page([issue for _, issue in page.items], page.next_cursor)


@get("/{import_id:uuid}/quarantine")
async def list_quarantine(
    import_id: FromPath[UUID],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Page[Aside]:
    """List the values that were set aside because they are outside of what their metric can be."""
    await _found(db, caller, import_id)
    found = await queries.aside(db, caller.user_id, import_id, _place(cursor), limit)
    return pages.of(found, limit, lambda item: pages.Cursor(START, UUID(int=item.id)))


@post("/{import_id:uuid}/quarantine/accept", status_code=200)
async def accept_quarantine(
    import_id: FromPath[UUID],
    data: JSONBody[Accept],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
) -> Accepted:
    """Store values that were set aside: at most 5,000 at once."""
    await merge.lock(db, caller.user_id)
    state = await rows.state(db, caller.user_id, import_id)
    number = await rows.number(db, caller.user_id, import_id)
    if number is None:
        raise ImportNotFound
    if state in {"undoing", "undone"}:
        raise Conflict("the import has been undone")
    return Accepted(*await queries.accept(db, caller.user_id, number, data.ids))


@get("/{import_id:uuid}/file", media_type="application/octet-stream")
async def read_file(
    import_id: FromPath[UUID],
    request: Request[Any, Any, Any],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    runtime: NamedDependency[Runtime],
) -> Stream:
    """Get the file as it was sent."""
    found = await _found(db, caller, import_id)
    objects = _objects(runtime)
    key = objects.key(caller.user_id, found.sha256)
    if not found.stored or not await objects.has(key):
        raise FileGone
    request.scope["state"]["patience"].lift()
    return Stream(
        objects.read(key),
        media_type="application/octet-stream",
        headers={
            "content-disposition": f"attachment; filename*=UTF-8''{quote(found.file, safe='')}",
            "content-length": str(found.bytes),
            "x-content-type-options": "nosniff",
        },
    )


@post("/{import_id:uuid}/cancel", status_code=202)
async def cancel_import(
    import_id: FromPath[UUID], caller: NamedDependency[Caller], db: NamedDependency[Connection]
) -> Response[Import]:
    """Stop reading. What has been read stays: undo the import to take it back, or resume it."""
    done = await rows.cancel(db, caller.user_id, import_id)
    return _accepted(await _changed(db, caller, import_id, done=done))


@post("/{import_id:uuid}/resume", status_code=202)
async def resume_import(
    import_id: FromPath[UUID], caller: NamedDependency[Caller], db: NamedDependency[Connection]
) -> Response[Import]:
    """Go on reading where it was left, while the file is still there."""
    done = await rows.resume(db, caller.user_id, import_id)
    return _accepted(await _changed(db, caller, import_id, done=done))


@post("/{import_id:uuid}/undo", status_code=202)
async def undo_import(
    import_id: FromPath[UUID], caller: NamedDependency[Caller], db: NamedDependency[Connection]
) -> Response[Import]:
    """Take back all that the import wrote; values that it replaced come back, and the file goes."""
    done = await rows.undo(db, caller.user_id, import_id)
    return _accepted(await _changed(db, caller, import_id, done=done))


def _objects(runtime: Runtime) -> Objects:
    return objects_of(runtime.settings, "health")


def _check_mapping(given: object) -> None:
    csv_mapping.convert(given)


async def _found(db: Connection, caller: Caller, import_id: UUID) -> Import:
    found = await rows.find(db, caller.user_id, import_id)
    if found is None:
        raise ImportNotFound
    return found


async def _changed(db: Connection, caller: Caller, import_id: UUID, *, done: bool) -> Import:
    found = await _found(db, caller, import_id)
    if not done:
        gone = "" if found.stored else ", and its file is not kept any more"
        raise Conflict(f"it is {found.state}{gone}")
    return found


def _accepted(found: Import, **headers: str) -> Response[Import]:
    return Response(found, status_code=202, headers=headers)


def _place(cursor: str | None) -> int:
    return min(pages.after(cursor).id.int, (1 << 63) - 1) if cursor is not None else 0


router = Router(
    "/imports",
    route_handlers=[
        *(add_import, preview_import, list_imports, read_import, follow_import, list_issues, list_quarantine),
        *(accept_quarantine, read_file, cancel_import, resume_import, undo_import),
    ],
    tags=["Imports"],
)
