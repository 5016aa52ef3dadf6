"""Strava's bulk export: a zip of files as they were sent there, and a list that says what each of them is."""

from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from imports import Broken
from imports.detect import detect as look
from imports.detect import header_of
from imports.unpack import Archive, Member
from workout.readers.faults import passed_over
from workout.readers.findings import Findings
from workout.readers.members import Members, by_name, head_of
from workout.readers.model import Activity, Ask, Finding, Item
from workout.readers.sports import family_of
from workout.readers.strava_list import COLUMNS, Entry, Gear, entries, gear_of

LIST = "activities.csv"
GEAR = {"bikes.csv": "bike", "shoes.csv": "shoes"}
LEFT = "What was recorded cannot be read: only what Strava's list says of it is known."


def list_in(archive: Archive) -> Member | None:
    """The one that is nearest to the root."""
    named = [member for member in archive.members if member.name.lower().rsplit("/", 1)[-1] == LIST]
    for member in sorted(named, key=lambda member: (member.name.count("/"), member.name)):
        with passed_over():
            content = look(head_of(archive, member))
            if COLUMNS.issubset(name.lower().lstrip("\ufeff") for name in header_of(content.text)):
                return member
    return None


def read(file: BinaryIO, ask: Ask) -> Iterator[Item]:
    members = Members(ask)
    with Archive(file) as archive:
        yield from members.guarded(_Export(archive, members, ask).items())


class _Export:
    def __init__(self, archive: Archive, members: Members, ask: Ask) -> None:
        self.archive = archive
        self.members = members
        self.ask = ask
        self.lists: set[str] = set()
        """Those that are read here."""

    def items(self) -> Iterator[Item]:
        """Files in the order of their names, then what has none in the order of the list."""
        found = list_in(self.archive)
        if found is None:
            raise Broken("There is no activities.csv in it that can be read.")
        yield from self.members.refused(self.archive)
        folder = found.name[: -len(LIST)]
        findings = Findings(found.name)
        known = self._entries(found, self._gear(folder), findings)
        by_file = {_key(folder + entry.file): entry for entry in known if entry.file}
        for member in by_name(self.archive):
            if member.name not in self.lists:
                yield from self._file(member, by_file.get(_key(member.name)))
        yield from findings.take()
        for entry in known:
            if not entry.read:
                yield from self._alone(entry, found.name)

    def _entries(self, found: Member, gear: dict[str, Gear], findings: Findings) -> list[Entry]:
        self.lists.add(found.name)
        known: list[Entry] = []
        with passed_over(findings.broken), self.archive.open(found) as file:
            for entry in entries(file, self.ask, gear, findings):
                known.append(entry)  # noqa: PERF402  those before a break are kept
        return known

    def _gear(self, folder: str) -> dict[str, Gear]:
        gear: dict[str, Gear] = {}
        for member in self.archive.members:
            kind = GEAR.get(member.name.removeprefix(folder).lower())
            if kind is None:
                continue
            self.lists.add(member.name)
            with passed_over(), self.archive.open(member) as file:
                gear.update((each.name.casefold(), each) for each in gear_of(file, kind))
        return gear

    def _file(self, member: Member, entry: Entry | None) -> Iterator[Item]:
        for item in self.members.one(self.archive, member):
            if entry and isinstance(item, Activity):
                dress(item, entry.activity)
                entry.read = True
            yield item

    def _alone(self, entry: Entry, part: str) -> Iterator[Item]:
        if entry.file:
            entry.activity.partial = LEFT
            yield Finding(kind="warning", code="no-file", detail=LEFT, part=entry.file[:300])
        entry.activity.part = part
        self.members.count()
        yield entry.activity


def dress(activity: Activity, said: Activity) -> None:
    """What its owner said of it on Strava goes before what is in the file."""
    activity.title = said.title or activity.title
    activity.notes = said.notes or activity.notes
    activity.rpe = said.rpe or activity.rpe
    activity.gear = said.gear or activity.gear
    activity.extra |= said.extra
    if said.sport != "generic" and not activity.legs and said.sport != activity.sport:
        kept = activity.sub_sport if family_of(said.sport) == family_of(activity.sport) else None
        activity.sport, activity.sub_sport = said.sport, said.sub_sport or kept
    elif said.sport == activity.sport:
        activity.sub_sport = activity.sub_sport or said.sub_sport
    if activity.totals.energy_kcal is None and said.totals.energy_kcal:
        activity.totals = msgspec.structs.replace(activity.totals, energy_kcal=said.totals.energy_kcal)


def _key(path: str) -> str:
    """Files are as often unpacked as not when somebody packs an export again."""
    return path.lower().removesuffix(".gz")
