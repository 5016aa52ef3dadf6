{{- define "kit.route" -}}
{{- if .v.route.enabled -}}
{{- include (ternary "kit.ingress" "kit.httpRoute" (eq .v.route.kind "Ingress")) . -}}
{{- end -}}
{{- end -}}

{{/* Three rules at most: what may be sent rarely, what flows without end, and the rest. The longest path wins. */}}
{{- define "kit.httpRoute" -}}
{{- $route := .v.route -}}
{{- $host := tpl $route.host .root | default .v.global.host -}}
{{- $always := list "identity-headers" "security-headers" -}}
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: {{ .name }}
  labels:
    {{- include "kit.labels" (merge (dict "component" "api") .) | nindent 4 }}
spec:
  parentRefs:
    {{- toYaml $route.parentRefs | nindent 4 }}
  {{- with $host }}
  hostnames: [{{ . | quote }}]
  {{- end }}
  rules:
    {{- with $route.limited }}
    - matches: {{ include "kit.matches" (dict "prefixes" .) }}
      filters: {{ include "kit.filters" (dict "names" (concat $always (list "sign-in-rate" "body-size")) "more" $route.filters) }}
      backendRefs: [{name: {{ $.name }}, port: {{ $.v.ports.http }}}]
    {{- end }}
    {{- with $route.streams }}
    - matches: {{ include "kit.matches" (dict "prefixes" .) }}
      filters: {{ include "kit.filters" (dict "names" $always "more" $route.filters) }}
      backendRefs: [{name: {{ $.name }}, port: {{ $.v.ports.http }}}]
    {{- end }}
    - matches: {{ include "kit.matches" (dict "prefixes" (include "kit.plainPrefixes" $route | fromJsonArray) "exact" $route.exact) }}
      filters: {{ include "kit.filters" (dict "names" (append $always "body-size") "more" $route.filters) }}
      backendRefs: [{name: {{ .name }}, port: {{ .v.ports.http }}}]
{{- end -}}

{{- define "kit.plainPrefixes" -}}
{{- $plain := list -}}
{{- range $prefix := .prefixes }}{{ if not (or (has $prefix $.limited) (has $prefix $.streams)) }}{{ $plain = append $plain $prefix }}{{ end }}{{ end -}}
{{- $plain | toJson -}}
{{- end -}}

{{- define "kit.matches" -}}
{{- $matches := list -}}
{{- range .exact }}{{ $matches = append $matches (dict "path" (dict "type" "Exact" "value" .)) }}{{ end -}}
{{- range .prefixes }}{{ $matches = append $matches (dict "path" (dict "type" "PathPrefix" "value" .)) }}{{ end -}}
{{- $matches | toJson -}}
{{- end -}}

{{- define "kit.filters" -}}
{{- $filters := list -}}
{{- range .names }}{{ $filters = append $filters (dict "type" "ExtensionRef" "extensionRef" (dict "group" "traefik.io" "kind" "Middleware" "name" .)) }}{{ end -}}
{{- concat $filters .more | toJson -}}
{{- end -}}

{{/* For clusters without a Gateway API, such as k3s; Traefik's middlewares are named by an annotation. */}}
{{- define "kit.ingress" -}}
{{- $route := .v.route -}}
{{- $s := merge (dict "component" "api") . -}}
{{- range $kind, $rule := dict "limited" (dict "names" (list "identity-headers" "security-headers" "sign-in-rate" "body-size") "prefixes" $route.limited "exact" list) "streams" (dict "names" (list "identity-headers" "security-headers") "prefixes" $route.streams "exact" list) "plain" (dict "names" (list "identity-headers" "security-headers" "body-size") "prefixes" (include "kit.plainPrefixes" $route | fromJsonArray) "exact" $route.exact) }}
{{- if or $rule.prefixes $rule.exact }}
{{- $middlewares := list }}
{{- range $rule.names }}{{ $middlewares = append $middlewares (printf "%s-%s@kubernetescrd" $s.root.Release.Namespace .) }}{{ end }}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ $s.name }}{{ ternary "" (printf "-%s" $kind) (eq $kind "plain") }}
  labels:
    {{- include "kit.labels" $s | nindent 4 }}
  annotations:
    traefik.ingress.kubernetes.io/router.middlewares: {{ join "," $middlewares }}
spec:
  ingressClassName: {{ $route.className }}
  rules:
    - {{ with tpl $route.host $s.root | default $s.v.global.host }}host: {{ . | quote }}
      {{ end }}http:
        paths:
          {{- range $rule.exact }}
          - {path: {{ . }}, pathType: Exact, backend: {service: {name: {{ $s.name }}, port: {name: http}}}}
          {{- end }}
          {{- range $rule.prefixes }}
          - {path: {{ . }}, pathType: Prefix, backend: {service: {name: {{ $s.name }}, port: {name: http}}}}
          {{- end }}
{{- end }}
{{- end }}
{{- end -}}
