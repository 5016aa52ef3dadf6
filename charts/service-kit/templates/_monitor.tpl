{{- define "kit.monitor" -}}
{{- with .v.metrics.serviceMonitor -}}
{{- if .enabled -}}
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  name: {{ $.name }}
  labels:
    {{- include "kit.labels" $ | nindent 4 }}
    {{- with .labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  selector:
    matchLabels:
      {{- include "kit.selector" $ | nindent 6 }}
      fitmesh.org/port: admin
  endpoints:
    - port: admin
      path: /metrics
      interval: {{ .interval }}
      relabelings:
        - {targetLabel: service, replacement: {{ $.name }}}
        - {sourceLabels: [__meta_kubernetes_pod_label_app_kubernetes_io_component], targetLabel: component}
{{- end -}}
{{- end -}}
{{- end -}}
