"""One JSON line a record on standard output, with its trace. Never bodies, headers, queries or texts of exceptions."""

import logging
import sys
import traceback
from collections.abc import Iterator

import structlog

from chassis import telemetry


def configure(service: str, level: str) -> None:
    """Send structlog's and the standard library's records through the same processors."""
    shared: list[structlog.types.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _named(service),
        _traced,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _told,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.getLogger("asyncio").setLevel(logging.WARNING)
    for noisy in ("uvicorn.access", "aio_pika", "aiormq"):  # outages of the broker are told once, by outbox
        logging.getLogger(noisy).setLevel(logging.CRITICAL)


def _named(service: str) -> structlog.types.Processor:
    def add(_logger: object, _method: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
        return {"service": service} | dict(event)

    return add


def _traced(_logger: object, _method: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    if trace_id := telemetry.trace_id():
        event["trace_id"] = trace_id
    return event


def _told(_logger: object, _method: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """Tell of an exception what it was and where; its text may hold anybody's data."""
    error = _error(event.pop("exc_info", None))
    if error is not None:
        event["exception"] = list(_kinds(error))
        event["at"] = [f"{at.filename}:{at.lineno} {at.name}" for at in traceback.extract_tb(error.__traceback__)]
    return event


def _error(given: object) -> BaseException | None:
    match given:
        case BaseException():
            return given
        case (_, BaseException() as error, _):
            return error
        case True:
            return sys.exception()
    return None


def _kinds(error: BaseException | None) -> Iterator[str]:
    """Yield what the error is, and what caused it; of PostgreSQL's also the code and the constraint."""
    while error is not None:
        kind = type(error)
        facts = (getattr(error, name, None) for name in ("sqlstate", "constraint_name"))
        yield " ".join([f"{kind.__module__}.{kind.__qualname__}", *(str(fact) for fact in facts if fact)])
        error = error.__cause__ or error.__context__
