"""What sets may name as their exercise, and what of it matters for sums: the catalogue's, and the user's own."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from asyncpg import Connection

from chassis.problems import FieldError, InvalidValue
from workout.exercises.catalogue import BY_CODE
from workout.workouts import reading
from workout.workouts.strength import Trait

MOST_ERRORS = 20


async def of(db: Connection, user_id: UUID, exercises: Iterable[str]) -> dict[str, Trait]:
    """Those that are known, by the name that sets give them."""
    names = set(exercises)
    own = [exercise_id for name in names - BY_CODE.keys() if (exercise_id := _id(name))]
    found = {
        name: Trait(known.assisted, tuple(known.primary_muscles), tuple(known.secondary_muscles))
        for name in names
        if (known := BY_CODE.get(name))
    }
    return found | (await reading.traits(db, user_id, own) if own else {})


async def require(db: Connection, user_id: UUID, exercises: Sequence[str], under: str) -> None:
    """Raise InvalidValue unless all are known; ``under`` says where each stands, as in ``/sets/{}/exercise``."""
    known = await of(db, user_id, exercises)
    if wrong := [number for number, name in enumerate(exercises) if name not in known]:
        detail = "is neither in the catalogue nor one of your own exercises"
        raise InvalidValue(errors=[FieldError(detail, under.format(number)) for number in wrong[:MOST_ERRORS]])


def _id(name: str) -> UUID | None:
    """The id of an exercise of a user, as sets write it."""
    try:
        found = UUID(name)
    except ValueError:
        return None
    return found if str(found) == name else None
