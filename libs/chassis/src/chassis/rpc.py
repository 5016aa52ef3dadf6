"""gRPC between services: every call has a deadline and a token; no failure tells what is inside."""

import asyncio
import base64
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from typing import Any, cast

import aiohttp
import grpc
import msgspec
import structlog
from grpc import StatusCode, aio
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.propagate import extract, inject
from prometheus_client import Histogram

from chassis import problems, telemetry, tokens
from chassis.problems import Problem, Unauthorized, Unavailable
from chassis.settings import Settings
from chassis.tokens import Caller, Claims, Verifier

log = structlog.get_logger()

SERVED = Histogram("grpc_server_duration_seconds", "Time to answer a call.", ("method", "code"))
CALLED = Histogram("grpc_client_duration_seconds", "Time of an outgoing call, retries included.", ("method", "code"))

LARGEST = 4 * 1024 * 1024
CONCURRENT = 200
OPTIONS: Sequence[tuple[str, Any]] = (
    ("grpc.max_receive_message_length", LARGEST),
    ("grpc.max_send_message_length", LARGEST),
    ("grpc.max_connection_age_ms", 60_000),
    ("grpc.max_connection_age_grace_ms", 10_000),
)
RETRY = msgspec.json.encode(
    {
        "loadBalancingConfig": [{"round_robin": {}}],
        "methodConfig": [
            {
                "name": [{}],
                "retryPolicy": {
                    "maxAttempts": 3,
                    "initialBackoff": "0.05s",
                    "maxBackoff": "0.5s",
                    "backoffMultiplier": 2,
                    "retryableStatusCodes": ["UNAVAILABLE"],
                },
            }
        ],
        "retryThrottling": {"maxTokens": 10, "tokenRatio": 0.1},
    }
).decode()

_SAID: Mapping[StatusCode, type[Problem]] = {
    StatusCode.INVALID_ARGUMENT: problems.InvalidValue,
    StatusCode.UNAUTHENTICATED: Unauthorized,
    StatusCode.PERMISSION_DENIED: problems.Forbidden,
    StatusCode.NOT_FOUND: problems.NotFound,
    StatusCode.FAILED_PRECONDITION: problems.Conflict,
    StatusCode.ABORTED: problems.StaleVersion,
}

Register = Callable[[aio.Server], None]
"""Adds a servicer to a server."""
Ended = Callable[[Caller], Awaitable[bool]]

_caller: ContextVar[Claims] = ContextVar("rpc_caller")

_CODES = {
    400: StatusCode.INVALID_ARGUMENT,
    401: StatusCode.UNAUTHENTICATED,
    403: StatusCode.PERMISSION_DENIED,
    404: StatusCode.NOT_FOUND,
    409: StatusCode.FAILED_PRECONDITION,
    412: StatusCode.ABORTED,
    429: StatusCode.RESOURCE_EXHAUSTED,
    503: StatusCode.UNAVAILABLE,
}


def caller() -> Claims:
    """Whose token the current call carries."""
    return _caller.get()


def may_read(user_id: str) -> None:
    """Raise NotFound unless the call is a service's or the user's own."""
    claims = caller()
    if not claims.is_service and claims.sub != user_id:
        raise problems.NotFound


class _Guard(aio.ServerInterceptor):  # type: ignore[type-arg]  # generic in the stubs alone
    """Token, deadline, trace, metrics and errors of every call."""

    def __init__(self, verifier: Verifier, ended: Ended) -> None:
        self._verifier = verifier
        self._ended = ended

    async def intercept_service(self, continuation: Any, details: grpc.HandlerCallDetails) -> Any:
        handler = await continuation(details)
        if handler is None or details.method.startswith("/grpc.health."):
            return handler
        kind = "stream" if handler.response_streaming else "unary"
        inner = getattr(handler, f"unary_{kind}", None)
        if inner is None:
            return handler
        metadata = {k: v for k, v in details.invocation_metadata if isinstance(v, str)}
        if kind == "stream":
            return grpc.unary_stream_rpc_method_handler(
                self._streaming(inner, details.method, metadata),
                handler.request_deserializer,
                handler.response_serializer,
            )
        return grpc.unary_unary_rpc_method_handler(
            self._unary(inner, details.method, metadata), handler.request_deserializer, handler.response_serializer
        )

    def _unary(self, inner: Any, method: str, metadata: dict[str, str]) -> Any:
        async def call(request: Any, context: aio.ServicerContext[Any, Any]) -> Any:
            started, code = time.perf_counter(), StatusCode.OK
            with telemetry.tracer.start_as_current_span(method, extract(metadata, Context()), trace.SpanKind.SERVER):
                try:
                    await self._admit(metadata, context)
                    return await inner(request, context)
                except Exception as error:  # noqa: BLE001 - the one place that turns failures into codes
                    code = await _abort(context, method, error)
                finally:
                    SERVED.labels(method, code.name).observe(time.perf_counter() - started)

        return call

    def _streaming(self, inner: Any, method: str, metadata: dict[str, str]) -> Any:
        async def call(request: Any, context: aio.ServicerContext[Any, Any]) -> Any:
            started, code = time.perf_counter(), StatusCode.OK
            try:
                await self._admit(metadata, context)
                async for answer in inner(request, context):
                    yield answer
            except Exception as error:  # noqa: BLE001 - the one place that turns failures into codes
                code = await _abort(context, method, error)
            finally:
                SERVED.labels(method, code.name).observe(time.perf_counter() - started)

        return call

    async def _admit(self, metadata: dict[str, str], context: aio.ServicerContext[Any, Any]) -> None:
        if context.time_remaining() is None:
            raise problems.BadRequest("a call needs a deadline")
        scheme, _, token = metadata.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthorized
        _caller.set(await self._claims(token))

    async def _claims(self, token: str) -> Claims:
        with contextlib.suppress(Unauthorized):
            if (claims := await self._verifier.claims(token, tokens.SERVICES)).is_service:
                return claims
        claims = await self._verifier.claims(token, tokens.USERS)
        if await self._ended(tokens.caller_of(claims)):
            raise Unauthorized("the session has ended")
        return claims


