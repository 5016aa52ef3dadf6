"""Server-Sent Events that resume: what is missed while away is read from the table, by id."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from uuid import UUID

import msgspec
from litestar.response import Stream

from chassis.problems import TooManyRequests
from outbox import Bell
from outbox.bell import rung

MOST_STREAMS = 5
COMMENT_S = 15


class Message(msgspec.Struct, frozen=True):
    """One event of a stream; ``id`` is where it can be taken up again."""

    id: str
    event: str
    data: bytes
    """One line of JSON."""


Since = Callable[[str], Awaitable[Sequence[Message] | None]]
"""What comes after an id, oldest first; None when the user may not follow any more."""


class Streams:
    """The open streams of a process: at most five a user, all closed at drain."""

    def __init__(self, bell: Bell) -> None:
        self._bell = bell
        self._open: Counter[UUID] = Counter()
        self._waiting: set[asyncio.Event] = set()
        self._closing = False

    def close(self) -> None:
        """End every stream, so that clients reconnect elsewhere."""
        self._closing = True
        for woken in self._waiting:
            woken.set()

    def stream(self, user_id: UUID, channel: str, last_id: str, since: Since) -> Stream:
        """Answer with everything after ``last_id``, then with what comes whenever the channel rings."""
        if self._open[user_id] >= MOST_STREAMS:
            raise TooManyRequests("too many open streams", retry_after_s=5)
        return Stream(
            self._events(user_id, channel, last_id, since),
            media_type="text/event-stream",
            headers={"cache-control": "no-store", "x-accel-buffering": "no"},
        )

    async def _events(self, user_id: UUID, channel: str, last_id: str, since: Since) -> AsyncIterator[bytes]:
        self._open[user_id] += 1
        crowded = self._open[user_id] > MOST_STREAMS  # others were let in before this one began
        async with self._bell.listening(channel) as woken:
            self._waiting.add(woken)
            try:
                yield b": welcome\n\n"
                while not (self._closing or crowded):
                    messages = await since(last_id)
                    if messages is None:
                        return
                    for message in messages:
                        last_id = message.id
                        yield b"id: %b\nevent: %b\ndata: %b\n\n" % (
                            message.id.encode(),
                            message.event.encode(),
                            message.data,
                        )
                    if not messages and not await rung(woken, at_most_s=COMMENT_S):
                        yield b": still here\n\n"
            finally:
                self._waiting.discard(woken)
                self._open[user_id] -= 1
                if not self._open[user_id]:
                    del self._open[user_id]
