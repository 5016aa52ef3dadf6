"""Memory: printed for every pod at rest and under load, and compared with what the charts ask for."""

import re
import time

from tests.cluster.kit import DEPLOYMENTS, Kubernetes, Load, Rig

MIB = 1024 * 1024


def memory_mib(kubernetes: Kubernetes) -> dict[str, float]:
    """Largest of each Deployment's pods: what the kernel cannot take back."""
    found: dict[str, float] = {}
    for pod in kubernetes.pods():
        labels = pod["metadata"]["labels"]
        service, component = labels["app.kubernetes.io/name"], labels["app.kubernetes.io/component"]
        name = f"{service}-worker" if component == "worker" else service
        text = kubernetes.kubectl("exec", pod["metadata"]["name"], "--", "cat", "/sys/fs/cgroup/memory.stat")
        stat = {key: int(value) for key, value in (line.split() for line in text.splitlines())}
        found[name] = max(found.get(name, 0), (stat["anon"] + stat["kernel"] + stat.get("shmem", 0)) / MIB)
    return found


def mebibytes(quantity: str) -> float:
    number, unit = re.fullmatch(r"(\d+)(Mi|Gi)", quantity).groups()
    return int(number) * {"Mi": 1, "Gi": 1024}[unit]


def test_memory_fits_what_is_asked_for(fitmesh: Kubernetes, rig: Rig | None) -> None:
    rest = memory_mib(fitmesh)
    peak = dict(rest)
    with Load(rate=60, users=12) as load:
        for _ in range(6):
            time.sleep(4)
            for name, now in memory_mib(fitmesh).items():
                peak[name] = max(peak[name], now)
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
