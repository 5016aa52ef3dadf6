"""Sets as they are done: added, taken back, corrected."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from asyncpg import Connection, Record
from msgspec import UNSET

from chassis import ids
from chassis.problems import Conflict, NotFound
from workout.workouts import queries, sets
from workout.workouts.change import locked
from workout.workouts.model import MOST_SETS, Given, SetChange, SetValues, WorkoutSet
from workout.workouts.remake import remake


class SetNotFound(NotFound):
    """No such set."""


class TooManySets(Conflict):
    """A workout holds at most 1,000 sets."""


async def append(
    db: Connection, user_id: UUID, workout_id: UUID, values: Sequence[SetValues], if_match: str | None, now: datetime
) -> None:
    """Add sets after the last one; of a live workout, done now unless they say when."""
    row = await locked(db, user_id, workout_id, if_match)
    await sets.require(db, user_id, values, "/{}", now)
    own = await _own(db, user_id, row)
    if len(own) + len(values) > MOST_SETS:
        raise TooManySets
    added = [sets.made(one, now if row["live"] else None) for one in values]
    first = own[-1]["position"] + 1 if own else 0
    if first + len(added) > sets.LAST_POSITION:
        await sets.replace(db, user_id, workout_id, [*map(sets.of_row, own), *added])
    else:
        await sets.insert(db, user_id, workout_id, added, first=first)
    await remake(db, user_id, [workout_id])


async def take_back(db: Connection, user_id: UUID, workout_id: UUID, set_id: UUID | None, if_match: str | None) -> None:
    """Delete a set, or the last one."""
    row = await locked(db, user_id, workout_id, if_match)
    kept = await _found(db, user_id, row, set_id)
    await sets.delete_one(db, user_id, workout_id, kept.id)
    await remake(db, user_id, [workout_id])


async def correct(
    db: Connection,
    user_id: UUID,
    workout_id: UUID,
    set_id: UUID,
    data: SetChange,
    if_match: str | None,
    now: datetime,
) -> None:
    """Merge a patch into a set."""
    row = await locked(db, user_id, workout_id, if_match)
    kept = await _found(db, user_id, row, set_id)
    said = {name: value for name, value in msgspec.structs.asdict(data).items() if value is not UNSET}
    if said.get("kind", "") is None:
        said["kind"] = "working"
    whole = {name: said.get(name, getattr(kept, name)) for name in SetValues.__struct_fields__}
    await sets.require(db, user_id, [SetValues(**whole)], "", now)
    await sets.replace_one(db, user_id, workout_id, WorkoutSet(id=kept.id, **whole))
    await remake(db, user_id, [workout_id])


async def _found(db: Connection, user_id: UUID, row: Record, set_id: UUID | None) -> WorkoutSet:
    """One of the sets that count, or the last, as the user's own; those of a gym log are copied before."""
    counted = await sets.counted(db, user_id, row)
    places = [place for place, one in enumerate(counted) if set_id in {None, one["set_id"]}]
    if not places:
        raise SetNotFound
    return sets.of_row((await _own(db, user_id, row))[places[-1]])


async def _own(db: Connection, user_id: UUID, row: Record) -> Sequence[Record]:
    """The sets that count, which are the user's own from now on."""
    workout_id = row["workout_id"]
    counted = await sets.counted(db, user_id, row)
    if row["own_sets"]:
        return counted
    copies = [msgspec.structs.replace(sets.of_row(one), id=ids.new()) for one in counted]
    await sets.replace(db, user_id, workout_id, copies)
    given = msgspec.json.decode(row["given"], type=Given)
    await queries.say(db, user_id, workout_id, given, live=row["live"], own_sets=True)
    return [one for one in await sets.select(db, user_id, workout_id) if one["recording_id"] is None]
