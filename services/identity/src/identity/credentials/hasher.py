"""Argon2id in threads of its own: it takes 20 ms and 19 MiB a time, so only so many may wait for it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from chassis.problems import Unavailable
from identity.credentials.model import prepared

T = TypeVar("T")

THREADS = 2
MOST_WAITING = 64


class Hasher:
    """Hashes and checks passwords; ``close`` when done."""

    def __init__(self, *, most_waiting: int = MOST_WAITING) -> None:
        self._argon = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        self._nobodys = self._argon.hash(b"what is checked when there is no such user")
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="argon2")
        self._most_waiting = most_waiting
        self._waiting = 0

    async def hash(self, password: str) -> str:
        return await self._run(partial(self._argon.hash, prepared(password)))

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether it is the password. Without a hash it is not, which takes as long to say."""
        right = await self._run(partial(self._matches, password_hash or self._nobodys, prepared(password)))
        return right and password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        """Whether it was made with other parameters than today's."""
        return self._argon.check_needs_rehash(password_hash)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _matches(self, password_hash: str, password: bytes) -> bool:
        try:
            return self._argon.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= self._most_waiting:
            raise Unavailable("too many passwords wait to be checked", retry_after_s=2)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1
