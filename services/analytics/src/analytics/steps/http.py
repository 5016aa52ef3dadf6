"""/analytics/steps: the average day, against the period before."""

from datetime import date
from typing import Annotated

from asyncpg import Connection
from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from analytics.days import queries as days
from analytics.steps import model, queries
from analytics.steps.model import EARLIEST, LATEST, LONGEST_DAYS, Period, Steps
from chassis import Runtime
from chassis.field_errors import FieldError
from chassis.problems import InvalidValue
from chassis.tokens import Caller

FirstOn = Annotated[date | None, QueryParameter(name="from", description="First day; six days before `to` if absent.")]
LastOn = Annotated[date | None, QueryParameter(name="to", description="Last day; today in your time zone if absent.")]


@get("/", summary="Average steps")
async def average_steps(
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    runtime: NamedDependency[Runtime],
    first_on: FirstOn = None,
    last_on: LastOn = None,
) -> Steps:
    """Your steps per day that has any, over a period of at most 3,660 days, against as many days before it."""
    today = await days.today(db, caller.user_id, runtime.ask_identity)
    period = asked(first_on, last_on, today)
    return model.compare(period, await queries.days(db, caller.user_id, period))


def asked(first_on: date | None, last_on: date | None, today: date) -> Period:
    """The period a client means; InvalidValue when there is no such."""
    wrong = [
        FieldError(f"must be from {EARLIEST} to {LATEST}", pointer)
        for pointer, given in (("?from", first_on), ("?to", last_on))
        if given and not EARLIEST <= given <= LATEST
    ]
    if wrong:
        raise InvalidValue(errors=wrong)
    last_on = last_on or today
    period = Period(first_on or model.week_up_to(last_on).first_on, last_on)
    if period.days < 1:
        raise InvalidValue(errors=[FieldError("must not be after `to`", "?from")])
    if period.days > LONGEST_DAYS:
        raise InvalidValue(errors=[FieldError(f"must be at most {LONGEST_DAYS:,} days before `to`", "?from")])
    return period


router = Router("/analytics/steps", route_handlers=[average_steps], tags=["Analytics"])
