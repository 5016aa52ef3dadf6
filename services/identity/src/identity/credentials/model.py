"""What a password must be."""

import hashlib
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Annotated

import msgspec
from msgspec import Meta

SHORTEST = 8
MOST_BYTES = 1024
MOST_FAILURES = 10


class PasswordChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The old password, and the one that replaces it."""

    current_password: Annotated[str, Meta(max_length=MOST_BYTES)]
    new_password: Annotated[str, Meta(max_length=MOST_BYTES)]


def prepared(password: str) -> bytes:
    """The bytes that are hashed: all of them, in the one form of Unicode that every keyboard's spelling leads to."""
    return unicodedata.normalize("NFC", password).encode()


def faults(pointer: str, password: str, *, common_too: bool) -> Iterator[tuple[str, str]]:
    """Pointer and sentence for what is wrong with a new password; with ``common_too`` any well-known one will do."""
    if len(password) < SHORTEST:
        yield pointer, f"must have at least {SHORTEST} characters"
    elif len(prepared(password)) > MOST_BYTES:
        yield pointer, f"must have at most {MOST_BYTES} bytes"
    elif not common_too and password.lower() in common():
        yield pointer, "is one of the most common passwords"


def hash_of_name(username: str) -> bytes:
    """What is kept of a name that nobody may have: people type their password there."""
    return hashlib.sha256(username.encode()).digest()


@cache
def common() -> frozenset[str]:
    """Passwords that are tried first; source and licence lie beside the list."""
    return frozenset((resources.files(__package__) / "common_passwords.txt").read_text().split())
