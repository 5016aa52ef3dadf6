"""Recordings into workouts: what is new is stored, and whatever lies about it is put together anew.

A workout is what `sameness.group` says belongs together, reckoned over everything that starts near enough to be touched
by the change. So the same files end as the same workouts, whatever order they come in. What the user has parted or
joined stays so.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from asyncpg import Connection, Record

from contracts import ids
from workout.exercises import store as exercises
from workout.recordings import insertion, queries
from workout.recordings.fusion import rank
from workout.recordings.model import Added, Prepared, What
from workout.recordings.queries import Placed, Settled
from workout.recordings.sameness import Brief, Match, group, strongest
from workout.workouts import queries as workouts
from workout.workouts.queries import New
from workout.workouts.remake import remake

ROUNDS = 10
"""How far a chain of recordings is followed."""


class Around(msgspec.Struct):
    """What may be touched by a change: recordings by their fingerprints, and workouts entered by hand."""

    placed: dict[bytes, Placed]
    by_hand: dict[UUID, Brief]

    @property
    def workout_ids(self) -> set[UUID]:
        return {each.workout_id for each in self.placed.values() if each.workout_id}


async def add(
    db: Connection, user_id: UUID, prepared: Sequence[Prepared], *, import_id: int | None, quiet: bool = True
) -> list[Added]:
    """Store what is new of these and say what became of each, in their order."""
    await workouts.lock(db, user_id)
    known = await queries.known(db, user_id, [each.fingerprint for each in prepared])
    new = dict[bytes, Prepared]()
    for each in prepared:
        if each.fingerprint not in known:
            new.setdefault(each.fingerprint, each)
    if import_id is not None:
        again = [each for each in prepared if new.get(each.fingerprint) is not each and each.fingerprint not in new]
        await queries.bring_again(db, user_id, import_id, again)
    joined = await settle(db, user_id, list(new.values()), import_id=import_id, quiet=quiet) if new else set()
    told = list[Added]()
    for each in prepared:
        if new.get(each.fingerprint) is each:
            told.append(Added("joined" if each.fingerprint in joined else "workout", each.part))
        else:
            told.append(Added(_before(each, known.get(each.fingerprint), import_id), each.part))
    return told


def _before(each: Prepared, row: Record | None, import_id: int | None) -> What:
    """What is said of one that is there: the same as the first time, when this import begins anew."""
    if row is None:
        return "duplicate"
    if row["deleted"]:
        return "deleted"
    own = import_id is not None and row["import_id"] == import_id
    if own and (row["file"], row["position"]) == (each.file, each.position):
        return "workout" if row["joined"] == "alone" else "joined"
    return "duplicate"


async def settle(
    db: Connection,
    user_id: UUID,
    new: Sequence[Prepared],
    *,
    import_id: int | None = None,
    touched: Iterable[UUID] = (),
    quiet: bool = True,
) -> set[bytes]:
    """Put together anew what lies about ``new`` recordings and ``touched`` workouts; which new ones began no workout.

    Under the user's lock.
    """
    around = await _around(db, user_id, new, set(touched))
    groups = await _grouped(db, user_id, around)
    homes = await _homes(db, user_id, around, groups)
    settled, joined = dict[bytes, Settled](), set[bytes]()
    begun = list[New]()
    for members, home in zip(groups, homes, strict=True):
        found = _settled(around, members, home or ids.new())
        settled |= found
        fresh = [key for key in members if key in around.placed and around.placed[key].new]
        joined |= {key for key in fresh if home or found[key].joined != "alone"}
        if home is None and found:
            first = around.placed[min(found, key=lambda key: around.placed[key].rank)].brief
            begun.append(_begun(next(iter(found.values())).workout_id, first))
    await workouts.create(db, user_id, begun)
    await queries.move(db, user_id, [each for key, each in settled.items() if _moves(around.placed[key], each)])
    adding = [(each.new, settled[key]) for key, each in around.placed.items() if each.new]
    names = {one.exercise for each, _ in adding for one in each.sets}
    codes = await exercises.codes_for(db, user_id, names, import_id) if names else {}
    await insertion.insert(db, user_id, import_id, adding, codes)
    left = {each.workout_id for each in settled.values()} | set(around.by_hand)
    await _merge(db, user_id, around, settled, gone=around.workout_ids - left)
    await remake(db, user_id, left | set(touched), quiet=quiet)
    return joined


async def take_words(db: Connection, user_id: UUID, gone: UUID, into: UUID) -> None:
    """Let what the user said of one workout stand at another, which goes before."""
    words = await queries.words(db, user_id, [gone, into])
    await _take_words(db, user_id, words[gone], words[into])


async def _around(db: Connection, user_id: UUID, new: Sequence[Prepared], touched: set[UUID]) -> Around:
    around = Around({each.fingerprint: _new(each) for each in new}, {})
    asked, seen = set[datetime](), set[UUID]()
    for _ in range(ROUNDS):
        at = {each.brief.started_at for each in around.placed.values() if each.brief.dated}
        at = (at | {each.started_at for each in around.by_hand.values()}) - asked
        homes = (touched | around.workout_ids) - seen
        if not at and not homes:
            break
        for row in await queries.near(db, user_id, at, homes):
            if row["fingerprint"] not in around.placed:
                around.placed[row["fingerprint"]] = _stored(row)
        around.by_hand |= await queries.by_hand(db, user_id, at, homes)
        asked, seen = asked | at, seen | homes
    return around


def _new(each: Prepared) -> Placed:
    partial, streams = each.partial is not None, bool(each.packed)
    place = rank(each.fingerprint, streams=streams, partial=partial, format_=each.format, duration_s=each.duration_s)
    return Placed(each.recording_id, each.brief(), None, "alone", None, (), place, each)


def _stored(row: Record) -> Placed:
    brief = queries.brief(row)
    partial, streams = row["partial"] is not None, row["n"] > 0
    place = rank(brief.key, streams=streams, partial=partial, format_=row["format"], duration_s=row["duration_s"])
    reasons = tuple(msgspec.json.decode(row["reasons"], type=list[str]))
    return Placed(row["recording_id"], brief, row["workout_id"], row["joined"], row["score"], reasons, place)


async def _grouped(db: Connection, user_id: UUID, around: Around) -> list[list[bytes]]:
    briefs = [each.brief for each in around.placed.values()] + list(around.by_hand.values())
    apart = await queries.apart(db, user_id, [each.key for each in briefs])
    return group(briefs, apart=apart, asked=_asked(around))


def _asked(around: Around) -> list[tuple[bytes, bytes]]:
    """What belongs together because the user has said so: all of a workout they joined, or entered by hand."""
    pairs = list[tuple[bytes, bytes]]()
    members = dict[UUID, list[bytes]]()
    for key, each in around.placed.items():
        if each.workout_id:
            members.setdefault(each.workout_id, []).append(key)
    for workout_id, keys in members.items():
        if workout_id in around.by_hand:
            pairs += [(workout_id.bytes, key) for key in keys]
        if any(around.placed[key].joined == "asked" for key in keys):
            pairs += [(one, other) for one in keys for other in keys if one < other]
    return pairs


async def _homes(db: Connection, user_id: UUID, around: Around, groups: Sequence[Sequence[bytes]]) -> list[UUID | None]:
    """Which workout each group is; None for one that has to begin.

    Of those its recordings belong to now the one that the user has said something of, then the oldest.
    """
    words = await queries.words(db, user_id, around.workout_ids) if around.workout_ids else {}
    counts = [Counter(owner for key in members if (owner := _owner(around, key)) is not None) for members in groups]
    taken = set[UUID]()
    homes: list[UUID | None] = [None] * len(groups)
    by_hand = {brief.key: workout_id for workout_id, brief in around.by_hand.items()}
    for place, members in enumerate(groups):
        if own := next((by_hand[key] for key in members if key in by_hand), None):
            homes[place] = own
            taken.add(own)
    for place in sorted(range(len(groups)), key=lambda place: (-counts[place].total(), groups[place])):
        if homes[place] is None:
            free = [owner for owner in counts[place] if owner not in taken and owner in words]
            homes[place] = min(free, key=lambda owner: (not _said(words[owner]), owner), default=None)
            taken |= {owner for owner in [homes[place]] if owner}
    return homes


def _owner(around: Around, key: bytes) -> UUID | None:
    return around.placed[key].workout_id if key in around.placed else None


def _said(row: Record) -> bool:
    return bool(row["own_sets"] or row["edited"] or row["given"] != "{}")


def _settled(around: Around, members: Sequence[bytes], workout_id: UUID) -> dict[bytes, Settled]:
    """How each recording of a group has come to its workout."""
    by_hand = {brief.key: brief for brief in around.by_hand.values()}
    recordings = [key for key in members if key in around.placed]
    hand = next((key for key in members if key in by_hand), None)
    if not recordings:
        return {}
    main = hand or min(recordings, key=lambda key: around.placed[key].rank)
    briefs = [around.placed[key].brief if key in around.placed else by_hand[key] for key in members]
    best = strongest(briefs, main)
    found = dict[bytes, Settled]()
    for key in recordings:
        placed, match = around.placed[key], best.get(key)
        if placed.joined == "asked" and placed.workout_id == workout_id and len(members) > 1:
            found[key] = Settled(placed.recording_id, workout_id, "asked", match)
        elif key == main or len(members) == 1:
            found[key] = Settled(placed.recording_id, workout_id, "alone", None)
        else:
            found[key] = Settled(placed.recording_id, workout_id, "found", match or Match(0.0, ()))
    return found


def _moves(placed: Placed, settled: Settled) -> bool:
    if placed.new:
        return False
    match = settled.match
    return (placed.workout_id, placed.joined, placed.reasons) != (
        settled.workout_id,
        settled.joined,
        match.reasons if match else (),
    )


def _begun(workout_id: UUID, first: Brief) -> New:
    return New(workout_id=workout_id, sport=first.sport, started_at=first.started_at, duration_s=first.duration_s)


async def _merge(
    db: Connection, user_id: UUID, around: Around, settled: dict[bytes, Settled], *, gone: set[UUID]
) -> None:
    """Workouts that have become part of another go; what the user said of them stands at the other then."""
    if not gone:
        return
    into = dict[UUID, Counter[UUID]]()
    for key, each in settled.items():
        if (before := around.placed[key].workout_id) in gone:
            into.setdefault(before, Counter())[each.workout_id] += 1
    words = await queries.words(db, user_id, {*gone, *(target for found in into.values() for target in found)})
    empty = sorted(workout_id for workout_id in gone & words.keys() if not words[workout_id]["recorded"])
    for workout_id in empty:
        target = max(into[workout_id], key=lambda each: (into[workout_id][each], each.bytes))
        if target in words:
            await _take_words(db, user_id, words[workout_id], words[target])
    await workouts.delete(db, user_id, empty)


async def _take_words(db: Connection, user_id: UUID, gone: Record, into: Record) -> None:
    before: dict[str, Any] = msgspec.json.decode(gone["given"])
    when = {"started_at", "offset_min", "duration_s", "sport"}
    given = {key: value for key, value in before.items() if key not in when} | msgspec.json.decode(into["given"])
    await queries.take_words(
        db,
        user_id,
        gone["workout_id"],
        into["workout_id"],
        msgspec.json.encode(given).decode(),
        sets=gone["own_sets"] and not into["own_sets"],
        edits=gone["edited"] and not into["edited"],
    )
