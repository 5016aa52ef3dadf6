"""What stands in the archive of a user, part by part."""

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing
from itertools import groupby
from uuid import UUID

import msgspec
from asyncpg import Pool

from chassis.database import connected
from health.catalogue.table import BY_CODE
from health.export import queries
from health.export.lines import Lines
from health.export.model import (
    IMPORTS,
    ORIGINALS,
    PRIORITIES,
    QUARANTINE,
    RECORDS,
    SAMPLES,
    SOURCES,
    Original,
    Priority,
    Source,
)
from health.export.queries import ImportRow, SeriesRow, SourceRow
from health.export.stream import Zip
from health.records.model import SOURCE
from imports.objects import Objects
from imports.sending import original
from imports.zipped import Piece


async def archive(pool: Pool, objects: Objects | None, user_id: UUID) -> AsyncGenerator[bytes]:
    """The archive of a user, as it goes over the wire; without ``objects`` it holds no files that were imported.

    No connection is held while the client takes its time. What is written meanwhile may be in it or not; what it names
    is in it.
    """
    async with connected(pool) as db:
        sources = await queries.sources(db, user_id)
        priorities = await queries.priorities(db, user_id)
        series = await queries.series(db, user_id)
        imports = await queries.imports(db, user_id)
    sources = _told(sources, priorities)
    refs = {source.source_id: ref for ref, source in enumerate(sources)}
    series = [each for each in series if each.source_id in refs]
    made = Zip()
    stored = set[str]()

    async def part(name: str, content: AsyncGenerator[Piece], *, packed: bool = True) -> AsyncGenerator[bytes]:
        async with aclosing(content), aclosing(made.part(name, content, packed=packed)) as pieces:
            async for piece in pieces:
                yield piece

    async def parts() -> AsyncGenerator[AsyncGenerator[bytes]]:
        yield part(SOURCES, _lines(_sources(sources, refs)))
        yield part(PRIORITIES, _lines(_priorities(priorities, refs)))
        yield part(RECORDS, _records(pool, user_id))
        filled = (each for each in series if each.filled)
        for code, of_metric in groupby(filled, key=lambda each: each.code):
            content = _samples(pool, queries.SAMPLES, user_id, list(of_metric), refs)
            yield part(f"{SAMPLES}{code}.jsonl", content)
        aside = [each for each in series if each.aside]
        yield part(QUARANTINE, _samples(pool, queries.ASIDE, user_id, aside, refs))
        for sha256 in sorted({each.sha256 for each in imports if each.stored}):
            found = await original(objects, objects.key(user_id, sha256)) if objects else None
            if found:
                content, packed = found
                yield part(ORIGINALS + sha256, content, packed=packed)
                stored.add(sha256)
        yield part(IMPORTS, _lines(_imports(imports, stored)))

    async with aclosing(parts()) as all_parts:
        async for pieces in all_parts:
            async with aclosing(pieces):
                async for piece in pieces:
                    yield piece
    yield made.finish()


def _told(sources: Sequence[SourceRow], priorities: Iterable[tuple[str | None, list[int]]]) -> list[SourceRow]:
    """All but the source of what is entered, which comes by itself with records, unless something was said of it."""
    needed = {each.merged_into for each in sources} | {source for _, order in priorities for source in order}
    return [
        each
        for each in sources
        if (each.app, each.device) != (SOURCE, None)
        or each.name is not None
        or each.ignored
        or each.merged_into is not None
        or each.source_id in needed
    ]


def _sources(sources: Sequence[SourceRow], refs: Mapping[int, int]) -> Iterable[Source]:
    for each in sources:
        yield Source(
            id=refs[each.source_id],
            app=each.app,
            device=each.device,
            device_kind=each.device_kind,
            name=each.name,
            ignored=each.ignored,
            merged_into=refs.get(each.merged_into) if each.merged_into is not None else None,
        )


def _priorities(priorities: Iterable[tuple[str | None, list[int]]], refs: Mapping[int, int]) -> Iterable[Priority]:
    for code, order in priorities:
        yield Priority(metric=code, sources=[refs[each] for each in order if each in refs])


def _imports(imports: Iterable[ImportRow], stored: set[str]) -> Iterable[Original]:
    for each in imports:
        yield Original(
            sha256=each.sha256,
            file=each.file,
            bytes=each.bytes,
            format=each.format,
            source=each.source,
            mapping=msgspec.json.decode(each.mapping) if each.mapping is not None else None,
            state=each.state,  # type: ignore[arg-type]  # the statement asks for these
            uploaded_at=each.created_at,
            stored=each.stored and each.sha256 in stored,
        )


def _line(item: msgspec.Struct) -> bytes:
    return msgspec.json.encode(item) + b"\n"


async def _lines(items: Iterable[msgspec.Struct]) -> AsyncGenerator[Piece]:
    for item in items:
        yield Piece(_line(item), 1)


async def _records(pool: Pool, user_id: UUID) -> AsyncGenerator[Piece]:
    async with aclosing(queries.records(pool, user_id)) as pages:
        async for page in pages:
            yield Piece(b"".join(map(_line, page)), len(page))


async def _samples(
    pool: Pool, statement: str, user_id: UUID, series: Iterable[SeriesRow], refs: Mapping[int, int]
) -> AsyncGenerator[Piece]:
    for each in series:
        lines = Lines(BY_CODE[each.code], refs[each.source_id], aside=statement == queries.ASIDE)
        async with aclosing(queries.samples(pool, statement, user_id, each.series_id)) as pages:
            async for columns in pages:
                for line in lines.add(columns):
                    yield Piece(_line(line), len(line.at_us))
        for line in lines.rest():
            yield Piece(_line(line), len(line.at_us))
