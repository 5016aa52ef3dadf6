"""``/docs`` to read, ``/openapi.json`` for programs."""

from typing import Annotated, Any

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter

from dashboard.reference.document import Reference
from dashboard.site import pages

Seen = Annotated[
    str | None, HeaderParameter(name="If-None-Match", max_length=1000, description="The ETag of what you have.")
]


NOT_MODIFIED = {304: ResponseSpec(None, description="You have it already")}


@get("/docs", media_type="text/html", responses=NOT_MODIFIED)
async def show_reference(reference: NamedDependency[Reference], seen: Seen = None) -> Response[bytes]:
    """Show the HTTP interface of all installed services."""
    return pages.lasting(reference.page, "text/html", reference.version, seen)


@get("/openapi.json", responses=NOT_MODIFIED)
async def send_document(reference: NamedDependency[Reference], seen: Seen = None) -> Response[dict[str, Any]]:
    """Send the HTTP interface of all installed services as one OpenAPI 3.1 document."""
    return pages.lasting(reference.document, "application/json", reference.version, seen)


router = Router("/", route_handlers=[show_reference, send_document])
