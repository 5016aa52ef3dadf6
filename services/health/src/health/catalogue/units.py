"""Conversion of what people and devices write into the canonical unit of a metric.

A unit is written in UCUM (``[lb_av]``, ``mm[Hg]``), or as people and HealthKit write it (``lb``, ``count/min``).
"""

from collections.abc import Mapping

import msgspec

from health.catalogue.model import Metric


class Conversion(msgspec.Struct, frozen=True):
    """Canonical = value * factor + shift."""

    factor: float = 1.0
    shift: float = 0.0

    def apply(self, value: float) -> float:
        return value * self.factor + self.shift

    def undo(self, canonical: float) -> float:
        return (canonical - self.shift) / self.factor


SAME = Conversion()
GLUCOSE_MG_PER_MMOL = 18.01558800000541
"""A tenth of the molar mass of glucose in g/mol, with every digit that HealthKit writes."""

LENGTH_M = {
    "m": 1.0,
    "km": 1_000.0,
    "dm": 0.1,
    "cm": 0.01,
    "mm": 0.001,
    "mi": 1_609.344,
    "[mi_i]": 1_609.344,
    "yd": 0.9144,
    "[yd_i]": 0.9144,
    "ft": 0.3048,
    "[ft_i]": 0.3048,
    "in": 0.0254,
    "[in_i]": 0.0254,
}
MASS_G = {
    "kg": 1_000.0,
    "g": 1.0,
    "mg": 1e-3,
    "ug": 1e-6,
    "mcg": 1e-6,
    "µg": 1e-6,
    "lb": 453.59237,
    "lbs": 453.59237,
    "[lb_av]": 453.59237,
    "oz": 28.349523125,
    "[oz_av]": 28.349523125,
    "st": 6_350.29318,
    "[stone_av]": 6_350.29318,
}
ENERGY_KCAL = {
    "kcal": 1.0,
    "Cal": 1.0,
    "[Cal]": 1.0,
    "cal": 1e-3,
    "kJ": 1 / 4.184,
    "J": 1 / 4_184,
}
TIME_S = {"s": 1.0, "ms": 1e-3, "min": 60.0, "h": 3_600.0, "hr": 3_600.0}
RATE_PER_MIN = {
    **dict.fromkeys(("/min", "count/min", "bpm", "rpm", "{beats}/min", "{breaths}/min", "1/min", "min-1"), 1.0),
    **dict.fromkeys(("/s", "count/s", "Hz"), 60.0),
}
VOLUME_ML = {
    "mL": 1.0,
    "ml": 1.0,
    "cL": 10.0,
    "dL": 100.0,
    "L": 1_000.0,
    "l": 1_000.0,
    "fl_oz_us": 29.5735295625,
    "[foz_us]": 29.5735295625,
    "fl_oz_imp": 28.4130625,
    "[foz_br]": 28.4130625,
    "cup_us": 236.5882365,
    "[cup_us]": 236.5882365,
}
PRESSURE_MMHG = {"mm[Hg]": 1.0, "mmHg": 1.0, "kPa": 7.500615613026439, "cmAq": 0.7355591}
SPEED_M_PER_S = {
    "m/s": 1.0,
    "km/h": 1 / 3.6,
    "km/hr": 1 / 3.6,
    "kph": 1 / 3.6,
    "mi/h": 0.44704,
    "mi/hr": 0.44704,
    "mph": 0.44704,
    "[mi_i]/h": 0.44704,
    "ft/s": 0.3048,
}
FLOW_L_PER_MIN = {"L/min": 1.0, "l/min": 1.0, "L/s": 60.0, "mL/min": 1e-3}
SHARE = {"%": 1.0, "1": 100.0, "fraction": 100.0}
POWER_W = {"W": 1.0, "kW": 1_000.0}
OXYGEN = dict.fromkeys(
    ("mL/kg/min", "ml/kg/min", "mL/(kg.min)", "mL/(kg*min)", "mL/min/kg", "mL/min·kg", "mL/kg·min", "ml/kg·min"), 1.0
)
SOUND = dict.fromkeys(("dB[SPL]", "dBASPL", "dB", "dB(A)", "dBA"), 1.0)
INSULIN = dict.fromkeys(("[iU]", "IU", "iU", "U"), 1.0)
BODY_MASS_INDEX = dict.fromkeys(("kg/m2", "kg/m^2", "kg/m²", "count"), 1.0)
EVENTS_PER_H = dict.fromkeys(("{events}/h", "/h", "count/hr", "count/h", "count"), 1.0)
NUMBER = dict.fromkeys(("count", "1"), 1.0)

_SCALES: tuple[Mapping[str, float], ...] = (
    *(LENGTH_M, MASS_G, ENERGY_KCAL, TIME_S, RATE_PER_MIN, VOLUME_ML, PRESSURE_MMHG, SPEED_M_PER_S, FLOW_L_PER_MIN),
    *(SHARE, POWER_W, OXYGEN, SOUND, INSULIN, BODY_MASS_INDEX, EVENTS_PER_H),
)

CELSIUS = Conversion()
FAHRENHEIT = Conversion(5 / 9, -160 / 9)
TEMPERATURE = {
    **dict.fromkeys(("Cel", "degC", "°C"), CELSIUS),
    **dict.fromkeys(("[degF]", "degF", "°F"), FAHRENHEIT),
    "K": Conversion(1.0, -273.15),
}
_OF_METRIC: Mapping[str, dict[str, Conversion]] = {
    "blood_glucose": {
        **dict.fromkeys(("mmol/L", "mmol/l", "mmol<180.1558800000541>/L"), Conversion(GLUCOSE_MG_PER_MMOL)),
        **dict.fromkeys(("mg/dL", "mg/dl"), SAME),
        "g/L": Conversion(100.0),
    },
    "skin_temperature_delta": {  # a difference of temperatures has no zero point
        **dict.fromkeys(("Cel", "degC", "°C", "K"), SAME),
        **dict.fromkeys(("[degF]", "degF", "°F"), Conversion(5 / 9)),
    },
}


def accepted(metric: Metric) -> Mapping[str, Conversion]:
    """Every unit the metric may come in, the canonical one first."""
    return _ACCEPTED[metric.unit] | _OF_METRIC.get(metric.code, {})


def conversion(metric: Metric, unit: str | None) -> Conversion | None:
    """How a unit becomes the canonical one, which is meant where none is said; None if it is not one of this metric."""
    if unit is None or unit == metric.unit:
        return SAME
    return _OF_METRIC.get(metric.code, {}).get(unit) or _ACCEPTED[metric.unit].get(unit)


def _accepted(unit: str) -> dict[str, Conversion]:
    found = {unit: SAME}
    if unit == "Cel":
        found |= TEMPERATURE
    for scale in _SCALES:
        if unit in scale:
            found |= {name: Conversion(factor / scale[unit]) for name, factor in scale.items() if name != unit}
    if unit.startswith("{") and unit.endswith("}"):
        found |= {name: Conversion(factor) for name, factor in NUMBER.items()}
    return found


class _Accepted(dict[str, dict[str, Conversion]]):
    def __missing__(self, unit: str) -> dict[str, Conversion]:
        self[unit] = _accepted(unit)
        return self[unit]


_ACCEPTED = _Accepted()
