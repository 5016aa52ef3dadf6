"""The supervisor with fake services before real servers: start, crash, stop, and what a killed one leaves."""

import json
import socket
import stat
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local import account, ports, records
from local.failure import Failure
from local.keeper import FIRST_DELAY_S
from local.plan import Plan
from local.supervisor import Supervisor

said: list[str] = []


@pytest.fixture(scope="module")
def running(a_plan: Callable[..., Plan]) -> Iterator[Supervisor]:
    with account.scratch_folder() as folder:
        supervisor = Supervisor(a_plan(folder, "identity", "health", "dashboard"), said.append)
        supervisor.start()
        try:
            yield supervisor
        finally:
            supervisor.stop()


def test_runs_split_services_as_two_processes(running: Supervisor) -> None:
    assert set(running.processes) == {
        "postgres",
        "rabbitmq",
        "identity",
        "health",
        "health-worker",
        "dashboard",
        "gateway",
    }
    assert all(running.process(name).pid for name in running.processes)


def test_uploads_lie_where_only_their_owner_looks(running: Supervisor) -> None:
    assert stat.S_IMODE(running.plan.objects.stat().st_mode) == 0o700
    assert running.plan.objects.parent == running.plan.folder, "which `make clean` forgets"


def test_gateway_leads_to_the_service_that_owns_the_path(running: Supervisor) -> None:
    seen = fetch(
        running, "/health-data", {"X-User-Id": "admin", "X_User_Id": "admin", "traceparent": "x", "Accept": "a/b"}
    )
    names = {name.lower() for name in seen["headers"]}
    assert seen["argv"] == ["api"]
    assert "accept" in names
    assert not names & {"x-user-id", "x_user_id", "traceparent"}


def test_a_crashed_process_is_started_again_after_a_pause(running: Supervisor) -> None:
    keeper = running.process("health-worker")
    before, restarts, killed_at = keeper.pid, keeper.restarts, time.monotonic()
    keeper.kill()
    wait_until(lambda: keeper.restarts == restarts + 1 and keeper.state == "running")
    assert time.monotonic() - killed_at >= FIRST_DELAY_S
    assert keeper.pid != before
    assert any("health-worker was ended by signal 9" in line for line in said)
    running.wait_ready(10)


@pytest.mark.parametrize("server", ["postgres", "rabbitmq"])
def test_a_killed_server_comes_back(running: Supervisor, server: str) -> None:
    keeper = running.process(server)
    before = keeper.pid
    keeper.kill()
    wait_until(lambda: keeper.state == "running" and keeper.pid != before, seconds=20)
    wait_until(lambda: not ports.is_free(running.plan.server_port(server)), seconds=20)


def test_records_tell_what_runs(running: Supervisor) -> None:
    found = {record.name: record for record in records.read_all(running.plan.runs)}
    assert {"postgres", "rabbitmq", "epmd", "gateway", "identity"} <= set(found)
    assert found["identity"].find() is not None


def test_a_taken_port_is_named(folder: Path, a_plan: Callable[..., Plan]) -> None:
    plan = a_plan(folder, "identity")
    sentence = rf"port {plan.gateway_port} \(the gateway\) is taken .* set FITMESH_PORT"
    with socket.create_server(("127.0.0.1", plan.gateway_port)), pytest.raises(Failure, match=sentence):
        Supervisor(plan, said.append).start()


def test_failed_migrations_end_everything(
    folder: Path, a_plan: Callable[..., Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_MIGRATE_CODE", "3")
    plan = a_plan(folder, "identity")
    supervisor = Supervisor(plan, said.append)
    with pytest.raises(Failure, match="migrations of identity failed"):
        supervisor.start()
    assert supervisor.processes == []
    assert all(ports.is_free(port) for _, port, _, _ in plan.all_ports())


def fetch(supervisor: Supervisor, path: str, headers: dict[str, str]) -> dict[str, Any]:
    request = urllib.request.Request(f"http://127.0.0.1:{supervisor.plan.gateway_port}{path}", headers=headers)
    with urllib.request.urlopen(request, timeout=5) as response:
        found: dict[str, Any] = json.load(response)
        return found


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)
