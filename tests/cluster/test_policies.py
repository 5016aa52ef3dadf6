"""Who reaches whom: from each pod every service, port and database is tried; what opens is what is documented."""

import json
from concurrent.futures import ThreadPoolExecutor

from contracts.services import BY_NAME
from tests.cluster.kit import DEPLOYMENTS, SERVICES, Kubernetes

TRY = """
import concurrent.futures, json, socket, sys
def opens(target):
    try:
        socket.create_connection((target[1], target[2]), timeout=2.5).close()
        return True
    except OSError:
        return False
targets = json.loads(sys.argv[1])
with concurrent.futures.ThreadPoolExecutor(32) as pool:
    print(json.dumps([target[0] for target, open in zip(targets, pool.map(opens, targets)) if open]))
"""
WORKERS = [name for name in DEPLOYMENTS if name not in SERVICES]
PORTS = {"http": 8080, "grpc": 50051, "admin": 9100}


def targets(kubernetes: Kubernetes) -> list[tuple[str, str, int]]:
    """Every port of one pod of every Deployment, and what else there is: a name, an address, a port."""
    found = []
    for name in DEPLOYMENTS:
        service = name.removesuffix("-worker")
        component = "worker" if name in WORKERS else "api"
        selector = f"app.kubernetes.io/name={service},app.kubernetes.io/component={component}"
        address = kubernetes.pods(selector)[-1]["status"]["podIP"]
        wanted = ["admin"] if name in WORKERS else ["http", "admin"] if name == "dashboard" else list(PORTS)
        found += [(f"{name}:{port}", address, PORTS[port]) for port in wanted]
    found += [
        ("postgres", "postgres", 5432),
        ("rabbitmq", "rabbitmq", 5672),
        ("rabbitmq:management", "rabbitmq", 15672),
        ("object-store", "object-store", 9000),
    ]
    found += [("api-server", "kubernetes.default", 443), ("gateway", "traefik.traefik", 80)]
    return found


def allowed(caller: str) -> set[str]:
    """The documented matrix, docs/kubernetes.md."""
    may = {"postgres", "rabbitmq", "identity:http"}
    if caller != "identity":
        may |= {"identity:grpc"}
    if BY_NAME[caller].keeps_files:
        may |= {"object-store"}
    if caller == "dashboard":
        may |= {f"{name}:admin" for name in DEPLOYMENTS}
    return may


def test_from_each_pod_exactly_what_is_documented_opens(fitmesh: Kubernetes) -> None:
    tried = targets(fitmesh)
    own = {name: {one[0] for one in tried if one[0].split(":")[0] == name} for name in DEPLOYMENTS}

    def reach(name: str) -> set[str]:
        return set(fitmesh.python(f"deploy/{name}", TRY, json.dumps(tried)))

    with ThreadPoolExecutor(4) as pool:
        reached = dict(zip(DEPLOYMENTS, pool.map(reach, DEPLOYMENTS), strict=True))
    for name in DEPLOYMENTS:  # a pod always reaches itself, and which of two pods answers is chance
        assert reached[name] - own[name] == allowed(name.removesuffix("-worker")) - own[name], name


def test_an_unknown_pod_reaches_nothing(fitmesh: Kubernetes) -> None:
    image = fitmesh.get("deployment", "identity")["spec"]["template"]["spec"]["containers"][0]["image"]
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "stranger"},
        "spec": {
            "automountServiceAccountToken": False,
            "securityContext": {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [
                {
                    "name": "stranger",
                    "image": image,
                    "command": ["sleep", "600"],
                    "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
                }
            ],
        },
    }
    fitmesh.kubectl("apply", "-f", "-", feed=json.dumps(pod))
    try:
        fitmesh.kubectl("wait", "--for=condition=Ready", "pod/stranger", "--timeout=60s")
        tried = [*targets(fitmesh)]
        database = fitmesh.get("pod", "postgres-0")["status"]["podIP"]
        assert fitmesh.python("pod/stranger", TRY, json.dumps([*tried, ("postgres by address", database, 5432)])) == []
    finally:
        fitmesh.kubectl("delete", "pod", "stranger", "--grace-period=0", "--force", "--wait=false")


def test_a_service_cannot_log_in_to_the_database_of_another(fitmesh: Kubernetes) -> None:
    code = """
import asyncio, asyncpg, json, os, pathlib, sys
async def enter(database):
    read = lambda name: pathlib.Path(os.environ[f"DATABASE_API_{name}_FILE"]).read_text()
    try:
        db = await asyncpg.connect(host="postgres", user=read("USER"), password=read("PASSWORD"), database=database)
        await db.close()
        return "in"
    except asyncpg.PostgresError as error:
        return type(error).__name__
print(json.dumps({name: asyncio.run(enter(name)) for name in sys.argv[1:]}))
"""
    found = fitmesh.python("deploy/health", code, *SERVICES)
    assert found == {name: "in" if name == "health" else "InsufficientPrivilegeError" for name in SERVICES}
