"""``/app/static``: style, script and drawings of the pages."""

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from dashboard.site.pages import FOLDER, Site


@get("/{name:str}", include_in_schema=False)
async def send_file(name: FromPath[str], site: NamedDependency[Site]) -> Response[bytes]:
    """Send a file that pages link to."""
    return site.file(name)


router = Router(FOLDER, route_handlers=[send_file])
