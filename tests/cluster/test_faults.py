"""What breaks comes back, and what was acknowledged is there."""

import time
from collections.abc import Callable

import pytest

from tests.cluster.kit import SERVICES, Kubernetes, Load, Rig, browser, eventually


def survive(kubernetes: Kubernetes, break_it: Callable[[], object], *, may_fail: bool) -> None:
    """Break something under load; afterwards everything acknowledged is there. Prints how long that took."""
    with Load(rate=30, users=6, reads=False) as load:
        time.sleep(2)
        broken = time.monotonic()
        break_it()
        with browser() as client:
            eventually("the gateway answers", lambda: client.get("/health").json()["status"] == "ok", within_s=150)
        recovered = time.monotonic() - broken
        time.sleep(2)
    with browser() as client:
        eventually("every acknowledged write arrives", lambda: load.arrived(client), within_s=90)
    print(f"\n{load.acknowledged.total()} writes acknowledged, {len(load.failures)} refused; well after {recovered:.1f} s")
    if not may_fail:
        assert not load.failures, load.failures[:5]
    assert load.acknowledged.total() > 50
    total = sum(
        kubernetes.number("health", f"SELECT count(*) FROM health_record WHERE user_id = '{user}'")
        for name in load.users
        for [user] in kubernetes.sql("identity", f"SELECT id FROM users WHERE username = '{name}'")
    )
    assert total >= load.acknowledged.total()


def test_the_broker_goes_and_writes_go_on(fitmesh: Kubernetes) -> None:
    survive(fitmesh, lambda: fitmesh.kubectl("delete", "pod", "rabbitmq-0", "--wait=false"), may_fail=False)


def test_the_database_goes_and_what_was_acknowledged_stays(fitmesh: Kubernetes) -> None:
    survive(fitmesh, lambda: fitmesh.kubectl("delete", "pod", "postgres-0", "--wait=false"), may_fail=True)


def test_a_pod_of_every_service_is_killed(fitmesh: Kubernetes) -> None:
    def kill() -> None:
        for service in SERVICES:
            pod = fitmesh.pods(f"app.kubernetes.io/name={service}")[0]["metadata"]["name"]
            fitmesh.kubectl("delete", "pod", pod, "--grace-period=0", "--force", "--wait=false")

    survive(fitmesh, kill, may_fail=True)
    fitmesh.settle()


def test_the_kubelet_is_restarted(fitmesh: Kubernetes, rig: Rig | None) -> None:
    if rig is None:
        pytest.skip("only the rig of CLUSTER can kill a kubelet")

    def restart() -> None:
        rig("kill", "kubelet")
        time.sleep(3)
        rig.up()

    survive(fitmesh, restart, may_fail=False)
