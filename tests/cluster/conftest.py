"""The product on a real Kubernetes: the one that KUBECONFIG names, or the rig that CLUSTER names, or none.

Images are built once, Fitmesh is installed once; modules run in the order below, the last takes everything away.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.kit import CHECKOUT, SERVICES, STAND_IN, TAG, Kubernetes, Rig

ORDER = (
    *(
        "test_images",
        "test_lifecycle",
        "test_accepted",
        "test_gateway",
        "test_imports",
        "test_restricted",
        "test_policies",
        "test_grpc",
        "test_resources",
    ),
    *("test_rolling", "test_faults", "test_migrations", "test_scaling", "test_uninstall", "test_skaffold"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = [item for item in items if item.path.parent == Path(__file__).parent]
    for item in here:
        item.add_marker("cluster")
    here.sort(key=lambda item: ORDER.index(item.path.stem))
    items[:] = [item for item in items if item not in here] + here


@pytest.fixture(scope="session")
def rig() -> Iterator[Rig | None]:
    """The script that starts a cluster on this machine, when there is one and nobody gave another cluster."""
    folder, given = os.environ.get("CLUSTER"), os.environ.get("KUBECONFIG")
    rig = Rig(Path(folder) / "cluster") if folder else None
    if rig is None or given:
        yield rig if rig and given == rig.kubeconfig else None
        return
    rig.down()
    rig.up()
    try:
        yield rig
    finally:
        rig.down()


@pytest.fixture(scope="session")
def kubernetes(rig: Rig | None) -> Kubernetes:
    if rig:
        rig.enter()
    if not os.environ.get("KUBECONFIG"):
        pytest.skip("neither KUBECONFIG names a cluster nor CLUSTER a rig that starts one")
    for program in ("kubectl", "helm"):
        if not shutil.which(program):
            pytest.skip(f"{program} is missing")
    return Kubernetes("fitmesh")


@pytest.fixture(scope="session")
def images(rig: Rig | None, kubernetes: Kubernetes) -> str:
    """Build every service's image and bring it into the cluster, unless they are there; the tag they carry."""
    if "FITMESH_TAG" in os.environ:
        return TAG
    if rig:
        rig.prepare()
        for service in SERVICES:
            rig.build(f"docker.io/fitmesh/{service}:{TAG}", service)
        rig("build", STAND_IN, "k8s/object-store", "--timestamp", "0")
        rig.load("docker.io/library/postgres:18", "docker.io/library/rabbitmq:4-management", STAND_IN)
        rig.load(*(f"docker.io/fitmesh/{service}:{TAG}" for service in SERVICES))
    else:  # kind on a laptop
        made = {STAND_IN: ["k8s/object-store"]}
        for service in SERVICES:
            recipe = [".", "-f", "services/Dockerfile", "--build-arg", f"SERVICE={service}"]
            made[f"docker.io/fitmesh/{service}:{TAG}"] = recipe
        for image, recipe in made.items():
            subprocess.run(["docker", "build", "-q", "-t", image, *recipe], cwd=CHECKOUT, check=True)
            subprocess.run(["kind", "load", "docker-image", image], check=True)
    return TAG


@pytest.fixture(scope="session")
def fitmesh(kubernetes: Kubernetes, images: str) -> Kubernetes:
    """Infrastructure and Fitmesh, ready."""
    kubernetes.run("kubectl", "apply", "-f", CHECKOUT / "k8s/namespace.yaml")
    kubernetes.run("python3", CHECKOUT / "k8s/make_secrets.py", "-n", kubernetes.namespace, "--objects")
    stand_in = ("--set=objectStore.enabled=true", f"--set=objectStore.image={STAND_IN}")
    kubernetes.install("infrastructure", *stand_in, timeout="4m")
    kubernetes.deploy(timeout="5m")
    return kubernetes
