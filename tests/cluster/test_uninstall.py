"""Taking everything away again."""

from tests.cluster.kit import Kubernetes, eventually

KINDS = (
    "deployments,statefulsets,replicasets,pods,jobs,services,serviceaccounts,configmaps,networkpolicies,poddisruptionbudgets,"
    "horizontalpodautoscalers,httproutes,gateways,middlewares,scaledobjects,triggerauthentications,servicemonitors,"
    "prometheusrules,persistentvolumeclaims"
)


def test_only_volume_claims_stay(fitmesh: Kubernetes) -> None:
    for release in ("fitmesh", "infrastructure"):
        fitmesh.run("helm", "uninstall", release, "-n", fitmesh.namespace, "--wait", "--timeout", "3m")

    def left() -> set[str]:
        names = {f"{item['kind']}/{item['metadata']['name']}" for item in fitmesh.items(KINDS)}
        return names - {"ServiceAccount/default", "ConfigMap/kube-root-ca.crt"}

    claims = {"PersistentVolumeClaim/data-postgres-0", "PersistentVolumeClaim/data-rabbitmq-0"}
    eventually("only claims", lambda: left() == claims, within_s=90)
