"""What the next session of an exercise is, from what is planned and what was done: pure arithmetic.

A state is what the sessions so far have come to. ``targets`` works out the sets of the next session from it, and
``after`` the state when that session is over. Weights grow unrounded and are rounded where they are shown, so that
steps smaller than the plates allow still add up.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from workout.routines.model import Double, Item, Linear, Percentage, PlannedItem, PlannedSet, Target

NEAR_KG = 0.01
"""Two weights closer than this are the same: pounds do not come out even."""
MOST_KG = 2_000.0

Why = Literal["planned", "after_failures"]


class Done(msgspec.Struct, frozen=True):
    """A set as it was done; warm-ups are left out."""

    reps: int | None = None
    weight_kg: float | None = None
    duration_s: float | None = None
    distance_m: float | None = None


class State(msgspec.Struct, frozen=True):
    """What the sessions of an item so far have come to."""

    sessions: int = 0
    """All of them, light ones too."""
    steps: int = 0
    """Those that succeeded and were not light, since the last weight was added."""
    weeks: int = 0
    """Sessions taken from the table of a percentage rule."""
    added_kg: float = 0.0
    """On top of what is written."""
    added_reps: int = 0
    """On top of the foot of the range."""
    held_kg: float | None = None
    """What was lifted last, where nothing is written."""
    failures: int = 0
    """In a row."""
    lowered: bool = False
    """The weight has just gone down."""


def rounded(weight_kg: float, step_kg: float) -> float:
    """To the nearest multiple of a step, halves up; never below nothing."""
    return round(max(0.0, math.floor(min(weight_kg, MOST_KG) / step_kg + 0.5 + 1e-9) * step_kg), 4)


def light(item: Item, state: State) -> Why | None:
    """Why the next session is a light one, if it is."""
    if state.lowered:
        return "after_failures"
    every = item.deload.every if item.deload else None
    return "planned" if every and (state.sessions + 1) % every == 0 else None


def planned(item: Item, state: State, e1rm_kg: float | None) -> PlannedItem:
    """The next session of an item."""
    factor = _factor(item, state)
    return PlannedItem(
        exercise=item.exercise,
        sets=tuple(_set(item, state, target, e1rm_kg, factor) for target in _targets(item, state)),
        superset=item.superset,
        rest_s=item.rest_s,
        notes=item.notes,
        deload=light(item, state),
    )


def _factor(item: Item, state: State) -> float:
    """What the weights of the next session are multiplied by.

    Once it has failed too often what is written has gone down for good, to be built up again; a measured maximum comes
    down by itself, so there it is one light session.
    """
    why = light(item, state)
    eased = why == "planned" or (why == "after_failures" and _is_measured(item))
    return item.deload.factor if item.deload and eased else 1.0


def _is_measured(item: Item) -> bool:
    """Whether weights are a share of what was lifted."""
    if isinstance(item.progression, Percentage):
        return item.progression.of_kg is None
    return any(target.percent_e1rm is not None for target in item.sets)


def _targets(item: Item, state: State) -> Iterator[Target]:
    """What is written, with what the rule makes of it but for the weight."""
    rule = item.progression
    if isinstance(rule, Percentage):
        yield from (target for target in item.sets if target.kind == "warm_up")
        week = rule.weeks[state.weeks // rule.sessions_per_week % len(rule.weeks)]
        yield from (Target(reps=each.reps, rpe=each.rpe, percent_e1rm=each.percent_e1rm) for each in week)
        return
    for target in item.sets:
        if isinstance(rule, Double) and target.kind != "warm_up":
            reps = min(rule.reps_to, rule.reps_from + state.added_reps)
            yield msgspec.structs.replace(target, reps=reps, reps_to=None)
        else:
            yield target


def _set(item: Item, state: State, target: Target, e1rm_kg: float | None, factor: float) -> PlannedSet:
    weight_kg = _weight(item, state, target, e1rm_kg)
    return PlannedSet(
        kind=target.kind,
        reps=target.reps,
        reps_to=target.reps_to,
        weight_kg=None if weight_kg is None else rounded(weight_kg * factor, item.step_kg),
        percent_e1rm=target.percent_e1rm,
        rpe=target.rpe,
        duration_s=target.duration_s,
        distance_m=target.distance_m,
    )


def _weight(item: Item, state: State, target: Target, e1rm_kg: float | None) -> float | None:
    """Unrounded; warm-ups grow in proportion to the heaviest working set, working sets all by the same."""
    rule = item.progression
    if target.percent_e1rm is not None:
        whole_kg = rule.of_kg if isinstance(rule, Percentage) and rule.of_kg else e1rm_kg
        if whole_kg is None:
            return None
        if isinstance(rule, Percentage):
            return (whole_kg + state.added_kg) * target.percent_e1rm / 100
        return whole_kg * target.percent_e1rm / 100 + state.added_kg
    if target.weight_kg is None:
        return state.held_kg if target.kind != "warm_up" else None
    if target.kind != "warm_up":
        return max(0.0, target.weight_kg + state.added_kg)
    top_kg = max((each.weight_kg or 0.0 for each in item.sets if each.kind != "warm_up"), default=0.0)
    return target.weight_kg * (1 + state.added_kg / top_kg) if top_kg else target.weight_kg


def after(item: Item, state: State, done: Sequence[Done], e1rm_kg: float | None) -> State:
    """The state when a session is over.

    It succeeded when every working set that was planned was done, with no fewer repetitions, seconds and metres, and no
    less of a weight that was written. Who lifted another weight than was written, and succeeded, goes on from that one.
    """
    plan = planned(item, state, e1rm_kg)
    working = [each for each in plan.sets if each.kind != "warm_up"]
    done = done[: len(working)]
    heaviest = max((each.weight_kg for each in done if each.weight_kg), default=None)
    moved = msgspec.structs.replace(
        state, sessions=state.sessions + 1, lowered=False, held_kg=heaviest or state.held_kg
    )
    if _factor(item, state) < 1:
        return msgspec.structs.replace(moved, held_kg=state.held_kg or heaviest)
    if not _succeeded(working, done):
        return _failed(item, msgspec.structs.replace(moved, held_kg=state.held_kg or heaviest))
    moved = _adopted(item, moved, working, heaviest)
    return _stepped(item, msgspec.structs.replace(moved, failures=0), min((each.reps or 0 for each in done), default=0))


def _succeeded(working: Sequence[PlannedSet], done: Sequence[Done]) -> bool:
    return len(done) >= len(working) and all(
        (each.reps or 0) >= (target.reps or 0)
        and (each.duration_s or 0) >= (target.duration_s or 0)
        and (each.distance_m or 0) >= (target.distance_m or 0)
        and (target.percent_e1rm is not None or (each.weight_kg or 0) >= (target.weight_kg or 0) - NEAR_KG)
        for target, each in zip(working, done, strict=False)
    )


def _adopted(item: Item, state: State, working: Sequence[PlannedSet], heaviest: float | None) -> State:
    """Go on from what was lifted where more than the plates' rounding lies between it and what was written."""
    written = [each.weight_kg for each in working if each.weight_kg is not None and each.percent_e1rm is None]
    held = any(target.weight_kg is None for target in item.sets if target.kind != "warm_up")
    if not written or held or heaviest is None:
        return state
    more_kg = heaviest - max(written)
    return msgspec.structs.replace(state, added_kg=state.added_kg + more_kg) if more_kg > NEAR_KG else state


