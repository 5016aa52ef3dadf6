"""What is beside the charts: the image's recipe, alert rules, dashboards, skaffold and kind."""

import importlib
import json
import re
import shutil
import subprocess
import sysconfig
import tempfile
from pathlib import Path

import pytest
import yaml
from prometheus_client import REGISTRY

from contracts import services
from tests.charts.render import CHARTS, CHECKOUT, SERVICES, kind, manifests, profile

RULES = sorted((CHARTS / "fitmesh/rules").glob("*.yaml"))


@pytest.fixture(scope="session")
def promtool() -> str:
    """Prometheus' own checker: from PATH, or unpacked from Debian's package into .local/."""
    kept = CHECKOUT / ".local/bin/promtool"
    if found := shutil.which("promtool") or (str(kept) if kept.exists() else None):
        return found
    if not shutil.which("apt-get"):
        pytest.skip("promtool is missing: brew install prometheus")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        fetch = ["apt-get", "download", "-qq", "-o", "APT::Sandbox::User=root", "prometheus"]
        if subprocess.run(fetch, cwd=folder, capture_output=True, check=False).returncode:
            subprocess.run(["apt-get", "update", "-qq"], capture_output=True, check=False)
            subprocess.run(fetch, cwd=folder, capture_output=True, check=True)
        [package] = Path(folder).glob("*.deb")
        subprocess.run(["dpkg-deb", "-x", package, f"{folder}/x"], check=True)
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(f"{folder}/x/usr/bin/promtool", kept)
    return str(kept)


@pytest.mark.lint
def test_alerts_fire_when_they_should(promtool: str) -> None:
    tests = sorted((CHARTS / "fitmesh/rules/tests").glob("*.yaml"))
    for command in (["check", "rules", *RULES], ["test", "rules", *tests]):
        done = subprocess.run([promtool, *command], capture_output=True, text=True, check=False)
        assert not done.returncode, done.stdout + done.stderr


def test_every_alert_says_what_it_means_and_is_tested() -> None:
    alerts = [rule for path in RULES for group in yaml.safe_load(path.read_text())["groups"] for rule in group["rules"]]
    tested = (CHARTS / "fitmesh/rules/tests/fitmesh.yaml").read_text()
    for alert in alerts:
        assert alert["annotations"].keys() == {"summary", "description"}
        assert alert["labels"]["severity"] in {"critical", "warning"}
        assert f"alertname: {alert['alert']}" in tested


def test_rules_are_wrapped_as_they_stand() -> None:
    [rule] = kind("PrometheusRule", profile("ci"))
    assert rule["spec"]["groups"] == [group for path in RULES for group in yaml.safe_load(path.read_text())["groups"]]


def metrics_in_code() -> set[str]:
    """Names that the services' code gives to its metrics, with what Prometheus adds, and those of every process."""
    sources = [path.read_text() for path in CHECKOUT.glob("*/*/src/**/*.py")]
    named = {name for text in sources for name in re.findall(r'(?:Histogram|Gauge|Counter)\(\s*"([a-z_]+)"', text)}
    for module in ("health.imports.work", "workout.imports.work"):  # theirs are made by service
        importlib.import_module(module)
    named |= {metric.name for metric in REGISTRY.collect()}
    process = {"process_resident_memory_bytes", "process_cpu_seconds_total", "up"}
    return named | {f"{name}_{end}" for name in named for end in ("count", "sum", "bucket", "total")} | process


