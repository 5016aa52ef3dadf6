"""What days have to come to with many sources, worked out piece of time by piece of time, slowly and plainly.

Everything begins and ends on a grid of five minutes, so that a piece of the grid is covered whole or not at all.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from services.health.tests.days.by_hand import Key, Summary, Zones, local_date

PIECE = timedelta(minutes=5)
GAP = timedelta(hours=2)

ADDITIVE = ("steps", "active_energy")
SLOTS = {"heart_rate": 300, "spo2": 900}
POINTS = {"weight": "last", "body_temperature": "avg", "hr_recovery_1min": "max"}
SLEEP = ("sleep_duration", "sleep_deep", "sleep_light", "sleep_awake", "sleep_in_bed")
ASLEEP = frozenset({"sleep_duration", "sleep_deep", "sleep_light"})
METRICS = (*ADDITIVE, *SLOTS, *POINTS, *SLEEP)


class Sample(NamedTuple):
    """As one source said it."""

    at: datetime
    length: timedelta
    value: float

    @property
    def until(self) -> datetime:
        return self.at + self.length


Said = Sequence[Sequence[Sample]]
"""Of one metric, by source; the most believed first."""


def summaries(said: Mapping[str, Said], zones: Zones) -> dict[Key, Summary]:
    """Of all metrics of a user; the sources stand in the same order in all sleep metrics."""
    days: dict[Key, Summary] = {}
    for metric in ADDITIVE:
        days |= _keyed(metric, _kept(said[metric]), zones, sum)
    for metric, slot_s in SLOTS.items():
        days |= _keyed(metric, _slots(said[metric], slot_s, zones), zones, _mean)
    for metric, aggregate in POINTS.items():
        how = {"last": lambda values: values[-1], "avg": _mean, "max": max}[aggregate]
        days |= _keyed(metric, _best_of_days(said[metric], zones), zones, how)
    return days | _nights({metric: said[metric] for metric in SLEEP}, zones)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _keyed(metric: str, kept: Iterable[tuple[datetime, float]], zones: Zones, how) -> dict[Key, Summary]:
    days = defaultdict(list)
    for at, value in sorted(kept, key=lambda one: one[0]):
        days[metric, local_date(at, zones)].append(value)
    return {key: Summary(how(values), min(values), max(values), len(values)) for key, values in days.items()}


def _pieces(at: datetime, until: datetime) -> Iterator[datetime]:
    while at < until:
        yield at
        at += PIECE


def _kept(said: Said) -> Iterator[tuple[datetime, float]]:
    covered: set[datetime] = set()
    told: set[tuple[datetime, float]] = set()
    for source in said:
        mine = set()
        for sample in source:
            pieces = list(_pieces(sample.at, sample.until))
            free = [piece for piece in pieces if piece not in covered]
            if free:
                yield sample.at, sample.value * len(free) / len(pieces)
            elif not pieces and (sample.at, sample.value) not in told:
                yield sample.at, sample.value
            mine |= set(pieces)
        covered |= mine
        told |= {(sample.at, sample.value) for sample in source}


def _slots(said: Said, slot_s: int, zones: Zones) -> Iterator[tuple[datetime, float]]:
    taken: set[tuple[date, int]] = set()
    for source in said:
        mine = set()
        for sample in source:
            slot = (local_date(sample.at, zones), int(sample.at.timestamp()) // slot_s)
            if slot not in taken:
                yield sample.at, sample.value
            mine.add(slot)
        taken |= mine


def _best_of_days(said: Said, zones: Zones) -> Iterator[tuple[datetime, float]]:
    taken: set[date] = set()
    for source in said:
        dates = {local_date(sample.at, zones) for sample in source}
        for sample in source:
            if local_date(sample.at, zones) not in taken:
                yield sample.at, sample.value
        taken |= dates


def _nights(said: Mapping[str, Said], zones: Zones) -> dict[Key, Summary]:
    by_date: dict[date, list[dict[str, list[Sample]]]] = defaultdict(list)
    totals: dict[date, float] = {}
    for source in zip(*(said[metric] for metric in SLEEP), strict=True):
        nights: dict[date, dict[str, list[Sample]]] = defaultdict(lambda: defaultdict(list))
        for session in _sessions(source):
            woke = local_date(max(sample.until for sample, _ in session), zones)
            for sample, metric in session:
                nights[woke][metric].append(sample)
        for woke, night in nights.items():
            by_date[woke].append(night)
        for sample in sorted(source[0], reverse=True):
            if not sample.length:
                totals.setdefault(local_date(sample.at, zones), sample.value)
    days = {}
    for woke, all_of_date in by_date.items():
        asleep = [night for night in all_of_date if ASLEEP & night.keys()]
        days |= _night(woke, (asleep or all_of_date)[0])
    for woke, hours in totals.items():
        days.setdefault(("sleep_duration", woke), Summary(hours, hours, hours, 1))
    return days


def _sessions(source: Sequence[Sequence[Sample]]) -> Iterator[list[tuple[Sample, str]]]:
    """What one source says within two hours; its metrics in the order of ``SLEEP``."""
    told = zip(SLEEP, source, strict=True)
    stages = sorted((sample, metric) for metric, samples in told for sample in samples if sample.length)
    session: list[tuple[Sample, str]] = []
    for stage in stages:
        if session and stage[0].at > max(sample.until for sample, _ in session) + GAP:
            yield session
            session = []
        session.append(stage)
    if session:
        yield session


def _night(woke: date, night: Mapping[str, Sequence[Sample]]) -> dict[Key, Summary]:
    made = {}
    for metric in SLEEP:
        which = {"sleep_duration": ASLEEP, "sleep_in_bed": set(SLEEP)}.get(metric, {metric})
        samples = [sample for name in which for sample in night.get(name, ())]
        if samples:
            hours = len({piece for s in samples for piece in _pieces(s.at, s.until)}) / 12
            made[metric, woke] = Summary(hours, hours, hours, len(samples))
    return made
