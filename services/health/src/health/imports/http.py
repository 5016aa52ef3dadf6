"""``/imports``: files of other trackers, and what became of them."""

from typing import Any
from uuid import UUID

import msgspec
from asyncpg import Connection
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from chassis import Runtime, pages
from chassis.edge import UPLOAD
from chassis.pages import CursorText, Limit, Page
from chassis.problems import Conflict
from chassis.tokens import Caller
from health.imports import elsewhere, queries
from health.imports.model import Accept, Accepted, Aside, ImportDetails
from health.readers import csv_mapping
from health.readers.csv_preview import Preview, preview
from health.samples import merge
from imports import door, http, upload
from imports import queries as rows
from imports.detect import HEAD
from imports.door import admit
from imports.http import LARGEST_BODY, ImportNotFound
from imports.model import Import
from imports.objects import Objects


@post("/", status_code=202, opt=UPLOAD, request_max_body_size=LARGEST_BODY)
async def add_import(
    request: Request[Any, Any, Any],
    caller: NamedDependency[Caller],
    runtime: NamedDependency[Runtime],
    objects: NamedDependency[Objects],
) -> Response[Import]:
    """Send a file, up to 4 GiB, as multipart/form-data.

    The field `file` is the file; `mapping` says as JSON what the columns of a CSV mean, see `/imports/preview`;
    `source` names the source of what names none itself. The format is found by content. Reading goes on after the
    answer: follow `/imports/{id}`.
    """
    quota = runtime.settings.import_bytes_per_user
    db, import_id = await admit(request, runtime, objects, caller.user_id, quota=quota, check=_check_mapping)
    return http.accepted(await http.found(db, caller, import_id), location=f"/imports/{import_id}")


@post("/preview", status_code=200, opt=UPLOAD, request_max_body_size=LARGEST_BODY)
async def preview_import(request: Request[Any, Any, Any], caller: NamedDependency[Caller]) -> Preview:  # noqa: ARG001 - its presence asks for a token
    """Send a CSV as for an import: answers its first rows and a guess at what they mean; nothing is kept."""
    form = await upload.receive(request, upload.head(HEAD), allowed=door.FIELDS, most=upload.LARGEST)
    return preview(form.file, form.name)


@get("/{import_id:uuid}")
async def read_import(
    import_id: FromPath[UUID], caller: NamedDependency[Caller], db: NamedDependency[Connection]
) -> ImportDetails:
    """Read how far an import is and what came of it, by metric and source, and by file of an archive."""
    found = await http.found(db, caller, import_id)
    return ImportDetails(
        **msgspec.structs.asdict(found),
        workout=await elsewhere.find(db, caller.user_id, import_id),
        series=await queries.series(db, caller.user_id, import_id),
        parts=await rows.parts(db, caller.user_id, import_id, http.MOST_PARTS),
    )


@get("/{import_id:uuid}/quarantine")
async def list_quarantine(
    import_id: FromPath[UUID],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Page[Aside]:
    """List the values that were set aside because they are outside of what their metric can be."""
    await http.found(db, caller, import_id)
    found = await queries.aside(db, caller.user_id, import_id, http.place(cursor), limit)
    return pages.of(found, limit, lambda item: pages.Cursor(http.START, UUID(int=item.id)))


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


def _check_mapping(given: object) -> None:
    csv_mapping.convert(given)


router = http.router(
    "/imports", "health", (add_import, preview_import, read_import, list_quarantine, accept_quarantine)
)
