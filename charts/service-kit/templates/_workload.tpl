{{- define "kit.account" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .name }}
  labels:
    {{- include "kit.labels" . | nindent 4 }}
automountServiceAccountToken: false
{{- end -}}

{{- define "kit.deployments" -}}
{{- $s := . -}}
{{- range $component, $part := include "kit.components" . | fromJson }}
---
{{ include "kit.deployment" (merge (dict "component" $component "part" $part) $s) }}
{{- end }}
{{- end -}}

{{- define "kit.deployment" -}}
{{- $v := .v -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .part.name }}
  labels:
    {{- include "kit.labels" . | nindent 4 }}
spec:
  {{- if eq .part.autoscaling.kind "none" }}
  replicas: {{ .part.replicas }}
  {{- end }}
  revisionHistoryLimit: 3
  minReadySeconds: {{ $v.minReadySeconds }}
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
  selector:
    matchLabels:
      {{- include "kit.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "kit.podLabels" . | nindent 8 }}
      {{- with $v.podAnnotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      {{- include "kit.podBasics" . | nindent 6 }}
      terminationGracePeriodSeconds: {{ $v.terminationGracePeriodSeconds }}
      topologySpreadConstraints:
        {{- range $key := list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
        - maxSkew: 1
          topologyKey: {{ $key }}
          whenUnsatisfiable: ScheduleAnyway
          matchLabelKeys: [pod-template-hash]
          labelSelector:
            matchLabels:
              {{- include "kit.selector" $ | nindent 14 }}
        {{- end }}
      containers:
        - name: {{ .name }}
          {{- include "kit.containerBasics" . | nindent 10 }}
          {{- $command := concat (list "python" "-m" .name) .part.arguments }}
          {{- if $v.reload }}
          command: [watchfiles, --filter, python, {{ join " " $command | quote }}, /app]
          {{- else }}
          command: [{{ join ", " $command }}]
          {{- end }}
          ports:
            {{- if .part.serves }}
            - {name: http, containerPort: {{ $v.ports.http }}}
            {{- if $v.ports.grpc }}
            - {name: grpc, containerPort: {{ $v.ports.grpc }}}
            {{- end }}
            {{- end }}
            - {name: admin, containerPort: {{ $v.ports.admin }}}
          startupProbe: {httpGet: {path: /livez, port: admin}, periodSeconds: 2, failureThreshold: 30}
          livenessProbe: {httpGet: {path: /livez, port: admin}, periodSeconds: 10, timeoutSeconds: 5}
          readinessProbe: {httpGet: {path: /readyz, port: admin}, periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 2}
          lifecycle: {preStop: {sleep: {seconds: {{ $v.drainSeconds }}}}}
          resources:
            {{- toYaml .part.resources | nindent 12 }}
{{- end -}}

{{/* What a pod of ours is, whatever runs in it. */}}
{{- define "kit.podBasics" -}}
serviceAccountName: {{ ternary "default" .name (has .component (list "migrate" "republish")) }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile: {type: RuntimeDefault}
volumes:
  - name: secrets
    {{- include "kit.secretVolume" . | nindent 4 }}
  - name: tmp
    emptyDir: {sizeLimit: {{ .v.scratch }}}
  {{- if and (include "kit.keepsFiles" .) .v.objectStore.volume }}
  - name: objects
    persistentVolumeClaim: {claimName: {{ .v.objectStore.volume }}}
  {{- end }}
{{- end -}}

{{- define "kit.containerBasics" -}}
image: {{ include "kit.image" . }}
imagePullPolicy: {{ .v.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: {{ .v.readOnlyRootFilesystem }}
  capabilities: {drop: [ALL]}
env:
  {{- include "kit.env" . | nindent 2 }}
volumeMounts:
  - {name: secrets, mountPath: /etc/fitmesh/secrets, readOnly: true}
  - {name: tmp, mountPath: /tmp}
  {{- if and (include "kit.keepsFiles" .) .v.objectStore.volume }}
  - {name: objects, mountPath: /objects}
  {{- end }}
{{- end -}}

{{- define "kit.extra" -}}
{{- $root := .root -}}
{{- range .v.extraObjects }}
---
{{ tpl (toYaml .) $root }}
{{- end }}
{{- end -}}
