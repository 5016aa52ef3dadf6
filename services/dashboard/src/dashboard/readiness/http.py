"""``/health``: the readiness of every service in one answer."""

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec

from dashboard.readiness.model import Health
from dashboard.readiness.probes import Probes


@get("/", responses={503: ResponseSpec(Health, generate_examples=False)})
async def tell_health(probes: NamedDependency[Probes]) -> Response[Health]:
    """Tell whether every service is fit to serve; 503 when one is not."""
    health = await probes.health()
    status = 503 if health.status == "unavailable" else 200
    return Response(health, status_code=status, headers={"cache-control": "no-store"})


router = Router("/health", route_handlers=[tell_health])
