"""A workout as it is after all that was said of it and done to it, and recordings as they were read."""

import asyncio
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import msgspec
from asyncpg import Connection, Record

from workout.edits import apply
from workout.edits.model import Current
from workout.exercises import catalogue
from workout.export import model, queries
from workout.export.lines import Recording
from workout.export.model import ONE, Exported
from workout.readers.model import Lap, Totals
from workout.streams import codec
from workout.streams.model import Derived
from workout.workouts.sets import counted_of

OURS = "Fitmesh"
FIGURES = (
    *("moving_s", "distance_m", "ascent_m", "descent_m", "energy_kcal", "average_heart_rate", "max_heart_rate"),
    *("average_power", "max_power", "weighted_power", "average_cadence", "average_speed", "max_speed"),
)


class Page:
    """Workouts with all that belongs to them, but for streams."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = {exercise.code: exercise.name for exercise in catalogue.EXERCISES} | dict(names)
        self.sets = defaultdict[UUID, list[Record]](list)
        self.gear = defaultdict[UUID, list[str]](list)

    async def fill(self, db: Connection, user_id: UUID, workout_ids: Sequence[UUID]) -> None:
        for row in await queries.sets(db, user_id, workout_ids):
            self.sets[row["workout_id"]].append(row)
        for row in await queries.gear(db, user_id, workout_ids):
            self.gear[row["workout_id"]].append(row["name"])


async def page_of(db: Connection, user_id: UUID, rows: Sequence[Record]) -> Page:
    """What belongs to these workouts."""
    page = Page(await queries.exercises(db, user_id))
    await page.fill(db, user_id, [row["workout_id"] for row in rows])
    return page


async def as_it_is(db: Connection, user_id: UUID, row: Record, page: Page, now: Current | None = None) -> Exported:
    """One line of what the workout is after its edits, with the figures that its user sees."""
    workout_id = row["workout_id"]
    now = now or await apply.current(db, user_id, workout_id)
    fused = now.fused if now else None
    main = next((one for one in now.recordings if fused and one.recording_id == fused.main), None) if now else None
    kept = counted_of(page.sets[workout_id], fused, own=row["own_sets"])
    return Exported(
        format=ONE,
        id=str(workout_id),
        source=main.source if main else OURS,
        device=main.device if main else None,
        sport=row["sport"],
        sub_sport=fused.sub_sport if fused else None,
        started_at=row["started_at"],
        offset_min=row["offset_min"],
        duration_s=row["duration_s"],
        title=row["title"],
        notes=row["notes"],
        rpe=row["rpe"],
        totals=totals(row),
        laps=msgspec.json.decode(row["laps"], type=list[Lap]),
        legs=list(fused.legs) if fused else [],
        pauses=list(now.pauses) if now else [],
        sets=model.sets(kept, page.names),
        gear=page.gear[workout_id],
        channels=await asyncio.to_thread(model.written, now.channels) if now else {},
    )


def totals(row: Record) -> Totals:
    """The figures of a workout."""
    return Totals(elapsed_s=row["duration_s"], **{name: row[name] for name in FIGURES})


async def recording(db: Connection, user_id: UUID, row: Record, sets: Iterable[Record]) -> Recording:
    """One with its streams."""
    streams = await queries.streams(db, user_id, [row["recording_id"]])
    return _recording(row, sets, await asyncio.to_thread(_unpacked, streams))


def _recording(row: Record, sets: Iterable[Record], channels: "Mapping[str, array[float]]") -> Recording:
    return Recording(
        format=ONE,
        workout=row["workout_id"],
        fingerprint=row["fingerprint"].hex(),
        recorded_as=row["format"],
        **{name: row[name] for name in ("source", "device", "sport", "sub_sport", "started_at", "offset_min")},
        **{name: row[name] for name in ("duration_s", "title", "notes", "rpe", "partial", "joined", "score")},
        **{name: row[name] for name in ("file", "position", "dated")},
        original=row["sha256"],
        reasons=msgspec.json.decode(row["reasons"], type=tuple[str, ...]),
        extra=msgspec.json.decode(row["extra"]),
        totals=msgspec.json.decode(row["totals"], type=Totals),
        legs=msgspec.json.decode(row["legs"], type=list[Lap]),
        laps=msgspec.json.decode(row["laps"], type=list[Lap]),
        pauses=msgspec.json.decode(row["derived"], type=Derived).pauses,
        sets=model.sets(sets, {}),
        channels=model.written(channels),
    )


def _unpacked(rows: Iterable[Record]) -> "dict[str, array[float]]":
    return {row["channel"]: codec.decode(row["data"], row["n"], row["channel"]) for row in rows}
