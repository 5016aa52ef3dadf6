"""The words of an exercise's name, as everybody would write them if they agreed.

``Pull-Ups``, ``Pullup`` and ``pull up`` come out the same, and so do ``DB``, ``Dumbbells`` and ``dumbell``.
"""

import re
import unicodedata
from functools import lru_cache

from workout.exercises.model import Equipment

PHRASES = tuple(
    (re.compile(rf"\b(?:{pattern})\b"), better)
    for pattern, better in (
        (r"(pull|push|chin|sit|step|muscle|warm|butt|v|knee|press) ?ups?", r"\1 up"),
        (r"cool ?downs?", "cool down"),
        (r"roll ?outs?", "rollout"),
        (r"pull ?downs?", "pulldown"),
        (r"push ?downs?", "pushdown"),
        (r"press ?downs?", "pressdown"),
        (r"pull ?overs?", "pullover"),
        (r"cross ?overs?", "crossover"),
        (r"kick ?backs?", "kickback"),
        (r"skull ?crushers?", "skullcrusher"),
        (r"(?:e ?z|curl)(?: curl)? bars?|ez", "ezbar"),
        (r"smith(?: machine)?", "smith"),
        (r"(?:trap|hex) ?bars?", "trapbar"),
        (r"t ?bars?", "tbar"),
        (r"v ?(?:bar|grip|handle)s?", "vbar"),
        (r"leverage(?: machine)?|hammer strength|plate loaded(?: machine)?", "plateloaded"),
        (r"(?:resistance )?band(?:s|ed)?", "band"),
        (r"med(?:icine)? ?balls?", "medicineball"),
        (r"(?:exercise|stability|swiss|gym|physio) ?balls?", "exerciseball"),
        (r"foam ?roll(?:er)?s?", "foamroller"),
        (r"body ?weight|body only", "bodyweight"),
        (r"(?:one|single|1) (?:arm|hand)(?:ed|s)?|unilateral", "onearm"),
        (r"(?:one|single|1) leg(?:ged|s)?", "oneleg"),
        (r"(?:close|narrow) grip", "closegrip"),
        (r"wide grip", "widegrip"),
        (r"(?:reverse|underhand|supinated) grip|underhand", "underhand"),
        (r"(?:neutral|hammer) grip", "neutralgrip"),
        (r"(?:stiff|straight) leg(?:ged)? deadlifts?|sldl", "stiffleg deadlift"),
        (r"stiff leg(?:ged)?", "stiffleg"),
        (r"bent ?over", "bentover"),
        (r"rear delt(?:oid)?s?", "reardelt"),
        (r"rdl", "romanian deadlift"),
        (r"ohp", "overhead press"),
        (r"good ?mornings?", "good morning"),
        (r"(?:jump|skipping) rope|rope jump(?:ing)?", "rope jump"),
    )
)
SAME = {
    "abs": "ab",
    "bb": "barbell",
    "barbel": "barbell",
    "biceps": "bicep",
    "calves": "calf",
    "db": "dumbbell",
    "dbs": "dumbbell",
    "dumbbel": "dumbbell",
    "dumbel": "dumbbell",
    "dumbell": "dumbbell",
    "ext": "extension",
    "farmer": "farmers",
    "flies": "fly",
    "flye": "fly",
    "flyes": "fly",
    "incl": "incline",
    "inclined": "incline",
    "declined": "decline",
    "kb": "kettlebell",
    "laterals": "lateral",
    "triceps": "tricep",
    "trx": "suspension",
}
UNCHANGED = {"farmers", "always", "pilates"}
"""End in s, and are no plurals."""
EQUIPMENT: dict[str, Equipment] = {
    "band": "band",
    "barbell": "barbell",
    "bodyweight": "body_only",
    "cable": "cable",
    "dumbbell": "dumbbell",
    "exerciseball": "exercise_ball",
    "ezbar": "ez_bar",
    "foamroller": "foam_roller",
    "kettlebell": "kettlebell",
    "machine": "machine",
    "medicineball": "medicine_ball",
    "plate": "plate",
    "smith": "smith_machine",
    "suspension": "suspension",
    "trapbar": "trap_bar",
}
"""What a word says that is needed, as the catalogue calls it."""
SMALL = frozenset(("a", "an", "and", "at", "for", "from", "in", "of", "on", "the", "to", "using", "with", "your"))
LONGEST = 200


@lru_cache(maxsize=16_384)
def words(name: str) -> tuple[str, ...]:
    """In the order they stand; of a name that is too long to be one, what it begins with."""
    text = unicodedata.normalize("NFKD", name[:LONGEST].casefold())
    text = "".join(" " if not letter.isalnum() else letter for letter in text if not _is_mark(letter))
    text = " ".join(text.split())
    for pattern, better in PHRASES:
        text = pattern.sub(better, text)
    return tuple(singular(word) for word in text.split())


def _is_mark(letter: str) -> bool:
    return letter in "'’`" or unicodedata.combining(letter) != 0


def singular(word: str) -> str:
    if word in SAME:
        return SAME[word]
    if word in UNCHANGED or len(word) < 4 or not word.endswith("s") or word.endswith("ss"):
        return word
    return word[:-2] if word.endswith(("ches", "shes", "sses", "xes")) else word[:-1]
