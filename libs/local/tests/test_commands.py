"""``python -m local`` as a person meets it, with fake services."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from local import ports, records
from local.plan import Plan


class Terminal:
    """Runs ``python -m local`` for one plan and ends what is left of it."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._ups: list[subprocess.Popen[str]] = []
        self._environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(map(str, plan.search_path)),
            "FITMESH_FOLDER": str(plan.folder),
            "FITMESH_FIRST_PORT": str(plan.first_port),
            "FITMESH_PORT": str(plan.gateway_port),
            "FITMESH_SERVICES": ",".join(service.name for service in plan.services),
        }

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "local", command],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=60,
        )

    def up(self) -> tuple[subprocess.Popen[str], str]:
        """Start it and return it with what it said until it was up."""
        process = subprocess.Popen(
            [sys.executable, "-m", "local", "up"],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._ups.append(process)
        said = ""
        assert process.stdout is not None
        for line in process.stdout:
            said += line
            if "curl" in line:
                break
        return process, said

    def close(self) -> None:
        self.run("down")
        for process in self._ups:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()


@pytest.fixture
def terminal(folder: Path, a_plan: Callable[..., Plan]) -> Iterator[Terminal]:
    terminal = Terminal(a_plan(folder, "identity", "health"))
    try:
        yield terminal
    finally:
        terminal.close()


def test_up_status_second_up_and_ctrl_c(terminal: Terminal) -> None:
    process, said = terminal.up()
    assert re.search(r"Fitmesh is up after \d+\.\d s \(identity, health\)", said)
    assert "quickstart   ON" in said
    assert f"http://localhost:{terminal.plan.gateway_port}/" in said

    table = terminal.run("status")
    assert table.returncode == 0
    assert re.search(r"^health-worker +\d+ sleeping +0 +\d+\.\d$", table.stdout, re.MULTILINE)
    assert re.search(r"^all +[\d.]+$", table.stdout, re.MULTILINE)

    again = terminal.run("up")
    assert again.returncode == 1
    assert "already runs" in again.stdout

    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=40)
    assert process.returncode == 0
    assert rest.splitlines()[-1] == "stopped"
    assert '"event": "stopped"' in terminal.plan.log("health-worker").read_text()
    assert all(ports.is_free(port) for _, port, _, _ in terminal.plan.all_ports())
    assert terminal.run("status").returncode == 1
    assert "nothing runs" in terminal.run("down").stdout


def test_a_killed_supervisor_leaves_nothing_that_the_next_one_cannot_end(terminal: Terminal) -> None:
    process, _ = terminal.up()
    process.kill()
    process.communicate()
    left = [found for record in records.read_all(terminal.plan.runs) if (found := record.find())]
    assert len(left) >= 6

    second, said = terminal.up()
    assert "ended what an earlier run left behind" in said
    assert not any(records.is_alive(one) for one in left)

    second.kill()
    second.communicate()
    assert "ended what was left" in terminal.run("down").stdout
    assert all(ports.is_free(port) for _, port, _, _ in terminal.plan.all_ports())


def test_a_foreign_process_with_a_recorded_pid_is_left_alone(folder: Path) -> None:
    records.write(folder, records.Record("postgres", os.getpid(), psutil.Process().create_time() - 100))
    assert records.end_orphans(folder) == []
    assert list(folder.glob("*.json")) == []
