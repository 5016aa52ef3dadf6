"""Why a day comes to what it comes to: which piece of time counts by which source, what does not, and why.

The same reading and the same rules as for the day itself; the parts add up to its value.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from math import fsum
from typing import NamedTuple
from uuid import UUID

import msgspec
from asyncpg import Connection

from chassis.problems import InvalidValue
from health.catalogue.model import ADDITIVE, SAMPLED, SLEEP, Aggregate, Metric
from health.days import arbitrate, reading
from health.days.arbitrate import SECOND, Track
from health.days.model import SLEEP_ID, Key, rounded
from health.days.reading import Plan
from health.sleep import model as sleep
from health.sleep import queries as nights

MOST_PARTS = 20_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

RULES = {
    "additive": "Of each interval that part counts which no source believed more covers, in proportion. What has no "
    "length counts unless a source believed more says the same of that instant.",
    "slots": "In each slot the source counts that is believed most among those that say anything in it. A part's value "
    "is what the slot adds to the day.",
    "day": "The source counts that is believed most among those that say anything that day.",
    "sleep": "One source a night, the one believed most among those with stages asleep; what its intervals cover, "
    "never their sum. Without stages the total counts that was given last.",
}
REASONS = {"last": "an earlier value of that day", "max": "not the highest of that day"}


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of time that counts: ``value`` of the ``whole`` that the source says of it."""

    from_: datetime = msgspec.field(name="from")
    to: datetime
    source: str
    value: float
    whole: float
    reason: str


