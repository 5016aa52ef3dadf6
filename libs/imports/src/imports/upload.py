"""A multipart body straight to where it is to lie: nothing is spooled, and nothing of it is believed."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Generic, TypeVar

import msgspec
from litestar import Request
from multipart import (  # type: ignore[import-untyped]  # it brings no types
    MultipartError,
    MultipartSegment,
    ParserLimitReached,
    PushMultipartParser,
)

from chassis.problems import BadRequest, TooLarge, UnsupportedMediaType, invalid
from imports.unpack import shown

T = TypeVar("T")

LARGEST = 4 << 30
"""Bytes of a file."""
OVERHEAD = 1 << 20
"""What a body may have besides its file."""
FIELDS = 8
FIELD_BYTES = 64 << 10

Event = Any
"""A ``MultipartSegment`` begins a part, bytes are its content, None ends it."""
Pieces = AsyncIterator[bytes]


class Received(msgspec.Struct, Generic[T], frozen=True):
    """What a form held."""

    file: T
    name: str
    fields: dict[str, bytes]


async def receive(
    request: Request[Any, Any, Any], keep: Callable[[Pieces], Awaitable[T]], *, allowed: frozenset[str], most: int
) -> Received[T]:
    """Hand the field ``file`` to ``keep`` while it arrives; of the others only those allowed may be there."""
    parser = PushMultipartParser(_boundary(request), max_segment_count=FIELDS)
    events = _events(request.stream(), parser)
    files, fields = list[tuple[str, T]](), dict[str, bytes]()
    async for event in events:
        if not isinstance(event, MultipartSegment):
            continue
        if event.name == "file" and not files:
            files.append((_name(event.filename), await keep(_limited(events, most))))
        elif event.name in allowed and event.name not in fields:
            fields[event.name] = b"".join([piece async for piece in _limited(events, FIELD_BYTES)])
        else:
            raise invalid(f"/{event.name}", "is not a field of this form, or is there twice")
    if not files:
        raise invalid("/file", "is missing")
    name, file = files[0]
    return Received(file, name, fields)


def head(most: int) -> Callable[[Pieces], Awaitable[bytes]]:
    """Keep only the beginning of the file."""

    async def keep(pieces: Pieces) -> bytes:
        kept = bytearray()
        async for piece in pieces:
            kept += piece[: most - len(kept)]
        return bytes(kept)

    return keep


def _boundary(request: Request[Any, Any, Any]) -> str:
    kind, options = request.content_type
    if kind != "multipart/form-data":
        raise UnsupportedMediaType("send multipart/form-data with a field `file`")
    if not 1 <= len(boundary := options.get("boundary", "")) <= 200 or not boundary.isascii():
        raise BadRequest("multipart/form-data needs a boundary")
    return boundary


async def _events(stream: Pieces, parser: PushMultipartParser) -> AsyncIterator[Event]:
    before = OVERHEAD
    try:
        async for piece in stream:
            if piece:
                for event in parser.parse(piece):
                    before = 0
                    yield event
                if before and (before := before - len(piece)) <= 0:
                    raise BadRequest("the form does not begin")
        parser.close()
    except ParserLimitReached as error:
        raise TooLarge(f"the form is too large: {error}") from None
    except (MultipartError, UnicodeError) as error:
        raise BadRequest(f"the form cannot be read: {error}") from None


async def _limited(events: AsyncIterator[Event], most: int) -> Pieces:
    """The content of the part that has begun."""
    count = 0
    async for event in events:
        if not isinstance(event, bytes | bytearray):
            return
        count += len(event)
        if count > most:
            raise TooLarge(f"more than {most:,} bytes")
        yield bytes(event)


def _name(given: str | None) -> str:
    """What the sender calls the file, as a text to show."""
    return shown((given or "").replace("\\", "/").rpartition("/")[2]).strip()[:200] or "unnamed"
