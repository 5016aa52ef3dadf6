"""What breaks comes back, and what was acknowledged is there, once.

Clients do as they are told by a 503: they send again, under the same idempotency key.
"""

import time
from collections.abc import Callable

import pytest

from tests.cluster.kit import DEPLOYMENTS, SERVICES, Kubernetes, Load, Rig, browser, eventually

Check = Callable[[], object]


def survive(kubernetes: Kubernetes, break_it: Check, mended: Check) -> None:
    """Break something under load and wait until it is mended: every write is there once. Prints the time."""
    with Load(rate=30, users=6, reads=False, patience_s=120) as load:
        time.sleep(2)
        broken = time.monotonic()
        break_it()
        eventually("what was broken is back", mended, within_s=150)
        with browser() as client:
            eventually("all is well", lambda: client.get("/health").json()["status"] == "ok", within_s=90)
        well = time.monotonic() - broken
        time.sleep(3)
    with browser() as client:
        eventually("every acknowledged write arrives", lambda: load.arrived(client), within_s=90)
    refused = f"{len(load.refused)} refused, the last after {max(load.refused, default=broken) - broken:.1f} s"
    print(f"\n{load.acknowledged.total()} writes acknowledged, {refused}; all well after {well:.1f} s")
    assert not load.failures, load.failures[:5]
    assert load.acknowledged.total() > 50
    for name, count in load.acknowledged.items():
        stored = kubernetes.number(
            "health", f"SELECT count(*) FROM health_record WHERE user_id = '{kubernetes.user_id(name)}'"
        )
        assert stored == count


def replaced(kubernetes: Kubernetes, pod: str) -> tuple[Check, Check]:
    """What deletes a pod, and what tells that another of its name is ready."""
    old = kubernetes.get("pod", pod)["metadata"]["uid"]

    def ready() -> bool:
        found = kubernetes.get("pod", pod)
        return found["metadata"]["uid"] != old and found["status"]["containerStatuses"][0]["ready"]

    return lambda: kubernetes.kubectl("delete", "pod", pod, "--wait=false"), ready


def whole(kubernetes: Kubernetes) -> bool:
    """Whether every Deployment has all its pods."""
    found = {item["metadata"]["name"]: item["status"] for item in kubernetes.items("deployments")}
    return all(found[name].get("readyReplicas") == found[name]["replicas"] == 2 for name in DEPLOYMENTS)


def test_the_broker_goes_and_writes_go_on(fitmesh: Kubernetes) -> None:
    survive(fitmesh, *replaced(fitmesh, "rabbitmq-0"))


def test_the_database_goes_and_what_was_acknowledged_stays(fitmesh: Kubernetes) -> None:
    survive(fitmesh, *replaced(fitmesh, "postgres-0"))


def test_a_pod_of_every_service_is_killed(fitmesh: Kubernetes) -> None:
    victims = [fitmesh.pods(f"app.kubernetes.io/name={service}")[0]["metadata"]["name"] for service in SERVICES]

    def kill() -> None:
        fitmesh.kubectl("delete", "pod", *victims, "--grace-period=0", "--force", "--wait=false")

    survive(fitmesh, kill, lambda: whole(fitmesh))


def test_the_kubelet_is_restarted(fitmesh: Kubernetes, rig: Rig | None) -> None:
    if rig is None:
        pytest.skip("only the rig of CLUSTER can kill a kubelet")

    def restart() -> None:
        rig("kill", "kubelet")
        time.sleep(3)
        rig.up()

    survive(fitmesh, restart, lambda: whole(fitmesh))
