"""Services made of the standard library, enough to be supervised and to stand behind the gateway."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from contracts.services import BY_NAME, Service
from local import account, ports
from local.plan import Plan

MAIN = """
import json, os, signal, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

if sys.argv[1:] == ["migrate"]:
    sys.exit(json.loads(os.environ.get("FAKE_MIGRATE_CODE", "0")))

signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()
    def do_GET(self):
        body = json.dumps({"path": self.path, "headers": dict(self.headers), "argv": sys.argv[1:]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args):
        pass

names = ["ADMIN_PORT"] if sys.argv[1:] == ["worker"] else ["ADMIN_PORT", "HTTP_PORT"]
servers = [ThreadingHTTPServer((os.environ["BIND"], int(os.environ[name])), Handler) for name in names]
for server in servers:
    threading.Thread(target=server.serve_forever, daemon=True).start()
print(json.dumps({"event": "started", "level": "info", "arguments": sys.argv[1:]}), flush=True)
signal.sigwait([signal.SIGTERM])
print(json.dumps({"event": "stopped", "level": "info"}), flush=True)
"""


def write_package(folder: Path, name: str) -> None:
    """A package that runs like a service of that name."""
    package = folder / name
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(MAIN)


def a_plan(folder: Path, *names: str) -> Plan:
    """A plan for fake services of these names, on ports of its own."""
    first = ports.free_block()
    for name in names:
        write_package(folder / "packages", name)
    services: tuple[Service, ...] = tuple(BY_NAME[name] for name in names)
    return Plan(
        folder=folder / "state",
        services=services,
        first_port=first,
        gateway_port=first + ports.BLOCK - 1,
        durable=False,
        search_path=(folder / "packages",),
    )


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the servers' account can enter."""
    with account.scratch_folder() as path:
        yield path


@pytest.fixture(scope="session", name="a_plan")
def plan_builder() -> Callable[..., Plan]:
    return a_plan
