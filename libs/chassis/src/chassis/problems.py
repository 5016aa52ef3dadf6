"""Errors a client can act on, rendered as RFC 9457 problem details. The one place where a failure gets its status."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
import msgspec
import structlog
from asyncpg.exceptions._base import DataError as Unencodable  # asyncpg exports only the server's DataError
from litestar import Request, Response
from litestar.exceptions import HTTPException, InternalServerException, ValidationException
from litestar.types import ExceptionHandlersMap, Send

from chassis import field_errors, telemetry
from chassis.field_errors import FieldError as FieldError  # noqa: PLC0414 - services raise problems and name fields in one breath

log = structlog.get_logger()
LEFT = "client disconnected prematurely"
"""How Litestar says that a body stopped in the middle."""
MEDIA_TYPE = "application/problem+json"


class ProblemDetails(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The body of every 4xx and 5xx answer (application/problem+json)."""

    type: str
    title: str
    status: int
    detail: str = ""
    trace_id: str = ""
    errors: Sequence[FieldError] = ()


class Problem(Exception):  # noqa: N818 - named for what it is to the client
    """Base of a service's own errors. A subclass names its status; its docstring is the title."""

    status = 500

    def __init__(
        self, detail: str = "", *, errors: Sequence[FieldError] = (), retry_after_s: int | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = errors
        self.retry_after_s = retry_after_s
        self.headers: Mapping[str, str] = {}

    @classmethod
    def title(cls) -> str:
        return (cls.__doc__ or cls.__name__).strip().splitlines()[0].rstrip(".")

    @classmethod
    def urn(cls) -> str:
        return _urn(cls.__name__)


class BadRequest(Problem):
    """The request is malformed."""

    status = 400


class InvalidValue(BadRequest):
    """A value is not acceptable."""


class Unauthorized(Problem):
    """A valid access token is needed."""

    status = 401


class Forbidden(Problem):
    """The token does not allow this."""

    status = 403


class NotFound(Problem):
    """No such resource."""

    status = 404


class MethodNotAllowed(Problem):
    """The method is not allowed here."""

    status = 405


class Conflict(Problem):
    """The resource is not in a state that allows this."""

    status = 409


class StaleVersion(Problem):
    """The resource has changed since it was read."""

    status = 412


class TooLarge(Problem):
    """The request is too large."""

    status = 413


class UnsupportedMediaType(Problem):
    """The body is not of a type accepted here."""

    status = 415


class KeyReused(Problem):
    """The idempotency key was used with another request."""

    status = 422


class TooManyRequests(Problem):
    """Too many requests; try again later."""

    status = 429


class HeadTooLarge(Problem):
    """The head of the request is too large."""

    status = 431


class Unavailable(Problem):
    """Temporarily unavailable; try again later."""

    status = 503


_BY_STATUS: Mapping[int, type[Problem]] = {
    cls.status: cls
    for cls in (
        *(BadRequest, Unauthorized, Forbidden, NotFound, MethodNotAllowed, TooLarge, UnsupportedMediaType),
        *(TooManyRequests, HeadTooLarge, Unavailable),
    )
}


def invalid(pointer: str, detail: str) -> InvalidValue:
    """One unacceptable member of the body."""
    return InvalidValue(errors=[FieldError(detail, pointer)])


UNSTORABLE = (asyncpg.DataError, Unencodable)
"""A value no column takes, found by PostgreSQL or on the way to it."""

OUTAGE = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a statement on a connection that is just being lost
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.QueryCanceledError,
    asyncpg.DiskFullError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.LockNotAvailableError,
    asyncpg.TransactionRollbackError,
)
"""What it looks like when the database is away, restarting, full or overloaded."""


def of(error: Exception) -> Problem:  # noqa: PLR0911 - a table, read from the top
    """Translate any failure; what nobody foresaw becomes a 500 that tells nothing but the trace id."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, ValidationException):
        return _invalid(error)
    if isinstance(error, HTTPException):
        return _http(error)
    if isinstance(error, msgspec.ValidationError):
        return InvalidValue(errors=[field_errors.of_exception(error)])
    if isinstance(error, msgspec.DecodeError | UnicodeDecodeError | RecursionError):
        return BadRequest("the body is not valid JSON")
    if isinstance(error, UNSTORABLE):
        return InvalidValue("a value cannot be stored")
    if isinstance(error, OUTAGE):
        return Unavailable("the database does not answer", retry_after_s=1)
    return Problem()


def handle(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Answer with the problem; log what is a bug."""
    return response(noted(error, request.scope.get("path_template")))


def noted(error: Exception, path: str | None) -> Problem:
    """The problem of a failure, logged when nobody meant it."""
    problem = of(error)
    if problem.status >= 500 and not isinstance(problem, Unavailable):
        log.error("request.failed", path=path, exc_info=error)
    elif problem is not error and isinstance(problem, Unavailable):
        log.warning("request.unavailable", path=path, error=type(error).__name__)
    return problem


def response(problem: Problem) -> Response[bytes]:
    body = msgspec.json.encode(details(problem))
    return Response(body, status_code=problem.status, media_type=MEDIA_TYPE, headers=headers(problem))


async def send(problem: Problem, to: Send) -> None:
    """Answer with the problem where there is no Litestar around."""
    body = msgspec.json.encode(details(problem))
    given = {"content-type": MEDIA_TYPE, "content-length": str(len(body))} | headers(problem)
    raw = [(name.encode(), value.encode()) for name, value in given.items()]
    await to({"type": "http.response.start", "status": problem.status, "headers": raw})
    await to({"type": "http.response.body", "body": body, "more_body": False})


def headers(problem: Problem) -> dict[str, str]:
    given = {"cache-control": "no-store", **problem.headers}
    if problem.status == Unauthorized.status:
        given["www-authenticate"] = "Bearer"
    if problem.retry_after_s is not None:
        given["retry-after"] = str(problem.retry_after_s)
    return given


def details(problem: Problem) -> ProblemDetails:
    return ProblemDetails(
        type=problem.urn() if type(problem) is not Problem else "urn:fitmesh:problem:internal",
        title=problem.title() if type(problem) is not Problem else "Something went wrong on our side",
        status=problem.status,
        detail=problem.detail,
        trace_id=telemetry.trace_id(),
        errors=problem.errors,
    )


HANDLERS: ExceptionHandlersMap = {Exception: handle}


def of_status(status: int, detail: str = "") -> Problem:
    """The problem of a failure that has little more than a status."""
    cls = _BY_STATUS.get(status, BadRequest if status < 500 else Problem)
    return cls(detail if cls is BadRequest else "")


def _http(error: HTTPException) -> Problem:
    if isinstance(error, InternalServerException) and error.detail == LEFT:
        return BadRequest("the body ended early")
    problem = of_status(error.status_code, error.detail)
    if allow := (error.headers or {}).get("allow"):
        methods = set(allow.split(", "))
        problem.headers = {"allow": ", ".join(sorted(methods | {"HEAD"} if "GET" in methods else methods))}
    return problem


def _invalid(error: ValidationException) -> Problem:
    if missing := re.match(r"Missing required \w+ parameter '(.+?)'", error.detail):
        return InvalidValue(errors=[FieldError("is missing", f"?{missing[1]}")])
    return InvalidValue(errors=field_errors.of_parameters(error.extra))


def _urn(name: str) -> str:
    return "urn:fitmesh:problem:" + re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()
