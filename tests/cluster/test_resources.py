"""Memory: printed for every pod at rest and under load, and compared with what the charts ask for."""

import re
import time

from tests.cluster.kit import DEPLOYMENTS, Kubernetes, Load, apple_export, browser, new_user, rides, upload

MIB = 1024 * 1024
SEEN = re.compile(
    r'^container_memory_working_set_bytes\{container="([^"]+)",namespace="fitmesh",pod="([^"]+)"\} (\S+)', re.MULTILINE
)


def memory_mib(kubernetes: Kubernetes) -> dict[str, float]:
    """Working set of the largest pod of each Deployment, as the kubelet counts it for limits."""
    counted: dict[tuple[str, str], float] = {}
    for node in kubernetes.items("nodes"):
        text = kubernetes.kubectl("get", "--raw", f"/api/v1/nodes/{node['metadata']['name']}/proxy/metrics/resource")
        for container, pod, used in SEEN.findall(text):
            counted[pod, container] = float(used) / MIB
    found: dict[str, float] = {}
    for pod in kubernetes.pods():
        labels = pod["metadata"]["labels"]
        service, component = labels["app.kubernetes.io/name"], labels["app.kubernetes.io/component"]
        name = f"{service}-worker" if component == "worker" else service
        found[name] = max(found.get(name, 0), counted.get((pod["metadata"]["name"], service), 0))
    return found


def mebibytes(quantity: str) -> float:
    number, unit = re.fullmatch(r"(\d+)(Mi|Gi)", quantity).groups()
    return int(number) * {"Mi": 1, "Gi": 1024}[unit]


def test_memory_fits_what_is_asked_for(fitmesh: Kubernetes) -> None:
    """Under load, while each worker of health and of workout reads one file after the other, of a user each."""
    rest = memory_mib(fitmesh)
    peak = dict(rest)
    content, _ = apple_export("Watch", days=100, records=2_880)
    recorded = rides(20, minutes=60)

    def look() -> None:
        for name, now in memory_mib(fitmesh).items():
            peak[name] = max(peak[name], now)

    with Load(rate=50, users=12, patience_s=20) as load, browser() as client:
        people = [new_user(client), new_user(client)]
        for _, token in people * 4:
            upload(client, token, content)
            look()
        for _, token in people * 4:
            upload(client, token, recorded, "/workouts/import")
            look()
        for _ in range(8):
            time.sleep(5)
            look()
    assert not load.failures
    print("\n| Deployment | at rest | under load | request | limit (MiB) |")
    wrong = []
    for name in DEPLOYMENTS:
        [container] = fitmesh.get("deployment", name)["spec"]["template"]["spec"]["containers"]
        request, limit = (mebibytes(container["resources"][part]["memory"]) for part in ("requests", "limits"))
        print(f"| {name} | {rest[name]:.0f} | {peak[name]:.0f} | {request:.0f} | {limit:.0f} |")
        if not 1.0 <= request / peak[name] <= 1.6 or limit <= peak[name]:
            wrong.append(name)
    assert not wrong
