"""The Litestar app of a service: strict bodies, problems for every failure, a transaction a request."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Litestar
from litestar.di import Provide
from litestar.types import ASGIApp

from chassis import auth, idempotency, openapi, problems, telemetry
from chassis.bodies import StrictRequest
from chassis.database import provide_db, unit_of_work
from chassis.limits import Limit
from chassis.service import Runtime, Service
from chassis.tokens import Caller

LARGEST_BODY = 256 * 1024
REQUESTS_A_SECOND, BURST = 200.0, 1_000


def app(service: Service, runtime: Runtime, ended: Callable[[Caller], Awaitable[bool]]) -> Litestar:
    """Everything but telemetry, which wraps the app from outside."""
    resources = {name: Provide(_given(value), sync_to_thread=False) for name, value in runtime.resources.items()}
    return Litestar(
        route_handlers=list(service.routers),
        dependencies={
            "caller": Provide(auth.provide_caller, sync_to_thread=False),
            "db": Provide(provide_db),
            "runtime": Provide(_given(runtime), sync_to_thread=False),
        }
        | resources,
        guards=[auth.guard(runtime.verifier, ended, Limit(REQUESTS_A_SECOND, BURST))],
        middleware=[unit_of_work(runtime.api, runtime.bell, service.rings)],
        exception_handlers={idempotency.Replay: idempotency.replay, **problems.HANDLERS},
        request_class=StrictRequest,
        request_max_body_size=LARGEST_BODY,
        openapi_config=openapi.config(service),
        logging_config=None,
        debug=False,
    )


def observed(made: Litestar) -> ASGIApp:
    return telemetry.observed(made)


def _given(value: Any) -> Callable[[], Any]:
    def provide() -> Any:
        return value

    return provide
