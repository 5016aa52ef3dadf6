"""The quickstart through the gateway, by a user who is deleted again: what `helm test` runs inside the cluster."""

# ruff: noqa: INP001, T201 - a script that says what it does

import json
import os
import secrets
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

GATEWAY = os.environ["GATEWAY"].rstrip("/")
HOST = os.environ.get("GATEWAY_HOST") or GATEWAY.split("//")[1]
SERVICES = os.environ["SERVICES"].split(",")
PATIENCE_S = 30


def ask(method: str, path: str, body: Any = None, token: str = "", *, form: bool = False) -> tuple[int, Any]:
    """Status and decoded answer of one request."""
    headers = {"Host": HOST, "Content-Type": "application/x-www-form-urlencoded" if form else "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else (urlencode(body) if form else json.dumps(body)).encode()
    request = urllib.request.Request(GATEWAY + path, data, headers, method=method)  # noqa: S310 - http, given by us
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return answer.status, _decoded(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, _decoded(error.read())


def _decoded(text: bytes) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text.decode(errors="replace")


def expect(status: int, what: str, answer: tuple[int, Any]) -> Any:
    """The decoded answer, or the end of the test with what came instead."""
    if answer[0] != status:
        sys.exit(f"{what}: expected {status}, got {answer[0]}: {answer[1]}")
    print(f"{what}: {status}", flush=True)
    return answer[1]


def await_that(what: str, look: Callable[[], Any]) -> None:
    """Look until there is something; events take a moment."""
    deadline = time.monotonic() + PATIENCE_S
    while not look():
        if time.monotonic() > deadline:
            sys.exit(f"{what}: not within {PATIENCE_S} s")
        time.sleep(0.3)
    print(what, flush=True)


def main() -> None:
    name, password = f"helm-test-{secrets.token_hex(4)}", secrets.token_urlsafe(18)
    user = {"username": name, "password": password}
    expect(201, "register", ask("POST", "/auth/register", user))
    token = expect(200, "log in", ask("POST", "/auth/login", user, form=True))["access_token"]
    try:
        if "health" in SERVICES:
            entry = {"username": name, "steps": 5000, "sleep_hours": 5.5, "weight": 70.0}
            shown = "" if os.environ.get("QUICKSTART") == "1" else token
            expect(201, "send health data", ask("POST", "/health-data", entry, shown))
        if {"health", "analytics"} <= {*SERVICES}:
            await_that("average steps are 5000", lambda: _average(token) == 5000)
        if {"health", "notification"} <= {*SERVICES}:
            await_that("a notification came", lambda: (ask("GET", "/notifications", token=token)[1] or {}).get("items"))
        if "dashboard" in SERVICES:
            expect(200, "health of the whole", ask("GET", "/health"))
        expect(404, "an unknown path", ask("GET", "/no-such-path"))
    finally:
        expect(202, "delete the user", ask("DELETE", "/users/me", token=token))


def _average(token: str) -> float | None:
    answer = ask("GET", "/analytics/steps", token=token)[1]
    return answer.get("average_steps") if isinstance(answer, dict) else None


if __name__ == "__main__":
    main()
