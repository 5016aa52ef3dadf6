"""Every Deployment is restarted twice while people use the product: nobody notices."""

from tests.cluster.kit import DEPLOYMENTS, Kubernetes, Load, browser, eventually


def test_nobody_notices_two_restarts_of_everything(fitmesh: Kubernetes) -> None:
    """One after the other, as two cores cannot start sixteen processes at once and serve beside it."""
    with Load(rate=50, users=10) as load:
        for _ in range(2):
            for name in DEPLOYMENTS:
                fitmesh.kubectl("rollout", "restart", f"deployment/{name}")
                fitmesh.settle(name)
    print(f"\n{load.sent} requests, {load.acknowledged.total()} writes, slowest {load.slowest_s:.2f} s")
    assert not load.failures, (len(load.failures), load.failures[:5])
    with browser() as client:
        eventually("every event arrives", lambda: load.arrived(client), within_s=60)
    for name, acknowledged in load.acknowledged.items():
        stored = fitmesh.number(
            "health", f"SELECT count(*) FROM health_record WHERE user_id = '{fitmesh.user_id(name)}'"
        )
        assert stored == acknowledged
    for service in ("health", "workout", "identity", "analytics", "notification"):
        waiting = f"{service}: outbox"
        eventually(
            waiting, lambda service=service: fitmesh.number(service, "SELECT count(*) FROM outbox") == 0, within_s=30
        )
