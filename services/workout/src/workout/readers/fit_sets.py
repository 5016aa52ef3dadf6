"""Sets that a watch counted."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fitdecode import profile  # type: ignore[import-untyped]  # it ships no types

from workout.readers.model import Set

NOBODY_LIFTS_KG = 1_000


def sets_of(messages: Sequence[Mapping[str, Any]], titles: Sequence[Mapping[str, Any]]) -> list[Set]:
    """Each set, with the rest after it; the exercise as the watch or its owner named it."""
    names = {
        (_first(title.get("exercise_category")), _first(title.get("exercise_name"))): title["wkt_step_name"]
        for title in titles
        if isinstance(title.get("wkt_step_name"), str)
    }
    found: list[Set] = []
    for message in messages:
        length = message.get("duration")
        length = float(length) if isinstance(length, int | float) and 0 < length < 86_400 else None
        if message.get("set_type") in {"rest", 0}:
            if found and length:
                found[-1] = _rested(found[-1], round(length))
            continue
        reps, weight = message.get("repetitions"), message.get("weight")
        found.append(
            Set(
                exercise=_exercise(message, names)[:200],
                reps=reps if isinstance(reps, int) and reps > 0 else None,
                weight_kg=weight if isinstance(weight, int | float) and 0 < weight < NOBODY_LIFTS_KG else None,
                duration_s=length,
            )
        )
    return found


def _rested(done: Set, rest_s: int) -> Set:
    return Set(
        exercise=done.exercise, reps=done.reps, weight_kg=done.weight_kg, duration_s=done.duration_s, rest_s=rest_s
    )


def _exercise(message: Mapping[str, Any], names: Mapping[tuple[Any, Any], str]) -> str:
    category, exercise = _first(message.get("category")), _first(message.get("category_subtype"))
    if named := names.get((category, exercise)):
        return named
    categories = profile.FIELD_TYPES["exercise_category"].enum
    category = categories.get(category, category)
    known = profile.FIELD_TYPES.get(f"{category}_exercise_name")
    name = known.enum.get(exercise) if known and known.enum else None
    return str(name or (category if isinstance(category, str) else "unknown")).replace("_", " ").title()


def _first(value: Any) -> Any:
    """A watch gives several guesses, the likeliest first."""
    said: Iterator[Any] = iter(value) if isinstance(value, tuple) else iter((value,))
    return next(said, None)
