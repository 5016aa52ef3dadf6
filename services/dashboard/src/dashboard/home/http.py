"""``/``: the page one meets first."""

from litestar import Response, Router, get
from litestar.di import NamedDependency

from chassis import Runtime
from dashboard.home import model
from dashboard.readiness.probes import Probes
from dashboard.site import pages
from dashboard.site.pages import Site


@get("/", media_type="text/html")
async def show_home(
    runtime: NamedDependency[Runtime], site: NamedDependency[Site], probes: NamedDependency[Probes]
) -> Response[bytes]:
    """Show whether everything is ready, where to read on, and commands to try."""
    health = await probes.health()
    steps = model.steps(runtime.settings.issuer, quickstart=runtime.settings.quickstart)
    return pages.page(site.render("home.html", health=health, lines=model.lines(health), steps=steps))


router = Router("/", route_handlers=[show_home])
