"""The Litestar app of a service: strict bodies, problems for every failure, a transaction a request."""

from collections.abc import Awaitable, Callable
from typing import Any

from asyncpg import Connection
from litestar import Litestar, Request
from litestar.di import NamedDependency, Provide
from litestar.types import ASGIApp

from chassis import auth, idempotency, problems, telemetry
from chassis.bodies import StrictRequest
from chassis.database import provide_db, unit_of_work
from chassis.edge import edge
from chassis.limits import Limit
from chassis.service import Runtime, Service
from chassis.tokens import Caller

LARGEST_BODY = 256 * 1024
REQUESTS_A_SECOND, BURST = 200.0, 1_000


def app(service: Service, runtime: Runtime, ended: Callable[[Caller], Awaitable[bool]]) -> Litestar:
    """Everything but telemetry, which wraps the app from outside."""
    resources = {name: Provide(_resource(value), sync_to_thread=False) for name, value in runtime.resources.items()}
    return Litestar(
        route_handlers=list(service.routers),
        dependencies={
            "caller": Provide(auth.provide_caller, sync_to_thread=False),
            "runtime": Provide(_runtime(runtime), sync_to_thread=False),
            "db": Provide(_db),
        }
        | resources,
        guards=[auth.guard(runtime.verifier, ended, Limit(REQUESTS_A_SECOND, BURST))],
        middleware=[unit_of_work(runtime.api, runtime.bell, service.rings)],
        exception_handlers={idempotency.Replay: idempotency.replay, **problems.HANDLERS},
        request_class=StrictRequest,
        request_max_body_size=LARGEST_BODY,
        openapi_config=None,
        logging_config=None,
        debug=False,
    )


def observed(made: Litestar) -> ASGIApp:
    """Wrap the app in its time limit, and that in telemetry, which so sees whatever is answered."""
    return telemetry.observed(edge(made))


# Each of these asks for one before it although it needs none: litestar provides what does not depend on one another in
# a task group, which costs 80 us a request, and what stands in a row for 3 us each.


def _runtime(runtime: Runtime) -> Callable[..., Runtime]:
    def provide(caller: NamedDependency[Caller | None]) -> Runtime:  # noqa: ARG001 - see above
        return runtime

    return provide


def _resource(value: Any) -> Callable[..., Any]:
    def provide(runtime: NamedDependency[Runtime]) -> Any:  # noqa: ARG001 - see above
        return value

    return provide


async def _db(
    request: Request[Any, Any, Any],
    runtime: NamedDependency[Runtime],  # noqa: ARG001 - see above
) -> Connection:
    return await provide_db(request)
