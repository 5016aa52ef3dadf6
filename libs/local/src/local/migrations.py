"""Which databases still need a migration: asked of them directly, since starting a service to ask takes a second."""

import importlib.util
import re
from pathlib import Path

import asyncpg

from contracts.services import Service

APPLIED = "SELECT version FROM schema_migrations"
WITH_TABLES = ("outbox", "chassis")
"""Libraries whose tables lie in every service's database."""
WITH_TABLES_FOR_FILES = ("imports",)
"""And those of the services that keep files."""


async def is_due(service: Service, dsn: str) -> bool:
    """Whether files of the service or of the libraries are newer than its database; True when nobody can tell."""
    needed = _versions(service)
    if needed is None:
        return True
    connection = await asyncpg.connect(dsn)
    try:
        applied = {row["version"] for row in await connection.fetch(APPLIED)}
    except asyncpg.UndefinedTableError:
        return True
    finally:
        await connection.close()
    return not needed <= applied


def _versions(service: Service) -> set[str] | None:
    found: set[str] = set()
    for name in (*WITH_TABLES, *(WITH_TABLES_FOR_FILES if service.keeps_files else ()), service.name):
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            return None
        folder = Path(spec.origin).parents[2] / "db" / "migrations"
        found |= {match[0] for file in folder.glob("*.sql") if (match := re.match(r"\d+", file.name))}
    return found
