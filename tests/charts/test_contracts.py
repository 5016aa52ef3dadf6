"""The charts say what the code does: routes, queues, calls, settings, values."""

import ast
import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from contracts import services, topology
from imports.unpack import Bounds
from local import gateway
from local.plan import Plan
from tests.charts.render import CHARTS, CHECKOUT, SERVICES, kind, manifests, profile, text

FREE = {"config", "labels"}
"""Blocks whose keys are the reader's own."""
CALLING = {"ask_identity": ("identity", "grpc")}


def test_routes_are_those_of_contracts() -> None:
    for service in SERVICES:
        route = yaml.safe_load((CHARTS / service / "values.yaml").read_text())["route"]
        known = services.BY_NAME[service]
        assert tuple(route["prefixes"]) == known.paths
        assert tuple(route.get("exact", ())) == known.exact
        assert tuple(route.get("streams", ())) == known.streams


def test_what_happens_to_a_request_is_the_same_in_the_cluster_and_on_one_machine() -> None:
    """By path: which middlewares, and what each of them is told, but for who may sign in how often."""
    there = {}
    for route in kind("HTTPRoute", manifests("fitmesh")):
        for rule in route["spec"]["rules"]:
            names = {each["extensionRef"]["name"] for each in rule["filters"]}
            there |= {(each["path"]["type"], each["path"]["value"]): names for each in rule["matches"]}
    plan = Plan(folder=CHECKOUT, services=tuple(services.BY_NAME[name] for name in SERVICES))
    http = gateway.build_routes(plan)["http"]
    here = {}
    for router in http["routers"].values():
        if router["entryPoints"] == ["web"]:
            below = {path.rstrip("/") for path in re.findall(r"PathPrefix\(`([^`]+)`\)", router["rule"])}
            exact = set(re.findall(r"\bPath\(`([^`]+)`\)", router["rule"])) - below
            matches = {*(("PathPrefix", path) for path in below), *(("Exact", path) for path in exact)}
            for match in matches:
                if router["priority"] > here.get(match, (0, set()))[0]:
                    here[match] = (router["priority"], set(router["middlewares"]))
    assert {match: names for match, (_, names) in here.items()} == there
    told = {each["metadata"]["name"]: each["spec"] for each in kind("Middleware", manifests("fitmesh"))}
    assert told.keys() == http["middlewares"].keys()
    for name in told.keys() - {"sign-in-rate"}:
        assert told[name] == http["middlewares"][name]


def test_traefik_lets_uploads_take_their_time() -> None:
    """Its own limit is a minute for a whole request; services end those that stop coming."""
    ports = yaml.safe_load((CHECKOUT / "k8s/values/traefik.yaml").read_text())["ports"]
    for name in ("web", "websecure"):
        assert ports[name]["transport"]["respondingTimeouts"]["readTimeout"] == "0s"


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
    """Each service's own Settings is filled by its Deployment, but for what has a default; nothing else is said."""
    for each in kind("Deployment", profile("ci")):
        service = each["metadata"]["name"].removesuffix("-worker")
        [container] = each["spec"]["template"]["spec"]["containers"]
        given = {variable["name"].removesuffix("_FILE") for variable in container["env"]}
        source = [
            CHECKOUT / "libs/chassis/src/chassis/settings.py",
            CHECKOUT / f"services/{service}/src/{service}/settings.py",
        ]
        needed, known = set(), set()
        for path in source:
            if path.exists():
                for node in ast.walk(ast.parse(path.read_text())):
                    if isinstance(node, ast.ClassDef) and node.name.endswith("Settings"):
                        fields = [part for part in node.body if isinstance(part, ast.AnnAssign)]
                        known |= {field.target.id.upper() for field in fields}
                        needed |= {field.target.id.upper() for field in fields if field.value is None}
        assert needed <= given <= known, (service, needed - given, given - known)


