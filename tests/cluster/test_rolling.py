"""Every Deployment is restarted twice while people use the product: nobody notices."""

from tests.cluster.kit import DEPLOYMENTS, Kubernetes, Load, browser, eventually


def test_nobody_notices_two_restarts_of_everything(fitmesh: Kubernetes) -> None:
    with Load(rate=50, users=10) as load:
        for _ in range(2):
            fitmesh.kubectl("rollout", "restart", *(f"deployment/{name}" for name in DEPLOYMENTS))
            fitmesh.settle()
    print(f"\n{load.sent} requests, {load.acknowledged.total()} writes, slowest {load.slowest_s:.2f} s")
    assert not load.failures, (len(load.failures), load.failures[:5])
    with browser() as client:
        eventually("every event arrives", lambda: load.arrived(client), within_s=60)
    for name in load.users:
        user = fitmesh.sql("identity", f"SELECT id FROM users WHERE username = '{name}'")[0][0]
        count = fitmesh.number("health", f"SELECT count(*) FROM health_record WHERE user_id = '{user}'")
        assert count == load.acknowledged[name]
    for service in ("health", "identity", "analytics", "notification"):
        assert fitmesh.number(service, "SELECT count(*) FROM outbox") == 0
