"""The API server takes every object of every profile, field by field; nothing of it is really made."""

import pytest

from tests.cluster.kit import CHECKOUT, SERVICES, Kubernetes

DRY = ("kubectl", "apply", "--server-side", "--force-conflicts", "--dry-run=server", "--validate=strict", "-f")
INGRESS = tuple(f"--set={service}.route.kind=Ingress" for service in SERVICES)


@pytest.mark.parametrize(
    "values",
    [*((f"-f=k8s/values/{name}.yaml",) for name in ("ci", "dev", "selfhost", "production")), INGRESS],
    ids=["ci", "dev", "selfhost", "production", "ingress"],
)
def test_a_profile(fitmesh: Kubernetes, values: tuple[str, ...]) -> None:
    rendered = fitmesh.run("helm", "template", "fitmesh", "charts/fitmesh", "-n", fitmesh.namespace, *values)
    fitmesh.run(*DRY, "-", "-n", fitmesh.namespace, feed=rendered)


@pytest.mark.parametrize("path", sorted((CHECKOUT / "k8s/production").glob("*.yaml")), ids=lambda path: path.stem)
def test_production(fitmesh: Kubernetes, path) -> None:
    fitmesh.run(*DRY, path, "-n", fitmesh.namespace)
