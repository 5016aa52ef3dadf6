{{- define "kit.services" -}}
{{- $s := . -}}
{{- range $component, $part := include "kit.components" . | fromJson }}
{{- $c := merge (dict "component" $component "part" $part) $s }}
{{- if $part.serves }}
---
{{ include "kit.oneService" (merge (dict "port" "http" "as" $part.name) $c) }}
{{- if $s.v.ports.grpc }}
---
{{ include "kit.oneService" (merge (dict "port" "grpc" "as" (printf "%s-grpc" $part.name) "headless" true) $c) }}
{{- end }}
{{- end }}
---
{{ include "kit.oneService" (merge (dict "port" "admin" "as" (printf "%s-admin" $part.name)) $c) }}
{{- end }}
{{- end -}}

{{/* gRPC clients see every pod and balance calls themselves; so that Service has no address of its own. */}}
{{- define "kit.oneService" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ .as }}
  labels:
    {{- include "kit.labels" . | nindent 4 }}
    fitmesh.org/port: {{ .port }}
spec:
  {{- if .headless }}
  clusterIP: None
  {{- end }}
  selector:
    {{- include "kit.selector" . | nindent 4 }}
  ports:
    - name: {{ .port }}
      port: {{ index .v.ports .port }}
      targetPort: {{ .port }}
      appProtocol: {{ ternary "kubernetes.io/h2c" "http" (eq .port "grpc") }}
{{- end -}}
