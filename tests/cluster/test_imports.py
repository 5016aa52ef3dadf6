"""Files of other trackers: through the gateway into the object store, read by a worker, taken back again."""

from datetime import date
from typing import Any

import httpx
import pytest

from tests.cluster.kit import Kubernetes, apple_export, browser, eventually, new_user, rides, upload


@pytest.fixture
def client(fitmesh: Kubernetes):
    with browser() as client:
        yield client


def state(client: httpx.Client, mine: dict[str, str], where: str) -> dict[str, Any]:
    found = client.get(where, headers=mine)
    assert found.status_code == 200, found.text
    return found.json()


def ended(client: httpx.Client, mine: dict[str, str], where: str, expected: str = "finished") -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        found = state(client, mine, where)
        assert found["state"] not in {"failed", "partial"}, found
        return found if found["state"] == expected else None

    return eventually(expected, look, within_s=180)


def steps(client: httpx.Client, mine: dict[str, str], dates: list[date]) -> list[float | None]:
    """What each day comes to; None where nothing is left."""
    asked = {"from": dates[0].isoformat(), "to": dates[-1].isoformat(), "metrics": "steps"}
    items = client.get("/days", params=asked, headers=mine).json()["items"]
    return [item["value"] for item in items if item["value"] is not None]


def stored(fitmesh: Kubernetes, name: str) -> int:
    """How many samples a user has."""
    count = "SELECT count(*) FROM sample JOIN series USING (series_id) WHERE user_id"
    return fitmesh.number("health", f"{count} = '{fitmesh.user_id(name)}'")


def test_a_file_is_read_counts_once_and_can_be_taken_back(client: httpx.Client, fitmesh: Kubernetes) -> None:
    """Two devices that counted the same walks: one of them counts. Undo reaches the other services too."""
    name, mine = new_user(client)
    content, dates = apple_export("Watch", "Phone", days=3, records=24)
    where = upload(client, mine, content)
    assert ended(client, mine, where)["counts"]["inserted"] == 2 * 3 * 24
    eventually("days", lambda: steps(client, mine, dates) == [240, 240, 240])
    eventually("averages", lambda: client.get("/analytics/steps", headers=mine).json()["average_steps"] == 240)
    eventually("a notification", lambda: client.get("/notifications", headers=mine).json()["items"])
    assert client.get(f"{where}/file", headers=mine).content == content
    assert client.get(where, headers=new_user(client)[1]).status_code == 404

    again = ended(client, mine, upload(client, mine, content))
    assert again["counts"].get("inserted", 0) == 0
    assert client.post(f"{where}/undo", headers=mine).status_code == 202
    ended(client, mine, where, "undone")
    eventually("no days", lambda: steps(client, mine, dates) == [])
    eventually("no average", lambda: client.get("/analytics/steps", headers=mine).json()["average_steps"] is None)
    assert stored(fitmesh, name) == 0


def test_a_recording_becomes_a_workout_wherever_it_is_sent(client: httpx.Client, fitmesh: Kubernetes) -> None:
    """To the workout service, and to health, which hands it on through the store; there is one workout, and one day."""
    _, mine = new_user(client)
    content = rides(2, minutes=10)
    where = upload(client, mine, content, "/workouts/import")
    ended(client, mine, where)

    def workouts() -> list[dict[str, Any]]:
        return client.get("/workouts", headers=mine).json()["items"]

    assert [item["sport"] for item in workouts()] == ["cycling", "cycling"]
    yesterday = workouts()[0]["on_date"]
    asked = {"from": yesterday, "to": yesterday, "metrics": "exercise_time"}

    def minutes() -> Any:
        items = client.get("/days", params=asked, headers=mine).json()["items"]
        return items[0]["value"] if items else None

    eventually("time of the day", lambda: 9 < (minutes() or 0) <= 10)
    door = upload(client, mine, content)
    ended(client, mine, door)
    eventually("it was handed on", lambda: (state(client, mine, door)["workout"] or {}).get("state") == "finished")
    assert len(workouts()) == 2
    assert client.post(f"{door}/undo", headers=mine).status_code == 202
    ended(client, mine, door, "undone")
    assert client.post(f"{where}/undo", headers=mine).status_code == 202
    ended(client, mine, where, "undone")
    eventually("no workouts", lambda: not workouts())
    eventually("no time of the day", lambda: minutes() is None)


def test_workers_that_are_killed_while_they_read_lose_and_double_nothing(
    client: httpx.Client, fitmesh: Kubernetes
) -> None:
    name, mine = new_user(client)
    content, dates = apple_export("Watch", days=100, records=2_880)
    print(f"\nan export of {len(content) >> 20} MiB, {100 * 2_880:,} records")
    where = upload(client, mine, content)
    eventually("it is being read", lambda: state(client, mine, where)["progress"]["records"] > 0, every_s=0.1)
    workers = fitmesh.pods("app.kubernetes.io/name=health,app.kubernetes.io/component=worker")
    victims = [pod["metadata"]["name"] for pod in workers]
    fitmesh.kubectl("delete", "pod", *victims, "--grace-period=0", "--force", "--wait=false")
    read = state(client, mine, where)
    print(f"killed after {read['progress']['records']:,} records")
    assert read["state"] == "running"
    assert ended(client, mine, where)["progress"]["records"] == 100 * 2_880
    assert stored(fitmesh, name) == 100 * 2_880
    eventually("days", lambda: steps(client, mine, dates) == [28_800.0] * 100, within_s=120)
    fitmesh.settle("health-worker")


def test_without_the_object_store_a_file_is_refused_and_the_rest_goes_on(
    client: httpx.Client, fitmesh: Kubernetes
) -> None:
    """What the stand-in held is gone afterwards, so this comes last."""
    _, mine = new_user(client)
    fitmesh.kubectl("scale", "deployment/object-store", "--replicas=0")
    fitmesh.kubectl("wait", "--for=delete", "pod", "-l", "app.kubernetes.io/name=object-store", "--timeout=60s")
    try:
        for path in ("/imports", "/workouts/import"):
            refused = client.post(path, files={"file": ("x.csv", b"date,steps\n")}, headers=mine, timeout=30)
            assert refused.status_code == 503
            assert refused.headers["Retry-After"]
        assert client.post("/health-data", json={"steps": 10}, headers=mine).status_code == 201
        assert client.get("/imports", headers=mine).json()["items"] == []
    finally:
        fitmesh.kubectl("scale", "deployment/object-store", "--replicas=1")
        fitmesh.settle("object-store")
    content, _ = apple_export("Watch", days=1, records=2)
    ended(client, mine, eventually("it takes files again", lambda: upload(client, mine, content)))
