"""/samples"""

from typing import Annotated, Any

from asyncpg import Connection
from litestar import Request, Router, delete, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from chassis.problems import Conflict
from chassis.tokens import Caller
from health.samples import find, model, queries, reading, upload
from health.samples.model import Aggregates, Deleted, Points, Resolution, Written
from health.samples.record import record

Partial = Annotated[bool, QueryParameter(description="Store the good samples although others are rejected.")]
MetricCode = Annotated[str, QueryParameter(max_length=100, description="Code in the catalogue.")]
From = Annotated[
    str | None, QueryParameter(name="from", max_length=40, description="Date or instant; a week before `to`.")
]
To = Annotated[
    str | None,
    QueryParameter(max_length=40, description="Date, itself included, or instant, itself excluded; now."),
]
SourceId = Annotated[int | None, QueryParameter(ge=1, le=2**31 - 1, description="Id of one of the caller's sources.")]
FineOrCoarse = Annotated[Resolution, QueryParameter(description="`raw` are single samples.")]
Unit = Annotated[
    str | None, QueryParameter(max_length=50, description="One the catalogue accepts; canonical, if not said.")
]
MostPoints = Annotated[
    int | None,
    QueryParameter(ge=3, le=model.MOST_POINTS, description="Choose so many by largest triangle, if there are more."),
]


class TooManySamples(Conflict):
    """More samples than one request may delete."""


@post("/", status_code=200, request_max_body_size=upload.LARGEST, opt={"body": upload.NewSamples})
async def add_samples(
    request: Request[Any, Any, Any],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    partial: Partial = False,  # noqa: FBT002 - a parameter of the query
) -> Written:
    """Store samples: JSON rows or columns, one series or several, or NDJSON; all of them, or none."""
    body = upload.unpacked(await request.body(), request.headers.get("content-encoding", "").strip().lower())
    sent = upload.read(body, request.headers.get("content-type", "").partition(";")[0].strip().lower())
    return await record(db, caller.user_id, sent, partial=partial)


@get("/")
async def list_samples(
    metric: MetricCode,
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    from_: From = None,
    to: To = None,
    source: SourceId = None,
    resolution: FineOrCoarse = "raw",
    unit: Unit = None,
    points: MostPoints = None,
) -> Points | Aggregates:
    """Samples as the sources sent them (raw, not merged), or what hours, days, weeks and months come to.

    An hour is told by the best source that says anything of it; days and longer are made of day summaries.
    """
    asked = find.question(metric, from_, to, source, resolution, unit, points)
    return await find.find(db, caller.user_id, asked)


@delete("/", status_code=200)
async def delete_samples(
    metric: MetricCode,
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    from_: From = None,
    to: To = None,
    source: SourceId = None,
) -> Deleted:
    """Delete samples, at most 50,000 at once; what was entered at /health-data is deleted there."""
    metric_id = find.metric_of(metric).metric_id
    await queries.lock(db, caller.user_id)
    span = await reading.span(db, caller.user_id, *find.both(from_, to))
    gone = await queries.delete(db, caller.user_id, metric_id, source, span.first, span.end, most=model.MOST)
    if gone is None:
        raise TooManySamples(f"more than {model.MOST:,} samples lie there: delete a shorter time")
    return Deleted(gone)


router = Router("/samples", route_handlers=[add_samples, list_samples, delete_samples], tags=["Samples"])
