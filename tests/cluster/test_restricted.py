"""What a pod may do to its node and to itself: as little as Kubernetes' strictest level asks."""

import subprocess

from tests.cluster.kit import DEPLOYMENTS, Kubernetes


def test_the_namespace_admits_restricted_pods_only(fitmesh: Kubernetes) -> None:
    labels = fitmesh.get("namespace", fitmesh.namespace)["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    command = ["kubectl", "-n", fitmesh.namespace, "run", "root", "--image=postgres:18", "--dry-run=server"]
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert refused.returncode
    assert "violates PodSecurity" in refused.stderr


def test_no_pod_runs_as_root_writes_its_root_or_holds_a_token(fitmesh: Kubernetes) -> None:
    code = """
import json, os, pathlib
def writes(path):
    try:
        pathlib.Path(path, "probe").write_text("x")
        return True
    except OSError:
        return False
found = {name: writes(path) for name, path in (("root", "/"), ("app", "/app"), ("tmp", "/tmp"))}
token = os.path.exists("/var/run/secrets/kubernetes.io/serviceaccount/token")
print(json.dumps(found | {"uid": os.getuid(), "token": token}))
"""
    for name in DEPLOYMENTS:
        found = fitmesh.python(f"deploy/{name}", code)
        assert found == {"uid": 10001, "root": False, "app": False, "tmp": True, "token": False}, name


def test_no_secret_stands_in_the_environment_of_a_process(fitmesh: Kubernetes) -> None:
    secrets = {
        value
        for secret in fitmesh.items("secrets", "-l", "app.kubernetes.io/part-of=fitmesh")
        for key, value in secret["data"].items()
        if "password" in key or key in {"secret", "key-encryption-key"}
    }
    assert len(secrets) > 20
    code = """
import base64, json, os
print(json.dumps([base64.b64encode(value.encode()).decode() for value in os.environ.values()]))
"""
    for name in DEPLOYMENTS:
        assert not secrets & set(fitmesh.python(f"deploy/{name}", code)), name


def test_an_eviction_beyond_the_budget_is_refused(fitmesh: Kubernetes) -> None:
    answers = []
    for pod in fitmesh.pods("app.kubernetes.io/name=dashboard"):
        name = pod["metadata"]["name"]
        body = f'{{"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {{"name": "{name}"}}}}'
        path = f"/api/v1/namespaces/{fitmesh.namespace}/pods/{name}/eviction"
        command = ["kubectl", "create", "--raw", path, "-f", "-"]
        answers.append(subprocess.run(command, input=body, capture_output=True, text=True, check=False))
    assert [answer.returncode == 0 for answer in answers] == [True, False]
    assert "disruption budget" in answers[1].stderr
    fitmesh.settle("dashboard")


def test_metrics_of_every_pod_can_be_read(fitmesh: Kubernetes) -> None:
    code = """
import json, urllib.request
from prometheus_client.parser import text_string_to_metric_families
text = urllib.request.urlopen("http://127.0.0.1:9100/metrics").read().decode()
print(json.dumps([family.name for family in text_string_to_metric_families(text)]))
"""
    for name in DEPLOYMENTS:
        assert {"process_resident_memory_bytes"} <= set(fitmesh.python(f"deploy/{name}", code)), name
