"""``/workouts/import`` and ``/workouts/imports``: files of devices and apps, and what became of them."""

from typing import Any
from uuid import UUID

import msgspec
from asyncpg import Connection
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from chassis import Runtime
from chassis.edge import UPLOAD
from chassis.tokens import Caller
from imports import http
from imports import queries as rows
from imports.door import admit, objects_of
from imports.http import LARGEST_BODY
from imports.model import Import
from workout.imports import queries
from workout.imports.model import ImportDetails, check

SERVICE = "workout"
MOST_WORKOUTS = 200


@post("/import", status_code=202, opt=UPLOAD, request_max_body_size=LARGEST_BODY)
async def add_import(
    request: Request[Any, Any, Any], caller: NamedDependency[Caller], runtime: NamedDependency[Runtime]
) -> Response[Import]:
    """Send a file, or a zip of many, up to 4 GiB, as multipart/form-data.

    FIT, TCX, GPX, also packed; the export of Strava, Hevy, Strong, FitNotes or Apple Health. The format is found by
    content. The field `file` is the file; `mapping` says as JSON what it leaves open: `weight_unit` (`kg`, `lb`),
    `distance_unit` (`km`, `mi`), `zone`. Reading goes on after the answer: follow `/workouts/imports/{id}`.
    """
    objects, quota = objects_of(runtime.settings, SERVICE), runtime.settings.import_bytes_per_user
    db, import_id = await admit(request, runtime, objects, caller.user_id, quota=quota, check=check)
    return http.accepted(await http.found(db, caller, import_id), location=f"/workouts/imports/{import_id}")


@get("/{import_id:uuid}")
async def read_import(
    import_id: FromPath[UUID], caller: NamedDependency[Caller], db: NamedDependency[Connection]
) -> ImportDetails:
    """Read how far an import is and what came of it, by file of an archive."""
    found = await http.found(db, caller, import_id)
    return ImportDetails(
        **msgspec.structs.asdict(found),
        workouts=await queries.workouts(db, caller.user_id, import_id, MOST_WORKOUTS),
        parts=await rows.counted_parts(db, caller.user_id, import_id, http.MOST_PARTS),
    )


door = Router("/workouts", route_handlers=[add_import], tags=["Imports"])
router = http.router("/workouts/imports", SERVICE, [read_import])
