"""A workout as its recordings and its edits have it.

Edits are applied anew, in their order, whenever this is asked: nothing that was recorded ever changes.
"""

import asyncio
from array import array
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from asyncpg import Connection
from msgspec.structs import replace

from workout.edits import change, outliers, queries
from workout.edits.model import Current, Edited, Stored
from workout.recordings.fusion import Fused, Recorded, fuse
from workout.streams import codec
from workout.streams.align import aligned
from workout.streams.measure import measure
from workout.workouts import reading

Some = TypeVar("Some")
DEEPEST = 20
"""Workouts merged into merged workouts, or split off parts."""
IN_PROPORTION = "the device's, in proportion to the time that the edits leave"


async def edited(db: Connection, user_id: UUID, workout_id: UUID) -> Edited | None:
    """What is left of a workout by its edits, measured; None when it has none, or nothing was recorded.

    An edit that does not apply any more, since a recording has gone, does nothing.
    """
    edits = await queries.select(db, user_id, workout_id)
    now = await _applied(db, user_id, workout_id, edits) if edits else None
    if now is None or now.fused is None:
        return None
    derived = await asyncio.to_thread(measure, now.channels, sport=now.sport, pauses=now.pauses)
    if now.energy_kcal is not None:
        formulas = derived.formulas | {"energy_kcal": IN_PROPORTION}
        derived = replace(derived, energy_kcal=now.energy_kcal, formulas=formulas)
    return Edited(
        started_at=now.started_at,
        duration_s=now.duration_s,
        fused=now.fused,
        recordings=now.recordings,
        channels=now.channels,
        derived=derived,
        laps=now.laps,
        as_recorded=now.as_recorded,
    )


async def current(
    db: Connection, user_id: UUID, workout_id: UUID, channels: Iterable[str] | None = None
) -> Current | None:
    """A workout after its edits, if any; None when nothing was recorded.

    Only ``channels`` are read, unless an edit needs them all.
    """
    edits = await queries.select(db, user_id, workout_id)
    return await _applied(db, user_id, workout_id, edits, None if edits else channels)


async def tried(db: Connection, user_id: UUID, workout_id: UUID) -> Current | None:
    """Like ``current``; Impossible when one of the edits cannot be applied."""
    return await _applied(db, user_id, workout_id, await queries.select(db, user_id, workout_id), strict=True)


def affected(bonds: Sequence[tuple[UUID, str, UUID]], workout_ids: Iterable[UUID]) -> set[UUID]:
    """The workouts to be made anew when these change: with those they are merged into, and parts split off them."""
    found, open_ = set[UUID](), list(workout_ids)
    into = {other: workout_id for workout_id, kind, other in bonds if kind == "merge"}
    while open_:
        one = open_.pop()
        if one not in found:
            found.add(one)
            open_ += [into[one]] if one in into else []
            open_ += [other for workout_id, kind, other in bonds if kind == "split" and workout_id == one]
    return found


def belonging(bonds: Sequence[tuple[UUID, str, UUID]], workout_ids: Iterable[UUID]) -> set[UUID]:
    """The workouts that are gone when these are: with those merged into them. See also ``queries.parts``."""
    found, open_ = set[UUID](), list(workout_ids)
    while open_:
        one = open_.pop()
        if one not in found:
            found.add(one)
            open_ += [other for workout_id, kind, other in bonds if kind == "merge" and workout_id == one]
    return found


async def _applied(
    db: Connection,
    user_id: UUID,
    workout_id: UUID,
    edits: Sequence[Stored],
    channels: Iterable[str] | None = None,
    *,
    strict: bool = False,
    depth: int = 0,
) -> Current | None:
    now = await _begun(db, user_id, workout_id, edits, channels, depth)
    if now is None:
        return None
    for edit in edits:
        other = None
        if edit.kind == "merge" and edit.params.workout and depth < DEEPEST:
            others = await queries.select(db, user_id, edit.params.workout)
            other = await _applied(db, user_id, edit.params.workout, others, depth=depth + 1)
        try:
            now = await asyncio.to_thread(_after, now, edit, other)
        except change.Impossible:
            if strict:
                raise
    return now


async def _begun(
    db: Connection,
    user_id: UUID,
    workout_id: UUID,
    edits: Sequence[Stored],
    channels: Iterable[str] | None,
    depth: int,
) -> Current | None:
    """Before its edits: what it was split off, or what its recordings come to."""
    first = edits[0] if edits else None
    if first and first.kind == "part" and first.params.workout and depth < DEEPEST:
        origin = first.params.workout
        before = [
            each for each in await queries.select(db, user_id, origin) if each.number < (first.params.number or 0)
        ]
        return await _applied(db, user_id, origin, before, depth=depth + 1)
    chosen = [each.params.recording for each in edits if each.kind == "swap_file"]
    return await _recorded(db, user_id, workout_id, chosen[-1] if chosen else None, channels)


