"""Make workouts anew from all they rest on: the one place where their rows, and what is told of them, come from."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

import msgspec
from asyncpg import Connection, Record

import outbox
from contracts.events import MuscleVolume, WorkoutChanged, WorkoutLogged
from workout.edits import apply
from workout.edits import queries as edits
from workout.gear import queries as gear
from workout.readers.model import Totals
from workout.recordings.fusion import Fused, fuse
from workout.records import tell
from workout.streams import zones
from workout.workouts import figures, queries, reading, traits, writing
from workout.workouts.figures import Basis, Made
from workout.workouts.model import Given
from workout.workouts.reading import Person
from workout.workouts.sets import counted_of
from workout.workouts.strength import Lift, Summed, summed
from workout.workouts.writing import Whole


class Known(NamedTuple):
    """What one workout rests on."""

    row: Record
    given: Given
    recordings: Sequence[Record]
    fused: Fused | None
    basis: Basis | None
    sets: Sequence[Record]
    """Those that count."""
    edits: Sequence[str]
    gear: Sequence[UUID]


async def remake(
    db: Connection, user_id: UUID, workout_ids: Iterable[UUID], *, quiet: bool = False, takes_gear: bool = True
) -> None:
    """Make these workouts of a user anew, in a fixed number of statements; only what comes out differently is told.

    Those that have been edited take a few statements each. Under the user's lock. ``quiet``: no new record is told, as
    while a file is imported. New workouts take the gear of their sport unless they have some, or ``takes_gear`` is not.
    """
    await queries.lock(db, user_id)
    wanted = apply.affected(await edits.bonds(db, user_id), workout_ids)
    known = await _read(db, user_id, sorted(wanted))
    before = {of.row["workout_id"]: of.row for of in known}
    wholes = await _made(db, user_id, known)
    changed = [one for one in wholes if one.digest != before[one.workout_id]["digest"]]
    if not changed:
        return
    now = await writing.keep(db, user_id, changed)
    fresh = [one for one in changed if not before[one.workout_id]["version"]]
    if fresh and takes_gear:
        await _equip(db, user_id, fresh)
    await outbox.add(
        db, *(_event(user_id, one, now[one.workout_id], before[one.workout_id]["version"]) for one in changed)
    )
    if not quiet:
        await tell.tell(db, user_id, now)


async def _equip(db: Connection, user_id: UUID, fresh: Sequence[Whole]) -> None:
    """Give new workouts the gear that their sport has by default."""
    taken = await gear.take(db, user_id, [one.workout_id for one in fresh])
    if taken:
        used = await reading.gear(db, user_id, list(taken))
        digests = {one.workout_id: digest(one.shown, used[one.workout_id]) for one in fresh if one.workout_id in taken}
        await writing.note(db, user_id, digests)


async def _read(db: Connection, user_id: UUID, workout_ids: Sequence[UUID]) -> list[Known]:
    rows = await reading.workouts(db, user_id, workout_ids)
    recordings = _by_workout(await reading.recordings(db, user_id, workout_ids))
    sets = _by_workout(await reading.sets(db, user_id, workout_ids))
    changes, used = await reading.edits(db, user_id, workout_ids), await reading.gear(db, user_id, workout_ids)
    known = []
    for row in rows:
        workout_id = row["workout_id"]
        read = [reading.as_recorded(each) for each in recordings[workout_id]]
        fused = fuse(read) if read else None
        basis = figures.recorded(fused, read) if fused else None
        if workout_id in changes and (after := await apply.edited(db, user_id, workout_id)):
            basis = figures.edited(after)
        known.append(
            Known(
                row=row,
                given=msgspec.json.decode(row["given"], type=Given),
                recordings=recordings[workout_id],
                fused=fused,
                basis=basis,
                sets=counted_of(sets[workout_id], fused, own=row["own_sets"]),
                edits=changes.get(workout_id, ()),
                gear=used.get(workout_id, ()),
            )
        )
    return known


async def _made(db: Connection, user_id: UUID, known: Sequence[Known]) -> list[Whole]:
    known_traits = await traits.of(db, user_id, {each["exercise"] for of in known for each in of.sets})
    sums = [summed((Lift(*(each[name] for name in Lift._fields)) for each in _done(of)), known_traits) for of in known]
    made = [
        figures.work_out(
            of.given,
            of.basis,
            done,
            began=of.row["started_at"],
            last_set_at=max((each["done_at"] for each in of.sets if each["done_at"]), default=None),
        )
        for of, done in zip(known, sums, strict=True)
    ]
    dates = await reading.dates(db, user_id, (one.started_at for one in made))
    person = await reading.person(db, user_id)
    return [
        _whole(of, one, done, on_date, person) for of, one, done, on_date in zip(known, made, sums, dates, strict=True)
    ]


def _done(of: Known) -> list[Record]:
    """The sets that have been done: as long as a workout is live, some may still be to do."""
    return [each for each in of.sets if each["done_at"] or not of.row["live"]]


def _whole(of: Known, made: Made, done: Summed, on_date: date, person: Person) -> Whole:
    load, method = _load(made, of.basis, on_date, person) or (None, None)
    row = of.row
    said = (row["given"], row["live"], row["own_sets"], row["routine_id"], row["routine_day"], of.edits)
    sets, recordings = [tuple(each) for each in of.sets], [_seen(each) for each in of.recordings]
    shown = digest([made, done, on_date, load, method, said, sets, recordings])
    return Whole(
        workout_id=row["workout_id"],
        made=made,
        summed=done,
        on_date=on_date,
        load=None if load is None else round(load, 4),
        load_method=method,
        formulas=made.formulas | ({"load": zones.LOAD_FORMULAS[method]} if method else {}),
        shown=shown,
        digest=digest(shown, of.gear),
    )


def digest(*parts: object) -> bytes:
    """Equal for what is equal."""
    return hashlib.sha256(msgspec.json.encode(parts)).digest()


def _seen(recording: Record) -> tuple[object, ...]:
    return recording["recording_id"], recording["joined"], recording["score"], recording["reasons"]


def _load(made: Made, basis: Basis | None, on_date: date, person: Person) -> tuple[float, zones.LoadMethod] | None:
    timer_s = basis.totals.timer_s if basis else None
    return zones.load(
        msgspec.structs.replace(made.derived, weighted_power=None, max_heart_rate=made.values["max_heart_rate"]),
        Totals(weighted_power=made.values["weighted_power"], timer_s=timer_s),
        thresholds=person.then(on_date),
        birth_date=person.birth_date,
        sex=person.sex,
        on_date=on_date,
        rpe=made.rpe,
        duration_s=made.duration_s,
    )


def _by_workout(rows: Iterable[Record]) -> Mapping[UUID, list[Record]]:
    found = defaultdict[UUID, list[Record]](list)
    for row in rows:
        found[row["workout_id"]].append(row)
    return found


def _event(user_id: UUID, one: Whole, version: int, before: int) -> WorkoutLogged | WorkoutChanged:
    made, values = one.made, one.made.values
    kind = WorkoutChanged if before else WorkoutLogged
    return kind(
        user_id=user_id,
        version=version,
        workout_id=one.workout_id,
        sport=made.sport,
        title=made.title,
        started_at=made.started_at,
        on_date=one.on_date,
        duration_s=made.duration_s,
        moving_s=values["moving_s"],
        distance_m=values["distance_m"],
        ascent_m=values["ascent_m"],
        energy_kcal=values["energy_kcal"],
        average_heart_rate=values["average_heart_rate"],
        max_heart_rate=values["max_heart_rate"],
        average_power=values["average_power"],
        weighted_power=values["weighted_power"],
        rpe=made.rpe,
        load=one.load,
        load_method=one.load_method,
        sets=one.summed.sets,
        reps=one.summed.reps,
        volume_load_kg=one.summed.volume_load_kg,
        muscles=tuple(MuscleVolume(name, of.sets, of.volume_load_kg) for name, of in one.summed.muscles.items()),
    )
