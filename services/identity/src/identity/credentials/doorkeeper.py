"""Asks for the password of an account, and takes no answer for a while after ten wrong ones."""

import asyncio
import math
from uuid import UUID
from weakref import WeakValueDictionary

from asyncpg import Pool

from chassis.database import connected
from chassis.problems import TooManyRequests, Unauthorized
from identity.credentials import queries
from identity.credentials.hasher import Hasher
from identity.credentials.model import hash_of_name
from identity.credentials.queries import Found


class WrongPassword(Unauthorized):
    """Username or password is wrong."""


class TooManyWrongPasswords(TooManyRequests):
    """Too many wrong passwords for this account; try again later."""


class Doorkeeper:
    """Checks passwords of one account one after the other, so that no burst gets in more tries than ten."""

    def __init__(self, pool: Pool, hasher: Hasher, window_s: int) -> None:
        self._pool = pool
        self._hasher = hasher
        self._window_s = window_s
        self._locks: WeakValueDictionary[bytes, asyncio.Lock] = WeakValueDictionary()

    async def admit(self, username: str, password: str) -> UUID:
        """Return whose password it is. WrongPassword, the same for a name nobody has; TooManyWrongPasswords."""
        name = hash_of_name(username)
        async with self._locks.setdefault(name, asyncio.Lock()):
            async with connected(self._pool) as db:
                found = await queries.find(db, username, name)
            if found.blocked_s is not None:
                raise TooManyWrongPasswords(retry_after_s=math.ceil(found.blocked_s))
            right = await self._hasher.verify(found.password_hash, password)
            async with connected(self._pool) as db:
                if right:
                    await queries.forgive(db, name)
                else:
                    await queries.count_failure(db, name, self._window_s)
        if not right or found.user_id is None:
            raise WrongPassword
        await self._renew(found, password)
        return found.user_id

    async def _renew(self, found: Found, password: str) -> None:
        if found.user_id and found.password_hash and self._hasher.is_outdated(found.password_hash):
            better = await self._hasher.hash(password)
            async with connected(self._pool) as db:
                await queries.rehash(db, found.user_id, found.password_hash, better)
