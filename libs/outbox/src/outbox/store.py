"""Events wait in a table of the service's own database until the broker has them."""

from collections.abc import Sequence

import msgspec
from asyncpg import Connection
from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from contracts.events import Event

ADD = """
    INSERT INTO outbox (event_id, user_id, name, body, trace)
    SELECT event_id, user_id, name, body, $5
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bytea[]) AS given (event_id, user_id, name, body)
"""

STATE = """
    SELECT (SELECT count(*) FROM (SELECT FROM outbox LIMIT 10000) AS waiting) AS depth,
           coalesce(extract(epoch FROM now() - (SELECT added_at FROM outbox ORDER BY id LIMIT 1)), 0)::float8 AS age_s
"""

_propagator = TraceContextTextMapPropagator()


async def add(db: Connection, *events: Event) -> None:
    """Store the events in the caller's transaction: they leave if, and only if, that commits."""
    if events:
        await db.execute(ADD, *columns(events))


def columns(events: Sequence[Event]) -> tuple[list[object], list[object], list[str], list[bytes], str | None]:
    """The events as arrays for ``unnest``: event id, user id, name, body; and the current trace, if it is recorded."""
    return (
        [e.event_id for e in events],
        [e.user_id for e in events],
        [e.name() for e in events],
        [msgspec.json.encode(e) for e in events],
        current_trace(),
    )


def current_trace() -> str | None:
    """The current span as a ``traceparent``; nothing when it is not sampled."""
    if not trace.get_current_span().get_span_context().trace_flags.sampled:
        return None
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent")
