"""Whether an archive is whole and well formed: asked before anything of it is read in."""

import hashlib
import re
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, BinaryIO, TypeVar

import msgspec

from health.export.model import (
    IMPORTS,
    MANIFEST,
    ORIGINALS,
    PRIORITIES,
    QUARANTINE,
    RECORDS,
    SAMPLES,
    SOURCES,
    VERSION,
    Manifest,
    Original,
    Part,
    Priority,
    Samples,
    Source,
)
from health.readers import csv_mapping
from health.readers.batch import Batch
from health.records import model as records
from health.records.model import SOURCE, HealthRecord
from imports import Broken
from imports.unpack import Archive, Member

LARGEST_MANIFEST = 32 << 20
CHUNK = 1 << 20
SAID = 256 << 20
"""Bytes after which it is said that one is still checking."""
LARGEST_ACCEPTED = 1e12
"""Sums of accepted values are still numbers."""
LARGEST_VERSION = 1 << 62
LATE = timedelta(days=1)

ORDER = (SOURCES, PRIORITIES, RECORDS, SAMPLES, QUARANTINE, ORIGINALS, IMPORTS)
NEEDED = (SOURCES, PRIORITIES, RECORDS, QUARANTINE, IMPORTS)
NAME = re.compile(
    rf"(?:{'|'.join(map(re.escape, NEEDED))}|samples/[a-z][a-z0-9_]{{0,63}}\.jsonl|originals/[0-9a-f]{{64}})"
)

T = TypeVar("T")


class Checked(msgspec.Struct):
    """What is known of an archive once it has been checked."""

    parts: Mapping[str, Part]
    sources: list[Source]
    done: int
    """Bytes looked at …"""
    total: int
    """… of those that are: each is looked at twice."""

    @staticmethod
    def holds_samples(name: str) -> bool:
        return name.startswith(SAMPLES) or name == QUARANTINE


def check(archive: Archive, line_bytes: int, now: datetime) -> Generator[Batch, None, Checked]:
    """Look at every byte; Broken at the first thing that is not as it should be.

    Yields empty batches now and then, so that it is seen to go on.
    """
    members = {each.name: each for each in archive.members}
    parts = _manifest(archive, members)
    checked = Checked(parts=parts, sources=[], done=0, total=2 * sum(part.bytes for part in parts.values()))
    look = _Look(checked, now)
    said = 0
    for name in ordered(parts):
        with archive.open(members[name]) as file:
            pieces = _pieces(file) if name.startswith(ORIGINALS) else look.lines(lines(file, name, line_bytes), name)
            digest, count = hashlib.sha256(), 0
            for data in pieces:
                digest.update(data)
                count += len(data)
                checked.done += len(data)
                if checked.done - said >= SAID:
                    said = checked.done
                    yield Batch(done=checked.done, total=checked.total)
        if (digest.hexdigest(), count) != (parts[name].sha256, parts[name].bytes):
            raise Broken(f"“{name}” is not what the archive's manifest says: it was damaged or changed.")
    return checked


def ordered(names: Iterable[str]) -> list[str]:
    """In the order in which they are read."""
    return sorted(names, key=lambda name: (next(i for i, each in enumerate(ORDER) if name.startswith(each)), name))


def lines(file: BinaryIO, name: str, most: int) -> Iterator[bytes]:
    while line := file.readline(most + 1):
        if len(line) > most:
            raise Broken(f"A line of “{name}” is longer than {most:,} bytes.")
        yield line


def decoded(text: bytes, decoder: "msgspec.json.Decoder[T]", where: str) -> T:
    try:
        return decoder.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Broken(f"This cannot be in an archive of Fitmesh: {str(error)[:200]} ({where}).") from None


def _manifest(archive: Archive, members: Mapping[str, Member]) -> dict[str, Part]:
    if archive.refused:
        raise Broken(f"“{archive.refused[0].name}” cannot be in an archive of Fitmesh: {archive.refused[0].reason}.")
    with archive.open(members[MANIFEST]) as file:
        text = file.read(LARGEST_MANIFEST + 1)
    if len(text) > LARGEST_MANIFEST:
        raise Broken(f"“{MANIFEST}” is too long.")
    found = decoded(text, msgspec.json.Decoder(Manifest), MANIFEST)
    if found.version > VERSION:
        raise Broken(f"The archive is of version {found.version}; this installation reads up to {VERSION}.")
    parts = {part.name: part for part in found.parts}
    if len(parts) != len(found.parts) or parts.keys() != members.keys() - {MANIFEST}:
        raise Broken(f"The archive does not hold what its “{MANIFEST}” says: it is not whole.")
    if strange := next((name for name in parts if name not in NEEDED and not NAME.fullmatch(name)), None):
        raise Broken(f"“{strange}” cannot be in an archive of Fitmesh.")
    if missing := next((name for name in NEEDED if name not in parts), None):
        raise Broken(f"“{missing}” is missing in the archive.")
    return parts


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while data := file.read(CHUNK):
        yield data


