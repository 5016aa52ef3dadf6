"""Which device recorded it, and what else it says that has no place of its own."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from workout.readers.fit_records import Records

FAMILIES = {"fr": "Forerunner", "hrm": "HRM", "etrex": "eTrex", "d2": "D2", "epix": "epix", "gpsmap": "GPSMAP"}
EXTRA_BYTES = 16 << 10
WORD = re.compile(r"[a-z]+|\d+[a-z]*", re.ASCII)


def device_of(maker: Mapping[str, Any]) -> str | None:
    """`Garmin Edge 810`, of a message with manufacturer and product."""
    product = maker.get("product_name") or maker.get("product")
    named = str(product).replace("_", " ").strip() if isinstance(product, str) else ""
    if not maker.get("product_name"):
        named = " ".join(FAMILIES.get(part, part.capitalize()) for part in WORD.findall(named.lower()))
    brand = maker.get("manufacturer")
    brand = brand.replace("_", " ").title() if isinstance(brand, str) else ""
    if named.lower().startswith(brand.lower()):
        brand = ""
    return f"{brand} {named}".strip()[:100] or None


def extra_of(
    maker: Mapping[str, Any], records: Records, sessions: Sequence[Mapping[str, Any]], creator: Mapping[str, Any]
) -> dict[str, object]:
    """Serial number, firmware, threshold power, and what fields of developers said; never more than 16 KiB as JSON."""
    found: dict[str, object] = {
        "serial_number": maker.get("serial_number"),
        "firmware": creator.get("software_version"),
        "threshold_power": next((s["threshold_power"] for s in sessions if "threshold_power" in s), None),
        "pool_length_m": next((s["pool_length"] for s in sessions if "pool_length" in s), None),
    }
    found = {name: value for name, value in found.items() if isinstance(value, int | float | str)}
    told: dict[str, object] = {}
    for field in records.developer.values():
        if field.n:
            said = {"units": field.units, "n": field.n, "min": field.min, "max": field.max}
            told[field.name] = {**said, "mean": round(field.total / field.n, 6)}
    for session in sessions:
        told.update({name: value for name, value in session.get("developer", {}).items() if name not in told})
    while told and len(msgspec.json.encode(told)) > EXTRA_BYTES - 1_024:
        told.popitem()
    return {**found, "developer_fields": told} if told else found
