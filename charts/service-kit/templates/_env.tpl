{{/* All settings of a process. Secrets are files; their names stand here, their contents nowhere. */}}
{{- define "kit.env" -}}
{{- $v := .v -}}
- {name: DATABASE_HOST, value: {{ tpl $v.database.host .root | quote }}}
- {name: DATABASE_PORT, value: {{ $v.database.port | quote }}}
- {name: DATABASE_NAME, value: {{ $v.database.name | default .name | quote }}}
- {name: DATABASE_SSLMODE, value: {{ $v.database.sslmode | quote }}}
- {name: BROKER_HOST, value: {{ tpl $v.broker.host .root | quote }}}
- {name: BROKER_PORT, value: {{ $v.broker.port | quote }}}
- {name: BROKER_VHOST, value: {{ $v.broker.vhost | quote }}}
{{- range $file := include "kit.secretFiles" . | fromJsonArray }}
- {name: {{ $file.setting }}_FILE, value: /etc/fitmesh/secrets/{{ $file.path }}}
{{- end }}
- {name: ISSUER, value: {{ include "kit.issuer" . | quote }}}
- {name: JWKS_URL, value: "http://identity:8080/.well-known/jwks.json"}
- {name: PEERS, value: {{ include "kit.peers" . | quote }}}
- {name: SERVICES, value: {{ include "kit.installed" . | quote }}}
- {name: HTTP_PORT, value: {{ $v.ports.http | quote }}}
- {name: GRPC_PORT, value: {{ $v.ports.grpc | quote }}}
- {name: ADMIN_PORT, value: {{ $v.ports.admin | quote }}}
{{- if $v.reload }}
- {name: LINGER_S, value: "0"}
{{- end }}
- {name: QUICKSTART, value: {{ ternary "1" "0" $v.global.quickstart | quote }}}
{{- if include "kit.keepsFiles" . }}
- {name: OBJECT_STORE_URL, value: {{ $v.objectStore.url | quote }}}
{{- if hasPrefix "s3:" $v.objectStore.url }}
- {name: OBJECT_STORE_REGION, value: {{ $v.objectStore.region | quote }}}
{{- with $v.objectStore.endpoint }}
- {name: OBJECT_STORE_ENDPOINT, value: {{ . | quote }}}
{{- end }}
{{- end }}
{{- end }}
{{- with $v.global.otel.endpoint }}
- {name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ . | quote }}}
- {name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
- {name: OTEL_SERVICE_NAME, value: {{ $.name }}}
- {name: OTEL_RESOURCE_ATTRIBUTES, value: "service.namespace=fitmesh,service.version={{ $.root.Chart.AppVersion }},k8s.namespace.name={{ $.root.Release.Namespace }},k8s.pod.ip=$(POD_IP)"}
{{- end }}
{{- range $name, $value := $v.config }}
- {name: {{ $name }}, value: {{ tpl (toString $value) (merge (dict "Fitmesh" (dict "admins" (include "kit.admins" $) "services" (include "kit.installed" $) "peers" (include "kit.peers" $))) $.root) | quote }}}
{{- end }}
{{- end -}}

{{/* Settings that are secrets: where each lies, and under which name it is mounted. Only migrations see the role that may change tables. */}}
{{- define "kit.secretFiles" -}}
{{- $files := list -}}
{{- $logins := list "api" "writer" "worker" -}}
{{- if has .component (list "migrate") }}{{ $logins = append $logins "migrate" }}{{ end -}}
{{- range $login := $logins -}}
{{- range $part, $key := dict "user" "username" "password" "password" -}}
{{- $files = append $files (dict "setting" (printf "DATABASE_%s_%s" $login $part | upper) "secret" $.v.database.existingSecret "key" (printf "%s-%s" $login $key) "path" (printf "database-%s-%s" $login $part)) -}}
{{- end -}}
{{- end -}}
{{- range $part, $key := dict "user" "username" "password" "password" -}}
{{- $files = append $files (dict "setting" (printf "BROKER_%s" $part | upper) "secret" $.v.broker.existingSecret "key" $key "path" (printf "broker-%s" $part)) -}}
{{- end -}}
{{- $files = append $files (dict "setting" "SERVICE_SECRET" "secret" .v.serviceSecret.existingSecret "key" "secret" "path" "service-secret") -}}
{{- if and (include "kit.keepsFiles" .) (hasPrefix "s3:" .v.objectStore.url) -}}
{{- range $key := list "access-key-id" "secret-access-key" -}}
{{- $files = append $files (dict "setting" (printf "OBJECT_STORE_%s" $key | upper | replace "-" "_") "secret" $.v.objectStore.existingSecret "key" $key "path" (printf "object-store-%s" $key)) -}}
{{- end -}}
{{- end -}}
{{- range $setting, $from := .v.secrets -}}
{{- $files = append $files (dict "setting" $setting "secret" $from.secret "key" $from.key "path" ($setting | lower | replace "_" "-")) -}}
{{- end -}}
{{- $files | toJson -}}
{{- end -}}

{{/* Migrations and the like never touch files. */}}
{{- define "kit.keepsFiles" -}}
{{- if and .v.objectStore.url (has .component (list "api" "worker")) }}yes{{ end -}}
{{- end -}}

{{- define "kit.secretVolume" -}}
{{- $bySecret := dict -}}
{{- range $file := include "kit.secretFiles" . | fromJsonArray -}}
{{- $_ := set $bySecret $file.secret (append (index $bySecret $file.secret | default list) $file) -}}
{{- end -}}
projected:
  defaultMode: 0440
  sources:
    {{- range $secret, $files := $bySecret }}
    - secret:
        name: {{ $secret }}
        items:
          {{- range $files }}
          - {key: {{ .key }}, path: {{ .path }}}
          {{- end }}
    {{- end }}
{{- end -}}

{{- define "kit.issuer" -}}
{{- .v.global.url | default (printf "https://%s" (.v.global.host | default "localhost")) -}}
{{- end -}}

{{- define "kit.installed" -}}
{{- $names := list -}}
{{- range .neighbours }}{{ $names = append $names .name }}{{ end -}}
{{- join "," $names -}}
{{- end -}}

{{- define "kit.peers" -}}
{{- $targets := list -}}
{{- range .neighbours }}{{ if .grpc }}{{ $targets = append $targets (printf "%s=dns:///%s-grpc:%v" .name .name .grpc) }}{{ end }}{{ end -}}
{{- join "," $targets -}}
{{- end -}}

{{- define "kit.admins" -}}
{{- $targets := list -}}
{{- range .neighbours -}}
{{- $targets = append $targets (printf "%s=http://%s-admin:%v" .name .name .admin) -}}
{{- if .worker }}{{ $targets = append $targets (printf "%s-worker=http://%s-worker-admin:%v" .name .name .admin) }}{{ end -}}
{{- end -}}
{{- join "," $targets -}}
{{- end -}}