class _Look:
    """At single lines: what their types do not say already."""

    def __init__(self, checked: Checked, now: datetime) -> None:
        self._checked = checked
        self._latest = now + LATE
        self._named: set[tuple[str, str | None]] = set()
        self._prioritised: set[str | None] = set()
        self._decoders: dict[str, msgspec.json.Decoder[Any]] = {
            SOURCES: msgspec.json.Decoder(Source),
            PRIORITIES: msgspec.json.Decoder(Priority),
            RECORDS: msgspec.json.Decoder(HealthRecord),
            IMPORTS: msgspec.json.Decoder(Original),
            SAMPLES: msgspec.json.Decoder(Samples),
        }

    def lines(self, given: Iterable[bytes], name: str) -> Iterator[bytes]:
        decoder = self._decoders.get(name, self._decoders[SAMPLES])
        for number, line in enumerate(given, 1):
            where = f"line {number:,} of “{name}”"
            item = decoded(line, decoder, where)
            if wrong := self._wrong(item, name):
                raise Broken(f"This cannot be in an archive of Fitmesh: {wrong} ({where}).")
            yield line
        if name == SOURCES and (wrong := self._merged_wrong()):
            raise Broken(f"This cannot be in an archive of Fitmesh: {wrong} (“{name}”).")

    def _wrong(self, item: object, name: str) -> str | None:
        match item:
            case Samples():
                return self._samples(item, name)
            case Source():
                return self._source(item)
            case Priority():
                return self._priority(item)
            case HealthRecord():
                return self._record(item)
            case Original():
                return self._original(item)
        return None

    def _source(self, item: Source) -> str | None:
        sources = self._checked.sources
        if item.id != len(sources):
            return "the sources are not numbered from 0"
        if (item.app, item.device) in self._named:
            return "a source is there twice"
        if (item.device_kind == SOURCE) is not _is_manual(item):
            return f"only the source {SOURCE} is of the kind {SOURCE}"
        self._named.add((item.app, item.device))
        sources.append(item)
        return None

    def _merged_wrong(self) -> str | None:
        sources = self._checked.sources
        targets = [(each.id, each.merged_into) for each in sources if each.merged_into is not None]
        if any(target == source or target >= len(sources) for source, target in targets):
            return "a source is merged into itself, or into one that is not there"
        return None

    def _priority(self, item: Priority) -> str | None:
        if item.metric in self._prioritised:
            return "a metric has two orders"
        self._prioritised.add(item.metric)
        return self._strange(item.sources)

    def _strange(self, refs: Sequence[int]) -> str | None:
        if len(set(refs)) != len(refs) or any(ref >= len(self._checked.sources) for ref in refs):
            return "a source is named twice, or is not in the archive"
        return None

    def _record(self, item: HealthRecord) -> str | None:
        if not 1 <= item.version < LARGEST_VERSION:
            return "there is no such version"
        if not all(records.EARLIEST <= at <= self._latest for at in (item.at, item.created_at)):
            return "a record must lie between 1900 and now"
        if all(value is None for value in records.columns(item)):
            return "a record has no value"
        return None

    def _samples(self, item: Samples, name: str) -> str | None:
        if strange := self._strange([item.source]):
            return strange
        if _is_manual(self._checked.sources[item.source]):
            return f"samples of the source {SOURCE} come from records alone"
        if name not in {QUARANTINE, f"{SAMPLES}{item.metric}.jsonl"}:
            return f"{item.metric} stands in another part"
        if item.accepted and (name == QUARANTINE or max(map(abs, item.value)) > LARGEST_ACCEPTED):
            return "these values cannot have been accepted"
        return None

    def _original(self, item: Original) -> str | None:
        part = self._checked.parts.get(ORIGINALS + item.sha256)
        if item.stored and (part is None or part.bytes != item.bytes or part.sha256 != item.sha256):
            return "the file is not in the archive as it is said to be"
        if not records.EARLIEST <= item.uploaded_at <= self._latest:
            return "a file must have been sent before now"
        try:
            if item.mapping is not None:
                csv_mapping.convert(item.mapping)
        except msgspec.ValidationError as error:
            return f"{error}"[:200]
        return None


def _is_manual(source: Source) -> bool:
    return (source.app, source.device) == (SOURCE, None)
