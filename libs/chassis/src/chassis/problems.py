"""Errors a client can act on, rendered as RFC 9457 problem details. The one place where a failure gets its status."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import ExceptionHandlersMap

from chassis import telemetry

log = structlog.get_logger()


class FieldError(msgspec.Struct, frozen=True):
    """What is wrong with one member of a request."""

    detail: str
    pointer: str = ""
    """JSON pointer into the body; ``?limit`` and the like for a parameter."""


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


class Conflict(Problem):
    """The resource is not in a state that allows this."""

    status = 409


class StaleVersion(Problem):
    """The resource has changed since it was read."""

    status = 412


class UnsupportedMediaType(Problem):
    """The body is not of a type accepted here."""

    status = 415


class KeyReused(Problem):
    """The idempotency key was used with another request."""

    status = 422


class TooManyRequests(Problem):
    """Too many requests; try again later."""

    status = 429


class Unavailable(Problem):
    """Temporarily unavailable; try again later."""

    status = 503


def invalid(pointer: str, detail: str) -> InvalidValue:
    """One unacceptable member of the body."""
    return InvalidValue(errors=[FieldError(detail, pointer)])


OUTAGE = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.QueryCanceledError,
    asyncpg.DiskFullError,
    asyncpg.ReadOnlySQLTransactionError,
)
"""What it looks like when the database is away, restarting, full or overloaded."""


def of(error: Exception) -> Problem:
    """Translate any failure; what nobody foresaw becomes a 500 that tells nothing but the trace id."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, ValidationException):
        return InvalidValue("", errors=_parameter_errors(error.extra))
    if isinstance(error, HTTPException) and error.status_code != 500:
        return _http(error)
    if isinstance(error, msgspec.ValidationError):
        return InvalidValue(errors=[field_error(error)])
    if isinstance(error, msgspec.DecodeError | UnicodeDecodeError | RecursionError):
        return BadRequest("the body is not valid JSON")
    if isinstance(error, asyncpg.DataError):
        return InvalidValue("a value cannot be stored")
    if isinstance(error, OUTAGE):
        return Unavailable("the database does not answer", retry_after_s=1)
    return Problem()


def handle(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Answer with the problem; log what is a bug."""
    problem = of(error)
    if problem.status >= 500 and not isinstance(problem, Unavailable):
        log.error("request.failed", path=request.scope.get("path_template"), exc_info=error)
    return response(problem)


def response(problem: Problem) -> Response[bytes]:
    headers = {"cache-control": "no-store"}
    if problem.status == Unauthorized.status:
        headers["www-authenticate"] = "Bearer"
    if problem.retry_after_s is not None:
        headers["retry-after"] = str(problem.retry_after_s)
    body = msgspec.json.encode(details(problem))
    return Response(body, status_code=problem.status, media_type="application/problem+json", headers=headers)


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


def field_error(error: msgspec.ValidationError) -> FieldError:
    """Turn msgspec's ``Expected `int`, got `str` - at `$.sets[0].reps``` into pointer and sentence."""
    text, _, path = str(error).partition(" - at `")
    pointer = (
        re.sub(r"\[(\d+|\.\.\.)\]", r"/\1", path.rstrip("`").removeprefix("$")).replace(".", "/").replace("///", "/...")
    )
    if missing := re.fullmatch(r"Object (?:missing required|contains unknown) field `(.+)`", text):
        pointer += f"/{missing[1]}"
        text = "is missing" if "missing" in text else "is not a known field"
    return FieldError(text, pointer)


def _parameter_errors(extra: object) -> list[FieldError]:
    if not isinstance(extra, list):
        return []
    return [
        FieldError(str(item.get("message", "")), _pointer(str(item.get("source", "")), str(item.get("key", ""))))
        for item in extra
        if isinstance(item, Mapping)
    ]


def _pointer(source: str, key: str) -> str:
    return "/" + key.replace(".", "/") if source == "body" else f"?{key}"


_BY_STATUS: dict[int, tuple[str, str]] = {
    404: ("not-found", "No such resource"),
    405: ("method-not-allowed", "The method is not allowed here"),
    413: ("too-large", "The request is too large"),
    415: ("unsupported-media-type", "The body is not of a type accepted here"),
}


def _http(error: HTTPException) -> Problem:
    known = {
        cls.status: cls
        for cls in (BadRequest, Unauthorized, Forbidden, NotFound, TooManyRequests, UnsupportedMediaType)
    }
    if cls := known.get(error.status_code):
        return cls(error.detail if cls is BadRequest else "")
    name, title = _BY_STATUS.get(error.status_code, ("rejected", "The request was rejected"))
    made = type(
        "".join(part.title() for part in name.split("-")), (Problem,), {"status": error.status_code, "__doc__": title}
    )
    return made("")


def _urn(name: str) -> str:
    return "urn:fitmesh:problem:" + re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()
