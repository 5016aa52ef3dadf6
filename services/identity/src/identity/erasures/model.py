"""An erasure: asked for once, and finished when every installed service has answered."""

import hmac
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """How far an erasure has come. Its id says nothing of the user, and is all that is needed to ask again."""

    id: UUID
    state: Literal["running", "done"]
    requested_at: datetime
    done_at: datetime | None
    waiting: tuple[str, ...]
    """Services that have not answered yet."""
    rows_erased: dict[str, int]
    """By service that has answered."""


def keyed(key: bytes, what: UUID | str) -> bytes:
    """A hash that only identity can make: of a user's id, kept for ever, or of a name, kept while services answer."""
    return hmac.digest(key, str(what).encode(), "sha256")
