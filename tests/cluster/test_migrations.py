"""Migrations stand before any pod of the new version; one that fails changes nothing and says why."""

import json
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.cluster.kit import TAG, Kubernetes, Load, Rig, browser, eventually

GOOD = """-- migrate:up
ALTER TABLE insight ADD COLUMN IF NOT EXISTS note text;
SELECT pg_sleep(2);
-- migrate:down
ALTER TABLE insight DROP COLUMN note;
"""
BAD = """-- migrate:up
ALTER TABLE no_such_table ADD COLUMN note text;
-- migrate:down
"""


@pytest.fixture(scope="module")
def versions(rig: Rig | None, images: str) -> None:
    """Two images of analytics, each with one more migration: `good` and `bad`."""
    if rig is None:
        pytest.skip("images of their own are made by the rig of CLUSTER only")
    for number, (tag, statement) in enumerate((("good", GOOD), ("bad", BAD)), 1):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / f"2099010100000{number}_probe.sql").write_text(statement)
            (Path(folder) / "Dockerfile").write_text(
                f"FROM docker.io/fitmesh/analytics:{TAG}\nCOPY *.sql /app/services/analytics/db/migrations/\n"
            )
            rig("build", f"docker.io/fitmesh/analytics:{tag}", folder)
        rig.load(f"docker.io/fitmesh/analytics:{tag}")


def running(kubernetes: Kubernetes) -> set[str]:
    """Tags of the images that the API's pods run."""
    pods = kubernetes.pods("app.kubernetes.io/name=analytics,app.kubernetes.io/component=api")
    return {pod["spec"]["containers"][0]["image"].rsplit(":", 1)[1] for pod in pods}


def history(kubernetes: Kubernetes) -> list[dict[str, str]]:
    return json.loads(kubernetes.run("helm", "history", "fitmesh", "-n", kubernetes.namespace, "-o", "json"))


def test_a_failing_migration_leaves_the_old_version_serving_and_says_why(fitmesh: Kubernetes, versions: None) -> None:
    before = {pod["metadata"]["uid"] for pod in fitmesh.pods("app.kubernetes.io/name=analytics")}
    with Load(rate=20, users=4) as load:
        fitmesh.deploy(more=("--set=analytics.image.tag=bad",), check=False)
        log = fitmesh.kubectl("logs", "job/analytics-migrate")
    assert "no_such_table" in log
    assert not load.failures, load.failures[:3]
    assert running(fitmesh) == {TAG}
    assert {pod["metadata"]["uid"] for pod in fitmesh.pods("app.kubernetes.io/name=analytics")} == before
    assert history(fitmesh)[-1]["status"] == "failed"
    fitmesh.run("helm", "rollback", "fitmesh", "-n", fitmesh.namespace, "--wait", "--timeout", "3m")
    assert history(fitmesh)[-1]["status"] == "deployed"
    assert running(fitmesh) == {TAG}


def test_a_migration_ends_before_any_new_pod_and_both_versions_serve(fitmesh: Kubernetes, versions: None) -> None:
    column = "SELECT count(*) FROM information_schema.columns WHERE table_name = 'insight' AND column_name = 'note'"
    command = ["helm", "upgrade", "fitmesh", "charts/fitmesh", "-n", fitmesh.namespace, "--reuse-values", "--wait"]
    with Load(rate=20, users=4) as load:
        upgrade = subprocess.Popen(
            [*command, "--timeout=3m", "--set=analytics.image.tag=good"], stdout=subprocess.DEVNULL
        )
        seen, early = set[str](), False
        while upgrade.poll() is None:
            tags = running(fitmesh)
            early |= "good" in tags and not fitmesh.number("analytics", column)
            seen.add(",".join(sorted(tags)))
        assert upgrade.returncode == 0
    assert not early
    assert f"good,{TAG}" in seen
    assert running(fitmesh) == {"good"}
    assert not load.failures, load.failures[:3]
    with browser() as client:
        eventually("every event arrives", lambda: load.arrived(client))
