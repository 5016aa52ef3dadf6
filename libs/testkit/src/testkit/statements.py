"""Every SQL constant of a package, checked by PostgreSQL itself: a typo or drift fails in seconds."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from types import ModuleType

import asyncpg

SQL = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH|VALUES|MERGE|LOCK|TRUNCATE|COPY)\b")
UNPREPARED = re.compile(r"\s*(LOCK|TRUNCATE|COPY)\b")
"""What PostgreSQL runs but does not prepare."""


def statements(package: ModuleType | str) -> Iterator[tuple[str, str]]:
    """Yield (``module.NAME``, SQL) for each upper-case constant of the package and its subpackages."""
    root = importlib.import_module(package) if isinstance(package, str) else package
    inside = pkgutil.walk_packages(root.__path__, f"{root.__name__}.") if hasattr(root, "__path__") else ()
    names = [root.__name__, *(each.name for each in inside if not each.name.endswith(".__main__"))]
    for name in names:
        for constant, value in vars(importlib.import_module(name)).items():
            if constant.isupper() and isinstance(value, str) and SQL.match(value) and not UNPREPARED.match(value):
                yield f"{name}.{constant}", value


async def prepare_all(package: ModuleType | str, dsn: str) -> int:
    """PREPARE them all against a migrated database; returns how many, AssertionError names every bad one."""
    wrong, count = list[str](), 0
    db = await asyncpg.connect(dsn)
    try:
        for name, sql in statements(package):
            count += 1
            try:
                await db.prepare(sql)
            except asyncpg.PostgresError as error:
                wrong.append(f"{name}: {error}")
    finally:
        await db.close()
    assert not wrong, "\n".join(wrong)
    return count