def imports_of(folder: Path) -> set[str]:
    """Packages that the code of a folder imports."""
    found = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {name.name.split(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.split(".")[0])
    return found


def test_who_keeps_files_is_given_a_store_and_a_way_there_and_nobody_else() -> None:
    keepers = {name for name in SERVICES if services.BY_NAME[name].keeps_files}
    assert keepers == {name for name in SERVICES if "imports" in imports_of(CHECKOUT / f"services/{name}/src")}
    for values, port in (("ci", 9000), ("production", 443)):
        found = profile(values)
        peer = yaml.safe_load((CHECKOUT / f"k8s/values/{values}.yaml").read_text())["global"].get("peers", {})
        store = peer.get("objectStore", [{"podSelector": {"matchLabels": {"app.kubernetes.io/name": "object-store"}}}])
        reaching = {
            policy["metadata"]["name"]
            for policy in kind("NetworkPolicy", found)
            for rule in policy["spec"].get("egress", [])
            if rule == {"to": store, "ports": [{"port": port}]}
        }
        told = {
            each["metadata"]["name"].removesuffix("-worker")
            for each in kind("Deployment", found) + kind("Job", found)
            for variable in each["spec"]["template"]["spec"]["containers"][0]["env"]
            if variable["name"].startswith("OBJECT_STORE_")
        }
        assert reaching == told == keepers


def test_the_stand_in_lets_in_who_keeps_files_each_to_its_own() -> None:
    found = manifests("infrastructure", "--set=objectStore.enabled=true")
    [policy] = [each for each in kind("NetworkPolicy", found) if each["metadata"]["name"] == "object-store"]
    [peer] = policy["spec"]["ingress"][0]["from"]
    named = {each["key"].rsplit("/", 1)[1]: each["values"] for each in peer["podSelector"]["matchExpressions"]}
    keepers = [each.name for each in services.SERVICES if each.keeps_files]
    assert named == {"name": keepers, "component": ["api", "worker"]}
    [rights] = [each["data"] for each in kind("ConfigMap", found) if each["metadata"]["name"] == "object-store"]
    for name in keepers:
        objects, listing, *handed = json.loads(rights[f"objects-{name}.json"])["Statement"]
        assert objects["Resource"] == f"arn:aws:s3:::fitmesh/{name}/*"
        assert listing["Condition"] == {"StringLike": {"s3:prefix": [f"{name}/*"]}}
        others = [f"arn:aws:s3:::fitmesh/{other}/*" for other in services.BY_NAME[name].reads_files_of]
        read_only = [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": others}]
        assert handed == (read_only if others else []), "what others hand on can be read, never changed"
    assert "object-store" not in text("infrastructure"), "only where it is asked for"


def test_who_reads_archives_has_room_for_those_inside_them() -> None:
    for each in kind("Deployment", manifests("fitmesh")):
        spec = each["spec"]["template"]["spec"]
        [room] = [volume["emptyDir"]["sizeLimit"] for volume in spec["volumes"] if volume["name"] == "tmp"]
        if services.BY_NAME[each["metadata"]["name"].removesuffix("-worker")].keeps_files:
            assert int(room.removesuffix("Gi")) << 30 > Bounds().nested_bytes
        else:
            assert room == "64Mi"


def mounted(spec: dict) -> dict[str, str]:
    return {
        item["path"]: source["secret"]["name"]
        for volume in spec["volumes"]
        for source in volume.get("projected", {}).get("sources", [])
        for item in source["secret"]["items"]
    }


def test_every_file_a_setting_names_is_mounted() -> None:
    for each in kind("Deployment", profile("ci")) + kind("Job", profile("ci")):
        spec = each["spec"]["template"]["spec"]
        files = {v["value"].rsplit("/", 1)[1] for v in spec["containers"][0]["env"] if v["name"].endswith("_FILE")}
        assert files == mounted(spec).keys(), each["metadata"]["name"]


def test_the_secrets_asked_for_are_those_that_are_made(tmp_path) -> None:
    code = """
import json
from make_secrets import complete, keepers, services
print(json.dumps({name: sorted(data) for name, data in complete({}, services(), keepers()).items()}))
"""
    done = subprocess.run(["python3", "-c", code], cwd=CHECKOUT / "k8s", capture_output=True, text=True, check=True)
    made = yaml.safe_load(done.stdout)
    stand_in = kind("Deployment", manifests("infrastructure", "--set=objectStore.enabled=true"))
    for each in kind("Deployment", profile("ci")) + kind("Job", profile("ci")) + stand_in:
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
