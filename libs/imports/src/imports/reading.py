"""What the reading processes of all services do alike: connect, read batches ahead, know whether readers changed."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TypeVar

import asyncpg
from asyncpg import Connection

from imports.child import Order

Batch = TypeVar("Batch")

STATEMENT_S = 60


class TakenOver(Exception):  # noqa: N818  no failure of this process
    """The import is not ours any more: cancelled, or taken up by another worker."""


async def connect(order: Order, **settings: str) -> Connection:
    """A connection to the service's database, with PostgreSQL ``settings`` of its own."""
    bounds = {"statement_timeout": f"{STATEMENT_S}s", "lock_timeout": "30s", "jit": "off"}
    db: Connection = await asyncpg.connect(
        **order.database,
        timeout=5,
        command_timeout=STATEMENT_S,
        server_settings={"application_name": f"{order.service}-import"} | bounds | settings,
    )
    return db


def digest(readers: ModuleType, *others: ModuleType) -> str:
    """Changes with the code of a package of readers, and with that of other modules."""
    code = hashlib.sha256()
    of_package = sorted(Path(readers.__file__ or "").parent.glob("*.py"))
    for file in (*of_package, *(Path(one.__file__ or "") for one in others)):
        code.update(file.read_bytes())
    return code.hexdigest()


async def ahead(batches: Iterator[Batch]) -> AsyncGenerator[Batch]:
    """The reader works in a thread on the next batch while this one is being written."""
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1) as one:  # always the same one: memory that threads free is kept for each of them
        coming = loop.run_in_executor(one, partial(next, batches, None))
        while (batch := await coming) is not None:
            coming = loop.run_in_executor(one, partial(next, batches, None))
            yield batch