class Rejected(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of time of which what the source says does not count."""

    from_: datetime = msgspec.field(name="from")
    to: datetime
    source: str
    value: float
    reason: str


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """A day value, and the parts that add up to it."""

    date: date
    metric: str
    unit: str
    value: float | None
    rule: str
    parts: Sequence[Part]
    rejected: Sequence[Rejected]


class TooMuch(InvalidValue):
    """More was said of that day than can be listed: read it from GET /samples."""


class Said(NamedTuple):
    """What one source says of a slot, or with one value."""

    at: int
    until: int
    source: str
    n: int
    sum: float
    max: float
    last: float


Told = tuple[float | None, list[Part], list[Rejected]]


async def explain(db: Connection, user_id: UUID, metric: Metric, on_date: date) -> Explained:
    """Work the day out anew, keeping what was decided on the way."""
    if on_date.year not in reading.YEARS:
        rule, (value, parts, rejected) = RULES["day"], _nothing()
    else:
        of = SLEEP_ID if metric.kind == SLEEP else metric.metric_id
        plan = await reading.plan(db, [Key(user_id, of, on_date)])
        rule, (value, parts, rejected) = await _told(db, metric, plan)
    if len(parts) + len(rejected) > MOST_PARTS:
        raise TooMuch
    return Explained(
        date=on_date,
        metric=metric.code,
        unit=metric.unit,
        value=value,
        rule=rule,
        parts=sorted(parts, key=lambda part: part.from_),
        rejected=sorted(rejected, key=lambda part: part.from_),
    )


async def _told(db: Connection, metric: Metric, plan: Plan) -> tuple[str, Told]:
    names = plan.names.get(0, {})
    if metric.kind == SAMPLED and metric.slot_s:
        slot_us = metric.slot_s * SECOND
        slots = [
            Said(
                at=row["slot"] * slot_us,
                until=(row["slot"] + 1) * slot_us,
                source=names[row["rank"]],
                n=row["n"],
                sum=row["sum"],
                max=row["max"],
                last=row["last"][2] if row["last"] else 0.0,
            )
            for row in await reading.slots(db, plan)
        ]
        return RULES["slots"], _aggregated(slots, metric.day_aggregate)
    rows = await reading.all_said(db, plan)
    if metric.kind == SLEEP:
        found = sleep.of_date(nights.sleepers(rows, names), plan.spans.get(0, ()))
        return RULES["sleep"], _slept(found, metric.code, plan)
    tracks = reading.tracks(rows, names)
    if metric.kind == ADDITIVE:
        return RULES["additive"], _added(tracks)
    return RULES["day"], _aggregated(_of_day(tracks), metric.day_aggregate)


def _nothing() -> Told:
    return None, [], []


def _added(tracks: Sequence[Track]) -> Told:
    parts: list[Part] = []
    rejected: list[Rejected] = []
    for sample in arbitrate.additive(tracks):
        name = tracks[sample.source].source
        for at, until, value, by in sample.pieces:
            if by is None:
                reason = "nobody believed more covers it" if len(tracks) > 1 else "the only source"
                parts.append(_part(at, until, name, value, sample.value, reason))
            else:
                verb = "covers it" if until > at else "says the same"
                rejected.append(_rejected(at, until, name, value, f"{tracks[by].source} {verb} and is believed more"))
    return rounded(fsum(part.value for part in parts)) if parts else None, parts, rejected


def _of_day(tracks: Iterable[Track]) -> list[Said]:
    """Single values, as if they all lay in one slot."""
    return [
        Said(-1, at, track.source, 1, value, value, value)
        for track in tracks
        for at, value, mine in zip(track.at, track.value, track.mine, strict=True)
        if mine
    ]


def _aggregated(said: Sequence[Said], aggregate: Aggregate) -> Told:
    """Of each slot the source that comes first; of these the mean, or the one that decides."""
    chosen: list[Said] = []
    rejected: list[Rejected] = []
    for _, slot in groupby(said, key=lambda one: one.at):
        first, *others = slot
        chosen += (first, *(one for one in others if one.source == first.source))
        rejected += (
            _rejected(*_stretch(one), one.source, one.sum / one.n, f"{first.source} is believed more")
            for one in others
            if one.source != first.source
        )
    if not chosen:
        return _nothing()
    if aggregate == "avg":
        n = sum(one.n for one in chosen)
        parts = [
            _part(*_stretch(one), one.source, one.sum / n, one.sum / one.n, f"{one.n} of {n} values") for one in chosen
        ]
        return rounded(fsum(part.value for part in parts)), parts, rejected
    value, decides = max(
        ((one.max, one) if aggregate == "max" else (one.last, one) for one in chosen),
        key=lambda pair: pair[0] if aggregate == "max" else pair[1].until,
    )
    rejected += (
        _rejected(*_stretch(one), one.source, one.sum / one.n, REASONS[aggregate])
        for one in chosen
        if one is not decides
    )
    reason = "the highest of that day" if aggregate == "max" else "the last of that day"
    return rounded(value), [_part(*_stretch(decides), decides.source, rounded(value), value, reason)], rejected


def _stretch(one: Said) -> tuple[int, int]:
    return (one.until if one.at < 0 else one.at), one.until


def _slept(found: sleep.Date, code: str, plan: Plan) -> Told:
    stage = sleep.STAGES[code]
    value = sleep.figures(found, code).value
    if value is None:
        return None, [], _others(found.nights, stage)
    if found.night and (found.has_stages or stage not in found.totals):
        reason = "the only source" if len(found.nights) == 1 else "believed most that night"
        spans = sleep.covered(found.night.stages, stage)
        parts = [
            _part(at, until, found.night.source, (until - at) / sleep.HOUR, (until - at) / sleep.HOUR, reason)
            for at, until in spans
        ]
        return value, parts, _others(found.nights[1:], stage)
    source, hours = found.totals[stage]
    (since, _), *_, (_, until) = (plan.spans[0][0], plan.spans[0][-1])
    return value, [_part(since, until, source, value, hours, "a total for the date")], _others(found.nights, stage)


def _others(others: Iterable[sleep.Night], stage: str) -> list[Rejected]:
    return [
        _rejected(at, until, night.source, (until - at) / sleep.HOUR, "another source is believed more that night")
        for night in others
        for at, until in sleep.covered(night.stages, stage)
    ]


def _part(at: int, until: int, source: str, value: float, whole: float, reason: str) -> Part:
    return Part(from_=_instant(at), to=_instant(until), source=source, value=value, whole=whole, reason=reason)


def _rejected(at: int, until: int, source: str, value: float, reason: str) -> Rejected:
    return Rejected(from_=_instant(at), to=_instant(until), source=source, value=value, reason=reason)


def _instant(at: int) -> datetime:
    return EPOCH + timedelta(microseconds=at)
