"""What sets come to: volume load, estimated maxima, and what each exercise and muscle got of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeVar

import msgspec

T = TypeVar("T", int, float)

MOST_REPS = 10
"""Beyond, a maximum cannot be told from a set."""
EPLEY = "Epley: weight x (1 + repetitions / 30), of sets of up to ten"
VOLUME = "sum of weight x repetitions, without warm-ups"
HELPING = 0.5
"""Of a set, for the muscles that only help."""


class Lift(NamedTuple):
    """What of a set matters for sums."""

    exercise: str
    kind: str
    reps: int | None
    weight_kg: float | None
    duration_s: float | None
    distance_m: float | None


class Trait(msgspec.Struct, frozen=True):
    """What of an exercise matters for sums."""

    assisted: bool = False
    """Its weight helps."""
    primary: tuple[str, ...] = ()
    secondary: tuple[str, ...] = ()


UNKNOWN = Trait()


class OfExercise(msgspec.Struct, frozen=True, kw_only=True):
    """All sets of one exercise in one workout; but for their number, without warm-ups. None: there is no best."""

    sets: int = 0
    work_sets: int = 0
    reps: int = 0
    volume_load_kg: float = 0.0
    e1rm_kg: float | None = None
    best_weight_kg: float | None = None
    best_reps: int | None = None
    best_set_volume_kg: float | None = None
    longest_s: float | None = None
    farthest_m: float | None = None


class OfMuscle(msgspec.Struct, frozen=True):
    """What one muscle got of a workout."""

    sets: float
    volume_load_kg: float


class Summed(msgspec.Struct, frozen=True):
    """What the sets of a workout come to: their number with warm-ups, all else without."""

    sets: int = 0
    reps: int = 0
    volume_load_kg: float = 0.0
    exercises: Mapping[str, OfExercise] = {}
    muscles: Mapping[str, OfMuscle] = {}


def e1rm_kg(weight_kg: float, reps: int) -> float | None:
    """Estimated one-repetition maximum by Epley, w (1 + r/30); one repetition is its own; none above ten."""
    if not 1 <= reps <= MOST_REPS or weight_kg <= 0:
        return None
    return weight_kg if reps == 1 else weight_kg * (1 + reps / 30)


def volume_kg(lift: Lift) -> float:
    """Weight times repetitions; nothing for a warm-up."""
    return 0.0 if lift.kind == "warm_up" else (lift.weight_kg or 0.0) * (lift.reps or 0)


def summed(lifts: Iterable[Lift], traits: Mapping[str, Trait]) -> Summed:
    """Add up the sets of a workout; a set counts whole for primary muscles and half for the others."""
    by_exercise = defaultdict[str, list[Lift]](list)
    for lift in lifts:
        by_exercise[lift.exercise].append(lift)
    exercises = {
        name: _of_exercise(own, assisted=traits.get(name, UNKNOWN).assisted) for name, own in by_exercise.items()
    }
    return Summed(
        sets=sum(one.sets for one in exercises.values()),
        reps=sum(one.reps for one in exercises.values()),
        volume_load_kg=round(sum(one.volume_load_kg for one in exercises.values()), 6),
        exercises=exercises,
        muscles=_by_muscle(exercises, traits),
    )


def _of_exercise(lifts: list[Lift], *, assisted: bool) -> OfExercise:
    work = [lift for lift in lifts if lift.kind != "warm_up"]
    weighed = [] if assisted else [lift for lift in work if lift.weight_kg and lift.reps]
    return OfExercise(
        sets=len(lifts),
        work_sets=len(work),
        reps=sum(lift.reps or 0 for lift in work),
        volume_load_kg=round(sum(map(volume_kg, work)), 6),
        e1rm_kg=_most(e1rm_kg(lift.weight_kg or 0, lift.reps or 0) for lift in weighed),
        best_weight_kg=_most(lift.weight_kg for lift in weighed),
        best_reps=None if assisted else _most(lift.reps or None for lift in work),
        best_set_volume_kg=_most(volume_kg(lift) for lift in weighed),
        longest_s=_most(lift.duration_s or None for lift in work),
        farthest_m=_most(lift.distance_m or None for lift in work),
    )


def _by_muscle(exercises: Mapping[str, OfExercise], traits: Mapping[str, Trait]) -> dict[str, OfMuscle]:
    sets, volume = defaultdict[str, float](float), defaultdict[str, float](float)
    for name, done in exercises.items():
        trait = traits.get(name, UNKNOWN)
        shares = dict.fromkeys(trait.secondary, HELPING) | dict.fromkeys(trait.primary, 1.0)
        for muscle, share in shares.items() if done.work_sets else ():
            sets[muscle] += share * done.work_sets
            volume[muscle] += share * done.volume_load_kg
    return {muscle: OfMuscle(sets[muscle], round(volume[muscle], 6)) for muscle in sorted(sets)}


def _most(values: Iterable[T | None]) -> T | None:
    return max((value for value in values if value is not None), default=None)
