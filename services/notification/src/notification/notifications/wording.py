"""Health data and records in a sentence: names, precision and units as people say them."""

from collections.abc import Callable, Sequence

import msgspec

from contracts.events import ImportFinished, RecordSet

METRICS: dict[str, tuple[str, int]] = {
    "steps": ("Steps", 0),
    "sleep_duration": ("Sleep", 1),
    "weight": ("Weight", 1),
    "heart_rate": ("Heart rate", 0),
    "resting_heart_rate": ("Resting heart rate", 0),
    "bp_systolic": ("Systolic blood pressure", 0),
    "bp_diastolic": ("Diastolic blood pressure", 0),
    "blood_glucose": ("Blood glucose", 0),
    "body_temperature": ("Body temperature", 1),
}
"""Name and decimals by code, in the order in which they are told; what is not here is told by its code."""

UNITS = {"1": "", "{steps}": "", "{reps}": "", "mm[Hg]": "mmHg", "Cel": "°C", "[degF]": "°F", "[lb_av]": "lb"}
"""UCUM codes that people would not read."""

IMPERIAL: dict[str, tuple[str, Callable[[float], float]]] = {
    "kg": ("[lb_av]", lambda kg: kg / 0.45359237),
    "Cel": ("[degF]", lambda celsius: celsius * 9 / 5 + 32),
}
NARROW_SPACE = "\u202f"

IMPORTS = {
    "finished": "File imported",
    "partial": "File imported in part",
    "failed": "File could not be imported",
    "undone": "Import undone",
}


RECORDS = {
    "e1rm": "estimated one-repetition maximum",
    "weight": "heaviest weight",
    "reps": "most repetitions in a set",
    "volume": "largest volume in a set",
    "workout_volume": "largest volume in a workout",
    "longest": "longest time",
    "farthest": "farthest",
    "highest": "most ascent",
}
"""Kinds of records as people say them."""

DISTANCES = {1609: "mile", 3219: "2 miles", 21_097: "half marathon", 42_195: "marathon"}
ON_FOOT = frozenset({"running", "trail_running", "treadmill", "walking", "hiking"})
"""Sports whose speed people say as a pace."""
FOOT_M, MILE_M = 0.3048, 1609.344


class Figures(msgspec.Struct, frozen=True):
    """What a record says, in the units of the event."""

    subject: str
    kind: str
    value: float
    unit: str
    previous: float | None


class Value(msgspec.Struct, frozen=True):
    """What came of one metric from one source with one record or upload."""

    metric: str
    source: str
    unit: str
    n: int
    last: float


def body(values: Sequence[Value], units: str) -> str:
    """One phrase a value; the same whatever order the values came in."""
    order = {code: place for place, code in enumerate(METRICS)}
    known = sorted(values, key=lambda v: (order.get(v.metric, len(order)), v.metric, v.source))
    return " · ".join(phrase(value, units) for value in known)


def import_title(state: str) -> str:
    return IMPORTS.get(state, "File read")


def import_body(event: ImportFinished) -> str:
    """``export.zip: 10,939 new values, 12 corrected``; nothing of a file's content."""
    if event.state in {"failed", "undone"}:
        return event.file_name
    values = "value" if event.inserted == 1 else "values"
    told = [f"{event.inserted:,} new {values}"] if event.inserted else []
    told += [f"{event.updated:,} corrected"] if event.updated else []
    return f"{event.file_name}: {', '.join(told) or 'nothing new'}"


def record_title(event: RecordSet) -> str:
    return f"New record: {event.subject.replace('_', ' ')}"


def record_body(record: Figures, units: str) -> str:
    """``Fastest 5 km: 24:10 (4:50 min/km), before 25:02``."""
    told = f"{_kind(record.kind)}: {_figure(record, record.value, units)}{_pace(record, units)}"
    return told if record.previous is None else f"{told}, before {_figure(record, record.previous, units)}"


def _kind(kind: str) -> str:
    name, _, size = kind.partition(" ")
    if name == "distance" and size.isdecimal():
        metres = int(size)
        length = DISTANCES.get(metres) or (f"{metres / 1000:g} km" if metres >= 1000 else f"{metres} m")
        return f"Fastest {length}"
    if name == "power" and size.isdecimal():
        seconds = int(size)
        return f"Best power over {f'{seconds // 60} min' if seconds >= 60 else f'{seconds} s'}"
    known = RECORDS.get(kind, kind.replace("_", " "))
    return known[:1].upper() + known[1:]


def _figure(record: Figures, value: float, units: str) -> str:
    if record.unit == "s":
        return _clock(value)
    if record.unit == "m":
        return _height(value, units) if record.kind == "highest" else _way(value, units)
    unit, convert = _preferred(record.unit, units)
    return quantity(convert(value), unit, 1)


def _way(metres: float, units: str) -> str:
    if units == "imperial":
        return quantity(metres / MILE_M, "mi", 2)
    return quantity(metres / 1000, "km", 2) if metres >= 1000 else quantity(metres, "m", 1)


def _height(metres: float, units: str) -> str:
    return quantity(metres / FOOT_M, "ft", 0) if units == "imperial" else quantity(metres, "m", 0)


def _pace(record: Figures, units: str) -> str:
    name, _, size = record.kind.partition(" ")
    if name != "distance" or record.subject not in ON_FOOT or not size.isdecimal() or not int(size):
        return ""
    length, of = (MILE_M, "min/mi") if units == "imperial" else (1000, "min/km")
    return f" ({_clock(record.value / int(size) * length)}{NARROW_SPACE}{of})"


def _clock(value: float) -> str:
    """``1:02:03`` or ``2:03``."""
    minutes, seconds = divmod(round(value), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _preferred(unit: str, units: str) -> tuple[str, Callable[[float], float]]:
    """The unit in which the user wants to read it, and the way there."""
    return IMPERIAL.get(unit, (unit, float)) if units == "imperial" else (unit, float)


def phrase(value: Value, units: str) -> str:
    name, decimals = METRICS.get(value.metric, (value.metric.replace("_", " ").capitalize(), 2))
    if value.n > 1:
        return f"{name} {value.n:,} values"
    unit, convert = _preferred(value.unit, units)
    return f"{name} {quantity(convert(value.last), unit, decimals)}"


def quantity(value: float, unit: str, decimals: int) -> str:
    """``70 kg``: thousands by comma, at most so many decimals, a minus that is one."""
    number = f"{round(value, decimals) + 0.0:,.{decimals}f}"
    number = number.rstrip("0").rstrip(".") if "." in number else number
    shown = UNITS.get(unit, unit)
    return number.replace("-", "−") + (NARROW_SPACE + shown if shown else "")
