{{/* Who is installed: the charts whose condition holds. */}}
{{- define "fitmesh.neighbours" -}}
{{- $neighbours := list -}}
{{- range $name := keys .Subcharts | sortAlpha -}}
{{- $neighbours = append $neighbours (include "kit.neighbour" (index $.Subcharts $name) | fromJson) -}}
{{- end -}}
{{- $neighbours | toJson -}}
{{- end -}}

{{- define "fitmesh.labels" -}}
app.kubernetes.io/name: fitmesh
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/part-of: fitmesh
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end -}}

{{/* Values that would start and then disappoint end the install here. */}}
{{- define "fitmesh.check" -}}
{{- if not (hasKey .Subcharts "identity") }}{{ fail "identity.enabled is false: every other service asks identity who its users are" }}{{ end -}}
{{- if and .Values.gateway.https.enabled (not .Values.gateway.https.secret) }}{{ fail "gateway.https.enabled is true, but gateway.https.secret is empty: name the Secret with tls.crt and tls.key" }}{{ end -}}
{{- if contains "/" .Values.global.host }}{{ fail (printf "global.host is %q: a host name alone, without scheme and path" .Values.global.host) }}{{ end -}}
{{- end -}}

{{- define "fitmesh.databasePorts" -}}
{{- $ports := list -}}
{{- range .Subcharts }}{{ $ports = append $ports (fromJson (include "kit.values" .)).database.port }}{{ end -}}
{{- $ports | uniq | sortAlpha | toJson -}}
{{- end -}}
