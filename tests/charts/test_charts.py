"""Every chart and profile: valid for Kubernetes, restricted, deterministic, without secrets."""

import json
import re
import subprocess
import sys

import kubernetes_validate
import pytest
import yaml

from tests.charts.render import (
    CHARTS,
    CHECKOUT,
    PROFILES,
    SERVICES,
    Manifest,
    helm,
    kind,
    manifests,
    pods,
    profile,
    refusal,
    run,
    text,
)

EVERYTHING = [("fitmesh", "-f", f"k8s/values/{name}.yaml") for name in PROFILES] + [
    ("infrastructure", "--set=objectStore.enabled=true")
]
CUSTOM = {
    "Gateway",
    "HTTPRoute",
    "Middleware",
    "ScaledObject",
    "TriggerAuthentication",
    "ServiceMonitor",
    "PrometheusRule",
}


def ids(value: object) -> str:
    return value[-1].rsplit("/", 1)[-1] if isinstance(value, tuple) else str(value)


@pytest.mark.lint
@pytest.mark.parametrize("chart", sorted(path.parent.name for path in CHARTS.glob("*/Chart.yaml")))
def test_helm_finds_nothing_to_complain_of(chart: str) -> None:
    done = run("lint", "--strict", f"charts/{chart}")
    assert not done.returncode, done.stdout


@pytest.mark.lint
@pytest.mark.parametrize("version", ["1.31", "1.36", "1.37"])
def test_objects_are_what_kubernetes_knows(version: str) -> None:
    """Of every profile; two objects that differ only in names and numbers are one to a schema."""
    shapes = {
        shape(each): each for rendered in EVERYTHING for each in manifests(*rendered) if each["kind"] not in CUSTOM
    }
    for each in shapes.values():
        kubernetes_validate.validate(each, version, strict=True)


def shape(part: object) -> str:
    """Keys and types of an object, and those of its words that may be from a list of allowed ones."""
    if isinstance(part, dict):
        return "{" + ",".join(f"{key}:{shape(part[key])}" for key in sorted(part.keys() - {"labels", "data"})) + "}"
    if isinstance(part, list):
        return "[" + ",".join(sorted({shape(each) for each in part})) + "]"
    if isinstance(part, str) and re.fullmatch("[A-Z][A-Za-z]+", part):
        return part
    return type(part).__name__


@pytest.mark.parametrize("rendered", EVERYTHING, ids=ids)
def test_pods_are_restricted(rendered: tuple[str, ...]) -> None:
    for name, spec in pods(manifests(*rendered)):
        security = spec["securityContext"]
        assert security["runAsNonRoot"], name
        assert security["runAsUser"], name
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert spec["automountServiceAccountToken"] is False, name
        assert not {"hostNetwork", "hostPID", "hostIPC"} & spec.keys(), name
        for volume in spec.get("volumes", []):
            assert volume.keys() - {"name"} <= {
                "projected",
                "emptyDir",
                "configMap",
                "secret",
                "persistentVolumeClaim",
            }, name
        for container in spec["containers"] + spec.get("initContainers", []):
            own = container["securityContext"]
            assert own["allowPrivilegeEscalation"] is False, name
            assert own["capabilities"] == {"drop": ["ALL"]}, name
            assert own["readOnlyRootFilesystem"] or "dev.yaml" in rendered[-1], name
            assert container["resources"]["limits"].keys() == {"memory"}, name
            assert container["resources"]["requests"].keys() == {"cpu", "memory"}, name


@pytest.mark.parametrize("rendered", EVERYTHING, ids=ids)
def test_no_secret_stands_in_any_manifest(rendered: tuple[str, ...]) -> None:
    found = manifests(*rendered)
    assert not kind("Secret", found)
    for name, spec in pods(found):
        for container in spec["containers"]:
            for variable in container.get("env", []):
                if re.search("PASSWORD|SECRET|KEY|CLIENTS", variable["name"]):
                    assert variable["name"].endswith("_FILE"), (name, variable)
                assert "secretKeyRef" not in json.dumps(variable), (name, variable)


