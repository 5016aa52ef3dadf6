"""``python -m imports.child <module>:<function>``: one import in a process of its own, within bounds.

What it is to do comes by its standard input, which stays open: when that ends, whoever asked is gone, and so is this.
It loads neither the web nor the broker, so that its memory is that of the file's reader.
"""

import importlib
import logging
import os
import resource
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import uvloop

from imports.objects import Access

log = logging.getLogger("imports")

NICE = 10
MEMORY_BYTES = 1 << 30
"""Address space, which is several times what is really used."""
CPU_S = 4 * 3600
OUT_OF_MEMORY = 4


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What the process is to do, and where."""

    import_id: int
    claim: int
    database: dict[str, Any]
    """Arguments of ``asyncpg.connect``."""
    objects: str
    """Address of the object store."""
    access: Access | None = None
    service: str
    quota: int = 1 << 62
    """Bytes that all files of the user may come to."""


Work = Callable[[Order], Awaitable[None]]


def main() -> None:
    """Do it; the exit status says whether it was brought to an end, not to which."""
    logging.basicConfig(format="%(levelname)s %(name)s %(message)s")
    module, _, name = sys.argv[1].partition(":")
    order = msgspec.json.decode(sys.stdin.buffer.readline(), type=Order)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _confine()
    work: Work = getattr(importlib.import_module(module), name)
    try:
        uvloop.run(_run(work, order))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


async def _run(work: Work, order: Order) -> None:
    await work(order)


def _end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(0)


def _confine() -> None:
    os.nice(NICE)
    for what, most in ((resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_CPU, CPU_S), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(what)
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


if __name__ == "__main__":
    main()
