"""What users have said of workouts and done to them, as it leaves: each with those that are bound to it by edits."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from asyncpg import Connection, Record

from workout.edits import queries as edits
from workout.edits.model import Params
from workout.export import queries
from workout.export.lines import Bonded, Edit, KeptSet, Moved, Workout
from workout.workouts.model import Given
from workout.workouts.sets import plan_of

SET_FIELDS = tuple(name for name in KeptSet.__struct_fields__ if name not in {"position", "planned"})
EDIT_FIELDS = ("from_s", "to_s", "at_s", "from_at", "to_at", "at", "channel", "min", "max", "workout")


class Row(msgspec.Struct, frozen=True):
    """What is kept of a workout as long as it is merged into another."""

    created_at: datetime
    given: Given
    own_sets: bool
    live: bool
    routine_id: UUID | None
    routine_day: int | None


class Place(NamedTuple):
    """Where a set stands."""

    workout_id: UUID
    recording_id: UUID | None
    position: int


class Bonds:
    """Which workouts are bound to which."""

    def __init__(self, pairs: Iterable[tuple[UUID, str, UUID]]) -> None:
        self._with = dict[UUID, set[UUID]]()
        for one, _, other in pairs:
            joined = self._with.get(one, {one}) | self._with.get(other, {other})
            self._with |= dict.fromkeys(joined, joined)
        self._seen = set[UUID]()

    def next(self, workout_ids: Iterable[UUID]) -> list[tuple[UUID, set[UUID]]]:
        """Those of these whose turn it is, and all that come with each: who was told with another is left out."""
        found = list[tuple[UUID, set[UUID]]]()
        for workout_id in workout_ids:
            if workout_id not in self._seen:
                members = self._with.get(workout_id, {workout_id})
                self._seen |= members if len(members) > 1 else set()
                found.append((workout_id, members))
        return found


async def bonds(db: Connection, user_id: UUID) -> Bonds:
    return Bonds(await edits.bonds(db, user_id))


class Told:
    """A page of workouts with all that has been said of them."""

    def __init__(self, groups: Sequence[tuple[UUID, set[UUID]]], kept: queries.Kept) -> None:
        self.groups = groups
        self._kept = kept
        self._said = dict[UUID, Record | Row]()
        self._edits = defaultdict[UUID, list[tuple[Record, Params]]](list)
        self._gear = defaultdict[UUID, list[UUID]](list)
        self._sets = dict[UUID, Record]()
        self._places = dict[UUID, Place]()
        self._moved = defaultdict[tuple[UUID, int], list[tuple[Place, Place]]](list)
        self.recordings = defaultdict[UUID, list[Record]](list)
        self._fingerprints = dict[UUID, str]()

    async def fill(self, db: Connection, user_id: UUID) -> None:
        workout_ids = [one for _, members in self.groups for one in members]
        for row in await queries.said(db, user_id, workout_ids):
            self._said[row["workout_id"]] = row
        for row in await queries.edits(db, user_id, workout_ids):
            self._edits[row["workout_id"]].append((row, msgspec.json.decode(row["params"], type=Params)))
        for row in await queries.gear(db, user_id, workout_ids):
            self._gear[row["workout_id"]].append(row["gear_id"])
        for row in await queries.recordings(db, user_id, workout_ids):
            self.recordings[row["workout_id"]].append(row)
            self._fingerprints[row["recording_id"]] = row["fingerprint"].hex()
        for row in await queries.sets(db, user_id, workout_ids):
            self._sets[row["set_id"]] = row
            self._places[row["set_id"]] = Place(row["workout_id"], row["recording_id"], row["position"])
        for first, _ in self.groups:
            for one in self.ordered(first):
                self._unmerge(one)

    def ordered(self, first: UUID) -> list[UUID]:
        """A workout and all bound to it, in the order in which edits name them: whoever merges before the merged."""
        into = defaultdict[UUID, list[UUID]](list)
        for one, changes in self._edits.items():
            for _, params in changes:
                if params.workout:
                    into[params.workout].append(one)
        found = [first]
        for one in found:
            named = [params.workout for _, params in self._edits[one] if params.workout] + into[one]
            found += [each for each in dict.fromkeys(named) if each not in found]
        return found

    def _unmerge(self, one: UUID) -> None:
        """Put what was merged back to where it was, and remember where it stands now."""
        for row, params in self._edits[one]:
            if row["kind"] != "merge" or params.kept is None or params.workout is None:
                continue
            before = msgspec.json.decode(params.kept.row, type=Row)
            gone = before.routine_id not in self._kept.routines
            self._said[params.workout] = (
                msgspec.structs.replace(before, routine_id=None, routine_day=None) if gone else before
            )
            self._gear[params.workout] = [each for each in params.kept.gear if each in self._kept.gear]
            for set_id, position, recording_id in params.kept.sets:
                if set_id in self._places and (recording_id is None or recording_id in self._fingerprints):
                    home = Place(params.workout, recording_id, position)
                    self._moved[one, row["number"]].append((home, self._places[set_id]))
                    self._places[set_id] = home

    def recorded(self) -> list[Record]:
        """All recordings, by workouts in their order."""
        return [row for first, _ in self.groups for one in self.ordered(first) for row in self.recordings[one]]

    def sets_of(self, recording_id: UUID) -> list[Record]:
        """The sets that a recording came with."""
        own = [(place.position, set_id) for set_id, place in self._places.items() if place.recording_id == recording_id]
        return [self._sets[set_id] for _, set_id in sorted(own)]

    def workout(self, first: UUID) -> Workout:
        one, *others = map(self._bonded, self.ordered(first))
        return Workout(**one, bound=tuple(Bonded(**each) for each in others))

    def _bonded(self, workout_id: UUID) -> dict[str, Any]:
        said = self._said[workout_id]
        row = said if isinstance(said, Record) else msgspec.structs.asdict(said)
        given = row["given"]
        own = [
            (place.position, set_id)
            for set_id, place in self._places.items()
            if place.workout_id == workout_id and place.recording_id is None
        ]
        return {
            "id": workout_id,
            "created_at": row["created_at"],
            "given": msgspec.json.decode(given, type=Given) if isinstance(given, str) else given,
            "own_sets": row["own_sets"],
            "sets": tuple(_kept(place, self._sets[set_id]) for place, set_id in sorted(own)),
            "gear": tuple(self._gear[workout_id]),
            "edits": tuple(self._edit(each, params) for each, params in self._edits[workout_id]),
            "live": row["live"],
            "routine": row["routine_id"],
            "routine_day": row["routine_day"],
            "recorded": bool(self.recordings[workout_id]),
        }

    def _edit(self, row: Record, params: Params) -> Edit:
        return Edit(
            number=row["number"],
            kind=row["kind"],
            created_at=row["created_at"],
            **{name: getattr(params, name) for name in EDIT_FIELDS},
            split=params.number,
            recording=self._fingerprints.get(params.recording) if params.recording else None,
            sets=tuple(
                Moved(
                    recording=self._of(home),
                    position=home.position,
                    into=self._of(now),
                    at=now.position,
                )
                for home, now in self._moved[row["workout_id"], row["number"]]
            ),
        )

    def _of(self, place: Place) -> str | None:
        return self._fingerprints.get(place.recording_id) if place.recording_id else None


def _kept(position: int, row: Record) -> KeptSet:
    return KeptSet(position=position, planned=plan_of(row), **{name: row[name] for name in SET_FIELDS})


async def page(db: Connection, user_id: UUID, rows: Sequence[Record], bound: Bonds, kept: queries.Kept) -> Told:
    """What has been said of the workouts of a page."""
    told = Told(bound.next(row["workout_id"] for row in rows), kept)
    await told.fill(db, user_id)
    return told
