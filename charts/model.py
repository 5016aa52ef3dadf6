"""What may stand in values: one Struct a block, with bounds and a word on each; schemas and pages are made from them.

Defaults stand in charts/service-kit/values.yaml and nowhere else.
"""

# ruff: noqa: INP001, N815 - a script's module; Helm's values are camelCase

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, defstruct

Name = Annotated[str, Meta(pattern=r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$", max_length=253)]
MaybeName = Annotated[str, Meta(pattern=r"^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$", max_length=253)]
Port = Annotated[int, Meta(ge=1, le=65535)]
Path = Annotated[str, Meta(pattern=r"^/[^\s]*$")]
Quantity = Annotated[str | float, Meta(description="as Kubernetes writes quantities: 50m, 128Mi")]
Labels = dict[str, str]
Anything = dict[str, Any]


def told(kind: Any, text: str, **bounds: Any) -> Any:
    """A field that may be left out, and what the page says of it."""
    bounded = Annotated[kind, Meta(**bounds)] if bounds else kind
    return Annotated[bounded | UnsetType, Meta(description=text)]


class Block(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A block of values."""


class Otel(Block):
    endpoint: told(str, "OTLP/gRPC address of a collector; empty: no traces are sent") = UNSET


class Peers(Block):
    gateway: told(list[Anything], "NetworkPolicy peers of the gateway") = UNSET
    monitoring: told(list[Anything], "of Prometheus") = UNSET
    postgres: told(list[Anything], "of the databases") = UNSET
    rabbitmq: told(list[Anything], "of the broker") = UNSET
    objectStore: told(list[Anything], "of the object store: its pods, its namespace or its addresses") = UNSET
    collector: told(list[Anything], "of the trace collector; empty: none") = UNSET
    dns: told(list[Anything], "of the cluster's DNS") = UNSET
    dnsPorts: told(list[Anything], "its ports; 5353 is where some pods of it listen") = UNSET


class Image(Block):
    repository: told(str, "where the image lies") = UNSET
    tag: told(str, "empty: the chart's appVersion") = UNSET
    digest: told(str, "wins over the tag", pattern=r"^(sha256:[0-9a-f]{64})?$") = UNSET
    pullPolicy: told(Literal["IfNotPresent", "Always", "Never"], "when it is pulled") = UNSET


class Ports(Block):
    http: told(Port, "the API; alone reachable from the gateway") = UNSET
    grpc: told(Annotated[int, Meta(ge=0, le=65535)], "calls of other services; 0: none") = UNSET
    admin: told(Port, "/livez, /readyz, /metrics; never routed") = UNSET


class SecretKey(Block):
    secret: Name
    key: str


class Existing(Block):
    existingSecret: told(MaybeName, "Secret with the key secret: by which the service proves to identity who it is") = (
        UNSET
    )


class Database(Block):
    host: told(str, "its host") = UNSET
    port: told(Port, "its port") = UNSET
    name: told(str, "empty: the service's name") = UNSET
    sslmode: told(Literal["disable", "prefer", "require", "verify-ca", "verify-full"], "as PostgreSQL's") = UNSET
    existingSecret: told(MaybeName, "keys api-username, api-password; likewise writer-, worker-, migrate-") = UNSET


class Broker(Block):
    host: told(str, "its host") = UNSET
    port: told(Port, "its AMQP port") = UNSET
    vhost: told(str, "its virtual host") = UNSET
    existingSecret: told(MaybeName, "keys username, password") = UNSET


class ObjectStore(Block):
    url: told(str, "file:///objects or s3://<bucket>; empty: none", pattern=r"^(file:///objects|s3://[^/]+)?$") = UNSET
    endpoint: told(str, "of an S3 store that is not Amazon's", pattern="^(https?://[^/]+)?$") = UNSET
    region: told(str, "of an S3 store; most that are not Amazon's take any") = UNSET
    existingSecret: told(MaybeName, "for s3: keys access-key-id, secret-access-key") = UNSET
    volume: told(MaybeName, "for file: claim mounted at /objects; ReadWriteMany if there are several nodes") = UNSET


class Migrations(Block):
    enabled: told(bool, "run them before each install and upgrade") = UNSET
    command: told(list[str], "what the service is told to do") = UNSET
    activeDeadlineSeconds: told(Annotated[int, Meta(ge=1)], "until they are given up") = UNSET


class ScaledQueue(Block):
    name: str
    length: Annotated[int, Meta(ge=1)]


class Autoscaling(Block):
    kind: told(Literal["none", "hpa", "keda"], "none: as many as replicas says") = UNSET
    minReplicas: told(Annotated[int, Meta(ge=0)], "never fewer") = UNSET
    maxReplicas: told(Annotated[int, Meta(ge=1)], "never more") = UNSET
    cpu: told(Annotated[int, Meta(ge=0, le=1000)], "per cent of the requested cpu to aim at; 0: not by cpu") = UNSET
    queues: told(list[ScaledQueue], "keda: queues, and how many messages one pod may have waiting") = UNSET
    scaleDownSeconds: told(Annotated[int, Meta(ge=0, le=3600)], "how long it must have been quiet") = UNSET


class Amounts(Block):
    cpu: Quantity | UnsetType = UNSET
    memory: Quantity | UnsetType = UNSET


class Resources(Block):
    requests: told(Amounts, "what a pod is given for certain") = UNSET
    limits: told(Amounts, "memory only: a cpu limit slows where nothing is short") = UNSET


class Worker(Block):
    enabled: told(bool, "consumers and jobs as a Deployment of their own") = UNSET
    replicas: told(Annotated[int, Meta(ge=0)], "of the worker") = UNSET
    resources: told(Resources, "of the worker") = UNSET
    autoscaling: told(Autoscaling, "of the worker") = UNSET


class Route(Block):
    enabled: told(bool, "reachable through the gateway") = UNSET
    kind: told(Literal["HTTPRoute", "Ingress"], "Ingress for clusters without a Gateway API") = UNSET
    host: told(str, "empty: global.host") = UNSET
    exact: told(list[Path], "paths that match only themselves") = UNSET
    prefixes: told(list[Path], "paths that match themselves and what lies under them") = UNSET
    limited: told(list[Path], "those of them with a rate limit per address") = UNSET
    streams: told(list[Path], "uploads and event streams: no size limit, nothing held back") = UNSET
    parentRefs: told(list[Anything], "the Gateway") = UNSET
    className: told(str, "of the Ingress") = UNSET
    filters: told(list[Anything], "more HTTPRoute filters") = UNSET


class Policy(Block):
    enabled: told(bool, "draw a NetworkPolicy") = UNSET
    internet: told(bool, "may reach public addresses") = UNSET


class ServiceMonitor(Block):
    enabled: told(bool, "for the Prometheus operator") = UNSET
    labels: told(Labels, "that its Prometheus selects by") = UNSET
    interval: told(str, "between two scrapes", pattern=r"^\d+(ms|s|m)$") = UNSET


class Metrics(Block):
    serviceMonitor: told(ServiceMonitor, "scrapes") = UNSET


class Switch(Block):
    enabled: told(bool, "whether it is there") = UNSET


class Service(Block):
    """Values of one service's chart."""

    enabled: told(bool, "read by the umbrella: install it") = UNSET
    image: told(Image, "the image") = UNSET
    replicas: told(Annotated[int, Meta(ge=0, le=100)], "left out of the Deployment when autoscaled") = UNSET
    minReadySeconds: told(
        Annotated[int, Meta(ge=0)], "how long a new pod must be well before the next old one goes"
    ) = UNSET
    ports: told(Ports, "inside the pod and of its Services") = UNSET
    config: told(dict[str, str | float | bool], "plain settings; templates may be used") = UNSET
    secrets: told(dict[str, SecretKey], "settings that are secrets: where each lies") = UNSET
    serviceSecret: told(Existing, "the service's own secret") = UNSET
    database: told(Database, "PostgreSQL") = UNSET
    broker: told(Broker, "RabbitMQ") = UNSET
    objectStore: told(ObjectStore, "where files lie") = UNSET
    migrations: told(Migrations, "the Job before each version") = UNSET
    republish: told(bool, "send everything again after an upgrade or when the set of services changes") = UNSET
    autoscaling: told(Autoscaling, "of the API") = UNSET
    worker: told(Worker, "the second Deployment") = UNSET
    resources: told(Resources, "of the API") = UNSET
    scratch: told(Quantity, "most that a pod may hold in /tmp") = UNSET
    route: told(Route, "at the gateway") = UNSET
    calls: told(
        dict[str, list[Literal["http", "grpc", "admin"]]], "which services it calls, on which ports; * stands for all"
    ) = UNSET
    networkPolicy: told(Policy, "what else it may reach") = UNSET
    metrics: told(Metrics, "for Prometheus") = UNSET
    pdb: told(Switch, "PodDisruptionBudget: one away at a time") = UNSET
    drainSeconds: told(Annotated[int, Meta(ge=0, le=300)], "between leaving the endpoints and SIGTERM") = UNSET
    terminationGracePeriodSeconds: told(Annotated[int, Meta(ge=30, le=600)], "at least drainSeconds + 30") = UNSET
    readOnlyRootFilesystem: told(bool, "false for skaffold's file sync only") = UNSET
    reload: told(bool, "start again when a source file changes; needs the image's target dev") = UNSET
    podAnnotations: told(Labels, "more annotations of pods") = UNSET
    extraObjects: told(list[Anything], "whatever else; templates may be used") = UNSET


class Global(Block):
    host: told(str, "the host name people use; empty: any") = UNSET
    url: told(str, "public address of the gateway and issuer of tokens; empty: https://<host>") = UNSET
    imageRegistry: told(str, "put before every image's name") = UNSET
    every: told(Service, "values of every service whose own chart or block says nothing else") = UNSET
    quickstart: told(bool, "health data without a token, common passwords: for localhost only") = UNSET
    otel: told(Otel, "traces") = UNSET
    peers: told(Peers, "where policies let traffic from and to") = UNSET


class Http(Block):
    port: told(Port, "of the listener: Traefik's own") = UNSET


class Https(Block):
    enabled: told(bool, "a second listener with TLS") = UNSET
    port: told(Port, "of the listener: Traefik's own") = UNSET
    secret: told(MaybeName, "with tls.crt and tls.key") = UNSET


class Gateway(Block):
    enabled: told(bool, "make a Gateway called fitmesh") = UNSET
    className: told(Name, "its class") = UNSET
    annotations: told(Labels, "for cert-manager, say") = UNSET
    http: told(Http, "plain") = UNSET
    https: told(Https, "encrypted") = UNSET


class Rate(Block):
    average: told(Annotated[int, Meta(ge=1)], "requests a second from one address, in the long run") = UNSET
    burst: told(Annotated[int, Meta(ge=1)], "and at once") = UNSET
    depth: told(
        Annotated[int, Meta(ge=0)], "which X-Forwarded-For entry, from the right, is the client; 0: the peer"
    ) = UNSET


class Middlewares(Block):
    enabled: told(bool, "Traefik's middlewares") = UNSET
    bodyLimitBytes: told(Annotated[int, Meta(ge=1024)], "of a request; not of uploads and streams") = UNSET
    signInRate: told(Rate, "of /auth") = UNSET


class Rules(Block):
    enabled: told(bool, "a PrometheusRule") = UNSET
    labels: told(Labels, "that the operator selects by") = UNSET


class Dashboards(Block):
    enabled: told(bool, "one ConfigMap each") = UNSET
    labels: told(Labels, "that Grafana's sidecar selects by") = UNSET
    folder: told(str, "in Grafana") = UNSET


class Monitoring(Block):
    rules: told(Rules, "alerts") = UNSET
    dashboards: told(Dashboards, "for Grafana") = UNSET


class Tests(Block):
    url: told(str, "where `helm test` finds the gateway from inside", pattern="^https?://") = UNSET


class Claim(Block):
    size: told(str, "of the volume") = UNSET
    className: told(str, "empty: the default class") = UNSET


class Postgres(Block):
    image: told(str, "official image or one that behaves like it") = UNSET
    existingSecret: told(Name, "key password: of the user postgres") = UNSET
    maxConnections: told(Annotated[int, Meta(ge=20)], "some thirty a pod") = UNSET
    storage: told(Claim, "its volume") = UNSET
    resources: told(Resources, "of the pod") = UNSET


class Rabbitmq(Block):
    image: told(str, "official image or one that behaves like it") = UNSET
    existingSecret: told(Name, "key users.json: definitions of the users") = UNSET
    memoryHighWatermark: told(str, "where it stops taking messages") = UNSET
    storage: told(Claim, "its volume") = UNSET
    resources: told(Resources, "of the pod") = UNSET


class StandIn(Block):
    enabled: told(bool, "for development and tests: what it holds is gone with its pod") = UNSET
    image: told(str, "made of k8s/object-store") = UNSET
    services: told(list[str], "who may use it, each its own part; their Secrets <service>-objects exist") = UNSET
    resources: told(Resources, "of the pod") = UNSET


class Infrastructure(Block):
    """Values of charts/infrastructure."""

    postgres: told(Postgres, "PostgreSQL") = UNSET
    rabbitmq: told(Rabbitmq, "RabbitMQ") = UNSET
    objectStore: told(StandIn, "a stand-in for an S3 store") = UNSET
    services: told(list[str], "who gets a database; their Secrets <service>-db exist") = UNSET
    networkPolicy: told(Switch, "who may reach them") = UNSET


def umbrella(services: list[str]) -> type[Struct]:
    """Values of charts/fitmesh, with a block for each service."""
    own = {
        "gateway": (told(Gateway, "where requests come in"), UNSET),
        "middlewares": (told(Middlewares, "what happens to every request"), UNSET),
        "networkPolicy": (told(Switch, "default-deny, and one policy for each caller and callee"), UNSET),
        "monitoring": (told(Monitoring, "alerts and dashboards"), UNSET),
        "tests": (told(Tests, "helm test"), UNSET),
    }
    blocks = {name: (told(Service, f"values of charts/{name}"), UNSET) for name in services}
    fields = [(name, kind, default) for name, (kind, default) in (own | blocks).items()]
    return defstruct("Umbrella", fields, bases=(Block,))