@pytest.mark.parametrize("rendered", EVERYTHING, ids=ids)
def test_the_same_input_gives_the_same_bytes(rendered: tuple[str, ...]) -> None:
    again = subprocess.run(
        [helm(), "template", rendered[0], f"charts/{rendered[0]}", "-n", "fitmesh", *rendered[1:]],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert again.stdout == text(*rendered)


@pytest.mark.parametrize("rendered", EVERYTHING, ids=ids)
def test_no_name_is_given_twice(rendered: tuple[str, ...]) -> None:
    names = [(each["kind"], each["metadata"]["name"]) for each in manifests(*rendered)]
    assert len(names) == len({*names})


def test_generated_files_are_as_generated() -> None:
    code = """
import generate, json
print(json.dumps([str(path) for path, text in generate.files() if not path.exists() or path.read_text() != text]))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=CHARTS, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [], "run `make charts-docs`"


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_three_short_files(service: str) -> None:
    written = {"Chart.yaml", "values.yaml", "templates/all.yaml"}
    found = {
        str(path.relative_to(CHARTS / service))
        for path in (CHARTS / service).rglob("*")
        if path.is_file() and "charts/" not in str(path.relative_to(CHARTS / service))
    }
    assert found - written == {"values.schema.json", "README.md"}
    assert (CHARTS / service / "templates/all.yaml").read_text() == '{{- include "kit.all" . }}\n'
    assert len((CHARTS / service / "values.yaml").read_text().splitlines()) <= 30
    assert kind("Deployment", manifests(service)), "stands alone as well"


@pytest.mark.parametrize("service", [name for name in SERVICES if name != "identity"])
def test_every_service_can_be_left_out(service: str) -> None:
    found = manifests("fitmesh", "--set", f"{service}.enabled=false")
    left = {each["metadata"]["name"] for each in found}
    assert not {name for name in left if name == service or name.startswith(f"{service}-")}
    for _, spec in pods(kind("Deployment", found)):
        environment = {each["name"]: each.get("value", "") for each in spec["containers"][0]["env"]}
        assert service not in environment["SERVICES"].split(",")
        assert f"{service}=" not in environment["PEERS"] + environment.get("ADMINS", "")


def test_the_umbrella_fits_under_another_chart(tmp_path) -> None:
    (tmp_path / "charts").mkdir()
    (tmp_path / "charts/fitmesh").symlink_to(CHARTS / "fitmesh")
    depends = [{"name": "fitmesh", "version": "0.1.0", "repository": f"file://{CHARTS}/fitmesh"}]
    chart = {"apiVersion": "v2", "name": "wrapper", "version": "1.0.0", "dependencies": depends}
    (tmp_path / "Chart.yaml").write_text(yaml.safe_dump(chart))
    (tmp_path / "values.yaml").write_text("global: {host: a.example}\nfitmesh: {health: {replicas: 5}}\n")
    done = subprocess.run([helm(), "template", "w", str(tmp_path)], capture_output=True, text=True, check=True)
    found = [each for each in yaml.load_all(done.stdout, yaml.CSafeLoader) if each]
    assert len(kind("Deployment", found)) == len(kind("Deployment", manifests("fitmesh")))
    assert (
        next(each for each in kind("Deployment", found) if each["metadata"]["name"] == "health")["spec"]["replicas"]
        == 5
    )


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("identity.replica=3", "'replica' not allowed"),
        ("globl.host=x", "'globl' not allowed"),
        ("global.hosts=x", "'hosts' not allowed"),
        ("health.worker.autoscaling.kind=hp", "kind"),
        ("health.ports.http=70000", "http"),
        ("health.replicas=many", "replicas"),
        ("health.image.digest=latest", "digest"),
        ("gateway.https.enabled=true,gateway.https.secret=", "gateway.https.secret is empty"),
        ("global.quickstart=true,global.host=fitmesh.example.org", 'global.host is "fitmesh.example.org"'),
        ("global.quickstart=true", 'global.host is ""'),
        ("global.host=https://x", "without scheme"),
        ("identity.enabled=false", "identity.enabled is false"),
        ("health.database.existingSecret=", "health.database.existingSecret is empty"),
        ("health.broker.existingSecret=", "health.broker.existingSecret is empty"),
        ("health.serviceSecret.existingSecret=", "health.serviceSecret.existingSecret is empty"),
        ("health.objectStore.url=http://x", "url"),
        (
            "health.objectStore.url=s3://x,health.objectStore.existingSecret=",
            "health.objectStore.existingSecret is empty",
        ),
        ("health.objectStore.url=s3://x,health.objectStore.volume=y", "volume is for file:///objects"),
        ("health.objectStore.url=file:///objects", "health.objectStore.volume is empty"),
        ("health.image.repository=", "health.image.repository is empty"),
        ("health.drainSeconds=40", "health.terminationGracePeriodSeconds is 45"),
        ("dashboard.autoscaling.kind=keda,dashboard.autoscaling.cpu=0", "neither a queue nor a cpu"),
        ("dashboard.autoscaling.kind=hpa,dashboard.autoscaling.cpu=0", "cpu is 0"),
        (
            "dashboard.autoscaling.kind=hpa,dashboard.autoscaling.minReplicas=9",
            "minReplicas (9) is above maxReplicas (8)",
        ),
    ],
)
def test_a_wrong_value_is_refused_with_a_sentence_that_names_it(said: str, expected: str) -> None:
    assert expected in refusal("fitmesh", "--set", said)


def test_what_is_said_of_every_service_yields_to_what_is_said_of_one() -> None:
    found = manifests("fitmesh", "--set=global.every.replicas=4,global.every.drainSeconds=3,health.replicas=5")
    made = {each["metadata"]["name"]: each["spec"] for each in kind("Deployment", found)}
    assert (made["identity"]["replicas"], made["health"]["replicas"]) == (4, 5)
    assert {
        each["template"]["spec"]["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"] for each in made.values()
    } == {3}
    assert "'replica' not allowed" in refusal("fitmesh", "--set", "global.every.replica=4")


def test_quickstart_is_on_for_development_alone() -> None:
    on = set()
    for name in PROFILES:
        for _, spec in pods(kind("Deployment", profile(name))):
            if {"name": "QUICKSTART", "value": "1"} in spec["containers"][0]["env"]:
                on.add(name)
    assert on == {"ci", "dev"}


def test_notes_tell_what_is_next_and_warn() -> None:
    done = run(
        "install",
        "fitmesh",
        "charts/fitmesh",
        "-n",
        "fitmesh",
        "--dry-run=client",
        "-f",
        "k8s/values/ci.yaml",
        "--set=networkPolicy.enabled=false",
    )
    notes = done.stdout.split("NOTES:")[1]
    for expected in (
        "helm test fitmesh -n fitmesh",
        "http://localhost:8000",
        "identity-keys",
        "quickstart mode is on",
        "every pod may reach every other",
    ):
        assert expected in notes


def test_notes_say_that_files_cannot_be_imported_where_nothing_keeps_them() -> None:
    install = ("install", "fitmesh", "charts/fitmesh", "-n", "fitmesh", "--dry-run=client")
    sentence = "workout.objectStore.url is empty"
    assert "health.objectStore.url is empty" in run(*install).stdout.split("NOTES:")[1]
    assert sentence in run(*install).stdout.split("NOTES:")[1]
    kept = run(*install, "-f", "k8s/values/production.yaml").stdout.split("NOTES:")[1]
    assert sentence not in kept
    assert "health-objects" in kept


def deployments(name: str) -> list[Manifest]:
    return kind("Deployment", profile(name))


@pytest.mark.parametrize("name", PROFILES)
def test_availability(name: str) -> None:
    budgets = {each["metadata"]["name"]: each["spec"] for each in kind("PodDisruptionBudget", profile(name))}
    for each in deployments(name):
        spec, called = each["spec"], each["metadata"]["name"]
        assert spec["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
        spread = spec["template"]["spec"]["topologySpreadConstraints"]
        assert [one["topologyKey"] for one in spread] == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"]
        assert budgets[called]["maxUnavailable"] == 1
        assert budgets[called]["selector"]["matchLabels"] == spec["selector"]["matchLabels"]
        assert "app.kubernetes.io/component" in spec["selector"]["matchLabels"]


@pytest.mark.parametrize("name", PROFILES)
def test_replicas_left_to_the_autoscaler(name: str) -> None:
    scaled = {
        each["spec"]["scaleTargetRef"]["name"]
        for each in profile(name)
        if each["kind"] in {"HorizontalPodAutoscaler", "ScaledObject"}
    }
    twice = [
        each["spec"]["scaleTargetRef"]["name"]
        for each in profile(name)
        if each["kind"] in {"HorizontalPodAutoscaler", "ScaledObject"}
    ]
    assert len(twice) == len(scaled)
    for each in deployments(name):
        assert ("replicas" in each["spec"]) == (each["metadata"]["name"] not in scaled)
    assert bool(scaled) == (name == "production")


@pytest.mark.parametrize("name", PROFILES)
def test_grace_covers_drain(name: str) -> None:
    """Drain, then the longest request (10 s) or message (20 s), then 10 s to leave."""
    for each in deployments(name):
        spec = each["spec"]["template"]["spec"]
        drain = spec["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
        assert spec["terminationGracePeriodSeconds"] >= drain + 30


def test_migrations_stand_before_everything_and_lean_on_nothing_of_the_release() -> None:
    jobs = {each["metadata"]["name"]: each for each in kind("Job", manifests("fitmesh"))}
    for service in SERVICES:
        job = jobs[f"{service}-migrate"]
        assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
        assert job["spec"]["backoffLimit"] == 0
        assert job["spec"]["ttlSecondsAfterFinished"]
        spec = job["spec"]["template"]["spec"]
        assert spec["serviceAccountName"] == "default"
        assert not {"configMap"} & {key for volume in spec["volumes"] for key in volume}
        assert job["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/component"] == "migrate"


def test_only_migrations_see_the_role_that_may_change_tables() -> None:
    for name, spec in pods(manifests("fitmesh")):
        assert ("migrate-password" in json.dumps(spec)) == name.endswith("-migrate"), name
