"""What each edit does to a workout: pure, and nothing of what it is given changes."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import timedelta
from math import isfinite, nan

from msgspec.structs import replace

from workout.edits.model import Current
from workout.readers.model import Lap, Totals
from workout.streams import clock, way
from workout.streams.model import Channels

LONGEST_S = 31 * 86_400


class Impossible(ValueError):  # noqa: N818 - it says what an edit is
    """An edit that would leave nothing, or does not lie within the workout."""


def crop(now: Current, from_s: float, to_s: float, *, open_end: bool = False) -> Current:
    """Keep what lies between; ``open_end`` leaves out a record right at the end."""
    from_s, to_s = max(from_s, min(0.0, first(now))), min(to_s, max(now.duration_s, last(now)))
    if from_s >= to_s:
        raise Impossible("it does not lie within the workout")
    time = now.channels.get("time", array("d"))
    begin = bisect_left(time, from_s)
    end = bisect_left(time, to_s) if open_end else bisect_right(time, to_s)
    if time and begin >= end:
        raise Impossible("no record would be left")
    kept = {name: values[begin:end] for name, values in now.channels.items()}
    return replace(
        now,
        started_at=now.started_at + timedelta(seconds=from_s),
        duration_s=to_s - from_s,
        channels=_from_zero(kept, from_s),
        pauses=[(max(a, from_s) - from_s, min(b, to_s) - from_s) for a, b in now.pauses if a < to_s and b > from_s],
        laps=[lap for each in now.laps if (lap := _clipped(each, from_s, to_s)) is not None],
        energy_kcal=_share(now, from_s, to_s),
        as_recorded=False,
    )


def cut(now: Current, from_s: float, to_s: float) -> Current:
    """Take a piece out of the middle: it becomes a pause, and what follows keeps its time."""
    from_s, to_s = max(from_s, min(0.0, first(now))), min(to_s, max(now.duration_s, last(now)))
    if from_s >= to_s:
        raise Impossible("it does not lie within the workout")
    time = now.channels.get("time", array("d"))
    before, end = bisect_right(time, from_s), bisect_left(time, to_s)
    if time and end - before >= len(time):
        raise Impossible("no record would be left")
    if from_s <= 0 and to_s >= now.duration_s:
        raise Impossible("nothing would be left")
    kept = {name: values[:before] + values[end:] for name, values in now.channels.items()}
    if "distance" in kept:
        kept["distance"] = _without(now.channels["distance"], before, end)
    lost = _share(now, from_s, to_s)
    return replace(
        now,
        channels=kept,
        pauses=clock.joined([*now.pauses, (from_s, to_s)]),
        laps=[_touched(each) if _overlaps(each, from_s, to_s) else each for each in now.laps],
        energy_kcal=now.energy_kcal - lost if now.energy_kcal is not None and lost is not None else None,
        as_recorded=False,
    )


def merge(now: Current, other: Current) -> Current:
    """One after the other, with a pause between; where they overlap, the earlier one counts."""
    early, late = (now, other) if now.started_at <= other.started_at else (other, now)
    after = (late.started_at - early.started_at).total_seconds()
    if after + late.duration_s > LONGEST_S:
        raise Impossible("they are too far apart")
    if after < early.duration_s:
        late = crop(late, early.duration_s - after, late.duration_s)
        after = early.duration_s
    energies = [each.energy_kcal for each in (early, late) if each.energy_kcal is not None]
    return replace(
        now,
        started_at=early.started_at,
        duration_s=after + late.duration_s,
        channels=_one_after_the_other(_with_distance(early), _with_distance(late), after),
        pauses=clock.joined(
            [*early.pauses, (early.duration_s, after), *((a + after, b + after) for a, b in late.pauses)]
        ),
        laps=[*early.laps, *(replace(lap, start_s=lap.start_s + after) for lap in late.laps)],
        energy_kcal=sum(energies) if energies else None,
        recordings=[*now.recordings, *other.recordings],
        as_recorded=False,
    )


def without(now: Current, channels: Channels) -> Current:
    """With values cleared; laps are reckoned anew."""
    return replace(now, channels=channels, laps=[_touched(lap) for lap in now.laps], as_recorded=False)


def first(now: Current) -> float:
    """When the first record is, which may be before the start if another recording says that."""
    return now.channels["time"][0] if now.channels.get("time") else 0.0


def last(now: Current) -> float:
    """When the last record is."""
    return now.channels["time"][-1] if now.channels.get("time") else 0.0


def _from_zero(channels: Channels, from_s: float) -> Channels:
    made = dict(channels)
    if "time" in made:
        made["time"] = array("d", [round(at - from_s, 3) for at in made["time"]])
    if "distance" in made:
        start = next(filter(isfinite, made["distance"]), 0.0)
        made["distance"] = array("d", [metres - start for metres in made["distance"]])
    return made


def _without(distance: "array[float]", first: int, end: int) -> "array[float]":
    """The device's distance less what was cut out."""
    before = next(filter(isfinite, reversed(distance[:first])), None)
    after = next(filter(isfinite, distance[end:]), None)
    gone = max(0.0, after - before) if before is not None and after is not None else 0.0
    return distance[:first] + array("d", [metres - gone for metres in distance[end:]])


def _share(now: Current, from_s: float, to_s: float) -> float | None:
    """Energy in proportion to the time that is no pause."""
    whole = _active(now.pauses, 0.0, now.duration_s)
    if now.energy_kcal is None or whole <= 0:
        return now.energy_kcal
    return now.energy_kcal * min(1.0, _active(now.pauses, from_s, to_s) / whole)


def _active(pauses: Sequence[tuple[float, float]], from_s: float, to_s: float) -> float:
    return to_s - from_s - sum(max(0.0, min(b, to_s) - max(a, from_s)) for a, b in clock.joined(pauses))


def _overlaps(lap: Lap, from_s: float, to_s: float) -> bool:
    return lap.start_s < to_s and lap.start_s + lap.duration_s > from_s


def _clipped(lap: Lap, from_s: float, to_s: float) -> Lap | None:
    if not _overlaps(lap, from_s, to_s):
        return None
    start, end = max(lap.start_s, from_s), min(lap.start_s + lap.duration_s, to_s)
    whole = start == lap.start_s and end == lap.start_s + lap.duration_s
    moved = replace(lap, start_s=round(start - from_s, 3), duration_s=round(end - start, 3))
    return moved if whole else _touched(moved)


def _touched(lap: Lap) -> Lap:
    """What the device says of it holds no longer."""
    return replace(lap, totals=Totals())


def _with_distance(now: Current) -> Channels:
    """With metres covered as a channel, so that both parts count on."""
    if not now.channels.get("time"):
        return now.channels
    counted = way.counted(now.channels) or way.along(now.channels, clock.read(now.channels["time"], now.pauses))
    return {**now.channels, "distance": counted} if counted is not None else now.channels


def _one_after_the_other(early: Channels, late: Channels, after: float) -> Channels:
    sizes = len(early.get("time", ())), len(late.get("time", ()))
    made = dict[str, "array[float]"]()
    for name in sorted({*early, *late}):
        one, two = (each.get(name, array("d", [nan]) * size) for each, size in zip((early, late), sizes, strict=True))
        shift = after if name == "time" else next(filter(isfinite, reversed(one)), 0.0) if name == "distance" else 0.0
        made[name] = one + array("d", [value + shift for value in two])
    return made
