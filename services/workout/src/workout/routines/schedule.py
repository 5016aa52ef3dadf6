"""The sessions of a routine that come next: from its days, its rules, and what was done."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from itertools import groupby, zip_longest
from uuid import UUID

from asyncpg import Connection

from chassis.problems import FieldError, InvalidValue, invalid
from workout.routines import progression, queries
from workout.routines.model import Day, Item, PlannedItem, Routine, Session
from workout.routines.progression import Done, State
from workout.routines.queries import Past
from workout.workouts import change, traits
from workout.workouts.model import NewWorkout, SetValues

LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


async def coming(
    db: Connection, user_id: UUID, routine: Routine, day: int | None, count: int, now: datetime
) -> list[Session]:
    """The next sessions, if each succeeds: of one day, or of all in their order from the next."""
    first = await next_day(db, user_id, routine) if day is None else existing(routine, day, "?day")
    days = range(len(routine.days)) if day is None else (first,)
    exercises = {item.exercise for place in days for item in routine.days[place].items}
    maxima = await queries.maxima(db, user_id, exercises, now)
    past = await queries.history(db, user_id, routine.id, days)
    states = {
        place: states_of(routine.days[place], [one for one in past if one.day == place], maxima) for place in days
    }
    sessions = []
    for number in range(count):
        place = (first + number) % len(routine.days) if day is None else first
        items = planned(routine.days[place], states[place], maxima)
        sessions.append(Session(number=number + 1, day=place, name=routine.days[place].name, items=tuple(items)))
        states[place] = [
            progression.after(item, state, progression.as_planned(plan), maxima.get(item.exercise))
            for item, state, plan in zip(routine.days[place].items, states[place], items, strict=True)
        ]
    return sessions


def planned(day: Day, states: Iterable[State], maxima: Mapping[str, float]) -> list[PlannedItem]:
    """The next session of a day."""
    return [
        progression.planned(item, state, maxima.get(item.exercise))
        for item, state in zip(day.items, states, strict=True)
    ]


def states_of(day: Day, past: Iterable[Past], maxima: Mapping[str, float]) -> list[State]:
    """What the sessions of a day have come to, item by item."""
    sessions = defaultdict[str, list[Past]](list)
    for one in past:
        sessions[one.exercise].append(one)
    return [
        progression.state_of(
            item, (_share(day, place, one.sets) for one in _since(item, sessions)), maxima.get(item.exercise)
        )
        for place, item in enumerate(day.items)
    ]


def _since(item: Item, sessions: Mapping[str, list[Past]]) -> list[Past]:
    return [one for one in sessions.get(item.exercise, ()) if one.started_at >= (item.since or LONG_AGO)]


def _share(day: Day, place: int, done: list[Done]) -> list[Done]:
    """What of the sets of an exercise belongs to an item, where several items of the day are of that exercise."""
    same = [number for number, item in enumerate(day.items) if item.exercise == day.items[place].exercise]
    before = sum(_working(day.items[number]) for number in same if number < place)
    return done[before:] if place == same[-1] else done[before : before + _working(day.items[place])]


def _working(item: Item) -> int:
    return sum(target.kind != "warm_up" for target in item.sets)


async def next_day(db: Connection, user_id: UUID, routine: Routine) -> int:
    """The day after the one that was begun last, whatever the weekday."""
    last = await queries.last_day(db, user_id, routine.id)
    return 0 if last is None else (last + 1) % len(routine.days)


def existing(routine: Routine, day: int, pointer: str) -> int:
    if day >= len(routine.days):
        raise invalid(pointer, f"the routine has {len(routine.days)} days, counted from 0")
    return day


async def start(
    db: Connection, user_id: UUID, routine: Routine, day: int | None, at: datetime | None, now: datetime
) -> UUID:
    """Begin a live workout with the sets of a session still to be done; returns its id."""
    place = await next_day(db, user_id, routine) if day is None else existing(routine, day, "/day")
    [session] = await coming(db, user_id, routine, place, 1, now)
    new = NewWorkout(
        title=session.name or routine.name,
        started_at=at,
        sets=tuple(to_do(session.items)),
        live=True,
        routine_id=routine.id,
        routine_day=session.day,
    )
    return await change.add(db, user_id, new, now)


def to_do(items: Iterable[PlannedItem]) -> Iterable[SetValues]:
    """The sets of a session in the order they are done: those of a superset in turn, after its warm-ups."""
    for superset, together in groupby(items, key=lambda item: item.superset):
        group = [(item.exercise, _sets(item)) for item in together]
        if superset is None or len({exercise for exercise, _ in group}) < len(group):
            yield from (one for _, sets in group for one in sets)
            continue
        yield from (one for _, sets in group for one in sets if one.kind == "warm_up")
        for turn in zip_longest(*([one for one in sets if one.kind != "warm_up"] for _, sets in group)):
            yield from (one for one in turn if one is not None)


def _sets(item: PlannedItem) -> list[SetValues]:
    """What is an opinion afterwards, the effort, is left to be said."""
    return [
        SetValues(
            exercise=item.exercise,
            kind=each.kind,
            reps=each.reps,
            weight_kg=each.weight_kg,
            duration_s=each.duration_s,
            distance_m=each.distance_m,
            superset=item.superset,
            rest_s=item.rest_s,
            notes=None if number else item.notes,
        )
        for number, each in enumerate(item.sets)
    ]


async def require_exercises(db: Connection, user_id: UUID, days: Collection[Day]) -> None:
    """Raise InvalidValue unless every exercise is in the catalogue or the user's own."""
    named = {
        f"/days/{place}/items/{number}/exercise": item.exercise
        for place, day in enumerate(days)
        for number, item in enumerate(day.items)
    }
    known = await traits.of(db, user_id, named.values())
    detail = "is neither in the catalogue nor one of your own exercises"
    if wrong := [FieldError(detail, pointer) for pointer, exercise in named.items() if exercise not in known]:
        raise InvalidValue(errors=wrong[:20])