def _after(now: Current, edit: Stored, other: Current | None) -> Current:
    """What one edit leaves."""
    given = edit.params
    start, end = min(0.0, change.first(now)), max(now.duration_s, change.last(now))
    match edit.kind:
        case "crop":
            now = change.crop(now, _second(now, given.from_at, start), _second(now, given.to_at, end))
        case "cut":
            now = change.cut(now, _second(now, given.from_at, start), _second(now, given.to_at, end))
        case "split":
            now = change.crop(now, start, _second(now, given.at, end), open_end=True)
        case "part":
            now = change.crop(now, _second(now, given.at, start), end)
        case "merge":
            now = change.merge(now, _there(other, "nothing was recorded of the other workout"))
        case "drop_outliers" if given.channel is not None:
            left = outliers.dropped(now.channels, given.channel, given.min, given.max, now.sport)
            now = change.without(now, _there(left, f"nothing of {given.channel} was recorded"))
        case _:
            pass
    return now


def _there(it: Some | None, else_: str) -> Some:
    if it is None:
        raise change.Impossible(else_)
    return it


def _second(now: Current, at: datetime | None, default: float) -> float:
    return default if at is None else round((at - now.started_at).total_seconds(), 6)


async def _recorded(
    db: Connection, user_id: UUID, workout_id: UUID, only: UUID | None, channels: Iterable[str] | None
) -> Current | None:
    """What recordings say together, each channel of the one that fusion has chosen."""
    read = [reading.as_recorded(row) for row in await reading.recordings(db, user_id, [workout_id])]
    recordings = [one for one in read if one.recording_id == only] or read
    if not recordings:
        return None
    fused = fuse(recordings)
    by_id = {one.recording_id: one for one in recordings}
    base = by_id[fused.chosen.get("track") or fused.chosen.get("time") or fused.main]
    known = {channel for one in recordings for channel in one.channels} - {"time"}
    asked = known if channels is None else known & set(channels)
    of = {channel: fused.chosen.get(channel, base.recording_id) for channel in sorted(asked)}
    wanted = {(recording_id, channel) for channel, recording_id in of.items()}
    times = {(recording_id, "time") for recording_id in {base.recording_id, *of.values()}}
    rows = await queries.streams(db, user_id, workout_id, wanted | times)
    unpacked = await asyncio.to_thread(_unpacked, rows)
    return Current(
        started_at=fused.started_at,
        duration_s=fused.duration_s,
        sport=fused.sport,
        channels=_on_one_clock(unpacked, of, base, by_id, fused),
        pauses=_shifted(base, fused),
        laps=[*fused.laps] if len(fused.laps) > 1 or not fused.legs else [*fused.legs],
        energy_kcal=fused.totals.energy_kcal,
        fused=fused,
        recordings=recordings,
    )


def _unpacked(rows: Sequence[tuple[UUID, str, int, bytes]]) -> dict[tuple[UUID, str], "array[float]"]:
    return {(recording_id, channel): codec.decode(data, n, channel) for recording_id, channel, n, data in rows}


def _on_one_clock(
    unpacked: Mapping[tuple[UUID, str], "array[float]"],
    of: Mapping[str, UUID],
    base: Recorded,
    by_id: Mapping[UUID, Recorded],
    fused: Fused,
) -> dict[str, "array[float]"]:
    times = {
        recording_id: _moved(values, (by_id[recording_id].started_at - fused.started_at).total_seconds())
        for (recording_id, channel), values in unpacked.items()
        if channel == "time"
    }
    if base.recording_id not in times:
        return {}
    made = {"time": times[base.recording_id]}
    for channel, recording_id in of.items():
        values, time = unpacked.get((recording_id, channel)), times.get(recording_id)
        if values is not None and time is not None:
            made[channel] = values if recording_id == base.recording_id else aligned(made["time"], time, values)
    return made


def _moved(time: "array[float]", by_s: float) -> "array[float]":
    return array("d", [round(at + by_s, 3) for at in time]) if by_s else time


def _shifted(base: Recorded, fused: Fused) -> list[tuple[float, float]]:
    by_s = (base.started_at - fused.started_at).total_seconds()
    return [(start + by_s, end + by_s) for start, end in base.derived.pauses]
