"""/days"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

import msgspec
from asyncpg import Connection
from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from chassis.problems import NotFound, invalid
from chassis.tokens import Caller
from health.catalogue.table import BY_CODE
from health.days import queries
from health.days.explain import Explained, explain
from health.days.model import Day

MOST_DAYS = 366
USUAL = timedelta(days=6)

FromDate = Annotated[date | None, QueryParameter(name="from", description="First local date; by default a week's.")]
ToDate = Annotated[date | None, QueryParameter(name="to", description="Last local date; today by default.")]
Metrics = Annotated[
    str | None, QueryParameter(max_length=4_000, description="Codes of the catalogue, by commas; all by default.")
]


class DaySummary(msgspec.Struct, frozen=True, kw_only=True):
    """What a metric comes to on a local date, each moment counted by one source."""

    date: date
    metric: str
    value: float | None
    unit: str
    min: float | None
    max: float | None
    n: int
    coverage: float | None
    """Share of the day that is covered; null where that means nothing."""
    sources: Sequence[str]


class Days(msgspec.Struct, frozen=True):
    """Oldest first; of a date and metric without a value there is no item."""

    items: Sequence[DaySummary]


class NoSuchMetric(NotFound):
    """The catalogue has no such metric."""


@get("/")
async def list_days(
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    from_: FromDate = None,
    to: ToDate = None,
    metrics: Metrics = None,
) -> Days:
    """List what metrics come to on the caller's days."""
    first, last = await asked(db, caller.user_id, from_, to, MOST_DAYS)
    return _shown(await queries.select(db, caller.user_id, first, last, _known(metrics)))


@get("/{on_date:date}")
async def read_day(on_date: FromPath[date], caller: NamedDependency[Caller], db: NamedDependency[Connection]) -> Days:
    """List what all metrics come to on one day."""
    return _shown(await queries.select(db, caller.user_id, on_date, on_date, ()))


@get("/{on_date:date}/{metric:str}/explain")
async def explain_day(
    on_date: FromPath[date],
    metric: FromPath[str],
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
) -> Explained:
    """Tell which source counts when, what does not count, and why; the parts add up to the day's value."""
    if metric not in BY_CODE:
        raise NoSuchMetric
    return await explain(db, caller.user_id, BY_CODE[metric], on_date)


async def asked(db: Connection, user_id: UUID, from_: date | None, to: date | None, most: int) -> tuple[date, date]:
    """The dates a request means: a week up to today unless it says otherwise."""
    last = to or max(await queries.today(db, user_id), from_ or date.min)
    first = from_ or max(last, date.min + USUAL) - USUAL
    if not 0 <= (last - first).days < most:
        raise invalid("?from", f"must be at most {most - 1} days before `to`, and not after it")
    return first, last


def _known(metrics: str | None) -> list[str]:
    codes = [code.strip() for code in metrics.split(",")] if metrics else []
    for code in codes:
        if code not in BY_CODE:
            raise invalid("?metrics", f"{code[:50]!r} is not in the catalogue")
    return codes


def _shown(days: Sequence[Day]) -> Days:
    return Days(
        [
            DaySummary(
                date=day.on_date,
                metric=day.metric,
                value=day.value,
                unit=day.unit,
                min=day.min,
                max=day.max,
                n=day.n,
                coverage=day.coverage,
                sources=day.sources,
            )
            for day in days
        ]
    )


router = Router("/days", route_handlers=[list_days, read_day, explain_day], tags=["Days"])
