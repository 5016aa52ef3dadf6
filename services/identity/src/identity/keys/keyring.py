"""The signing keys of this process: read from the database, where they lie encrypted, and made when there are none."""

import asyncio
import os
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
from asyncpg import Connection, Pool
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from joserfc import jwt
from joserfc.jwk import RSAKey

from chassis.database import connected
from chassis.settings import SettingsError
from identity.keys import queries
from identity.keys.model import AT_ONCE

FRESH_S = 30
NONCE_BYTES = 12
BITS = 2048


class SigningKey(msgspec.Struct, frozen=True):
    """A key pair to publish, and whether its time to sign has come."""

    key: RSAKey
    signs: bool


class Keyring:
    """Signs tokens and tells the public keys; looks for new keys every half minute."""

    def __init__(self, pool: Pool, secret: bytes) -> None:
        self._pool = pool
        self._secret = secret
        self._keys: Sequence[SigningKey] = ()
        self._read_at = float("-inf")
        self._lock = asyncio.Lock()

    async def sign(self, claims: dict[str, Any]) -> str:
        """An access token (RFC 9068) with these claims."""
        keys = await self._current()
        key = ([known for known in keys if known.signs] or keys)[-1].key
        return jwt.encode({"alg": "RS256", "kid": key.kid, "typ": "at+jwt"}, claims, key)

    async def published(self) -> dict[str, Any]:
        """The public halves, as a JSON Web Key Set."""
        return {"keys": [known.key.as_dict(private=False) for known in await self._current()]}

    async def _current(self) -> Sequence[SigningKey]:
        async with self._lock:
            if time.monotonic() - self._read_at > FRESH_S:
                self._keys = await self._read() or await self._first()
                self._read_at = time.monotonic()
            return self._keys

    async def _read(self) -> Sequence[SigningKey]:
        async with connected(self._pool) as db:
            return await self._live(db)

    async def _first(self) -> Sequence[SigningKey]:
        async with connected(self._pool) as db, db.transaction():
            await queries.lock(db)
            if not await queries.live(db):
                await add(db, self._secret, signs_in=AT_ONCE)
            return await self._live(db)

    async def _live(self, db: Connection) -> Sequence[SigningKey]:
        rows = await queries.live(db)
        return [SigningKey(decrypted(self._secret, row["kid"], row["private"]), row["signs"]) for row in rows]


async def add(db: Connection, secret: bytes, *, signs_in: timedelta) -> str:
    """Make a key and store it encrypted; returns its id."""
    key = await asyncio.to_thread(_generated)
    nonce = os.urandom(NONCE_BYTES)
    kid = str(key.kid)
    private = nonce + AESGCM(secret).encrypt(nonce, key.as_pem(private=True), kid.encode())
    await queries.insert(db, kid, private, signs_in)
    return kid


def _generated() -> RSAKey:
    key = RSAKey.generate_key(BITS, {"use": "sig", "alg": "RS256"})
    key.ensure_kid()
    return key


def decrypted(secret: bytes, kid: str, private: bytes) -> RSAKey:
    """The key as it was stored; SettingsError when it was stored under another secret."""
    try:
        pem = AESGCM(secret).decrypt(private[:NONCE_BYTES], private[NONCE_BYTES:], kid.encode())
    except InvalidTag:
        raise SettingsError(["KEY_ENCRYPTION_KEY is not the one the signing keys lie under"]) from None
    return RSAKey.import_key(pem, {"kid": kid, "use": "sig", "alg": "RS256"})
