"""What a workout's figures are, of all that is known about it: pure arithmetic, the same each time.

What the user says goes before what a device says, and that before what we derive from its streams. After an edit the
device's totals are of something else, so ours are taken.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from workout.edits.model import Edited
from workout.readers.model import Lap, Totals
from workout.recordings.fusion import Fused, Recorded
from workout.streams.model import Derived, Effort
from workout.workouts.model import LONGEST_S, STRENGTH, Given, GivenLap
from workout.workouts.strength import VOLUME, Summed

FIELDS = (
    *("moving_s", "distance_m", "ascent_m", "descent_m", "energy_kcal", "average_heart_rate", "max_heart_rate"),
    *("average_power", "max_power", "weighted_power", "average_cadence", "average_speed", "max_speed"),
)
"""Columns of a workout that users, devices and streams can all fill."""
SAID = "given by the user"
DERIVED = "reckoned from the streams"
AFTER_EDITS = "what the edits leave"


class Basis(msgspec.Struct, frozen=True, kw_only=True):
    """What the recordings of a workout say together, after its edits."""

    sport: str
    title: str | None = None
    notes: str | None = None
    rpe: float | None = None
    started_at: datetime
    offset_min: int | None = None
    duration_s: float
    totals: Totals = Totals()
    derived: Derived = Derived()
    """What our formulas make of the streams."""
    laps: Sequence[Lap] = ()
    sources: dict[str, str] = {}
    """Who says a figure, where it is in the totals."""


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of a workout, but for its date and its load, which need to know more of the user."""

    sport: str
    title: str | None
    notes: str | None
    rpe: float | None
    started_at: datetime
    offset_min: int | None
    duration_s: float
    values: dict[str, float | None]
    """By ``FIELDS``."""
    derived: Derived
    efforts: Sequence[Effort]
    laps: Sequence[Lap]
    formulas: dict[str, str]


def recorded(fused: Fused, recordings: Sequence[Recorded]) -> Basis:
    """What recordings say that nobody has edited."""
    sources = {each.recording_id: each.device or each.source for each in recordings}
    return Basis(
        sport=fused.sport,
        title=fused.title,
        notes=fused.notes,
        rpe=fused.rpe,
        started_at=fused.started_at,
        offset_min=fused.offset_min,
        duration_s=fused.duration_s,
        totals=fused.totals,
        derived=fused.derived,
        laps=fused.laps,
        sources={name: sources[fused.chosen.get(name, fused.main)] for name in (*FIELDS, "duration_s")},
    )


def edited(after: Edited) -> Basis:
    """What is left of that by edits: every figure anew from the streams."""
    basis, derived = recorded(after.fused, after.recordings), after.derived
    if after.as_recorded:
        return basis
    if derived.covered_m is not None and after.fused.totals.distance_m is not None:
        formulas = derived.formulas | {"distance_m": derived.formulas.get("covered_m", DERIVED)}
        derived = msgspec.structs.replace(derived, distance_m=derived.covered_m, formulas=formulas)
    return msgspec.structs.replace(
        basis,
        started_at=after.started_at,
        duration_s=after.duration_s,
        totals=Totals(timer_s=derived.timer_s, elapsed_s=derived.elapsed_s),
        derived=derived,
        laps=after.laps,
        sources=basis.sources | {"duration_s": AFTER_EDITS},
    )


def work_out(
    given: Given, basis: Basis | None, summed: Summed, *, began: datetime, last_set_at: datetime | None
) -> Made:
    """Choose each figure; ``began`` is for a workout of which nobody says when, ``last_set_at`` for its length."""
    values, formulas = dict[str, float | None](), dict[str, str]()
    for name in FIELDS:
        values[name], formula = _one(name, given, basis)
        if formula:
            formulas[name] = formula
    started_at = given.started_at or (basis.started_at if basis else began)
    duration_s, formulas["duration_s"] = _duration(given, basis, started_at, last_set_at)
    _speed(values, formulas, duration_s)
    if summed.sets:
        formulas["volume_load_kg"] = VOLUME
    derived = basis.derived if basis else Derived()
    return Made(
        sport=given.sport or (basis.sport if basis else None) or (STRENGTH if summed.sets else "generic"),
        title=given.title or (basis.title if basis else None),
        notes=given.notes or (basis.notes if basis else None),
        rpe=given.rpe if given.rpe is not None else basis.rpe if basis else None,
        started_at=started_at,
        offset_min=given.offset_min if given.started_at else basis.offset_min if basis else None,
        duration_s=duration_s,
        values=values,
        derived=derived,
        efforts=list({(best.kind, best.size): best for best in derived.efforts}.values()),
        laps=[_lap(each) for each in given.laps] if given.laps is not None else basis.laps if basis else (),
        formulas=formulas,
    )


def _one(name: str, given: Given, basis: Basis | None) -> tuple[float | None, str | None]:
    """A figure, and where it comes from."""
    if (said := getattr(given, name)) is not None:
        return said, SAID
    if basis is None:
        return None, None
    if (theirs := getattr(basis.totals, name)) is not None:
        return _rounded(theirs), basis.sources[name]
    if (ours := getattr(basis.derived, name)) is not None:
        return _rounded(ours), basis.derived.formulas.get(name, DERIVED)
    return None, None


def _rounded(value: float | None) -> float | None:
    """To more places than anybody can measure."""
    return None if value is None else round(value, 4)


def _lap(said: GivenLap) -> Lap:
    totals = {name: getattr(said, name) for name in GivenLap.__struct_fields__ if name in Totals.__struct_fields__}
    return Lap(start_s=said.start_s, duration_s=said.duration_s, totals=Totals(**totals))


def _duration(
    given: Given, basis: Basis | None, started_at: datetime, last_set_at: datetime | None
) -> tuple[float, str]:
    if given.duration_s is not None:
        return given.duration_s, SAID
    if basis is not None:
        return basis.duration_s, basis.sources["duration_s"]
    if last_set_at is not None:
        return min(max(0.0, (last_set_at - started_at).total_seconds()), LONGEST_S), "until the last set"
    return 0.0, "nobody says"


def _speed(values: dict[str, Any], formulas: dict[str, str], duration_s: float) -> None:
    """Where nobody says how fast: distance by moving time."""
    seconds = values["moving_s"] or duration_s
    if values["average_speed"] is None and values["distance_m"] and seconds:
        values["average_speed"] = _rounded(values["distance_m"] / seconds)
        formulas["average_speed"] = "distance / moving time" if values["moving_s"] else "distance / duration"
