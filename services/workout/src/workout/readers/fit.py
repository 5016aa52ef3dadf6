"""FIT files: what a device recorded, with each file of a chain an activity of its own.

Of a file that breaks off, what came before is kept.
"""

from collections.abc import Iterator
from typing import Any, BinaryIO

import fitdecode  # type: ignore[import-untyped]  # it ships no types
from fitdecode import profile

from imports import Broken
from workout.readers.fit_activity import NEVER_SET, Messages, activity_of
from workout.readers.fit_crc import checksum
from workout.readers.fit_hr import Heartbeats
from workout.readers.fit_reader import FAULTS, Reader
from workout.readers.fit_records import Records
from workout.readers.model import Activity, Ask, Finding, Item

MOST_PADDING = 1 << 16
OTHER_KINDS = frozenset(profile.FIELD_TYPES["file"].enum.values()) - {"activity", "activity_summary"}


def read(file: BinaryIO, ask: Ask) -> Iterator[Item]:
    """The file must be one that can be sought in."""
    chain = Chain(file, ask)
    found = 0
    for item in chain.items():
        found += 1
        yield item
    if not found:
        raise Broken(chain.lost or "The file is empty.")
    if chain.lost and not chain.told:
        yield Finding(kind="error", code="damaged", detail=chain.lost)


class Chain:
    """The files of one upload, one after the other."""

    def __init__(self, file: BinaryIO, ask: Ask) -> None:
        self.file = file
        self.ask = ask
        self.lost = ""
        """What could not be read, and from which byte on; empty when all was."""
        self.told = False
        """Whether an activity says so."""
        self.begun: int | None = None
        """The byte at which the file begins that is being read."""
        self.sums_up = True
        self.records, self.beats, self.messages = Records(ask.records), Heartbeats(), Messages()

    def items(self) -> Iterator[Item]:
        """Each activity waits for what comes behind its file, which may be broken."""
        waiting: Item | None = None
        reader = Reader(self.file, self.records, self.beats)
        frames = iter(reader)
        for _ in range(self.ask.activities):
            over = self._file(reader, frames)
            if self.begun is None:
                break
            if waiting:
                yield from both(waiting)
            waiting = self._finished()
            if over:
                break
        else:
            self.lost = f"More than {self.ask.activities:,} files in one are not believed."
        if isinstance(waiting, Activity) and self.lost:
            waiting.partial, self.told = self.lost, True
        if waiting:
            yield from both(waiting)

    def _file(self, reader: Reader, frames: Iterator[Any]) -> bool:
        """Read one file of the chain; whether it was the last."""
        self.begun, self.sums_up = None, True
        self.records, self.beats, self.messages = Records(self.ask.records), Heartbeats(), Messages()
        reader.columns, reader.beats = self.records, self.beats
        try:
            for frame in frames:
                kind = frame.frame_type
                if kind == fitdecode.FIT_FRAME_DATA:
                    if frame.fields:
                        self.messages.take(frame)
                    elif self.records.full:
                        self.lost = f"Only its first {self.ask.records:,} records are kept: more are not believed."
                        return True
                elif kind == fitdecode.FIT_FRAME_HEADER:
                    self.begun = reader.at
                elif kind == fitdecode.FIT_FRAME_CRC:
                    self.sums_up = frame.crc in {0, checksum(self.file, self.begun or 0, reader.at)}
                    return False
        except FAULTS as error:
            self.lost = self._reason(reader, error)
        return True

    def _reason(self, reader: Reader, error: Exception) -> str:
        at, size = reader.at, reader.size
        if self.begun is None:
            self.file.seek(at)
            if at and not self.file.read(MOST_PADDING).strip(b"\0"):
                return ""
            return f"At byte {at:,} begins what is no FIT file: {size - at:,} bytes are lost."
        if reader.unfinished:
            return "The device was switched off before it had finished the file."
        if isinstance(error, fitdecode.FitEOFError):
            return f"It ends at byte {size:,}, {reader.until - size:,} bytes too early."
        return f"It is damaged at byte {at:,}: {size - at:,} bytes are lost."

    def _finished(self) -> Item | None:
        """What the file that was read holds."""
        kind = self.messages.kind
        if kind and kind in OTHER_KINDS:
            shown = kind.replace("_", " ")
            return Finding(
                kind="warning", code="not-an-activity", detail=f"It is a FIT file of the kind “{shown}”: no recording."
            )
        activity = activity_of(self.messages, self.records, self.beats)
        if activity is None:
            detail = "The FIT file holds no session, no lap and no record."
            return None if self.lost else Finding(kind="warning", code="not-an-activity", detail=detail)
        if not self.sums_up:
            activity.warnings.append("The checksum of the file is wrong: some of its values may be.")
        return activity


def both(item: Item) -> Iterator[Item]:
    """An activity, with the finding that nobody knows when it was."""
    if isinstance(item, Activity) and item.started_at is None:
        yield Finding(kind="warning", code="clock-not-set", detail=NEVER_SET)
    yield item
