"""What the sets of a gym log are kept by."""

from collections.abc import Iterable
from uuid import UUID

from asyncpg import Connection

from chassis import ids
from workout.exercises import names, queries
from workout.exercises.queries import Guess

LONGEST = 200
UNNAMED = "?"


async def codes_for(db: Connection, user_id: UUID, logged: Iterable[str], import_id: int | None) -> dict[str, str]:
    """By name in the log: the user's own exercise of that name, else the catalogue's, else one that is made now."""
    kept = {name: shown(name) for name in logged}
    known = names.resolve(dict.fromkeys(kept.values()))
    by_name = await queries.codes(db, user_id, [_guess(name, code) for name, code in known.items()], import_id)
    return {name: by_name[stored] for name, stored in kept.items()}


def shown(name: str) -> str:
    """A name as it may stand in a list: no control characters, no space around, not too long."""
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in name[: 4 * LONGEST]).split())
    return text[:LONGEST].rstrip() or UNNAMED


def _guess(name: str, code: str | None) -> Guess:
    return name, code, ids.new(), names.equipment(name), names.measure(name), names.assisted(name)
