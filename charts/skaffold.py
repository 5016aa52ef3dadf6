"""skaffold.yaml: one artifact and three values a service; everything else is written out below as people read it."""

# ruff: noqa: INP001, E501 - a script's module; YAML as people read it

HEAD = """\
# Written by charts/skaffold.py (`make charts-docs`): one artifact and one set of image values a service.
#   kind create cluster --config kind-config.yaml && skaffold dev        then http://localhost:8000
apiVersion: skaffold/v4beta14
kind: Config
metadata: {name: fitmesh}
build:
  tagPolicy: {inputDigest: {}}
  local: {push: false, useBuildkit: true, concurrency: 2}
  artifacts:
"""
STAND_IN = """\
    # A stand-in for an S3 store.
    - {image: fitmesh/object-store, context: k8s/object-store, docker: {dockerfile: Dockerfile}}
"""
ARTIFACT = """\
    - image: fitmesh/SERVICE
      docker: {dockerfile: services/Dockerfile, target: dev, buildArgs: {SERVICE: SERVICE}}
      sync:
        manual:
          - {src: "services/SERVICE/src/**/*.py", dest: /app}
          - {src: "libs/*/src/**/*.py", dest: /app}
"""
DEPLOY = """\
deploy:
  statusCheckDeadlineSeconds: 300
  helm:
    hooks:
      before:
        - host: {command: [kubectl, apply, -f, k8s/namespace.yaml]}
        - host: {command: [python3, k8s/make_secrets.py, -n, fitmesh, --objects]}
    releases:
      # The chart brings the Gateway API's resources and Traefik's own; nodePorts as in kind-config.yaml.
      - name: traefik
        remoteChart: traefik
        repo: https://traefik.github.io/charts
        version: 41.3.0
        namespace: traefik
        createNamespace: true
        wait: true
        valuesFiles: [k8s/values/traefik.yaml]
"""
RELEASES = """\
      - name: infrastructure
        chartPath: charts/infrastructure
        namespace: fitmesh
        wait: true
        skipBuildDependencies: true
        setValues: {objectStore.enabled: true}
        setValueTemplates:
          objectStore.image: "{{.IMAGE_REPO_fitmesh_object_store}}:{{.IMAGE_TAG_fitmesh_object_store}}"
      - name: fitmesh
        chartPath: charts/fitmesh
        namespace: fitmesh
        skipBuildDependencies: true
        dependsOn: [infrastructure]
        valuesFiles: [k8s/values/dev.yaml]
        setValueTemplates:
"""
VALUES = """\
          SERVICE.image.repository: "{{.IMAGE_REPO_fitmesh_SERVICE}}"
          SERVICE.image.tag: "{{.IMAGE_TAG_fitmesh_SERVICE}}"
          SERVICE.image.digest: "{{.IMAGE_DIGEST_fitmesh_SERVICE}}"
"""
PROFILES = """\
profiles:
  # What `skaffold dev` does without a word; `skaffold run -p dev` asks for it.
  - name: dev
    activation: [{command: dev}]
  # Prometheus, Grafana and the collector before Fitmesh.
  - name: observability
    patches:
      - op: add
        path: /deploy/helm/releases/0
        value:
          name: kube-prometheus-stack
          remoteChart: kube-prometheus-stack
          repo: https://prometheus-community.github.io/helm-charts
          namespace: monitoring
          createNamespace: true
          wait: true
          valuesFiles: [k8s/values/kube-prometheus-stack.yaml]
  # Where there is no Docker: CLUSTER names the rig that builds and pushes; --default-repo its registry.
  - name: ci
    build:
      tagPolicy: {inputDigest: {}}
      local: {push: true, concurrency: 1}
      artifacts:
"""
CI_STAND_IN = """\
        - image: fitmesh/object-store
          context: k8s/object-store
          custom:
            buildCommand: '"$CLUSTER/cluster" build "$IMAGE" . --timestamp 0 && "$CLUSTER/cluster" push "$IMAGE"'
            dependencies: {paths: [Dockerfile, requirements.txt, serve.py]}
"""
CI_ARTIFACT = """\
        - image: fitmesh/SERVICE
          custom:
            buildCommand: '"$CLUSTER/cluster" build "$IMAGE" . -f services/Dockerfile --target dev --build-arg SERVICE=SERVICE --timestamp 0 && "$CLUSTER/cluster" push "$IMAGE"'
            dependencies:
              paths: ["services/SERVICE/src/**/*.py", "services/SERVICE/db", "libs/*/src/**/*.py", "libs/*/db", requirements/SERVICE.txt, services/Dockerfile]
          sync:
            manual:
              - {src: "services/SERVICE/src/**/*.py", dest: /app}
              - {src: "libs/*/src/**/*.py", dest: /app}
"""
CI_DEPLOY = """\
    deploy:
      statusCheckDeadlineSeconds: 300
      helm:
        hooks:
          before:
            - host: {command: [kubectl, apply, -f, k8s/namespace.yaml]}
            - host: {command: [python3, k8s/make_secrets.py, -n, fitmesh, --objects]}
        releases:
"""


def written(services: list[str]) -> str:
    """The whole file for these services."""
    releases = RELEASES + _each(VALUES, services)
    deeper = "".join(f"    {line}" for line in releases.splitlines(keepends=True))
    base = HEAD + STAND_IN + _each(ARTIFACT, services) + DEPLOY + releases
    return base + PROFILES + CI_STAND_IN + _each(CI_ARTIFACT, services) + CI_DEPLOY + deeper


def _each(part: str, services: list[str]) -> str:
    """A part once a service; the upper-case word stands for its name but where it names the build argument."""
    marked = part.replace("{SERVICE: SERVICE}", "{\0: SERVICE}").replace("SERVICE=SERVICE", "\0=SERVICE")
    return "".join(marked.replace("SERVICE", service).replace("\0", "SERVICE") for service in services)
