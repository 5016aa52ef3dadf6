"""Workouts of Apple Health's export.xml: what else it holds, nearly all of it, is passed over unparsed."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from imports import Broken
from workout.readers.apple_workout import Workout, workout_of
from workout.readers.faults import contained, finding
from workout.readers.findings import Findings
from workout.readers.model import Ask, Finding, Item

ROOT = "HealthData"
BLOCK = 1 << 20
OPENED, BEGIN, END, CLOSED = b"<HealthData", b"<Workout ", b"</Workout>", b"</HealthData>"
ENTITY = b"<!ENTITY"
TAG = re.compile(rb"""<Workout (?:[^"'>]++|"[^"]*+"|'[^']*+')*+>""")
PROLOG_BYTES = 4 << 20
"""Within which the root begins."""
WORKOUT_BYTES = 4 << 20
"""Of one workout with all its events."""
TAIL = 64
"""Bytes that may be the beginning of what is looked for."""


def read(file: BinaryIO, ask: Ask) -> Iterator[Item]:
    for found in workouts(file, ask):
        yield found.activity if isinstance(found, Workout) else found


def workouts(file: BinaryIO, ask: Ask) -> Iterator[Workout | Finding]:
    """One after the other; of a file that breaks those before the break, and why it ended."""
    export = _Export(file, ask.activities)
    count = 0
    try:
        with contained():
            for found in export.workouts():
                count += 1
                yield found
    except Broken as error:
        if not count:
            raise
        yield from export.findings.take()
        yield finding(error)
        return
    yield from export.findings.take()
    if not count:
        raise Broken("There is no workout in this export.")


class _Export:
    """A window that moves over the file."""

    def __init__(self, file: BinaryIO, most: int) -> None:
        self.file = file
        self.most = most
        self.window = b""
        self.at = 0
        """How far the window has been looked at …"""
        self.line = 1
        """… and in which line that is."""
        self.over = False
        self.findings = Findings()

    def workouts(self) -> Iterator[Workout]:
        self._enter()
        count = 0
        while self._find():
            end = self._end()
            if end and (found := self._parsed(self.window[self.at : end])):
                count += 1
                if count > self.most:
                    raise Broken(f"There are more than {self.most:,} workouts in it.")
                yield found
            self._pass(end or len(self.window))
        if self.window.find(CLOSED, self.at) < 0:
            self._pass(len(self.window))
            raise Broken(f"The export is cut off in line {self.line:,}.")

    def _enter(self) -> None:
        """What a document type may do harm with is refused."""
        while (at := self.window.find(OPENED)) < 0:
            if self.over or len(self.window) > PROLOG_BYTES:
                raise Broken("It is no export of Apple Health, or it is cut off at its beginning.")
            self._more()
        if ENTITY in self.window[:at]:
            raise Broken("Its document type declares entities, which are not expanded here.")
        self._pass(at)

    def _find(self) -> bool:
        """Go to the next workout; False when there is none."""
        while (at := self.window.find(BEGIN, self.at)) < 0:
            if self.over:
                return False
            self._pass(max(self.at, len(self.window) - TAIL))
            self._more()
        self._pass(at)
        return True

    def _more(self) -> None:
        block = self.file.read(BLOCK)
        self.window = self.window[self.at :] + block
        self.at = 0
        self.over = not block

    def _pass(self, at: int) -> None:
        self.line += self.window.count(b"\n", self.at, at)
        self.at = at

    def _end(self) -> int:
        """Where the workout ends that begins here; 0 when it does not."""
        while True:
            if tag := TAG.match(self.window, self.at):
                if tag[0].endswith(b"/>"):
                    return tag.end()
                if (end := self.window.find(END, tag.end())) >= 0:
                    return end + len(END)
            if len(self.window) - self.at > WORKOUT_BYTES:
                self.findings.bad(self.line, ValueError("a workout that does not end"))
                return 0
            if self.over:
                raise Broken(f"The export is cut off in line {self.line:,}, in a workout.")
            self._more()

    def _parsed(self, text: bytes) -> Workout | None:
        parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
        try:
            return workout_of(etree.fromstring(text, parser))
        except etree.XMLSyntaxError as error:
            self.findings.bad(self.line, ValueError(f"not well-formed: {(error.msg or '').split(', line ')[0]}"))
        except ValueError as error:
            self.findings.bad(self.line, error)
        return None
