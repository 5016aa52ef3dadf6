"""A RabbitMQ node of our own: loopback only, no plugins, no user but those that definitions name."""

import contextlib
import json
import os
import secrets
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local import account
from local.failure import Failure
from local.ports import free_port
from local.process import Process, Recipe
from local.rabbitmq_packages import ERLANG

START_S = 90
GREETING = b"AMQP\x00\x00\x09\x01"
NOBODY_YET: Mapping[str, Any] = {"vhosts": [{"name": "fitmesh"}]}
"""Definitions of a new node: with any at all, RabbitMQ leaves out its default user ``guest``."""

CONFIGURATION = """\
listeners.tcp.default = 127.0.0.1:{port}
num_acceptors.tcp = 2
log.file = false
log.console = true
log.console.level = info
log.console.formatter = json
log.connection.level = error
log.ra.level = warning
vm_memory_high_watermark.absolute = 512MB
disk_free_limit.absolute = 256MB
definitions.import_backend = local_filesystem
definitions.local.path = {definitions}
"""


class RabbitMQ:
    """One node below ``folder``, with an epmd of its own; inner ports (distribution, epmd) are picked if not given."""

    def __init__(
        self,
        folder: Path,
        port: int,
        binaries: Path,
        *,
        inner_ports: tuple[int, int] | None = None,
        log: Path | None = None,
        run: Path | None = None,
    ) -> None:
        self.name = "rabbitmq"
        self.folder = folder
        self.port = port
        self.node = f"fitmesh{port}@localhost"
        self.definitions: Mapping[str, Any] = NOBODY_YET
        """Imported at every start, before the node listens."""
        self._scripts = _find_scripts(binaries)
        self._boot = folder / "definitions.json"
        self._environment = self._build_environment(binaries, inner_ports or (free_port(), free_port()))
        identity, log = account.identity(), log or folder / "rabbitmq.log"
        epmd = Recipe(
            name="epmd",
            command=(_find_epmd(binaries),),
            log=log,
            environment=self._environment,
            identity=identity,
            grace_s=2,
            run=run,
        )
        node = Recipe(
            name=self.name,
            command=(self._scripts / "rabbitmq-server",),
            log=log,
            environment=self._environment,
            folder=folder,
            identity=identity,
            grace_s=20,
            run=run,
        )
        self._epmd, self.process = Process(epmd), Process(node)

    @property
    def version(self) -> int:
        """The server's major version, on which queue arguments depend."""
        found = next(self._scripts.parent.glob("plugins/rabbit-*"))
        return int(found.name.removeprefix("rabbit-").split(".")[0])

    @property
    def pid(self) -> int:
        return self.process.pid

    def start(self) -> None:
        """Start the node and return when it greets AMQP clients; its definitions are in by then."""
        account.make_folder(self.folder)
        self._write_files()
        if not self._epmd.is_running:
            self._epmd.start()
        self.process.start()
        until = time.monotonic() + START_S
        while time.monotonic() < until and self.process.is_running:
            if self._greets():
                return
            time.sleep(0.05)
        self.stop()
        raise Failure(f"RabbitMQ did not start; the end of {self.process.log} says:\n{self.process.tail()}")

    def stop(self) -> None:
        self.process.stop()
        self._epmd.stop()

    def restart(self) -> None:
        self.process.stop()
        self.start()

    def kill(self) -> None:
        self.process.kill()

    def pause(self) -> None:
        self.process.pause()

    def resume(self) -> None:
        self.process.resume()

    def wait(self, seconds: float | None = None) -> int | None:
        return self.process.wait(seconds)

    def ctl(self, *arguments: str) -> str:
        """What ``rabbitmqctl`` prints; the program's own words when it fails."""
        done = subprocess.run(
            [str(self._scripts / "rabbitmqctl"), "--quiet", *arguments],
            env=self._environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=90,
            **account.identity(),
        )
        if done.returncode:
            raise Failure(f"rabbitmqctl {arguments[0]} failed: {done.stderr or done.stdout}")
        return done.stdout

    def load_definitions(self, definitions: Mapping[str, Any]) -> None:
        """Import into the running node, and again at its next starts."""
        self.definitions = definitions
        account.write_private(self._boot, json.dumps(definitions))
        self.ctl("import_definitions", str(self._boot))

    def _greets(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=2) as client:
            client.sendall(GREETING)
            return bool(client.recv(8))
        return False

    def _write_files(self) -> None:
        account.write_private(self._boot, json.dumps(self.definitions))
        account.write_private(
            self.folder / "rabbitmq.conf", CONFIGURATION.format(port=self.port, definitions=self._boot)
        )
        account.write_private(self.folder / "enabled_plugins", "[].\n")
        cookie = self.folder / ".erlang.cookie"
        if not cookie.exists():
            account.write_private(cookie, secrets.token_hex(20))

    def _build_environment(self, binaries: Path, inner_ports: tuple[int, int]) -> dict[str, str]:
        """``ALLOW_INPUT`` makes the script become the server instead of its parent, so that one pid means the node."""
        distribution_port, epmd_port = inner_ports
        loopback = "-kernel inet_dist_use_interface {127,0,0,1}"
        libraries = ":".join(str(path) for path in binaries.glob("usr/lib/*-linux-gnu"))
        return {
            "PATH": f"{_find_epmd(binaries).parent}:{os.environ.get('PATH', os.defpath)}",
            "HOME": str(self.folder),
            ERLANG: str(binaries / "usr/lib/erlang"),
            "LANG": "C.UTF-8",
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(epmd_port),
            "ERL_CRASH_DUMP_BYTES": "0",
            "RABBITMQ_ALLOW_INPUT": "true",
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "no-such-file"),
            "RABBITMQ_CTL_DIST_PORT_MAX": "36672",
            "RABBITMQ_CTL_ERL_ARGS": loopback,
            "RABBITMQ_DIST_PORT": str(distribution_port),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_NODENAME": self.node,
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"+S 1:1 +A 8 +sbwt none +sbwtdcpu none +sbwtdio none {loopback}",
            "RABBITMQ_SERVER_START_ARGS": "-noinput",
        } | ({"LD_LIBRARY_PATH": libraries} if libraries else {})


def _find_scripts(binaries: Path) -> Path:
    """The real scripts, not the wrappers of a distribution, which insist on an account of their own."""
    for pattern in ("usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin", "sbin"):
        for folder in binaries.glob(pattern):
            return folder
    raise Failure(f"there is no RabbitMQ in {binaries}: delete the folder and run `make up` again.")


def _find_epmd(binaries: Path) -> Path:
    for folder in (binaries / "usr/lib/erlang/bin", *sorted(binaries.parent.glob("erlang*/bin"))):
        if (folder / "epmd").exists():
            return folder / "epmd"
    raise Failure(f"there is no Erlang beside the RabbitMQ in {binaries}.")
