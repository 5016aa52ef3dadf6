"""Calls between services: spread over the pods of a headless Service, and tried again when one dies."""

from concurrent.futures import ThreadPoolExecutor

from tests.cluster.kit import Kubernetes, eventually

CALL = """
import asyncio, json, sys, time
from chassis import problems
from chassis.settings import Settings, load
from chassis.rpc import Peers
from contracts.identity.v1 import identity_pb2, identity_pb2_grpc

async def main(count, pause):
    peers = Peers(load(Settings), "health")
    stub = identity_pb2_grpc.UsersStub(peers.channel("identity"))
    said = {}
    for _ in range(count):
        try:
            await peers.call(stub.GetUser, identity_pb2.GetUserRequest(username="nobody-of-this-name"))
            outcome = "found"
        except problems.Problem as problem:
            outcome = type(problem).__name__
        said[outcome] = said.get(outcome, 0) + 1
        await asyncio.sleep(pause)
    await peers.close()
    print(json.dumps(said))

asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
"""
SERVED = """
import json, re, urllib.request
text = urllib.request.urlopen("http://127.0.0.1:9100/metrics").read().decode()
counts = re.findall(r'^grpc_server_duration_seconds_count\\{[^}]*GetUser[^}]*\\} (\\S+)', text, re.M)
print(json.dumps(sum(map(float, counts))))
"""


def served(kubernetes: Kubernetes) -> dict[str, float]:
    pods = [pod["metadata"]["name"] for pod in kubernetes.pods("app.kubernetes.io/name=identity")]
    return {name: kubernetes.python(f"pod/{name}", SERVED) for name in pods}


def test_calls_spread_over_both_pods(fitmesh: Kubernetes) -> None:
    before = served(fitmesh)
    assert len(before) == 2
    assert fitmesh.python("deploy/health", CALL, "300", "0") == {"NotFound": 300}
    shares = {name: (count - before[name]) / 300 for name, count in served(fitmesh).items()}
    print(f"\nshares of 300 calls: {sorted(shares.values())}")
    assert min(shares.values()) >= 0.3, shares


def test_calls_of_a_killed_pod_are_tried_again(fitmesh: Kubernetes) -> None:
    victim = fitmesh.pods("app.kubernetes.io/name=identity")[0]["metadata"]["name"]
    before = served(fitmesh)[victim]
    with ThreadPoolExecutor(1) as pool:
        calls = pool.submit(fitmesh.python, "deploy/health", CALL, "600", "0.01")
        eventually("calls flow", lambda: calls.done() or served(fitmesh)[victim] > before, every_s=0.1)
        fitmesh.kubectl("delete", "pod", victim, "--grace-period=0", "--force")
        outcome = calls.result()
    print(f"\n600 calls while a pod was killed: {outcome}")
    assert outcome == {"NotFound": 600}
    fitmesh.settle("identity")
