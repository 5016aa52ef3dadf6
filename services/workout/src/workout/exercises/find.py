"""A page of the catalogue and of the user's own exercises, filtered, ranked and cut."""

import base64
import binascii
import heapq
from collections.abc import Iterator, Sequence
from typing import Annotated
from uuid import UUID

import msgspec
from asyncpg import Connection
from msgspec import Meta

from chassis.pages import Page
from chassis.problems import FieldError, InvalidValue
from workout.exercises import queries
from workout.exercises.catalogue import BY_CODE, EXERCISES
from workout.exercises.model import Category, Equipment, Exercise, ExerciseItem, Locale, Muscle, item
from workout.exercises.queries import Named
from workout.exercises.search import CATALOGUE, COMMON, Index

OWN_FIRST = 1_000
"""Among what fits equally well one's own goes first."""
LONGEST = 250
"""Letters of a name that count for its place."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for; None = anything."""

    search: str | None = None
    muscle: Muscle | None = None
    """A primary or a secondary one; those it is primary of go first when nothing is searched."""
    equipment: Equipment | None = None
    category: Category | None = None
    locale: Locale = "en"


class Place(msgspec.Struct, frozen=True, array_like=True, order=True):
    """Where something stands in a list, and the cursor of a page."""

    fit: float
    """The smaller, the earlier."""
    common: int
    name: Annotated[str, Meta(max_length=LONGEST)]
    id: Annotated[str, Meta(max_length=100)]


async def page(db: Connection, user_id: UUID, wanted: Wanted, after: Place | None, limit: int) -> Page[ExerciseItem]:
    """The best of what is left after a place."""
    mine = await queries.named(db, user_id, wanted.muscle, wanted.equipment, wanted.category)
    places, next_cursor = ranked(mine, wanted, after, limit)
    own = await queries.some(db, user_id, [place.id for place in places if place.id not in BY_CODE])
    kept = (BY_CODE.get(place.id) or own.get(place.id) for place in places)
    return Page([item(one, wanted.locale) for one in kept if one], next_cursor)


def ranked(
    mine: Sequence[Named], wanted: Wanted, after: Place | None, limit: int
) -> tuple[Sequence[Place], str | None]:
    """The best of the catalogue and of some own ones after a place, and the cursor to what follows them."""
    placed = _listed(mine, wanted) if wanted.search is None else _found(mine, wanted, wanted.search)
    listed = heapq.nsmallest(limit + 1, (place for place in placed if not after or place > after))
    return listed[:limit], cursor(listed[limit - 1]) if len(listed) > limit else None


def _listed(mine: Sequence[Named], wanted: Wanted) -> Iterator[Place]:
    for one in EXERCISES:
        if _fits(one, wanted):
            helps = wanted.muscle is not None and wanted.muscle not in one.primary_muscles
            yield Place(float(helps), 0, _name(one, wanted), one.code)
    for own in mine:
        yield Place(float(not own.primary), 0, own.name.casefold()[:LONGEST], own.id)


def _found(mine: Sequence[Named], wanted: Wanted, text: str) -> Iterator[Place]:
    for hit in CATALOGUE.find(text):
        if _fits(one := BY_CODE[hit.id], wanted):
            yield Place(-hit.score, -COMMON[hit.id], _name(one, wanted), hit.id)
    names = {own.id: own.name for own in mine}
    for hit in Index(names.items()).find(text):
        yield Place(-hit.score, -OWN_FIRST, names[hit.id].casefold()[:LONGEST], hit.id)


def _name(one: Exercise, wanted: Wanted) -> str:
    return one.names.get(wanted.locale, one.name).casefold()


def _fits(one: Exercise, wanted: Wanted) -> bool:
    return (
        (wanted.equipment is None or one.equipment == wanted.equipment)
        and (wanted.category is None or one.category == wanted.category)
        and (wanted.muscle is None or wanted.muscle in one.primary_muscles or wanted.muscle in one.secondary_muscles)
    )


def cursor(place: Place) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).rstrip(b"=").decode()


def place_of(text: str | None) -> Place | None:
    """Decode a cursor a client sent; InvalidValue if it is not one of ours."""
    if text is None:
        return None
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=Place)
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        raise InvalidValue(errors=[FieldError("is not a cursor of this list", "?cursor")]) from None
