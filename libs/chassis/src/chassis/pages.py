"""Lists come in pages: ``{items, next_cursor}``, the cursor being base64url of the last item's [sort value, id]."""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Generic, TypeVar
from uuid import UUID

import msgspec
from litestar.params import QueryParameter
from msgspec import Meta

from chassis.problems import FieldError, InvalidValue

T = TypeVar("T")

Limit = Annotated[int, QueryParameter(ge=1, le=200, description="How many items at most.")]
CursorText = Annotated[
    str | None, QueryParameter(name="cursor", max_length=200, description="`next_cursor` of the page before.")
]


class Page(msgspec.Struct, Generic[T], frozen=True):
    """A piece of a list, newest first unless its endpoint says otherwise."""

    items: Sequence[T]
    next_cursor: str | None = None
    """Ask again with it for what follows; null at the end."""


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """Where the page before ended."""

    at: Annotated[datetime, Meta(tz=True)]
    id: UUID


END_OF_TIME = Cursor(datetime.fromisoformat("9999-01-01T00:00:00+00:00"), UUID(int=(1 << 128) - 1))


def after(cursor: str | None) -> Cursor:
    """Decode a cursor a client sent; without one, everything follows. InvalidValue if it is not one of ours."""
    if cursor is None:
        return END_OF_TIME
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return msgspec.json.decode(text, type=Cursor)
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        raise InvalidValue(errors=[FieldError("is not a cursor of this list", "?cursor")]) from None


def of(found: Sequence[T], limit: int, key: Callable[[T], Cursor]) -> Page[T]:
    """Cut ``limit`` + 1 found items to a page."""
    if len(found) <= limit:
        return Page(found)
    items = found[:limit]
    text = base64.urlsafe_b64encode(msgspec.json.encode(key(items[-1]))).rstrip(b"=").decode()
    return Page(items, text)
