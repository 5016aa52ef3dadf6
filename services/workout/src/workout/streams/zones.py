"""Zones of heart rate and power, and the load that a workout puts on a body."""

from collections.abc import Mapping, Sequence
from datetime import date
from math import exp
from typing import Final, Literal

import msgspec

from workout.readers.model import Totals
from workout.streams.model import Derived
from workout.thresholds.model import Thresholds

By = Literal["max", "reserve", "threshold"]
LoadMethod = Literal["power", "heart_rate", "rpe"]

SHARES: Final[Mapping[By, Sequence[float]]] = {
    "max": (0.5, 0.6, 0.7, 0.8, 0.9),
    "reserve": (0.5, 0.6, 0.7, 0.8, 0.9),
    "threshold": (0.65, 0.81, 0.9, 0.94, 1.0),
}
"""Where zones 1 to 5 begin."""
POWER_SHARES: Final = (0.0, 0.55, 0.75, 0.9, 1.05, 1.2, 1.5)
"""Where zones 1 to 7 begin, of the functional threshold power."""
RESTING: Final = 60
"""Beats a minute of who has not said."""
MEN: Final = 1.92
WOMEN: Final = 1.67
YEAR: Final = 365.2425

FORMULAS: Final[Mapping[By, str]] = {
    "max": "shares of the maximum: 50, 60, 70, 80, 90 %",
    "reserve": "Karvonen: resting + 50, 60, 70, 80, 90 % of (maximum - resting)",
    "threshold": "shares of the threshold heart rate: 65, 81, 90, 94, 100 %",
}
POWER_FORMULA: Final = "shares of the threshold power: 0, 55, 75, 90, 105, 120, 150 %"
LOAD_FORMULAS: Final[Mapping[LoadMethod, str]] = {
    "power": "s x WP x I / (FTP x 3600) x 100, I = WP / FTP",
    "heart_rate": "TRIMP per record: min x x 0.64 x e^(b x), x of the reserve, b 1.92 (women 1.67)",
    "rpe": "session RPE: RPE x min",
}


class Zone(msgspec.Struct, frozen=True):
    """From ``low``, up to ``high`` but not included; zone 0 is what lies below zone 1."""

    number: int
    low: float
    high: float | None
    seconds: float


def tanaka(age: float) -> float:
    """Maximum heart rate by age in years: 208 - 0.7 age; an observed maximum is better."""
    return 208 - 0.7 * age


def max_heart_rate(
    thresholds: Thresholds | None, birth_date: date | None, on_date: date, seen: float | None
) -> float | None:
    """The one that is set; else by age, unless this workout has shown a higher one."""
    if thresholds is not None and thresholds.max_heart_rate is not None:
        return thresholds.max_heart_rate
    if birth_date is None or not 0 < (on_date - birth_date).days < 120 * YEAR:
        return None
    return max(tanaka((on_date - birth_date).days / YEAR), seen or 0.0)


def bounds(by: By, *, maximum: float, resting: float = 0.0, threshold: float = 0.0) -> list[float]:
    """Where the five zones of heart rate begin, in beats a minute."""
    base, span = {"max": (0.0, maximum), "reserve": (resting, maximum - resting), "threshold": (0.0, threshold)}[by]
    return [base + share * span for share in SHARES[by]]


def power_bounds(ftp_w: float) -> list[float]:
    """Where the seven zones of power begin, in watts."""
    return [share * ftp_w for share in POWER_SHARES]


def spent(histogram: Mapping[int, float], begins: Sequence[float]) -> list[Zone]:
    """Seconds in every zone; together they are all seconds of the histogram."""
    edges = [0.0, *begins] if begins[0] > 0 else list(begins)
    seconds = [0.0] * len(edges)
    for value, held in histogram.items():
        seconds[max(0, sum(edge <= value for edge in edges) - 1)] += held
    first = 0 if begins[0] > 0 else 1
    highs: list[float | None] = [*edges[1:], None]
    return [
        Zone(number, low, high, round(held, 3))
        for number, (low, high, held) in enumerate(zip(edges, highs, seconds, strict=True), start=first)
    ]


def edwards(zones: Sequence[Zone]) -> float:
    """Minutes times the number of their zone, summed."""
    return sum(zone.number * zone.seconds / 60 for zone in zones)


def trimp(histogram: Mapping[int, float], *, resting: float, maximum: float, sex: str | None) -> float:
    """Training impulse (Banister 1975), record by record; ``sex`` `female` has an exponent of its own."""
    slope, reserve = WOMEN if sex == "female" else MEN, maximum - resting
    shares = ((min(max((beats - resting) / reserve, 0.0), 1.0), held) for beats, held in histogram.items())
    return sum(held / 60 * share * 0.64 * exp(slope * share) for share, held in shares)


def intensity(weighted_power: float, ftp_w: float) -> float:
    """Weighted power as a share of the threshold's."""
    return weighted_power / ftp_w


def power_load(seconds: float, weighted_power: float, ftp_w: float) -> float:
    """100 for an hour at threshold power."""
    return seconds * weighted_power * intensity(weighted_power, ftp_w) / (ftp_w * 3600) * 100


def session_rpe(rpe: float, seconds: float) -> float:
    """Perceived exertion times minutes (Foster)."""
    return rpe * seconds / 60


def load(
    derived: Derived,
    totals: Totals,
    *,
    thresholds: Thresholds | None,
    birth_date: date | None,
    sex: str | None,
    on_date: date,
    rpe: float | None,
    duration_s: float,
) -> tuple[float, LoadMethod] | None:
    """The load by the best that is known: power, else heart rate, else perceived exertion."""
    weighted = derived.weighted_power or totals.weighted_power
    if weighted and thresholds is not None and thresholds.ftp_w:
        seconds = totals.timer_s or derived.timer_s or duration_s
        return power_load(seconds, weighted, thresholds.ftp_w), "power"
    maximum = max_heart_rate(thresholds, birth_date, on_date, derived.max_heart_rate)
    resting = (thresholds.resting_heart_rate if thresholds is not None else None) or RESTING
    if derived.hr_histogram and maximum is not None and maximum > resting:
        return trimp(derived.hr_histogram, resting=resting, maximum=maximum, sex=sex), "heart_rate"
    return (session_rpe(rpe, duration_s), "rpe") if rpe is not None else None
