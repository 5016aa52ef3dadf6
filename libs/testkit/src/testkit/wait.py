"""Wait for a condition, never for a time."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

T = TypeVar("T")


@overload
async def until(condition: Callable[[], Awaitable[T]], seconds: float = 60, pause_s: float = 0.02) -> T: ...
@overload
async def until(condition: Callable[[], T], seconds: float = 60, pause_s: float = 0.02) -> T: ...
async def until(condition: Callable[[], Any], seconds: float = 60, pause_s: float = 0.02) -> Any:
    """Return the first true answer of ``condition``; AssertionError with the last one when it takes longer."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        value = await answer if inspect.isawaitable(answer) else answer
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s; last answer: {value!r}")
        await asyncio.sleep(pause_s)
