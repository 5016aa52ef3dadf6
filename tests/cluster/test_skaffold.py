"""From source to the quickstart in one command, and a changed file alive in its pod in seconds; without Docker."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.kit import CHECKOUT, SERVICES, Kubernetes, Rig, browser, eventually, new_user, quiet

PARTS = ("charts", "k8s", "libs", "requirements", "services", "skaffold.yaml", ".dockerignore")
OLD = "    health = await probes.health()\n"
NEW = '    return Response(b"changed", media_type="text/plain")\n'
FLAGS = ("-p", "ci", "--default-repo", "localhost:5000")


@pytest.fixture(scope="module")
def source(kubernetes: Kubernetes, rig: Rig | None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout that a test may change, and a registry to push to."""
    if rig is None or not shutil.which("skaffold"):
        pytest.skip("needs skaffold and the rig of CLUSTER; on a laptop it is `skaffold dev` itself that tells")
    rig.prepare()
    rig("add", "registry")
    folder = tmp_path_factory.mktemp("checkout")
    for part in PARTS:
        here = CHECKOUT / part
        if here.is_dir():
            shutil.copytree(here, folder / part, symlinks=True, ignore=shutil.ignore_patterns("__pycache__", "tests"))
        else:
            shutil.copy(here, folder / part)
    (folder / "skaffold.home").mkdir()
    return folder


def skaffold(source: Path, *arguments: str, timeout: float = 480) -> str:
    environment = os.environ | {
        "SKAFFOLD_UPDATE_CHECK": "false",
        "SKAFFOLD_CACHE_ARTIFACTS": "true",
        "HOME": str(source / "skaffold.home"),
    }
    done = subprocess.run(
        ["skaffold", *arguments],
        cwd=source,
        env=environment,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert not done.returncode, done.stdout[-3000:] + quiet(done.stderr)[-3000:]
    return done.stdout


@pytest.mark.parametrize("profile", [(), ("-p", "dev"), ("-p", "ci"), ("-p", "observability")])
def test_diagnose_accepts_every_profile(source: Path, profile: tuple[str, ...]) -> None:
    assert "apiVersion: skaffold/v4beta14" in skaffold(source, "diagnose", "--yaml-only", *profile)


@pytest.fixture(scope="module")
def live(source: Path) -> Iterator[Path]:
    skaffold(source, "run", *FLAGS)
    yield source
    skaffold(source, "delete", *FLAGS)


def test_run_ends_with_the_quickstart_working(live: Path, kubernetes: Kubernetes) -> None:
    with browser() as client:
        eventually("ready", lambda: client.get("/health").status_code == 200)
        name, mine = eventually("the gateway knows every pod", lambda: new_user(client))
        entry = {"username": name, "steps": 5000}  # 503 as long as a new pod of health has not found identity
        eventually("kept", lambda: client.post("/health-data", json=entry).status_code == 201)
        eventually("averages", lambda: client.get("/analytics/steps", headers=mine).json()["average_steps"] == 5000)
    images = {pod["spec"]["containers"][0]["image"] for pod in kubernetes.pods()}
    assert all(image.startswith("localhost:5000/fitmesh_") for image in images)
    assert len(images) == len(SERVICES)


def test_render_names_what_was_built(live: Path) -> None:
    rendered = skaffold(live, "render", *FLAGS, "--digest-source=tag")
    for service in SERVICES:
        assert f"image: localhost:5000/fitmesh_{service}:" in rendered


def test_a_changed_file_is_live_within_seconds(live: Path, kubernetes: Kubernetes) -> None:
    page = live / "services/dashboard/src/dashboard/home/http.py"
    environment = os.environ | {"SKAFFOLD_UPDATE_CHECK": "false", "HOME": str(live / "skaffold.home")}
    with (live / "dev.log").open("w+") as log:
        dev = subprocess.Popen(
            ["skaffold", "dev", *FLAGS, "--cleanup=false", "--status-check=true"],
            cwd=live,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            eventually("watching", lambda: "Watching for changes" in (live / "dev.log").read_text(), within_s=240)
            with browser() as client:
                eventually("ready", lambda: client.get("/health").status_code == 200, within_s=90)
                before = next(iter(kubernetes.pods("app.kubernetes.io/name=dashboard")))["metadata"]["uid"]
                text = page.read_text()
                assert OLD in text
                page.write_text(text.replace(OLD, NEW))
                changed = time.monotonic()
                eventually("the change is live", lambda: client.get("/").text == "changed", within_s=60, every_s=0.1)
                took = time.monotonic() - changed
            print(f"\na changed file was live after {took:.1f} s")
            assert took <= 5
            assert next(iter(kubernetes.pods("app.kubernetes.io/name=dashboard")))["metadata"]["uid"] == before
        finally:
            dev.terminate()
            dev.wait(60)
