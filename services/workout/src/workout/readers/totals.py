"""Figures of parts, added up to those of the whole."""

from collections.abc import Callable, Sequence

from msgspec import structs

from workout.readers import sports
from workout.readers.model import Lap, Totals

SUMS = ("timer_s", "moving_s", "distance_m", "ascent_m", "descent_m", "energy_kcal", "load")
MOST = ("max_heart_rate", "max_power", "max_cadence", "max_speed")
MEANS = ("average_heart_rate", "average_power", "average_cadence", "average_speed")


def together(parts: Sequence[Totals], *, elapsed_s: float | None = None) -> Totals:
    """Sums, highest values, and means weighted by the time of each part; None where no part says anything."""
    if len(parts) == 1:
        return structs.replace(parts[0], elapsed_s=elapsed_s)
    figures: dict[str, float | None] = {"elapsed_s": elapsed_s}
    take: dict[str, Callable[[list[float]], float]] = {**dict.fromkeys(SUMS, sum), **dict.fromkeys(MOST, max)}
    for name, whole in take.items():
        said = [value for part in parts if (value := getattr(part, name)) is not None]
        figures[name] = whole(said) if said else None
    for name in MEANS:
        figures[name] = _mean([(getattr(part, name), part.timer_s or part.elapsed_s or 0.0) for part in parts])
    return Totals(**figures)


def _mean(said: Sequence[tuple[float | None, float]]) -> float | None:
    weighed = [(value, weight) for value, weight in said if value is not None]
    if not (weight := sum(weight for _, weight in weighed)):
        return None
    return sum(value * each for value, each in weighed) / weight


def of_both_legs(totals: Totals) -> Totals:
    """With the steps of both legs, where the cadence counts one."""
    return structs.replace(
        totals,
        average_cadence=None if totals.average_cadence is None else totals.average_cadence * 2,
        max_cadence=None if totals.max_cadence is None else totals.max_cadence * 2,
    )


def footed(parts: Sequence[Lap], sport: str) -> list[Lap]:
    """Parts of an activity with the steps of both legs, where they are on foot."""
    return [
        structs.replace(part, totals=of_both_legs(part.totals))
        if sports.family_of(part.sport or sport) == "foot"
        else part
        for part in parts
    ]
