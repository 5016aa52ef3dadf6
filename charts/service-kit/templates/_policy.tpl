{{/* What a service may reach, and who from outside may reach it. Calls between services are let in by the umbrella, one policy an edge. */}}
{{- define "kit.policy" -}}
{{- if .v.networkPolicy.enabled -}}
{{- $peers := .v.global.peers -}}
{{- $s := . -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ .name }}
  labels:
    {{- include "kit.labels" . | nindent 4 }}
spec:
  podSelector:
    {{- include "kit.serving" . | nindent 4 }}
  policyTypes: [Ingress, Egress]
  ingress:
    {{- if .v.route.enabled }}
    - from: {{ toJson $peers.gateway }}
      ports: [{port: http}]
    {{- end }}
    {{- with $peers.monitoring }}
    - from: {{ toJson . }}
      ports: [{port: admin}]
    {{- end }}
  egress:
    - to: {{ toJson $peers.dns }}
      ports: {{ toJson $peers.dnsPorts }}
    - to: {{ toJson $peers.postgres }}
      ports: [{port: {{ .v.database.port }}}]
    - to: {{ toJson $peers.rabbitmq }}
      ports: [{port: {{ .v.broker.port }}}]
    {{- range include "kit.edges" . | fromJsonArray }}
    {{- if eq .from $s.name }}
    - to: [{podSelector: {matchLabels: {app.kubernetes.io/name: {{ .to }}, app.kubernetes.io/part-of: fitmesh}}}]
      ports: {{ .numbers | toJson }}
    {{- end }}
    {{- end }}
    {{- if hasPrefix "s3:" .v.objectStore.url }}
    - to: {{ toJson $peers.objectStore }}
      ports: [{port: {{ include "kit.objectStorePort" . }}}]
    {{- end }}
    {{- with $peers.collector }}
    - to: {{ toJson . }}
      ports: [{port: 4317}]
    {{- end }}
    {{- if .v.networkPolicy.internet }}
    - to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10, 169.254.0.0/16, 127.0.0.0/8]}}]
    {{- end }}
{{- end -}}
{{- end -}}

{{/* That of its endpoint; Amazon's own is encrypted. */}}
{{- define "kit.objectStorePort" -}}
{{- $endpoint := urlParse (.v.objectStore.endpoint | default "https://amazon") -}}
{{- regexFind "[0-9]+$" (regexFind ":[0-9]+$" $endpoint.host) | default (ternary "80" "443" (eq $endpoint.scheme "http")) -}}
{{- end -}}

{{/* Who calls whom among the installed: {from, to, ports, numbers}; a "*" in calls stands for every service. */}}
{{- define "kit.edges" -}}
{{- $edges := list -}}
{{- range $caller := .neighbours -}}
{{- range $callee := $.neighbours -}}
{{- $ports := uniq (concat (index $caller.calls $callee.name | default list) (index $caller.calls "*" | default list)) | sortAlpha -}}
{{- if $ports -}}
{{- $numbers := list -}}
{{- range $ports }}{{ $numbers = append $numbers (dict "port" (index $callee .)) }}{{ end -}}
{{- $edges = append $edges (dict "from" $caller.name "to" $callee.name "ports" $ports "numbers" $numbers) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $edges | toJson -}}
{{- end -}}
