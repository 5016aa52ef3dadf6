"""Which exercise of the catalogue a gym log means.

First what the table of aliases or the catalogue itself says letter by letter, then the rule: the same words in any
order and number, with what they say of equipment set apart, so that ``Lat Pulldown (Cable)``, ``Cable Lat Pulldowns``
and ``lat pull-down - cable`` are one. Equipment that is named must be the exercise's; a name that says none means the
exercise that says none either.
"""

from collections.abc import Iterable, Iterator

from workout.exercises.catalogue import EXERCISES
from workout.exercises.model import Equipment, Exercise, Measure
from workout.exercises.words import EQUIPMENT, SMALL, words

Key = tuple[tuple[str, ...], frozenset[str]]
"""The sorted words, and the equipment."""
NEEDLESS = frozenset(("bodyweight", "flat"))
"""Words that say what is meant anyway."""


def resolve(names: Iterable[str]) -> dict[str, str | None]:
    """The code of each name; None where the catalogue has nothing of the kind."""
    return {name: _code(name) for name in names}


def _code(name: str) -> str | None:
    exact = NAMES.get(name.casefold()) or EXACT.get(words(name))
    if exact:
        return exact
    meant, of = key(name)
    found = KEYS.get((meant, of))
    if found or not (of & {"body_only"} or "flat" in meant):
        return found
    return KEYS.get((tuple(word for word in meant if word not in NEEDLESS), of - {"body_only"}))


def key(name: str) -> Key:
    """What is left of a name when order, number, small words and spelling are taken off."""
    said = [word for word in words(name) if word not in SMALL]
    return (
        tuple(sorted(word for word in said if word not in EQUIPMENT)),
        frozenset(EQUIPMENT[word] for word in said if word in EQUIPMENT),
    )


def _spellings(exercise: Exercise) -> Iterator[tuple[int, str, Key]]:
    """How surely a spelling means this exercise, 0 being surest, the spelling, and its key."""
    for sure, name in ((0, exercise.name), *((1, alias) for alias in exercise.aliases)):
        yield sure, name, key(name)
    meant, of = key(exercise.name)
    if not of:
        yield 2, exercise.name, (meant, frozenset((exercise.equipment,)))


def ambiguous() -> list[tuple[str, str, str]]:
    """Spellings that mean two exercises equally surely: a fault of the catalogue."""
    found = []
    known: dict[tuple[int, Key], str] = {}
    for exercise in EXERCISES:
        for sure, name, meant in _spellings(exercise):
            first = known.setdefault((sure, meant), exercise.code)
            if first != exercise.code and not (sure == 0 and words(name) in EXACT):
                found.append((name, first, exercise.code))
    return found


def _index() -> tuple[dict[tuple[str, ...], str], dict[Key, str]]:
    exact: dict[tuple[str, ...], str] = {}
    keys: dict[Key, str] = {}
    by_sureness = sorted(
        ((sure, exercise.code, name, meant) for exercise in EXERCISES for sure, name, meant in _spellings(exercise)),
        key=lambda spelling: spelling[0],
    )
    for sure, code, name, meant in by_sureness:
        if sure < 2:
            exact.setdefault(words(name), code)
        keys.setdefault(meant, code)
    return exact, keys


NAMES = {exercise.name.casefold(): exercise.code for exercise in EXERCISES}
EXACT, KEYS = _index()


def equipment(name: str) -> Equipment | None:
    """What a name says that is needed, if it says one thing."""
    said = {word for word in words(name) if word in EQUIPMENT}
    return EQUIPMENT[said.pop()] if len(said) == 1 else None


TIMED = frozenset(("plank", "hold", "hang", "stretch", "stretching", "yoga", "wait", "isometric", "warm", "cool"))
FAR = frozenset(("cycling", "hike", "ride", "rowing", "run", "running", "sprint", "swim", "swimming", "walk"))
CARRIED = frozenset(("carry", "drag", "farmers", "sled", "yoke"))
OWN_WEIGHT = frozenset(("band", "bodyweight", "burpee", "jump", "suspension"))


def measure(name: str) -> Measure:
    """What a set of something unknown is counted in, to judge by its name."""
    said = set(words(name))
    if said & CARRIED:
        return "weight_distance"
    if said & TIMED:
        return "weight_time" if "weighted" in said else "time"
    if said & FAR and not said & {"lunge"}:
        return "distance"
    bare = said & OWN_WEIGHT or ("up" in said and said & {"push", "pull", "chin", "sit"})
    return "reps" if bare and "weighted" not in said and "assisted" not in said else "weight_reps"


def assisted(name: str) -> bool:
    """Whether a name says that the weight helps."""
    return "assisted" in words(name)