def _stepped(item: Item, state: State, least_reps: int) -> State:
    """What success is worth."""
    match item.progression:
        case Linear(add_kg=add_kg, every=every):
            steps = (state.steps + 1) % every
            return _heavier(msgspec.structs.replace(state, steps=steps), 0.0 if steps else add_kg)
        case Double(reps_from=low, reps_to=high, add_kg=add_kg):
            reached = max(low + state.added_reps, min(least_reps, high))
            if reached >= high:
                return _heavier(msgspec.structs.replace(state, added_reps=0), add_kg)
            return msgspec.structs.replace(state, added_reps=reached + 1 - low)
        case Percentage(weeks=weeks, add_kg=add_kg, sessions_per_week=per_week):
            sessions = state.weeks + 1
            again = sessions % (len(weeks) * per_week) == 0
            return msgspec.structs.replace(state, weeks=sessions, added_kg=state.added_kg + (add_kg if again else 0.0))
    return state


def _heavier(state: State, more_kg: float) -> State:
    held_kg = None if state.held_kg is None else state.held_kg + more_kg
    return msgspec.structs.replace(state, added_kg=state.added_kg + more_kg, held_kg=held_kg)


def _failed(item: Item, state: State) -> State:
    """The same again, or less, when it has failed too often; a table of percentages goes on."""
    if isinstance(item.progression, Percentage):
        state = msgspec.structs.replace(state, weeks=state.weeks + 1)
    failures = state.failures + 1
    enough = item.deload.after_failures if item.deload else None
    if item.deload is None or enough is None or failures < enough:
        return msgspec.structs.replace(state, failures=failures)
    kept = item.deload.factor
    return msgspec.structs.replace(
        state,
        failures=0,
        steps=0,
        added_reps=0,
        added_kg=state.added_kg - (1 - kept) * _whole(item, state),
        held_kg=None if state.held_kg is None else state.held_kg * kept,
        lowered=True,
    )


def _whole(item: Item, state: State) -> float:
    """What added weight is added to, with it: the heaviest working set, or what a table's percentages are of."""
    if _is_measured(item):
        return 0.0
    if isinstance(item.progression, Percentage):
        return (item.progression.of_kg or 0.0) + state.added_kg
    written = [target.weight_kg for target in item.sets if target.kind != "warm_up" and target.weight_kg is not None]
    return max(written) + state.added_kg if written else 0.0


def state_of(item: Item, sessions: Iterable[Sequence[Done]], e1rm_kg: float | None) -> State:
    """What sessions that were done, oldest first, have come to."""
    state = State()
    for done in sessions:
        if done:
            state = after(item, state, done, e1rm_kg)
    return state


def as_planned(item: PlannedItem) -> list[Done]:
    """A session that went as planned."""
    working = (each for each in item.sets if each.kind != "warm_up")
    return [Done(each.reps, each.weight_kg, each.duration_s, each.distance_m) for each in working]
