{{- define "kit.labels" -}}
{{ include "kit.selector" . }}
app.kubernetes.io/part-of: fitmesh
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end -}}

{{/* Of the pods of one component: api, worker, migrate or republish. */}}
{{- define "kit.selector" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .component }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end -}}

{{/* Labels of pods: those of the release change with every chart version, and a pod's labels must not. */}}
{{- define "kit.podLabels" -}}
{{ include "kit.selector" . }}
app.kubernetes.io/part-of: fitmesh
{{- end -}}

{{- define "kit.serving" -}}
matchLabels: {app.kubernetes.io/name: {{ .name }}, app.kubernetes.io/part-of: fitmesh}
matchExpressions: [{key: app.kubernetes.io/component, operator: In, values: [api, worker]}]
{{- end -}}

{{- define "kit.image" -}}
{{- $image := .v.image -}}
{{- with .v.global.imageRegistry }}{{ . }}/{{ end }}{{ $image.repository }}
{{- if $image.digest }}{{ with $image.tag }}:{{ . }}{{ end }}@{{ $image.digest }}{{ else }}:{{ $image.tag | default .root.Chart.AppVersion }}{{ end -}}
{{- end -}}

{{/* Deployments of a service by component: which command they run, and with what. */}}
{{- define "kit.components" -}}
{{- $api := dict "name" .name "arguments" (ternary (list "api") (list) .v.worker.enabled) "replicas" .v.replicas "resources" .v.resources "autoscaling" .v.autoscaling "serves" true -}}
{{- $all := dict "api" $api -}}
{{- if .v.worker.enabled -}}
{{- $worker := dict "name" (printf "%s-worker" .name) "arguments" (list "worker") "replicas" .v.worker.replicas "resources" .v.worker.resources "autoscaling" .v.worker.autoscaling "serves" false -}}
{{- $_ := set $all "worker" $worker -}}
{{- end -}}
{{- $all | toJson -}}
{{- end -}}
