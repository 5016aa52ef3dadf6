"""What the pages of one workout are made of."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

import msgspec
from asyncpg import Connection, Record

from workout.edits import apply
from workout.edits.model import Current
from workout.streams import show
from workout.streams.model import Derived
from workout.streams.show import Streams
from workout.streams.zones import FORMULAS, POWER_FORMULA, By, Zone, bounds, max_heart_rate, power_bounds, spent
from workout.thresholds.model import Thresholds
from workout.workouts import queries, reading
from workout.workouts.detail import WorkoutNotFound
from workout.workouts.reading import Person


class Zones(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds by zone; zone 0 is what lies below zone 1."""

    by: By | None = None
    formula: str
    items: Sequence[Zone]


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """Null where nothing was recorded, or no threshold tells where zones begin."""

    thresholds: Thresholds | None
    """Those that held on the workout's date."""
    heart_rate: Zones | None
    power: Zones | None


async def require(db: Connection, user_id: UUID, workout_id: UUID) -> Record:
    """One of the user's workouts; WorkoutNotFound when there is none."""
    row = await queries.find(db, user_id, workout_id)
    if row is None:
        raise WorkoutNotFound
    return row


async def current(
    db: Connection, user_id: UUID, workout_id: UUID, channels: Iterable[str] | None = None
) -> Current | None:
    """What was recorded of one of the user's workouts, after its edits; None when nothing was."""
    await require(db, user_id, workout_id)
    return await apply.current(db, user_id, workout_id, channels)


async def streams(db: Connection, user_id: UUID, workout_id: UUID, asked: Sequence[str] | None, points: int) -> Streams:
    """The channels that are asked for, all by default; what the workout does not have is left out."""
    row = await require(db, user_id, workout_id)
    now = await apply.current(db, user_id, workout_id, asked)
    if now is None or now.fused is None:
        return Streams(started_at=row["started_at"], points=0, of=0, channels=(), columns={}, recordings={})
    there = {channel for each in now.recordings for channel in each.channels} | set(now.channels)
    shown = {"time", *(there if asked is None else asked)}
    kept = {name: values for name, values in sorted(now.channels.items()) if name in shown}
    columns = await asyncio.to_thread(show.columns, kept, points)
    return Streams(
        started_at=now.started_at,
        points=len(columns.get("time", ())),
        of=len(now.channels.get("time", ())),
        channels=sorted(there),
        columns=columns,
        recordings={name: now.fused.chosen[name] for name in kept if name in now.fused.chosen},
    )


async def zones(db: Connection, user_id: UUID, workout_id: UUID, by: By | None) -> Spent:
    """Seconds in each zone, by the thresholds that held on the workout's date."""
    row = await require(db, user_id, workout_id)
    derived = await _derived(db, user_id, workout_id)
    person = await reading.person(db, user_id)
    held = person.then(row["on_date"])
    ftp_w = held.ftp_w if held else None
    power = spent(derived.power_histogram, power_bounds(ftp_w)) if ftp_w and derived.power_histogram else None
    return Spent(
        thresholds=held,
        heart_rate=_heart_rate(derived, held, person, row["on_date"], by),
        power=Zones(formula=POWER_FORMULA, items=power) if power else None,
    )


def _heart_rate(
    derived: Derived, held: Thresholds | None, person: Person, on_date: date, by: By | None
) -> Zones | None:
    maximum = max_heart_rate(held, person.birth_date, on_date, derived.max_heart_rate)
    known = {
        "threshold": held.threshold_heart_rate if held else None,
        "reserve": maximum if held and held.resting_heart_rate and (maximum or 0) > held.resting_heart_rate else None,
        "max": maximum,
    }
    chosen: By | None = by or next((way for way in BEST_FIRST if known[way]), None)
    if chosen is None or not known[chosen] or not derived.hr_histogram:
        return None
    resting, threshold = (held.resting_heart_rate, held.threshold_heart_rate) if held else (None, None)
    begins = bounds(chosen, maximum=maximum or 0.0, resting=resting or 0.0, threshold=threshold or 0.0)
    return Zones(by=chosen, formula=FORMULAS[chosen], items=spent(derived.hr_histogram, begins))


async def _derived(db: Connection, user_id: UUID, workout_id: UUID) -> Derived:
    """What our formulas make of it after its edits."""
    edited = await apply.edited(db, user_id, workout_id)
    if edited is not None:
        return edited.fused.derived if edited.as_recorded else edited.derived
    now = await apply.current(db, user_id, workout_id, ())
    return now.fused.derived if now is not None and now.fused is not None else Derived()


BEST_FIRST: tuple[By, ...] = ("threshold", "reserve", "max")
