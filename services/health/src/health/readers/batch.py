"""What readers and the write path agree on: a batch of COPY text, never one object a sample."""

from collections.abc import Callable, Iterator
from typing import BinaryIO, Literal

import msgspec

DeviceKind = Literal["manual", "watch", "ring", "band", "phone", "scale", "app", "unknown"]


class Origin(msgspec.Struct, frozen=True):
    """A source as a file names it."""

    app: str
    device: str | None = None
    device_kind: DeviceKind = "unknown"


class Stream(msgspec.Struct, frozen=True):
    """All samples of one metric from one source in one unit."""

    metric: str
    """Code in the catalogue."""
    origin: Origin
    factor: float = 1.0
    shift: float = 0.0
    """Canonical value = value * factor + shift."""
    of_length: bool = False
    """The value is the interval's length in seconds * factor (sleep, mindful time)."""
    accepted: bool = False
    """The user has said of values outside the metric's bounds that they are right: an archive of ours knows that."""


class Issue(msgspec.Struct, frozen=True):
    kind: Literal["error", "warning"]
    code: str
    """`truncated`, `unknown-unit`, `zone-differs`, `future`, `unusual`, `bad-line` …"""
    detail: str
    part: str | None = None
    line: int | None = None
    count: int = 1


class Batch(msgspec.Struct):
    """What a reader yields. The same file gives the same batches, so that a resumed import skips those already in."""

    rows: bytes = b""
    r"""COPY text for `staged`: stream \t at \t until \t value \t offset_min \n. `\N` may stand for until (no length),
    value (of_length) and offset_min. Instants are ISO text with an offset, in any form PostgreSQL parses."""
    n: int = 0
    """Rows in it."""
    streams: list[Stream] = msgspec.field(default_factory=list)
    """New since the batch before; their numbers go on from 0 in order of appearance over the whole file."""
    unknown: dict[str, int] = msgspec.field(default_factory=dict)
    """Types outside the catalogue in this piece -> how many."""
    kept: dict[str, int] = msgspec.field(default_factory=dict)
    """What other services will want (`workout`, `activity-file`, `route` …) -> how many."""
    issues: list[Issue] = msgspec.field(default_factory=list)
    done: int = 0
    """Bytes of the (unpacked) input consumed so far."""
    part: str | None = None
    """The file inside an archive that the rows are of."""
    total: int = 0
    """Bytes that `done` will come to, where that is not the length of the file (archives); 0 = unknown."""
    carries: object = None
    """What an archive of ours brings besides samples: `export.model.Restored`."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Where a reader stops believing a file."""

    rows: int = 50_000
    """Of a batch."""
    unpacked_bytes: int = 64 * 2**30
    ratio: int = 200
    """An archive's bytes after and before unpacking."""
    files: int = 10_000
    """Inside an archive."""
    line_bytes: int = 1 << 20
    issues: int = 100
    """Of one code and part; the rest is only counted."""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader is told besides the bytes."""

    zone: str = "UTC"
    """The user's zone today, for files that say none (IANA name)."""
    mapping: object = None
    """The decoded JSON of `mapping` in POST /imports; `readers.csv_mapping` knows its form."""
    name: str = ""
    """Of the file, or of the part inside an archive."""
    source: str | None = None
    """What the user calls the source, for files that name none."""
    limits: Limits = Limits()


Reader = Callable[[BinaryIO, Reading], Iterator[Batch]]
"""Goes on over bad rows with an Issue; of a broken file it yields what it has, then raises `imports.Broken`."""
