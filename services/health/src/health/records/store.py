"""The way of a new record into the database: beside others that wait, or alone in its request's transaction."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any

from litestar import Request
from litestar.di import NamedDependency
from litestar.params import HeaderParameter

from chassis import Runtime
from chassis.combiner import Combiner
from chassis.database import connected, provide_db
from chassis.problems import Unauthorized
from health.days import drain
from health.records import queries
from health.records.queries import Entry

IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(name="idempotency-key", description="Sent again under the same key, an entry is kept once."),
]
Store = Callable[[Entry], Awaitable[None]]
"""Returns once the record is safe; Unauthorized when its user is gone."""


@asynccontextmanager
async def opened(runtime: Runtime) -> AsyncIterator[Mapping[str, Any]]:
    """The combiner of the process, as a resource of the service."""

    async def write(entries: Sequence[Entry]) -> Sequence[Exception | None]:
        async with connected(runtime.writer) as db:
            answers = _answers(entries, await queries.insert(db, entries))
        runtime.bell.ring("outbox", drain.BELL)
        return answers

    combiner = Combiner[Entry, None](write)
    yield {"combiner": combiner}
    await combiner.settled()


async def provide_store(
    request: Request[Any, Any, Any],
    combiner: NamedDependency[Combiner[Entry, None]],
    key: IdempotencyKey = None,
) -> Store:
    """A request with an idempotency key needs its own transaction, in which the key is claimed; the others combine."""
    if key is None:
        return combiner.submit
    db = await provide_db(request)

    async def alone(entry: Entry) -> None:
        for refused in _answers([entry], await queries.insert(db, [entry])):
            if refused:
                raise refused

    return alone


def _answers(entries: Sequence[Entry], gone: set[Any]) -> list[Exception | None]:
    return [Unauthorized("the account is gone") if entry.user_id in gone else None for entry in entries]
