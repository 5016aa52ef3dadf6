{{/* The one line of a service's chart. Under an umbrella it says nothing: the umbrella draws all its services, because only it knows which are installed. */}}
{{- define "kit.all" -}}
{{- if .Chart.IsRoot -}}
{{- include "kit.service" (dict "root" . "neighbours" (list (fromJson (include "kit.neighbour" .)))) -}}
{{- end -}}
{{- end -}}

{{/* Everything of one service; root is its chart's own context, neighbours are all that are installed beside it. */}}
{{- define "kit.service" -}}
{{- $s := fromJson (include "kit.scope" .) -}}
{{- $s = merge $s (dict "root" .root) -}}
{{- include "kit.check" $s -}}
{{- range $part := list "account" "deployments" "services" "migrate" "republish" "scaling" "budget" "route" "policy" "monitor" "extra" }}
{{- with include (printf "kit.%s" $part) $s | trim }}
---
{{ . }}
{{- end }}
{{- end }}
{{- end -}}

{{/* What every other template works on: name, values merged over the kit's defaults, and the neighbours. */}}
{{- define "kit.scope" -}}
{{- dict "name" .root.Chart.Name "v" (fromJson (include "kit.values" .root)) "neighbours" .neighbours | toJson -}}
{{- end -}}

{{/* The kit's defaults, over them what is said of every service, over that what is said of this one. */}}
{{- define "kit.values" -}}
{{- $kit := index .Values "service-kit" -}}
{{- mustMergeOverwrite (deepCopy $kit) (deepCopy $kit.global.every) (deepCopy (omit .Values "service-kit" "global")) | toJson -}}
{{- end -}}

{{/* What others need to know of a service. */}}
{{- define "kit.neighbour" -}}
{{- $v := fromJson (include "kit.values" .) -}}
{{- dict "name" .Chart.Name "worker" $v.worker.enabled "grpc" $v.ports.grpc "http" $v.ports.http "admin" $v.ports.admin "calls" $v.calls | toJson -}}
{{- end -}}

{{/* A wrong value ends here, with a sentence that names it. */}}
{{- define "kit.check" -}}
{{- $where := .name -}}
{{- if not .v.database.existingSecret }}{{ fail (printf "%s.database.existingSecret is empty: name the Secret with the keys api-username, api-password, writer-…, worker-…, migrate-…" $where) }}{{ end -}}
{{- if not .v.broker.existingSecret }}{{ fail (printf "%s.broker.existingSecret is empty: name the Secret with the keys username and password" $where) }}{{ end -}}
{{- if not .v.serviceSecret.existingSecret }}{{ fail (printf "%s.serviceSecret.existingSecret is empty: name the Secret with the key secret" $where) }}{{ end -}}
{{- if and (hasPrefix "s3:" .v.objectStore.url) (not .v.objectStore.existingSecret) }}{{ fail (printf "%s.objectStore.existingSecret is empty: name the Secret with the keys access-key-id and secret-access-key" $where) }}{{ end -}}
{{- if and (hasPrefix "s3:" .v.objectStore.url) .v.objectStore.volume }}{{ fail (printf "%s.objectStore.volume is for file:///objects, but url is %s: empty one of them" $where .v.objectStore.url) }}{{ end -}}
{{- if and (hasPrefix "file:" .v.objectStore.url) (not .v.objectStore.volume) }}{{ fail (printf "%s.objectStore.volume is empty: name a claim, or files are gone with their pod" $where) }}{{ end -}}
{{- if not .v.image.repository }}{{ fail (printf "%s.image.repository is empty: say where the image lies" $where) }}{{ end -}}
{{- if and .v.global.quickstart (ne .v.global.host "localhost") }}{{ fail (printf "global.quickstart lets data in without a token and is for localhost only, but global.host is %q: set global.quickstart=false" .v.global.host) }}{{ end -}}
{{- if lt (int .v.terminationGracePeriodSeconds) (add (int .v.drainSeconds) 30) }}{{ fail (printf "%s.terminationGracePeriodSeconds is %v: it must be at least drainSeconds (%v) + 30, or requests are cut off" $where .v.terminationGracePeriodSeconds .v.drainSeconds) }}{{ end -}}
{{- $scales := dict "autoscaling" .v.autoscaling -}}
{{- if .v.worker.enabled }}{{ $_ := set $scales "worker.autoscaling" .v.worker.autoscaling }}{{ end -}}
{{- range $what, $scale := $scales }}
{{- if and (eq $scale.kind "keda") (not $scale.queues) (not $scale.cpu) }}{{ fail (printf "%s.%s.kind is keda, but there is neither a queue nor a cpu to look at" $where $what) }}{{ end -}}
{{- if and (eq $scale.kind "hpa") (not $scale.cpu) }}{{ fail (printf "%s.%s.kind is hpa, but cpu is 0" $where $what) }}{{ end -}}
{{- if and (ne $scale.kind "none") (gt (int $scale.minReplicas) (int $scale.maxReplicas)) }}{{ fail (printf "%s.%s.minReplicas (%v) is above maxReplicas (%v)" $where $what $scale.minReplicas $scale.maxReplicas) }}{{ end -}}
{{- end -}}
{{- end -}}
