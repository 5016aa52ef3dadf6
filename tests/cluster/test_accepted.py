"""The API server takes every object of every profile, field by field; nothing of it is really made."""

from collections.abc import Iterator

import pytest

from tests.cluster.kit import CHECKOUT, Kubernetes

DRY = ("kubectl", "apply", "--server-side", "--force-conflicts", "--dry-run=server", "--validate=strict", "-f")
INGRESS = ("--set=global.every.route.kind=Ingress",)


@pytest.fixture(scope="module")
def empty(fitmesh: Kubernetes) -> Iterator[str]:
    """A namespace in which nothing stands: a Job that has run cannot be applied with another template."""
    name = f"{fitmesh.namespace}-empty"
    fitmesh.kubectl("create", "namespace", name)
    yield name
    fitmesh.kubectl("delete", "namespace", name, "--wait=false")


@pytest.mark.parametrize(
    "values",
    [*((f"-f=k8s/values/{name}.yaml",) for name in ("ci", "dev", "selfhost", "production")), INGRESS],
    ids=["ci", "dev", "selfhost", "production", "ingress"],
)
def test_a_profile(fitmesh: Kubernetes, empty: str, values: tuple[str, ...]) -> None:
    rendered = fitmesh.run("helm", "template", "fitmesh", "charts/fitmesh", "-n", empty, *values)
    fitmesh.run(*DRY, "-", "-n", empty, feed=rendered)


@pytest.mark.parametrize("path", sorted((CHECKOUT / "k8s/production").glob("*.yaml")), ids=lambda path: path.stem)
def test_production(fitmesh: Kubernetes, path) -> None:
    fitmesh.run(*DRY, path, "-n", fitmesh.namespace)
