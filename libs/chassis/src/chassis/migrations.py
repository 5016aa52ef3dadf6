"""Bring a service's database to the schema its code needs."""

import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path
from urllib.parse import quote, urlencode

from chassis.service import Service
from chassis.settings import Settings


def versions(service: Service) -> frozenset[str]:
    """Numbers of the migrations this code needs."""
    return frozenset(
        match[0]
        for folder in service.migrations
        for file in folder.glob("*.sql")
        if (match := re.match(r"\d+", file.name))
    )


def migrate(service: Service, settings: Settings) -> int:
    """Run dbmate under its lock; returns its exit status. The URL with the password reaches only its environment."""
    user, password = settings.database_login("migrate")
    query = urlencode({"sslmode": settings.database_sslmode, "lock_timeout": "2000"})
    url = (
        f"postgres://{quote(user, safe='')}:{quote(password, safe='')}"
        f"@{settings.database_host}:{settings.database_port}/{settings.database_name}?{query}"
    )
    folders = [part for folder in service.migrations for part in ("-d", str(folder))]
    command = [dbmate(), "--no-dump-schema", "--migration-lock", "--wait", "--wait-timeout", "60s", *folders, "migrate"]
    return subprocess.run(command, env=os.environ | {"DATABASE_URL": url}, check=False).returncode  # noqa: S603


def dbmate() -> str:
    """Path of the program that the wheel brought."""
    for folder in (sysconfig.get_path("scripts"), Path(sys.executable).parent):
        if (found := Path(folder) / "dbmate").exists():
            return str(found)
    raise FileNotFoundError("dbmate is not installed in this environment")
