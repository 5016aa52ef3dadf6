"""The product as people meet it, through Traefik; and what must not be met there."""

import secrets
import time

import httpx
import pytest

from contracts.services import IDENTITY_HEADERS
from tests.cluster.kit import GATEWAY, SERVICES, Kubernetes, browser, eventually, new_user


@pytest.fixture
def client(fitmesh: Kubernetes):
    with browser() as client:
        yield client


def test_the_quickstart_works_letter_for_letter(client: httpx.Client) -> None:
    name = f"alice{secrets.token_hex(3)}"
    user = {"username": name, "password": "password123"}
    assert client.post("/auth/register", json=user).status_code == 201
    token = client.post("/auth/login", data=user).json()["access_token"]
    mine = {"Authorization": f"Bearer {token}"}
    sent = client.post("/health-data", json={"username": name, "steps": 5000, "sleep_hours": 5.5, "weight": 70.0})
    assert sent.status_code == 201
    eventually("averages", lambda: client.get("/analytics/steps", headers=mine).json()["average_steps"] == 5000)
    eventually("a notification", lambda: client.get("/notifications", headers=mine).json()["items"])


def test_every_route_is_accepted_and_resolved(fitmesh: Kubernetes) -> None:
    routes = fitmesh.items("httproutes")
    assert {route["metadata"]["name"] for route in routes} == {*SERVICES}
    for route in routes:
        [parent] = route["status"]["parents"]
        said = {condition["type"]: condition["status"] for condition in parent["conditions"]}
        assert said["Accepted"] == said["ResolvedRefs"] == "True", route["metadata"]["name"]


def test_the_whole_says_how_it_is(client: httpx.Client) -> None:
    answer = eventually("health", lambda: (a := client.get("/health")).status_code == 200 and a)
    assert answer.json()["status"] == "ok"


@pytest.mark.parametrize(
    "path", ["/metrics", "/livez", "/readyz", "/no-such-path", "/health-datax", "/identity.v1.Users/GetUser"]
)
def test_what_is_not_routed_is_not_found(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_another_host_is_not_served(fitmesh: Kubernetes) -> None:
    assert httpx.get(f"{GATEWAY}/.well-known/jwks.json", headers={"Host": "evil.example"}).status_code == 404


@pytest.mark.parametrize("port", [9100, 50051, 5432, 5672, 8080])
def test_edge_no_other_port_is_open(fitmesh: Kubernetes, port: int) -> None:
    """Only the gateway's two ports lead in from the node."""
    kinds = {item["metadata"]["name"]: item["spec"]["type"] for item in fitmesh.items("services")}
    assert {*kinds.values()} == {"ClusterIP"}
    with pytest.raises(httpx.TransportError):
        httpx.get(f"http://127.0.0.1:{port}/", timeout=2)


def test_edge_no_token_no_data(client: httpx.Client) -> None:
    assert client.get("/users/me").status_code == 401
    assert client.get("/health-data").status_code == 401


def test_edge_nobody_says_who_they_are_by_a_header(client: httpx.Client, fitmesh: Kubernetes) -> None:
    headers = dict.fromkeys(IDENTITY_HEADERS, "admin") | {"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}
    assert client.get("/users/me", headers=headers).status_code == 401
    problem = client.get("/users/me", headers=headers).json()
    assert problem.get("trace_id") != "a" * 32


def test_edge_a_body_too_large_is_refused(client: httpx.Client) -> None:
    _, mine = new_user(client)
    for path in ("/health-data", "/samples"):
        answer = client.post(
            path, content=b"x" * (17 * 1024 * 1024), headers=mine | {"Content-Type": "application/json"}
        )
        assert answer.status_code == 413


def test_edge_security_headers_are_set_and_the_server_is_not_named(client: httpx.Client) -> None:
    headers = client.get("/").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "server" not in headers


def test_edge_signing_in_too_often_is_slowed(client: httpx.Client) -> None:
    """The bucket holds 100 and gets 20 a second."""
    statuses = {client.get("/auth/login").status_code for _ in range(160)}
    assert 429 in statuses
    assert client.get("/.well-known/jwks.json").status_code == 200
    time.sleep(3)