def test_every_metric_that_is_shown_or_watched_exists(promtool: str) -> None:
    queries = [
        rule["expr"]
        for path in RULES
        for group in yaml.safe_load(path.read_text())["groups"]
        for rule in group["rules"]
    ]
    for path in (CHARTS / "fitmesh/dashboards").glob("*.json"):
        for panel in json.loads(path.read_text())["panels"]:
            queries += [target["expr"].replace("$service", ".*") for target in panel["targets"]]
    known = metrics_in_code()
    for query in queries:
        named = set(re.findall(r"\b([a-z]+_[a-z_]+)\b(?=[{\[)]| *[)>]|$)", re.sub(r'"[^"]*"', "", query)))
        assert named - {"histogram_quantile"} <= known, query
    rules = {"groups": [{"name": "queries", "rules": []}]}
    rules["groups"][0]["rules"] = [{"record": f"query{n}", "expr": q} for n, q in enumerate(queries)]
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump(rules, file)
        file.flush()
        done = subprocess.run([promtool, "check", "rules", file.name], capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr


def test_dashboards_fit_into_config_maps_and_pick_their_source() -> None:
    found = [each for each in kind("ConfigMap", profile("ci")) if each["metadata"]["name"].startswith("dashboard-")]
    assert len(found) == len([*(CHARTS / "fitmesh/dashboards").glob("*.json")])
    for each in found:
        [(_, text)] = each["data"].items()
        assert len(text) < 1_000_000
        assert "${DS_" not in text
        assert json.loads(text)["templating"]["list"][0]["type"] == "datasource"


@pytest.mark.lint
@pytest.mark.parametrize("recipe", ["services/Dockerfile", "k8s/object-store/Dockerfile"])
def test_the_image_recipe_is_clean(recipe: str) -> None:
    hadolint = shutil.which("hadolint") or str(Path(sysconfig.get_path("scripts")) / "hadolint")
    done = subprocess.run([hadolint, recipe], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stdout


def test_every_service_has_a_lock_of_its_own() -> None:
    for service in SERVICES:
        lock = (CHECKOUT / f"requirements/{service}.txt").read_text()
        assert lock.count("--hash=sha256:") > 100
        assert "fitmesh-" not in "".join(line for line in lock.splitlines() if not line.lstrip().startswith("#"))


def test_artifacts_charts_and_services_are_the_same_set() -> None:
    skaffold = yaml.safe_load((CHECKOUT / "skaffold.yaml").read_text())
    ci = next(profile for profile in skaffold["profiles"] if profile["name"] == "ci")
    folders = {path.parent.name for path in (CHECKOUT / "services").glob("*/pyproject.toml")} & {
        known.name for known in services.SERVICES
    }
    for build in (skaffold["build"], ci["build"]):
        made = {artifact["image"] for artifact in build["artifacts"]}
        assert made == {f"fitmesh/{name}" for name in (*SERVICES, "object-store")}
    umbrella = yaml.safe_load((CHARTS / "fitmesh/Chart.yaml").read_text())
    assert {part["name"] for part in umbrella["dependencies"]} == {*SERVICES} == folders
    assert all(part["condition"] == f"{part['name']}.enabled" for part in umbrella["dependencies"])
    values = yaml.safe_load((CHARTS / "fitmesh/values.yaml").read_text())
    assert {*SERVICES} <= values.keys()


def test_kind_maps_the_gateway_to_this_machine_alone() -> None:
    nodes = yaml.safe_load((CHECKOUT / "kind-config.yaml").read_text())["nodes"]
    assert {node["labels"]["topology.kubernetes.io/zone"] for node in nodes} == {"a", "b"}
    [mapped] = [node["extraPortMappings"] for node in nodes if "extraPortMappings" in node]
    assert [(each["containerPort"], each["hostPort"]) for each in mapped] == [(30080, 8000), (30443, 8443)]
    assert {each["listenAddress"] for each in mapped} == {"127.0.0.1"}
    traefik = yaml.safe_load((CHECKOUT / "k8s/values/traefik.yaml").read_text())
    assert [traefik["ports"][name]["nodePort"] for name in ("web", "websecure")] == [30080, 30443]


def test_infrastructure_makes_a_database_for_every_service_there_may_be() -> None:
    [roles] = [
        each for each in kind("ConfigMap", manifests("infrastructure")) if each["metadata"]["name"] == "postgres-roles"
    ]
    for known in services.SERVICES:
        assert f"CREATE DATABASE {known.name} " in roles["data"]["databases.sql"]
