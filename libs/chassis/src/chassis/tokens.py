"""Access tokens: verified offline with identity's public keys, at most once a minute each."""

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, cast
from uuid import UUID

import aiohttp
import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization
from msgspec import Meta

from chassis.problems import Unauthorized, Unavailable

USERS = "fitmesh"
"""Audience of users' tokens."""
SERVICES = "fitmesh-internal"
"""Audience of services' tokens."""

FRESH_S = 600
STALE_S = 24 * 3600
REFETCH_S = 10
LEEWAY_S = 30
REMEMBERED_S = 60
REMEMBERED = 10_000
LONGEST = 8_192


class Claims(msgspec.Struct, frozen=True):
    """What a token says, once it is believed."""

    iss: str
    aud: str | list[str]
    sub: Annotated[str, Meta(max_length=100)]
    exp: int
    iat: int
    scope: str = ""
    preferred_username: str = ""
    sid: UUID | None = None
    epoch: int = 0
    nbf: int | None = None

    @property
    def is_service(self) -> bool:
        """Whether a service speaks for itself here, not a user."""
        audiences = self.aud if isinstance(self.aud, list) else [self.aud]
        return SERVICES in audiences and self.sub.startswith("service:")


class Caller(msgspec.Struct, frozen=True):
    """The user a request acts for."""

    user_id: UUID
    username: str
    scopes: frozenset[str]
    session_id: UUID | None
    epoch: int
    expires_at: int = 0
    """Second since 1970 at which the token ends; for what goes on after the request was let in."""


Fetch = Callable[[], Awaitable[dict[str, Any]]]


class Keys:
    """Identity's key set: kept 10 minutes, used for a day when identity is away, fetched by one at a time."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._keys: KeySet | None = None
        self._ids: frozenset[str] = frozenset()
        self._fetched_at = self._tried_at = float("-inf")
        self._lock = asyncio.Lock()

    async def having(self, kid: str) -> KeySet:
        """The keys, fetched anew when they are old or do not have ``kid``; Unavailable when there are none at all."""
        if self._must_fetch(kid):
            async with self._lock:
                if self._must_fetch(kid):
                    await self._refresh()
        if self._keys is None or time.monotonic() - self._fetched_at > STALE_S:
            raise Unavailable("the keys that verify tokens cannot be had", retry_after_s=2)
        return self._keys

    def _must_fetch(self, kid: str) -> bool:
        now = time.monotonic()
        if now - self._tried_at < (REFETCH_S if self._keys else 1):
            return False
        return kid not in self._ids or now - self._fetched_at > FRESH_S

    async def _refresh(self) -> None:
        try:
            found = await self._fetch()
        except (OSError, TimeoutError, aiohttp.ClientError, msgspec.MsgspecError):
            return
        finally:
            self._tried_at = time.monotonic()  # only now, so that whoever comes meanwhile waits for the outcome
        self._keys = KeySet.import_key_set(cast("KeySetSerialization", found))
        self._ids = frozenset(str(key.kid) for key in self._keys.keys)
        self._fetched_at = self._tried_at


def fetch_from(url: str) -> Fetch:
    """Read a key set by HTTP within 2 s."""

    async def fetch() -> dict[str, Any]:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session, session.get(url) as answer:
            answer.raise_for_status()
            return msgspec.json.decode(await answer.read(), type=dict[str, Any])

    return fetch


class Verifier:
    """Checks signature, type and claims of tokens; refusals are never remembered."""

    def __init__(self, keys: Keys, issuer: str) -> None:
        self._keys = keys
        self._issuer = issuer
        self._known: OrderedDict[bytes, tuple[float, Claims]] = OrderedDict()

    async def claims(self, token: str, audience: str) -> Claims:
        """Return what the token says, or raise Unauthorized."""
        digest = hashlib.blake2b(f"{audience} {token}".encode(errors="replace"), digest_size=16).digest()
        remembered = self._known.get(digest)
        if remembered and remembered[0] > time.time():
            return remembered[1]
        claims = await self._check(token, audience)
        self._known[digest] = (min(claims.exp + LEEWAY_S, time.time() + REMEMBERED_S), claims)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return claims

    async def _check(self, token: str, audience: str) -> Claims:
        kid = _header(token).get("kid")
        if not isinstance(kid, str):
            raise Unauthorized("the token names no key")
        keys = await self._keys.having(kid)
        try:
            decoded = jwt.decode(token, keys, algorithms=["RS256"])
            claims = msgspec.convert(decoded.claims, Claims)
        except (JoseError, msgspec.ValidationError, ValueError, KeyError, TypeError, RecursionError):
            raise Unauthorized("the token is not valid") from None
        now = time.time()
        audiences = claims.aud if isinstance(claims.aud, list) else [claims.aud]
        if decoded.header.get("typ") != "at+jwt" or claims.iss != self._issuer or audience not in audiences:
            raise Unauthorized("the token is not meant for this")
        if claims.exp < now - LEEWAY_S:
            raise Unauthorized("the token has expired")
        if max(claims.iat, claims.nbf or 0) > now + LEEWAY_S:
            raise Unauthorized("the token is not valid yet")
        return claims


def _header(token: str) -> dict[str, Any]:
    if len(token) > LONGEST or token.count(".") != 2:
        raise Unauthorized("the token is not valid")
    try:
        from joserfc.jws import extract_compact  # noqa: PLC0415

        return dict(extract_compact(token.encode()).headers())
    except (JoseError, ValueError, UnicodeError, RecursionError):
        raise Unauthorized("the token is not valid") from None


def caller_of(claims: Claims) -> Caller:
    """The user a token speaks for; Unauthorized if it speaks for a service."""
    try:
        user_id = UUID(claims.sub)
    except ValueError:
        raise Unauthorized("the token is not a user's") from None
    scopes = frozenset(claims.scope.split())
    return Caller(user_id, claims.preferred_username, scopes, claims.sid, claims.epoch, claims.exp)
