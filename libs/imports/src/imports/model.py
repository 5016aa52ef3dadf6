"""An import: a file somebody sent, how far it has been read, and what came of it."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

State = Literal["queued", "running", "finished", "partial", "failed", "cancelling", "cancelled", "undoing", "undone"]
Outcome = Literal["finished", "partial", "failed"]
Kind = Literal["error", "warning"]

Instant = Annotated[datetime, Meta(tz=True)]

RESUMABLE: tuple[State, ...] = ("cancelled", "partial", "failed")
UNDOABLE: tuple[State, ...] = ("finished", "partial", "failed", "cancelled")


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far it is."""

    bytes_done: int
    bytes_total: int
    """Of what is read, which for an archive is more than the file has."""
    records: int
    rate: float | None
    """Records a second, while being read."""
    seconds_left: float | None


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """A file on its way into the database, or what became of it."""

    id: UUID
    version: int
    file: str
    """What its sender called it."""
    bytes: int
    sha256: str
    format: str | None
    """As its content says; null until somebody has looked."""
    state: State
    error: str | None
    """Why it failed, or did not get to the end."""
    progress: Progress
    counts: dict[str, int]
    """Of the records: inserted, updated, unchanged, quarantined …"""
    kept: dict[str, int]
    """Things in the file that are not read here: they stay in the kept file until somebody reads them."""
    unknown: dict[str, int]
    """Types nobody knows -> how many records of them were left out."""
    stored: bool
    """The file is still there."""
    created_at: Instant
    started_at: Instant | None
    finished_at: Instant | None


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one file inside an archive."""

    name: str
    records: int
    errors: int
    warnings: int
    kept: dict[str, int]


class CountedPart(Part, frozen=True, kw_only=True):
    """The same, of a service that counts by file."""

    counts: dict[str, int]


class Issue(msgspec.Struct, frozen=True, kw_only=True):
    """What was wrong in the file, and where."""

    kind: Kind
    code: str
    detail: str
    part: str | None
    line: int | None
    count: int
    """How often; the text is that of the first."""


class NewImport(msgspec.Struct, frozen=True, kw_only=True):
    """A file that has arrived."""

    id: UUID
    user_id: UUID
    file: str
    sha256: str
    bytes: int
    mapping: msgspec.Raw | None
    source: str | None


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """An import somebody works on, until somebody else does."""

    import_id: int
    id: UUID
    user_id: UUID
    sha256: str
    state: State
    outcome: Outcome | None
    claim: int
    attempts: int
    version: int


def progress(*, bytes_done: int, bytes_total: int, records: int, seconds: float, running: bool) -> Progress:
    """With rate and time left as far as what has been read so far can tell."""
    known = running and seconds > 0
    left = seconds * (bytes_total - bytes_done) / bytes_done if known and 0 < bytes_done <= bytes_total else None
    return Progress(
        bytes_done=bytes_done,
        bytes_total=bytes_total,
        records=records,
        rate=round(records / seconds, 1) if known else None,
        seconds_left=round(left, 1) if left is not None else None,
    )