async def _abort(context: aio.ServicerContext[Any, Any], method: str, error: Exception) -> StatusCode:
    if isinstance(error, aio.AbortError):
        raise error
    problem = problems.of(error)
    code = _CODES.get(problem.status, StatusCode.INTERNAL if problem.status >= 500 else StatusCode.INVALID_ARGUMENT)
    if code is StatusCode.INTERNAL:
        log.error("rpc.failed", method=method, exc_info=error)
    text = problem.detail or problem.title() if type(problem) is not Problem else f"trace {telemetry.trace_id()}"
    await context.abort(code, text)


async def _never(_caller: Caller) -> bool:
    return False


def server(verifier: Verifier, registers: Sequence[Register], address: str, ended: Ended = _never) -> aio.Server:
    """A server for these servicers; RESOURCE_EXHAUSTED beyond 200 calls at once."""
    made = aio.server(interceptors=[_Guard(verifier, ended)], options=OPTIONS, maximum_concurrent_rpcs=CONCURRENT)
    for register in registers:
        register(made)
    if made.add_insecure_port(address) == 0:
        raise OSError(f"cannot listen on {address}")
    return made


class Peers:
    """Channels to the other services, and the token this one shows them."""

    def __init__(self, settings: Settings, service: str) -> None:
        self._settings = settings
        self._service = service
        self._channels: dict[str, aio.Channel] = {}
        self._token = ""
        self._token_until = 0.0
        self._lock = asyncio.Lock()

    def channel(self, peer: str) -> aio.Channel:
        """The channel to a peer; Unavailable when it is not installed."""
        if peer not in self._channels:
            if peer not in self._settings.peers:
                raise Unavailable(f"{peer} is not installed here")
            self._channels[peer] = aio.insecure_channel(
                self._settings.peers[peer],
                options=[("grpc.service_config", RETRY), ("grpc.enable_retries", 1), *OPTIONS[:2]],
            )
        return self._channels[peer]

    async def call(
        self, method: Callable[..., Any], request: Any, *, deadline_s: float = 1, token: str | None = None
    ) -> Any:
        """Call a stub's method with a deadline, for the user whose ``token`` is given or for this service.

        Raises Unavailable when the peer does not answer in time; NotFound and the like as the peer said.
        """
        carrier: dict[str, str] = {}
        inject(carrier)
        bearer = token or await self._service_token()
        metadata = (("authorization", f"Bearer {bearer}"), *carrier.items())
        name = cast("bytes", getattr(method, "_method", b"")).decode()
        started, code = time.perf_counter(), StatusCode.OK
        try:
            return await method(request, timeout=deadline_s, metadata=metadata)
        except aio.AioRpcError as error:
            code = error.code()
            if code is StatusCode.UNAUTHENTICATED and token is None:
                self._token_until = 0.0  # the key or the secret has changed: the next call asks for a new token
            raise _problem(code, own=token is None) from None
        finally:
            CALLED.labels(name, code.name).observe(time.perf_counter() - started)

    async def _service_token(self) -> str:
        async with self._lock:
            if time.monotonic() > self._token_until:
                await self._fetch_token()
            return self._token

    async def _fetch_token(self) -> None:
        url = self._settings.jwks_url.replace("/.well-known/jwks.json", "/oauth/token")
        basic = base64.b64encode(f"{self._service}:{self._settings.service_secret.reveal()}".encode()).decode()
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session,
                session.post(
                    url, data={"grant_type": "client_credentials"}, headers={"authorization": f"Basic {basic}"}
                ) as answer,
            ):
                answer.raise_for_status()
                given = msgspec.json.decode(await answer.read(), type=dict[str, Any])
        except (OSError, TimeoutError, aiohttp.ClientError, msgspec.MsgspecError):
            raise Unavailable("identity does not answer", retry_after_s=2) from None
        self._token = str(given["access_token"])
        self._token_until = time.monotonic() + float(given["expires_in"]) - 60

    async def close(self) -> None:
        for channel in self._channels.values():
            await channel.close(None)


def _problem(code: StatusCode, *, own: bool) -> Problem:
    """What the peer said; a token it did not take is this service's own trouble unless it came from the user."""
    said = _SAID.get(code)
    if said is None or (own and said is Unauthorized):
        return Unavailable("another service does not answer", retry_after_s=1)
    return said()
