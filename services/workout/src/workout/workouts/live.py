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


async def undo(db: Connection, user_id: UUID, workout_id: UUID, if_match: str | None) -> None:
    """Take the last set back: of a live workout the one done last, which is to be done again if it was planned."""
    row = await locked(db, user_id, workout_id, if_match)
    last = await _last(db, user_id, row)
    planned = sets.plan_of(last)
    if row["live"] and planned is not None:
        again = WorkoutSet(id=last["set_id"], **msgspec.structs.asdict(planned))
        await sets.replace_one(db, user_id, workout_id, again)
    else:
        await sets.delete_one(db, user_id, workout_id, last["set_id"])
    await remake(db, user_id, [workout_id])


async def take_back(db: Connection, user_id: UUID, workout_id: UUID, set_id: UUID, if_match: str | None) -> None:
    """Delete a set, whether it was done or is still to do."""
    row = await locked(db, user_id, workout_id, if_match)
    kept = await _found(db, user_id, row, set_id)
    await sets.delete_one(db, user_id, workout_id, kept["set_id"])
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
    """Merge a patch into a set; one that is done by it remembers what was planned."""
    row = await locked(db, user_id, workout_id, if_match)
    kept = await _found(db, user_id, row, set_id)
    before = sets.values_of(kept)
    said = {name: value for name, value in msgspec.structs.asdict(data).items() if value is not UNSET}
    if said.get("kind", "") is None:
        said["kind"] = "working"
    after = msgspec.structs.replace(before, **said)
    await sets.require(db, user_id, [after], "", now)
    planned = None
    if row["live"] and after.done_at:
        planned = sets.plan_of(kept) if before.done_at else before
    made = WorkoutSet(id=kept["set_id"], **msgspec.structs.asdict(after))
    await sets.replace_one(db, user_id, workout_id, made, planned=planned)
    await remake(db, user_id, [workout_id])


async def _found(db: Connection, user_id: UUID, row: Record, set_id: UUID) -> Record:
    """One of the sets that count, as the user's own; those of a gym log are copied before."""
    counted = await sets.counted(db, user_id, row)
    place = next((place for place, one in enumerate(counted) if one["set_id"] == set_id), None)
    if place is None:
        raise SetNotFound
    return (await _own(db, user_id, row))[place]


async def _last(db: Connection, user_id: UUID, row: Record) -> Record:
    """The set done last, of those that count in a live workout; else the one at the end."""
    own = await _own(db, user_id, row)
    done = [one for one in own if one["done_at"]] if row["live"] else own
    if not done:
        raise SetNotFound
    return max(done, key=lambda one: (one["done_at"], one["position"])) if row["live"] else done[-1]


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
