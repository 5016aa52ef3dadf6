"""Install, test, upgrade with a changed value, roll back."""

from tests.cluster.kit import DEPLOYMENTS, SERVICES, Kubernetes


def test_everything_is_ready_and_helm_test_is_green(fitmesh: Kubernetes) -> None:
    ready = {item["metadata"]["name"]: item["status"].get("readyReplicas", 0) for item in fitmesh.items("deployments")}
    assert ready == dict.fromkeys(DEPLOYMENTS, 2) | {"object-store": 1}
    said = fitmesh.run("helm", "test", "fitmesh", "-n", fitmesh.namespace, "--timeout", "2m", "--logs")
    assert "Phase:          Succeeded" in said
    assert "average steps are 5000" in said
    assert "a notification came" in said


def test_an_upgrade_changes_what_was_asked_and_a_rollback_takes_it_back(fitmesh: Kubernetes) -> None:
    def level() -> str:
        [container] = fitmesh.get("deployment", "dashboard")["spec"]["template"]["spec"]["containers"]
        return next(env["value"] for env in container["env"] if env["name"] == "LOG_LEVEL")

    assert level() == "INFO"
    fitmesh.deploy("dashboard.config.LOG_LEVEL=DEBUG")
    assert level() == "DEBUG"
    fitmesh.run("helm", "rollback", "fitmesh", "-n", fitmesh.namespace, "--wait", "--timeout", "3m")
    assert level() == "INFO"
    fitmesh.settle("dashboard")


def test_the_services_installed_are_known_to_each(fitmesh: Kubernetes) -> None:
    code = "import json, os; print(json.dumps(os.environ['SERVICES'].split(',')))"
    assert fitmesh.python("deploy/identity", code) == sorted(SERVICES)


def test_a_missing_secret_is_named_by_an_event_and_nothing_is_replaced(fitmesh: Kubernetes) -> None:
    before = {pod["metadata"]["uid"] for pod in fitmesh.pods()}
    fitmesh.deploy("analytics.serviceSecret.existingSecret=no-such-secret", timeout="15s", check=False)
    said = [event["message"] for event in fitmesh.items("events")]
    assert any('secret "no-such-secret" not found' in message for message in said), said
    assert {pod["metadata"]["uid"] for pod in fitmesh.pods()} == before
    fitmesh.run("helm", "rollback", "fitmesh", "-n", fitmesh.namespace, "--wait", "--timeout", "3m")
