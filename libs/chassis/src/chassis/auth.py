"""Who asks. A handler that takes ``caller`` answers nobody else; one without it is public."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from chassis import tokens
from chassis.limits import Limit
from chassis.problems import Forbidden, Unauthorized
from chassis.tokens import Caller, Verifier

Ended = Callable[[Caller], Awaitable[bool]]
"""Has this session been ended since the token was signed?"""

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def guard(
    verifier: Verifier, ended: Ended, limit: Limit
) -> Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], Awaitable[None]]:
    """Put the caller into the request's state before anything of the request is read."""

    async def authenticate(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        if handler.opt.get("upload"):
            connection.scope["state"]["patience"].allow_upload()
        wanted = handler.parsed_fn_signature.parameters.get("caller")
        if wanted is None:
            return
        header = connection.headers.get("authorization")
        if header is None and wanted.is_optional:
            return
        caller = await _caller(verifier, header)
        if await ended(caller):
            raise Unauthorized("the session has ended")
        scope = "read" if connection.scope["method"] in SAFE else "write"  # type: ignore[typeddict-item]
        if scope not in caller.scopes:
            raise Forbidden(f"the token lacks the scope {scope}")
        limit.take(caller.user_id)
        connection.scope["state"]["caller"] = caller

    return authenticate


async def _caller(verifier: Verifier, header: str | None) -> Caller:
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthorized("send Authorization: Bearer")
    return tokens.caller_of(await verifier.claims(token, tokens.USERS))


def provide_caller(request: Request[Any, Any, Any]) -> Caller | None:
    """The caller the guard found; None only where the handler allows it."""
    return cast("Caller | None", request.scope["state"].get("caller"))
