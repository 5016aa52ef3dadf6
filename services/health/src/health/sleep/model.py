"""Nights made of intervals: the rules alone, without a database.

What one source says within two hours belongs together; such a session belongs to the local date on which it ends.
Asleep is what any of its asleep intervals covers, never their sum; being in bed includes all the others.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from health.catalogue.table import BY_CODE
from health.days.arbitrate import SECOND
from health.days.model import Figures, rounded

GAP = 2 * 3600 * SECOND
"""Longer apart, and two intervals are two sessions."""

HOUR = 3600 * SECOND

STAGES: Mapping[str, str] = {
    "sleep_duration": "asleep",
    "sleep_deep": "deep",
    "sleep_rem": "rem",
    "sleep_light": "light",
    "sleep_awake": "awake",
    "sleep_in_bed": "in_bed",
}
"""Metric and what its intervals mean; ``asleep`` without saying how."""
BY_ID: Mapping[int, str] = {BY_CODE[code].metric_id: stage for code, stage in STAGES.items()}

ASLEEP = frozenset({"asleep", "deep", "rem", "light"})


class Stage(NamedTuple):
    """One interval; without length it is a total that the source says of its whole date."""

    at: int
    until: int
    stage: str
    value: float


class Sleeper(msgspec.Struct, frozen=True):
    """What one source says around a date, in no order."""

    source: str
    stages: Sequence[Stage]


class Night(msgspec.Struct, frozen=True, kw_only=True):
    """One source's view of a date; hours, and instants of the longest session."""

    source: str
    stages: Sequence[Stage]
    in_bed_at: int
    woke_at: int
    asleep_at: int | None
    in_bed_h: float
    asleep_h: float | None
    deep_h: float | None
    rem_h: float | None
    light_h: float | None
    awake_h: float | None

    @property
    def efficiency(self) -> float | None:
        """Asleep of in bed, 0-1."""
        return rounded(self.asleep_h / self.in_bed_h) if self.asleep_h is not None and self.in_bed_h else None


class Date(msgspec.Struct, frozen=True, kw_only=True):
    """A date with all that is said of it."""

    nights: Sequence[Night]
    """The one that counts first, the others as their sources are believed."""
    totals: Mapping[str, tuple[str, float]]
    """By stage, the source and hours of a total; these count where no night has stages asleep."""

    @property
    def night(self) -> Night | None:
        return self.nights[0] if self.nights else None

    @property
    def has_stages(self) -> bool:
        return self.night is not None and self.night.asleep_h is not None


def of_date(sleepers: Sequence[Sleeper], spans: Sequence[tuple[int, int]]) -> Date:
    """What is said of the date that consists of these spans; the sources come in the order they are believed."""
    nights = [night for sleeper in sleepers if (night := _night(sleeper, spans))]
    nights.sort(key=lambda night: night.asleep_h is None)
    totals: dict[str, tuple[str, float]] = {}
    for sleeper in sleepers:
        newest: dict[str, tuple[int, float]] = {}
        for at, until, stage, value in sleeper.stages:
            if at == until and _within(at, spans):
                newest[stage] = max(newest.get(stage, (at, value)), (at, value))
        for stage, (_, value) in newest.items():
            totals.setdefault(stage, (sleeper.source, value))
    return Date(nights=nights, totals=totals)


def covered(stages: Iterable[Stage], which: str) -> list[tuple[int, int]]:
    """The stretches of time in which any interval of this kind lies, in order."""
    made: list[tuple[int, int]] = []
    for at, until, stage, _ in sorted(stages):
        if stage == which or _includes(which, stage):
            if made and at <= made[-1][1]:
                made[-1] = (made[-1][0], max(made[-1][1], until))
            else:
                made.append((at, until))
    return made


def figures(of: Date, code: str) -> Figures:
    """What a sleep metric comes to on that date."""
    stage = STAGES[code]
    if of.night and (of.has_stages or stage in {"in_bed", "awake"}):
        hours: float | None = getattr(of.night, f"{stage}_h")
        if hours is not None:
            n = sum(part.stage == stage or _includes(stage, part.stage) for part in of.night.stages)
            return Figures(value=hours, min=hours, max=hours, n=n, sources=(of.night.source,))
    if not of.has_stages and stage in of.totals:
        source, hours = of.totals[stage]
        hours = rounded(hours)
        return Figures(value=hours, min=hours, max=hours, n=1, sources=(source,))
    return Figures()


def _includes(whole: str, part: str) -> bool:
    return whole == "in_bed" or (whole == "asleep" and part in ASLEEP)


def sessions(stages: Iterable[Stage]) -> list[list[Stage]]:
    """Intervals that lie no more than two hours apart, together."""
    made: list[list[Stage]] = []
    reach = 0
    for stage in sorted(stage for stage in stages if stage.until > stage.at):
        if made and stage.at <= reach + GAP:
            made[-1].append(stage)
            reach = max(reach, stage.until)
        else:
            made.append([stage])
            reach = stage.until
    return made


def _night(sleeper: Sleeper, spans: Sequence[tuple[int, int]]) -> Night | None:
    mine = [s for s in sessions(sleeper.stages) if _within(max(stage.until for stage in s), spans)]
    if not mine:
        return None
    main = max(mine, key=lambda session: (_length(session, "asleep"), _length(session, "in_bed")))
    asleep = [stage for stage in main if stage.stage in ASLEEP]
    stages = [stage for session in mine for stage in session]
    return Night(
        source=sleeper.source,
        stages=stages,
        in_bed_at=min(stage.at for stage in main),
        woke_at=max(stage.until for stage in asleep or main),
        asleep_at=min((stage.at for stage in asleep), default=None),
        in_bed_h=_hours(stages, "in_bed") or 0.0,
        asleep_h=_hours(stages, "asleep"),
        deep_h=_hours(stages, "deep"),
        rem_h=_hours(stages, "rem"),
        light_h=_hours(stages, "light"),
        awake_h=_hours(stages, "awake"),
    )


def _length(stages: Iterable[Stage], which: str) -> int:
    return sum(until - at for at, until in covered(stages, which))


def _hours(stages: Iterable[Stage], which: str) -> float | None:
    found = _length(stages, which)
    return rounded(found / HOUR) if found else None


def _within(at: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(lower <= at < upper for lower, upper in spans)
