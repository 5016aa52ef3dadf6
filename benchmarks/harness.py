"""Rounds of variants in turn, medians, and how much of the machine somebody else was using."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence

import msgspec
import psutil

QUIET = 0.12
"""Share of the machine that others may use while a round counts."""
TRIES = 2


class Round(msgspec.Struct, frozen=True):
    """What one variant did in one round."""

    rate: float
    """Operations a second."""
    p50_ms: float
    p99_ms: float


class Row(msgspec.Struct, frozen=True):
    """A variant over all rounds."""

    name: str
    rate: float
    lowest: float
    highest: float
    p50_ms: float
    p99_ms: float
    foreign: float


Variant = Callable[[], Round]


def compare(variants: Mapping[str, Variant], *, rounds: int = 5) -> list[Row]:
    """Run every variant once a round, the order rotating; a round that others disturbed is run again."""
    names = list(variants)
    found: dict[str, list[tuple[Round, float]]] = {name: [] for name in names}
    for number in range(rounds):
        for name in names[number % len(names) :] + names[: number % len(names)]:
            found[name].append(_undisturbed(variants[name]))
    return [_row(name, results) for name, results in found.items()]


def _undisturbed(variant: Variant) -> tuple[Round, float]:
    for _ in range(TRIES):
        before = _Usage()
        result = variant()
        foreign = before.foreign_since()
        if foreign <= QUIET:
            break
    return result, foreign


class _Usage:
    """CPU time of the machine and of the processes below this one."""

    def __init__(self) -> None:
        self._at = time.monotonic()
        self._machine = self._busy()
        self._ours = self._own()

    def foreign_since(self) -> float:
        """Share of the cores that neither this process nor its descendants used since."""
        wall = time.monotonic() - self._at
        foreign = self._busy() - self._machine - (self._own() - self._ours)
        return max(0.0, foreign / (wall * (psutil.cpu_count() or 1)))

    @staticmethod
    def _busy() -> float:
        times = psutil.cpu_times()
        return float(times.user + times.system + times.nice + times.softirq + times.irq)

    @staticmethod
    def _own() -> float:
        me, total = psutil.Process(), 0.0
        for process in (me, *me.children(recursive=True)):
            try:
                used = process.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += used.user + used.system + used.children_user + used.children_system
        return total


def _row(name: str, results: Sequence[tuple[Round, float]]) -> Row:
    rates = [result.rate for result, _ in results]
    return Row(
        name,
        statistics.median(rates),
        min(rates),
        max(rates),
        statistics.median(result.p50_ms for result, _ in results),
        statistics.median(result.p99_ms for result, _ in results),
        max(foreign for _, foreign in results),
    )


def table(title: str, rows: Sequence[Row], *, limit: str) -> str:
    """The rows as Markdown, each with its ratio to the variant named ``limit``."""
    base = next(row.rate for row in rows if row.name == limit)
    lines = [
        f"### {title}",
        "",
        "| variant | per second (min-max) | x limit | p50 ms | p99 ms | others' share |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row.name} | {row.rate:,.0f} ({row.lowest:,.0f}-{row.highest:,.0f}) | {row.rate / base:.2f}"
        f" | {row.p50_ms:.2f} | {row.p99_ms:.2f} | {row.foreign:.2f} |"
        for row in rows
    ]
    return "\n".join(lines)


def percentile(sorted_values: Sequence[float], share: float) -> float:
    return sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * share))]
