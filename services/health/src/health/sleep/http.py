"""/sleep"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec
from asyncpg import Connection
from litestar import Router, get
from litestar.di import NamedDependency

from chassis.tokens import Caller
from health.days.http import FromDate, ToDate, asked
from health.sleep import model, queries

MOST_NIGHTS = 92
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class StageOf(msgspec.Struct, frozen=True, kw_only=True):
    """One interval as it was measured."""

    stage: str
    """``deep``, ``rem``, ``light``, ``asleep`` without saying how, ``awake``, or ``in_bed``."""
    at: datetime
    duration_s: int


class Other(msgspec.Struct, frozen=True, kw_only=True):
    """What a source that does not count says of the night."""

    source: str
    asleep_h: float | None


class NightOf(msgspec.Struct, frozen=True, kw_only=True):
    """A night by the date of waking; hours. Only ``asleep_h`` is known of one that was entered as a total."""

    date: date
    source: str
    in_bed_at: datetime | None = None
    asleep_at: datetime | None = None
    woke_at: datetime | None = None
    in_bed_h: float | None = None
    asleep_h: float | None = None
    deep_h: float | None = None
    rem_h: float | None = None
    light_h: float | None = None
    awake_h: float | None = None
    efficiency: float | None = None
    """Asleep of in bed, 0-1."""
    stages: Sequence[StageOf] = ()
    others: Sequence[Other] = ()


class Nights(msgspec.Struct, frozen=True):
    """Oldest first."""

    items: Sequence[NightOf]


@get("/")
async def list_nights(
    caller: NamedDependency[Caller],
    db: NamedDependency[Connection],
    from_: FromDate = None,
    to: ToDate = None,
) -> Nights:
    """List the caller's nights, made of stages where a source tells any; one source counts a night."""
    first, last = await asked(db, caller.user_id, from_, to, MOST_NIGHTS)
    found = await queries.dates(db, caller.user_id, first, last)
    return Nights([night for on_date, said in found if (night := _night(on_date, said))])


def _night(on_date: date, said: model.Date) -> NightOf | None:
    total = said.totals.get("asleep")
    if said.night is None or (not said.has_stages and total):
        if total is None:
            return None
        others = [Other(source=night.source, asleep_h=night.asleep_h) for night in said.nights]
        return NightOf(date=on_date, source=total[0], asleep_h=total[1], others=others)
    night, *rest = said.nights
    others = [Other(source=other.source, asleep_h=other.asleep_h) for other in rest]
    if total:
        others.append(Other(source=total[0], asleep_h=total[1]))
    return NightOf(
        date=on_date,
        source=night.source,
        in_bed_at=_instant(night.in_bed_at),
        asleep_at=_instant(night.asleep_at) if night.asleep_at is not None else None,
        woke_at=_instant(night.woke_at),
        in_bed_h=night.in_bed_h,
        asleep_h=night.asleep_h,
        deep_h=night.deep_h,
        rem_h=night.rem_h,
        light_h=night.light_h,
        awake_h=night.awake_h,
        efficiency=night.efficiency,
        stages=[
            StageOf(stage=stage.stage, at=_instant(stage.at), duration_s=(stage.until - stage.at) // 1_000_000)
            for stage in sorted(night.stages)
        ],
        others=others,
    )


def _instant(at: int) -> datetime:
    return EPOCH + timedelta(microseconds=at)


router = Router("/sleep", route_handlers=[list_nights], tags=["Sleep"])
