"""What the types of an archive's lines do not say already: anybody may have written it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from workout.exercises import catalogue
from workout.export.lines import Bonded, Edit, Exercise, Gear, KeptSet, Recording, Routine, Workout
from workout.workouts.model import SetValues, is_possible

CODES = frozenset(exercise.code for exercise in catalogue.EXERCISES)
OFFSET_MIN = 24 * 60
MOST_STEPS = 1_000
"""Of applying edits to one workout, those of workouts merged into it and of what it was split off included."""
BINDING = frozenset({"merge", "split", "part"})


class Known(msgspec.Struct):
    """What the lines read so far may be named by."""

    now: datetime
    exercises: dict[str, str] = msgspec.field(default_factory=dict)
    """Names of own exercises by their ids."""
    gear: dict[UUID, Gear] = msgspec.field(default_factory=dict)
    routines: set[UUID] = msgspec.field(default_factory=set)
    workouts: set[UUID] = msgspec.field(default_factory=set)

    def check(self, line: object) -> None:
        """ValueError says what is wrong with it; what is right may be named from then on."""
        match line:
            case Exercise():
                self._at(line.created_at)
                self.exercises[str(line.id)] = line.name
            case Gear():
                self._at(line.created_at)
                self._gear(line)
                self.gear[line.id] = line
            case Routine():
                self._at(line.created_at, *(item.since for day in line.days for item in day.items))
                self._exercises([item.exercise for day in line.days for item in day.items])
                self.routines.add(line.id)
            case Recording():
                self._exercises([each.exercise for each in line.sets])
            case Workout():
                self._workouts(line.members)

    def name(self, exercise: str) -> str | None:
        """Of an exercise of the user's own."""
        return self.exercises.get(exercise)

    def _at(self, *instants: datetime | None) -> None:
        if any(at is not None and not is_possible(at, self.now) for at in instants):
            raise ValueError("an instant must lie between 1950 and a day from now")

    def _exercises(self, named: Sequence[str]) -> None:
        if unknown := next((each for each in named if each not in CODES and each not in self.exercises), None):
            raise ValueError(f"there is no exercise {unknown}")

    def _gear(self, line: Gear) -> None:
        if line.part_of is None:
            return
        whole = self.gear.get(line.part_of)
        if line.kind != "component" or whole is None or whole.kind == "component":
            raise ValueError("only a component is part of something, that stands before it and is no component")

    def _workouts(self, members: Sequence[Bonded]) -> None:
        by_id = {one.id: one for one in members}
        if len(by_id) < len(members) or by_id.keys() & self.workouts:
            raise ValueError("a workout stands in it twice")
        for one in members:
            self._workout(one)
        _bonds(by_id)
        self.workouts |= by_id.keys()

    def _workout(self, one: Bonded) -> None:
        self._at(one.created_at, one.given.started_at, *(each.done_at for each in _sets(one)))
        self._at(*(at for edit in one.edits for at in (edit.created_at, edit.from_at, edit.to_at, edit.at)))
        self._exercises([each.exercise for each in _sets(one)])
        if len({each.position for each in one.sets}) < len(one.sets):
            raise ValueError("two sets stand at one place")
        if abs(one.given.offset_min or 0) > OFFSET_MIN:
            raise ValueError("no clock is as far from UTC")
        if not self.gear.keys() >= set(one.gear) or not self.routines >= {one.routine} - {None}:
            raise ValueError("gear or a routine that it names is not in the archive")
        is_part = any(edit.kind == "part" for edit in one.edits)
        if not (one.given.started_at or one.recorded or is_part):
            raise ValueError("nothing says when it was")


def _sets(one: Bonded) -> list[KeptSet | SetValues]:
    """What was done, and what was to be done."""
    return [*one.sets, *(each.planned for each in one.sets if each.planned)]


def _bonds(by_id: Mapping[UUID, Bonded]) -> None:
    """Edits that bind workouts name one another, and come to an end."""
    targets = Counter[tuple[str, UUID]]()
    for one in by_id.values():
        if len({edit.number for edit in one.edits}) < len(one.edits):
            raise ValueError("two edits have one number")
        for edit in one.edits:
            _bond(one, edit, by_id)
            _places(edit)
            if edit.workout:
                targets[edit.kind, edit.workout] += 1
    if any(count > 1 for (kind, _), count in targets.items() if kind != "part"):
        raise ValueError("a workout is merged, or split off, twice")
    named = {target for _, target in targets} | {one.id for one in by_id.values() if any(map(_binds, one.edits))}
    if len(by_id) > 1 and named != by_id.keys():
        raise ValueError("workouts that have nothing to do with one another stand in one line")
    merged = {target for kind, target in targets if kind == "merge"}
    if merged == by_id.keys():
        raise ValueError("workouts are merged into one another")
    for start in by_id:
        _follow(start, None, by_id, [0])


def _binds(edit: Edit) -> bool:
    return edit.kind in BINDING


def _places(edit: Edit) -> None:
    now, before = {(each.into, each.at) for each in edit.sets}, {(each.recording, each.position) for each in edit.sets}
    if min(len(now), len(before)) < len(edit.sets):
        raise ValueError("two sets stand at one place")


def _bond(one: Bonded, edit: Edit, by_id: Mapping[UUID, Bonded]) -> None:
    if edit.number == 0 and edit.kind != "part":
        raise ValueError("edits are numbered from 1")
    if not _binds(edit):
        if edit.workout or edit.sets or (edit.kind == "swap_file") != bool(edit.recording):
            raise ValueError("an edit names what does not belong to it")
        return
    other = by_id.get(edit.workout) if edit.workout else None
    if other is None or other is one:
        raise ValueError("an edit names a workout that is not in its line")
    if edit.kind == "split" and not any(_is_part(each, one.id, edit.number) for each in other.edits):
        raise ValueError("what was split off knows nothing of it")
    if edit.kind == "part":
        origin = [each for each in other.edits if each.kind == "split" and each.number == edit.split]
        if edit.number != 0 or [each.workout for each in origin] != [one.id]:
            raise ValueError("a part was split off nothing")


def _is_part(edit: Edit, origin: UUID, number: int) -> bool:
    return (edit.kind, edit.workout, edit.split) == ("part", origin, number)


def _follow(one: UUID, until: int | None, by_id: Mapping[UUID, Bonded], steps: list[int]) -> None:
    """Go the way on which edits are applied: it must have an end, and soon."""
    for edit in by_id[one].edits:
        steps[0] += 1
        if steps[0] > MOST_STEPS:
            raise ValueError("its edits lead too far, or round in a circle")
        if until is not None and edit.number >= until:
            continue
        if edit.kind == "part" and edit.workout:
            _follow(edit.workout, edit.split, by_id, steps)
        elif edit.kind == "merge" and edit.workout:
            _follow(edit.workout, None, by_id, steps)
