"""Once an hour: files that no import names any more, and uploads that were cut off by a killed process."""

from uuid import UUID

import structlog

from chassis import Runtime
from chassis.database import connected
from imports import queries
from imports.door import objects_of
from imports.objects import Objects
from imports.runner import Named, free, nobody

log = structlog.get_logger()


async def sweep(runtime: Runtime, service: str, named: Named = nobody) -> int:
    """Remove what is older than a day and belongs to nobody; returns how many files."""
    if runtime.settings.object_store_url is None:
        return 0
    objects = objects_of(runtime.settings, service)
    async with connected(runtime.worker) as db:
        expired = await db.fetch(queries.EXPIRE)
    for row in expired:
        await free(runtime, service, row["user_id"], row["id"], named)
    count = objects.sweep_staged()
    async for keys in objects.older():
        nameless = set(keys) - await _named(runtime, objects, keys, named)
        await objects.delete(*nameless)
        count += len(nameless)
    if count:
        log.info("objects.swept", files=count)
    return count


async def _named(runtime: Runtime, objects: Objects, keys: list[str], named: Named) -> set[str]:
    owned = [(UUID(user), sha256) for _, user, sha256 in (key.rsplit("/", 2) for key in keys) if user != "incoming"]
    if not owned:
        return set()
    async with connected(runtime.worker) as db:
        rows = await db.fetch(queries.NAMED, *zip(*owned, strict=True))
        wanted = {(row["user_id"], row["sha256"]) for row in rows} | await named(db, owned)
    return {objects.key(*each) for each in wanted}
