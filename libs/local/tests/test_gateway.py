"""A real Traefik before one small server that tells what it was asked."""

import http.client
import json
import sys
from collections.abc import Callable, Iterator

import pytest

from local import account, gateway, readiness
from local.environment import settings_of
from local.keyring import Keyring
from local.plan import Plan
from local.process import Process, Recipe


@pytest.fixture(scope="module")
def plan(a_plan: Callable[..., Plan]) -> Iterator[Plan]:
    with account.scratch_folder() as folder:
        plan = a_plan(folder, "identity", "health", "dashboard")
        keyring = Keyring(folder / "secrets")
        processes = [
            Process(
                Recipe(
                    name=service.name,
                    command=(sys.executable, "-m", service.name),
                    log=plan.log(service.name),
                    environment=settings_of(plan, keyring, service),
                    grace_s=3,
                )
            )
            for service in plan.services
        ]
        command = gateway.build_command(gateway.write_files(plan))
        processes.append(Process(Recipe(name="gateway", command=tuple(command), log=plan.log("gateway"), grace_s=3)))
        try:
            for process in processes:
                process.start()
            urls = [(one.name, f"http://{plan.address(one, 'admin')}/readyz") for one in plan.services]
            assert readiness.wait_all([*urls, ("gateway", plan.ping_url)], 15) == []
            yield plan
        finally:
            for process in reversed(processes):
                process.stop()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/health", 200),
        ("/health/x", 404),
        ("/health-data", 200),
        ("/health-data/1?x=1", 200),
        ("/health-database", 404),
        ("/auth/login", 200),
        ("/imports", 200),
        ("/samples/stream", 200),
        ("/app/", 200),
        ("/appendix", 404),
        ("/ping", 404),
        ("/api/rawdata", 404),
        ("/metrics", 404),
        ("/readyz", 404),
        ("/workouts", 404),
        ("/users/..%2fmetrics", 400),
    ],
)
def test_paths(plan: Plan, path: str, status: int) -> None:
    assert ask(plan, path)[0] == status


def test_nobody_says_by_a_header_who_they_are(plan: Plan) -> None:
    sent = {"X-User-Id": "admin", "X_User_Id": "admin", "x.user.id": "admin", "Remote-User": "admin", "Baggage": "a=b"}
    _, _, body = ask(plan, "/health-data", sent | {"Authorization": "Bearer x", "Idempotency-Key": "k"})
    names = {name.lower() for name in body["headers"]}
    assert not names & {name.lower() for name in sent}
    assert {"authorization", "idempotency-key"} <= names


def test_forwarded_headers_of_clients_are_not_believed(plan: Plan) -> None:
    _, _, body = ask(
        plan, "/health-data", {"X-Forwarded-For": "9.9.9.9", "X-Forwarded-Proto": "https", "X-Real-Ip": "9.9.9.9"}
    )
    assert "9.9.9.9" not in json.dumps(body)
    assert body["headers"]["X-Forwarded-Proto"] == "http"


def test_answers_carry_security_headers(plan: Plan) -> None:
    _, headers, _ = ask(plan, "/")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Server" not in headers


def test_sign_in_is_limited_and_the_rest_is_not(plan: Plan) -> None:
    statuses = [ask(plan, "/auth/login")[0] for _ in range(5 * plan.auth_rate + 60)]
    assert statuses[: 5 * plan.auth_rate - 5] == [200] * (5 * plan.auth_rate - 5)
    assert 429 in statuses
    assert ask(plan, "/health-data")[0] == 200


def test_bodies_are_limited_but_where_they_stream(plan: Plan) -> None:
    """What is too large is refused by its length alone."""
    above = {"Content-Length": str(gateway.BODY_BYTES + 1)}
    assert ask(plan, "/samples", above, body=b"[")[0] == 413
    assert ask(plan, "/samples", body=bytes(gateway.BODY_BYTES))[0] == 200
    assert ask(plan, "/imports/preview", body=bytes(gateway.BODY_BYTES + 1))[0] == 200
    assert ask(plan, "/health-data/export", body=bytes(gateway.BODY_BYTES + 1))[0] == 200


def test_traefik_has_nothing_to_warn_of(plan: Plan) -> None:
    lines = [json.loads(line) for line in plan.log("gateway").read_text().splitlines() if line.startswith("{")]
    refused_bodies = [line for line in lines if line.get("middlewareName") == "body-size@file"]
    assert {line["level"] for line in lines if line not in refused_bodies} <= {"info", "debug"}


def ask(
    plan: Plan, path: str, headers: dict[str, str] | None = None, body: bytes | None = None
) -> tuple[int, http.client.HTTPMessage, dict]:
    connection = http.client.HTTPConnection("127.0.0.1", plan.gateway_port, timeout=5)
    try:
        connection.request("POST" if body else "GET", path, body, headers or {})
        response = connection.getresponse()
        body = response.read()
        return response.status, response.headers, json.loads(body) if response.status == 200 else {}
    finally:
        connection.close()
