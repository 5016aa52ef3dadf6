{{- define "kit.scaling" -}}
{{- $s := . -}}
{{- $keda := false -}}
{{- range $component, $part := include "kit.components" . | fromJson }}
{{- $c := merge (dict "component" $component "part" $part) $s }}
{{- if eq $part.autoscaling.kind "hpa" }}
---
{{ include "kit.hpa" $c }}
{{- else if eq $part.autoscaling.kind "keda" }}
{{- $keda = true }}
---
{{ include "kit.scaledObject" $c }}
{{- end }}
{{- end }}
{{- if $keda }}
---
{{ include "kit.triggerAuthentication" $s }}
{{- end }}
{{- end -}}

{{- define "kit.hpa" -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ .part.name }}
  labels:
    {{- include "kit.labels" . | nindent 4 }}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: {{ .part.name }}}
  minReplicas: {{ .part.autoscaling.minReplicas }}
  maxReplicas: {{ .part.autoscaling.maxReplicas }}
  metrics:
    - {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: {{ .part.autoscaling.cpu }}}}}
  behavior: {scaleDown: {stabilizationWindowSeconds: {{ .part.autoscaling.scaleDownSeconds }}}}
{{- end -}}

{{- define "kit.scaledObject" -}}
{{- $s := . -}}
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: {{ .part.name }}
  labels:
    {{- include "kit.labels" . | nindent 4 }}
spec:
  scaleTargetRef: {name: {{ .part.name }}}
  minReplicaCount: {{ .part.autoscaling.minReplicas }}
  maxReplicaCount: {{ .part.autoscaling.maxReplicas }}
  pollingInterval: 15
  cooldownPeriod: 120
  advanced:
    horizontalPodAutoscalerConfig:
      behavior: {scaleDown: {stabilizationWindowSeconds: {{ .part.autoscaling.scaleDownSeconds }}}}
  triggers:
    {{- with .part.autoscaling.cpu }}
    - {type: cpu, metricType: Utilization, metadata: {value: {{ . | quote }}}}
    {{- end }}
    {{- range .part.autoscaling.queues }}
    - type: rabbitmq
      authenticationRef: {name: {{ $s.name }}-broker}
      metadata:
        host: amqp://{{ include "kit.brokerAddress" $s }}/{{ $s.v.broker.vhost }}
        protocol: amqp
        mode: QueueLength
        queueName: {{ .name }}
        value: {{ .length | quote }}
    {{- end }}
{{- end -}}

{{/* KEDA looks from a namespace of its own, so a bare name of ours gets ours. */}}
{{- define "kit.brokerAddress" -}}
{{- $host := tpl .v.broker.host .root -}}
{{- if not (contains "." $host) }}{{ $host = printf "%s.%s.svc" $host .root.Release.Namespace }}{{ end -}}
{{- $host }}:{{ .v.broker.port -}}
{{- end -}}

{{- define "kit.triggerAuthentication" -}}
apiVersion: keda.sh/v1alpha1
kind: TriggerAuthentication
metadata:
  name: {{ .name }}-broker
  labels:
    {{- include "kit.labels" . | nindent 4 }}
spec:
  secretTargetRef:
    - {parameter: username, name: {{ .v.broker.existingSecret }}, key: username}
    - {parameter: password, name: {{ .v.broker.existingSecret }}, key: password}
{{- end -}}

{{- define "kit.budget" -}}
{{- $s := . -}}
{{- if .v.pdb.enabled }}
{{- range $component, $part := include "kit.components" . | fromJson }}
{{- $c := merge (dict "component" $component "part" $part) $s }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ $part.name }}
  labels:
    {{- include "kit.labels" $c | nindent 4 }}
spec:
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "kit.selector" $c | nindent 6 }}
{{- end }}
{{- end }}
{{- end -}}
