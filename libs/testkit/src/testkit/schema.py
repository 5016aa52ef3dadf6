"""``python -m testkit.schema write|check``: the schema of every service's database, as its migrations leave it."""

import importlib
import re
import subprocess
import sys
from pathlib import Path

from chassis.service import Service
from local import account
from local.plan import installed
from local.postgres import find_binaries
from testkit.nodes import Nodes
from testkit.running import migrated
from testkit.signer import Signer

SERVER_WROTE = re.compile(r"^(-- Dumped .*|\\(un)?restrict .*|SET .*|SELECT pg_catalog.set_config.*)\n", re.MULTILINE)
"""What differs between servers and says nothing of the schema."""


def dump(service: Service, nodes: Nodes) -> str:
    """The migrated database as SQL, without owners and grants."""
    command = [str(find_binaries(nodes.postgres.folder) / "pg_dump"), "--schema-only", "--no-owner", "--no-privileges"]
    command += ["--no-comments", nodes.postgres.superuser_dsn(service.name)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 - our own program
    return re.sub(r"\n{3,}", "\n\n", SERVER_WROTE.sub("", printed)).strip() + "\n"


def committed(service: Service) -> Path:
    """Where the dump of a service lies."""
    return service.migrations[-1].parent / "schema.sql"


def main() -> int:
    """Write the dumps, or name those that differ; the exit status is how many do."""
    signer, differing = Signer(), 0
    with account.scratch_folder() as folder:
        nodes = Nodes.start(folder)
        try:
            for name in (one.name for one in installed()):
                service: Service = importlib.import_module(f"{name}.app").SERVICE
                migrated(service, nodes, signer)
                found, file = dump(service, nodes), committed(service)
                if sys.argv[1:] == ["write"]:
                    file.write_text(found)
                elif not file.exists() or file.read_text() != found:
                    differing += 1
                    print(f"{file} is not what the migrations make: run `make contracts`")  # noqa: T201 - a command
        finally:
            nodes.stop()
            signer.close()
    return differing


if __name__ == "__main__":
    sys.exit(main())
