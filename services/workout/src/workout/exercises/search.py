"""Find exercises by what somebody types: words in any order, begun or mistyped, in names and aliases of all languages.

Every word typed must mean a word of the name. How well it does: letter by letter 1, as its beginning a little less,
else by how much of it is right (Damerau's distance, adjacent letters swapped count once). A name with fewer words
besides goes first, then what logs have more names for, since that is what people do.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from workout.exercises.catalogue import EXERCISES
from workout.exercises.words import SMALL, words

MOST_WORDS = 12
BEGUN = 0.9
LEAST = 0.6
BESIDES = 0.04
"""Taken off for each word of a name that was not typed; never more than the order of what fits worse."""
MOST_BESIDES = 0.28


class Hit(NamedTuple):
    """How well something fits, from above 0 to 1, and which it is."""

    score: float
    id: str


class Index:
    """Names by their words."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        self._ids: list[str] = []
        self._lengths: list[int] = []
        self._places: dict[str, list[int]] = {}
        for key, name in names:
            said = typed(name)
            if said:
                for word in said:
                    self._places.setdefault(word, []).append(len(self._ids))
                self._ids.append(key)
                self._lengths.append(len(said))

    def find(self, query: str) -> Iterator[Hit]:
        """Each id once, with its best name; in no order."""
        wanted = typed(query)
        scores: dict[int, float] = {}
        for nth, word in enumerate(wanted):
            fits = self._fits(word)
            scores = fits if nth == 0 else {place: scores[place] + fits[place] for place in scores.keys() & fits.keys()}
        best: dict[str, float] = {}
        for place, total in scores.items():
            besides = min(MOST_BESIDES, BESIDES * max(0, self._lengths[place] - len(wanted)))
            score = round(total / len(wanted) - besides, 6)
            if score > best.get(self._ids[place], 0):
                best[self._ids[place]] = score
        return (Hit(score, key) for key, score in best.items())

    def _fits(self, wanted: str) -> dict[int, float]:
        """The names that have a word like it, and how like it the word is."""
        found: dict[int, float] = {}
        right = wanted in self._places
        for word, places in self._places.items():
            if like := likeness(wanted, word, right=right):
                for place in places:
                    if like > found.get(place, 0):
                        found[place] = like
        return found


def typed(text: str) -> tuple[str, ...]:
    """The words to look for, each once."""
    said = dict.fromkeys(words(text))
    return tuple(word for word in said if word not in SMALL or len(said) == 1)[:MOST_WORDS]


def likeness(wanted: str, word: str, *, right: bool = False) -> float:
    """How well a word is meant by what was typed; 0 when it is not. What is surely right is not taken for mistyped."""
    if wanted == word:
        return 1
    if word.startswith(wanted):
        return BEGUN if len(wanted) > 1 or word.isdigit() else LEAST
    allowed = 0 if right or len(wanted) < 4 else 1 if len(wanted) < 7 else 2
    if not allowed or len(word) < len(wanted) - allowed:
        return 0
    begins = len(word) > len(wanted) + allowed
    wrong = _wrong(wanted, word[: len(wanted)] if begins else word, allowed)
    return 0 if wrong > allowed else BEGUN * (1 - wrong / (len(wanted) if begins else max(len(wanted), len(word))))


def _wrong(one: str, other: str, allowed: int) -> int:
    """The distance of two words; more than is allowed where that is plain to see."""
    mine, theirs = _letters(one), _letters(other)
    if len(mine - theirs) > allowed or len(theirs - mine) > allowed:
        return allowed + 1
    return distance(one, other)


@lru_cache(maxsize=16_384)
def _letters(word: str) -> frozenset[str]:
    return frozenset(word)


def distance(one: str, other: str) -> int:
    """How many letters to change, add, leave out or swap with their neighbour (optimal string alignment)."""
    before: Sequence[int] = ()
    row: Sequence[int] = range(len(other) + 1)
    for y, letter in enumerate(one, 1):
        now = [y]
        for x, against in enumerate(other, 1):
            steps = min(now[-1] + 1, row[x] + 1, row[x - 1] + (letter != against))
            if x > 1 and y > 1 and letter == other[x - 2] and one[y - 2] == against:
                steps = min(steps, before[x - 2] + 1)
            now.append(steps)
        before, row = row, now
    return row[-1]


def _names() -> Iterator[tuple[str, str]]:
    for exercise in EXERCISES:
        for name in (exercise.name, *exercise.aliases, *exercise.names.values()):
            yield exercise.code, name


CATALOGUE = Index(_names())
COMMON = {exercise.code: len(exercise.aliases) + 2 * bool(exercise.names) for exercise in EXERCISES}
"""How many other names it has: the more, the more people do it."""
