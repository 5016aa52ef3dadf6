"""Sessions, and the tokens that carry them on."""

import base64
import binascii
import hmac
import struct
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

ACCESS_S = 600
SCOPE = "read write"
IDLE = timedelta(days=30)
LONGEST = timedelta(days=90)
GRACE = timedelta(seconds=10)
"""Two tabs that refresh at once are no theft: both get the same successor."""
MOST = 100
"""Sessions a user may have; the one unused for longest makes room."""

_HEAD = struct.Struct(">16s16sI")


class Login(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Name and password, as a form."""

    username: Annotated[str, Meta(max_length=256)]
    password: Annotated[str, Meta(max_length=1024)]


class RefreshRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The refresh token of the last answer."""

    refresh_token: Annotated[str, Meta(max_length=512)]


class Logout(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which sessions to end: this one, or all."""

    everywhere: bool = False


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """What a client shows from now on, and what it gets the next one with."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the name of a scheme
    expires_in: int = ACCESS_S
    """Seconds."""
    refresh_token: str


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A device that is logged in."""

    id: UUID
    client: str
    """As its User-Agent named it at login."""
    created_at: datetime
    used_at: datetime
    """When it last got a new access token."""
    expires_at: datetime
    current: bool
    """Is it the one that asks?"""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A session and its user, as they are while a refresh token of it is looked at."""

    seed: bytes
    generation: int
    in_grace: bool
    over: bool
    username: str
    sessions_epoch: int


class RefreshToken(msgspec.Struct, frozen=True):
    """The ``generation``-th refresh token of a session; the tag proves that we gave it out.

    The tag is an HMAC under identity's key and the session's seed: the database alone cannot make one, the key alone
    cannot either, and the successor of a token is the same however often it is asked for.
    """

    user_id: UUID
    session_id: UUID
    generation: int
    tag: bytes

    @classmethod
    def made(cls, secret: bytes, seed: bytes, user_id: UUID, session_id: UUID, generation: int) -> "RefreshToken":
        head = _HEAD.pack(user_id.bytes, session_id.bytes, generation)
        return cls(user_id, session_id, generation, hmac.digest(secret, seed + head, "sha256"))

    @classmethod
    def parsed(cls, text: str) -> "RefreshToken | None":
        """The token a client sent; None when it cannot be one."""
        try:
            data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            user_id, session_id, generation = _HEAD.unpack_from(data)
        except (binascii.Error, ValueError, struct.error):
            return None
        return cls(UUID(bytes=user_id), UUID(bytes=session_id), generation, data[_HEAD.size :])

    def __str__(self) -> str:
        head = _HEAD.pack(self.user_id.bytes, self.session_id.bytes, self.generation)
        return base64.urlsafe_b64encode(head + self.tag).rstrip(b"=").decode()

    def is_ours(self, secret: bytes, seed: bytes) -> bool:
        made = RefreshToken.made(secret, seed, self.user_id, self.session_id, self.generation)
        return hmac.compare_digest(made.tag, self.tag)

    def answer(self, standing: Standing) -> Literal["next", "same", "over", "reused"]:
        """What to do about it: give the next, give the same again, or refuse; one used before ends the session."""
        if standing.over:
            return "over"
        if self.generation == standing.generation:
            return "next"
        if self.generation == standing.generation - 1 and standing.in_grace:
            return "same"
        return "reused"


def claims(
    issuer: str, user_id: UUID, username: str, session_id: UUID, sessions_epoch: int, now: datetime
) -> dict[str, Any]:
    """What the access token of a session says."""
    return {
        "iss": issuer,
        "aud": "fitmesh",
        "sub": str(user_id),
        "preferred_username": username,
        "sid": str(session_id),
        "epoch": sessions_epoch,
        "scope": SCOPE,
        "iat": int(now.timestamp()),
        "exp": int(now.timestamp()) + ACCESS_S,
    }
