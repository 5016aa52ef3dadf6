"""Metrics and traces of requests: one wrapper around the app, so that 404 and 405 are seen too.

Some 10 us a request; the official middleware costs 25 times that (benchmarks/telemetry.py).
"""

import time
from collections.abc import Callable
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.propagate import extract
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio
from opentelemetry.trace import SpanKind, StatusCode
from prometheus_client import Histogram

tracer = trace.get_tracer("fitmesh")

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
DURATION = Histogram(
    "http_request_duration_seconds", "Time to answer a request.", ("method", "route", "status"), buckets=BUCKETS
)


def start(service: str, endpoint: str | None, share: float) -> Callable[[], None]:
    """Set up tracing; returns what flushes it. Without an endpoint, trace ids exist but go nowhere."""
    provider = TracerProvider(
        sampler=ParentBasedTraceIdRatio(share), resource=Resource.create({"service.name": service})
    )
    if endpoint:
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    trace.set_tracer_provider(provider)
    return provider.shutdown


def trace_id() -> str:
    """Id of the current trace in hex, or nothing outside one."""
    context = trace.get_current_span().get_span_context()
    return format(context.trace_id, "032x") if context.is_valid else ""


def observed(app: ASGIApp) -> ASGIApp:
    """Wrap an app: a server span under ``traceparent``, a histogram by method, route and status."""
    children: dict[tuple[str, str, int], Any] = {}

    async def wrapper(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500
        method = scope["method"] if scope["method"] in METHODS else "other"
        carrier = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"] if k in _PROPAGATED}

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        context = extract(carrier, Context()) if carrier else Context()
        with tracer.start_as_current_span(method, context, SpanKind.SERVER) as span:
            try:
                await app(scope, receive, noting)
            finally:
                route = scope.get("path_template") or "unrouted"
                if span.is_recording():
                    span.update_name(f"{method} {route}")
                    span.set_attributes(
                        {"http.request.method": method, "http.route": route, "http.response.status_code": status}
                    )
                    if status >= 500:
                        span.set_status(StatusCode.ERROR)
                key = (method, route, status)
                if (child := children.get(key)) is None:
                    child = children[key] = DURATION.labels(method, route, str(status))
                child.observe(time.perf_counter() - started)

    return wrapper


_PROPAGATED = frozenset({b"traceparent", b"tracestate"})
