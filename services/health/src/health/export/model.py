"""The archive: a zip of JSON lines.

==================================  ==========================================================================
``sources.jsonl``                   who measured, oldest first; the other parts name a source by its ``id`` here
``priorities.jsonl``                whom the user believes first
``records.jsonl``                   what was entered by hand, as ``GET /health-data`` shows it
``samples/<metric>.jsonl``          samples in canonical units, at most 1,000 a line; without those made from records
``quarantine.jsonl``                values outside the bounds of their metric, in the same form
``originals/<sha256>``              the files that were imported
``imports.jsonl``                   what is known of those
``manifest.json``                   comes last: format, version, and what every part holds
==================================  ==========================================================================

The same data gives the same bytes: nothing in it comes from the clock, nor from the numbers of one database.
"""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from health.readers.batch import DeviceKind
from health.records.model import HealthRecord
from health.samples.model import EARLIEST, LATEST, LONGEST_S

FORMAT: Literal["fitmesh-health"] = "fitmesh-health"
VERSION = 1
MANIFEST = "manifest.json"
SOURCES, PRIORITIES, RECORDS = "sources.jsonl", "priorities.jsonl", "records.jsonl"
SAMPLES, QUARANTINE = "samples/", "quarantine.jsonl"
ORIGINALS, IMPORTS = "originals/", "imports.jsonl"

LINE = 1_000
"""Samples of one line."""
MOST_SOURCES = 10_000
MOST_ORIGINALS = 100_000
LARGEST_NAME = 2_000

Name = Annotated[str, Meta(min_length=1, max_length=LARGEST_NAME, pattern=r"^[^\x00]*$")]
Code = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
Ref = Annotated[int, Meta(ge=0, lt=MOST_SOURCES)]
Instant = Annotated[datetime, Meta(tz=True)]
At = Annotated[int, Meta(ge=round(EARLIEST) * 1_000_000, lt=round(LATEST) * 1_000_000)]
Duration = Annotated[int, Meta(ge=0, le=LONGEST_S)]
Offset = Annotated[int, Meta(ge=-1440, le=1440)]
Ended = Literal["finished", "partial", "failed", "cancelled"]


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One line of a part."""


class Source(Line, frozen=True, kw_only=True):
    """Who measured; ``id`` is the number of the line, from 0."""

    id: Ref
    app: Name
    device: Name | None = None
    device_kind: DeviceKind = "unknown"
    name: Name | None = None
    ignored: bool = False
    merged_into: Ref | None = None


class Priority(Line, frozen=True, kw_only=True):
    """Sources in the order in which they are believed; without a metric, for all that have no order of their own."""

    metric: Code | None = None
    sources: Annotated[list[Ref], Meta(max_length=MOST_SOURCES)]


class Samples(Line, frozen=True, kw_only=True, gc=False):
    """Samples of one metric from one source, in columns; those that are all nothing are left out."""

    metric: Code
    source: Ref
    accepted: bool = False
    """They lie outside the bounds of their metric, and the user said that they are right."""
    at_us: Annotated[list[At], Meta(min_length=1, max_length=LINE)]
    """Microseconds since 1970."""
    duration_s: Annotated[list[Duration], Meta(max_length=LINE)] | UnsetType = UNSET
    value: Annotated[list[float], Meta(max_length=LINE)]
    offset_min: Annotated[list[Offset | None], Meta(max_length=LINE)] | UnsetType = UNSET
    """East of UTC where it was measured."""

    def __post_init__(self) -> None:
        given = (self.value, self.duration_s or self.value, self.offset_min or self.value)
        if any(len(column) != len(self.at_us) for column in given):
            raise ValueError("the columns must be of one length")


class Original(Line, frozen=True, kw_only=True):
    """A file that was imported."""

    sha256: Hash
    file: Annotated[str, Meta(max_length=200, pattern=r"^[^\x00]*$")]
    bytes: Annotated[int, Meta(ge=0, le=1 << 40)]
    format: Annotated[str, Meta(max_length=100, pattern=r"^[^\x00]*$")] | None = None
    source: Annotated[str, Meta(max_length=100, pattern=r"^[^\x00]*$")] | None = None
    mapping: object | None = None
    state: Ended
    uploaded_at: Instant
    stored: bool = False
    """It is in the archive too."""


class Part(Line, frozen=True, kw_only=True):
    name: Annotated[str, Meta(max_length=100)]
    bytes: Annotated[int, Meta(ge=0, le=1 << 40)]
    sha256: Hash
    items: Annotated[int, Meta(ge=0)]
    """Samples, or lines; of an original 1."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What an archive says of itself."""

    format: Literal["fitmesh-health"]
    version: Annotated[int, Meta(ge=1)]
    parts: Annotated[list[Part], Meta(max_length=MOST_ORIGINALS + 1_000)]


class Restored(msgspec.Struct, kw_only=True):
    """What an archive of ours brings besides samples."""

    sources: list[Source] = msgspec.field(default_factory=list)
    priorities: list[Priority] = msgspec.field(default_factory=list)
    """Come with the sources, whose numbers they name."""
    records: list[HealthRecord] = msgspec.field(default_factory=list)
    originals: list[Original] = msgspec.field(default_factory=list)
