"""/health-data/export"""

from typing import Annotated, Any

from litestar import Request, Router, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Stream

from chassis import Runtime
from chassis.tokens import Caller
from health.export import parts
from imports.door import objects_of
from imports.sending import Exports, closed_in_the_end, send

SERVICE = "health"
FILE_NAME = "fitmesh-health.zip"

WithOriginals = Annotated[
    bool, QueryParameter(name="originals", description="With the files that were imported, as they came.")
]


@get("/export", media_type="application/zip", middleware=[closed_in_the_end])
async def export_health_data(
    request: Request[Any, Any, Any],
    caller: NamedDependency[Caller],
    runtime: NamedDependency[Runtime],
    exports: NamedDependency[Exports],
    originals: WithOriginals = True,  # noqa: FBT002 - a query parameter
) -> Stream:
    """Take all of your health data away: a zip of JSON lines that `POST /imports` of any instance reads back.

    It begins at once and comes as it is made. What is derived, day values for example, is not in it: it is made anew.
    """
    objects = objects_of(runtime.settings, SERVICE) if originals and runtime.settings.object_store_url else None
    archive = parts.archive(runtime.api, objects, caller.user_id)
    return await send(request, exports, caller.user_id, archive, name=FILE_NAME)


router = Router("/health-data", route_handlers=[export_health_data], tags=["Health data"])
