"""The charts say what the code does: routes, queues, calls, settings, values."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from contracts import services, topology
from tests.charts.render import CHARTS, CHECKOUT, SERVICES, kind, manifests, profile

FREE = {"config", "labels"}
"""Blocks whose keys are the reader's own."""
CALLING = {"ask_identity": ("identity", "grpc")}


def test_routes_are_those_of_contracts() -> None:
    for service in SERVICES:
        route = yaml.safe_load((CHARTS / service / "values.yaml").read_text())["route"]
        known = services.BY_NAME[service]
        assert tuple(route["prefixes"]) == known.paths
        assert tuple(route.get("exact", ())) == known.exact


def test_the_worker_is_split_where_contracts_say_so() -> None:
    names = {each["metadata"]["name"] for each in kind("Deployment", manifests("fitmesh"))}
    split = {known.name for known in services.SERVICES if known.split and known.name in SERVICES}
    assert {name.removesuffix("-worker") for name in names if name.endswith("-worker")} == split


def test_queues_that_scale_exist_in_code_and_all_of_them_do() -> None:
    scaled = {
        trigger["metadata"]["queueName"]
        for each in kind("ScaledObject", profile("production"))
        for trigger in each["spec"]["triggers"]
        if trigger["type"] == "rabbitmq"
    }
    known = {
        queue.name
        for queue in topology.QUEUES
        if queue.service
        in {each["metadata"]["name"].removesuffix("-worker") for each in kind("ScaledObject", profile("production"))}
    }
    assert scaled == known


def called_in(folder: Path) -> set[tuple[str, str]]:
    """Services and ports that the code of a folder calls."""
    found = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and node.attr in CALLING:
                found.add(CALLING[node.attr])
            if isinstance(node, ast.Attribute) and node.attr == "jwks_url":
                found.add(("identity", "http"))
            if isinstance(node, ast.Attribute) and node.attr == "admins":
                found.add(("*", "admin"))
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "channel"
                and node.args
            ):
                [target] = node.args
                if isinstance(target, ast.Constant):
                    found.add((target.value, "grpc"))
    return found


def test_policy_edges_are_the_calls_in_the_code() -> None:
    frame = called_in(CHECKOUT / "libs/chassis/src")
    edges = set()
    for policy in kind("NetworkPolicy", manifests("fitmesh")):
        if "-calls-" in policy["metadata"]["name"]:
            caller, callee = policy["metadata"]["name"].split("-calls-")
            [rule] = policy["spec"]["ingress"]
            named = {8080: "http", 50051: "grpc", 9100: "admin"}
            edges |= {(caller, callee, named[port["port"]]) for port in rule["ports"]}
    expected = set()
    for service in SERVICES:
        for callee, port in frame | called_in(CHECKOUT / f"services/{service}/src"):
            for target in SERVICES if callee == "*" else [callee]:
                if (service, port) != ("identity", "grpc"):  # identity is asked, it does not ask itself
                    expected.add((service, target, port))
    assert edges == expected


def test_settings_that_services_need_are_given() -> None:
    """Each service's own Settings is filled by its Deployment and its Jobs, but for what has a default."""
    for each in kind("Deployment", manifests("fitmesh")):
        service = each["metadata"]["name"].removesuffix("-worker")
        [container] = each["spec"]["template"]["spec"]["containers"]
        given = {variable["name"].removesuffix("_FILE") for variable in container["env"]}
        source = [
            CHECKOUT / "libs/chassis/src/chassis/settings.py",
            CHECKOUT / f"services/{service}/src/{service}/settings.py",
        ]
        needed = set()
        for path in source:
            if path.exists():
                for node in ast.walk(ast.parse(path.read_text())):
                    if isinstance(node, ast.ClassDef) and node.name.endswith("Settings"):
                        needed |= {
                            part.target.id.upper()
                            for part in node.body
                            if isinstance(part, ast.AnnAssign) and part.value is None
                        }
        assert needed <= given, (service, needed - given)


def mounted(spec: dict) -> dict[str, str]:
    return {
        item["path"]: source["secret"]["name"]
        for volume in spec["volumes"]
        for source in volume.get("projected", {}).get("sources", [])
        for item in source["secret"]["items"]
    }


def test_every_file_a_setting_names_is_mounted() -> None:
    for each in kind("Deployment", manifests("fitmesh")) + kind("Job", manifests("fitmesh")):
        spec = each["spec"]["template"]["spec"]
        files = {v["value"].rsplit("/", 1)[1] for v in spec["containers"][0]["env"] if v["name"].endswith("_FILE")}
        assert files == mounted(spec).keys(), each["metadata"]["name"]


def test_the_secrets_asked_for_are_those_that_are_made(tmp_path) -> None:
    code = """
import json, make_secrets
print(json.dumps({name: sorted(data) for name, data in make_secrets.complete({}, make_secrets.services()).items()}))
"""
    done = subprocess.run(["python3", "-c", code], cwd=CHECKOUT / "k8s", capture_output=True, text=True, check=True)
    made = yaml.safe_load(done.stdout)
    for each in kind("Deployment", manifests("fitmesh")) + kind("Job", manifests("fitmesh")):
        for volume in each["spec"]["template"]["spec"]["volumes"]:
            for source in volume.get("projected", {}).get("sources", []):
                for item in source["secret"]["items"]:
                    assert item["key"] in made[source["secret"]["name"]]


def leaves(values: dict, above: str = "") -> set[str]:
    found = set()
    for key, value in values.items():
        found |= leaves(value, f"{above}{key}.") if isinstance(value, dict) and value else {f"{above}{key}"}
    return found


@pytest.mark.parametrize("chart", ["service-kit", "fitmesh", "infrastructure"])
def test_values_and_templates_agree(chart: str) -> None:
    """Every value is used by a template; every template finds its value."""
    values = yaml.safe_load((CHARTS / chart / "values.yaml").read_text())
    sources = "\n".join(path.read_text() for path in (CHARTS / chart / "templates").rglob("*") if path.is_file())
    if chart == "fitmesh":
        sources += "\n".join(path.read_text() for path in (CHARTS / "service-kit/templates").glob("*.tpl"))
    for leaf in leaves(values):
        if chart == "fitmesh" and leaf.split(".")[0] in SERVICES:
            continue
        *_, above, name = ["", *leaf.split(".")]
        wanted = above if above in FREE else name
        assert re.search(rf"\b{wanted}\b", sources), f"{leaf} is used by no template"
    top = {*values, "service-kit", "global"}
    for used in re.findall(r"\$?\.Values\.([A-Za-z]+)|[.$]v\.([A-Za-z]+)", sources):
        assert "".join(used) in top | {"Values"} or chart == "fitmesh", used


def test_the_umbrella_says_of_global_what_the_kit_says() -> None:
    kit, whole = (
        yaml.safe_load((CHARTS / name / "values.yaml").read_text())["global"] for name in ("service-kit", "fitmesh")
    )
    assert kit == whole


def test_stripped_headers_are_those_of_contracts() -> None:
    [middleware] = [
        each for each in kind("Middleware", manifests("fitmesh")) if each["metadata"]["name"] == "identity-headers"
    ]
    assert middleware["spec"]["headers"]["customRequestHeaders"] == dict.fromkeys(services.IDENTITY_HEADERS, "")


def test_migrations_need_only_the_database() -> None:
    [policy] = [each for each in kind("NetworkPolicy", manifests("fitmesh")) if each["metadata"]["name"] == "migrate"]
    assert {port["port"] for rule in policy["spec"]["egress"] for port in rule["ports"]} == {53, 5353, 5432}
