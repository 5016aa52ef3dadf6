{{/* Runs before any pod of the new version. A hook sees nothing of its own release: inline settings, the default account, existing Secrets. */}}
{{- define "kit.migrate" -}}
{{- if .v.migrations.enabled -}}
{{- $s := merge (dict "component" "migrate") . -}}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .name }}-migrate
  labels:
    {{- include "kit.labels" $s | nindent 4 }}
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: "-5"
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  parallelism: 1
  backoffLimit: 0
  activeDeadlineSeconds: {{ .v.migrations.activeDeadlineSeconds }}
  ttlSecondsAfterFinished: 3600
  template:
    metadata:
      labels:
        {{- include "kit.podLabels" $s | nindent 8 }}
    spec:
      restartPolicy: Never
      {{- include "kit.podBasics" $s | nindent 6 }}
      containers:
        - name: migrate
          {{- include "kit.containerBasics" $s | nindent 10 }}
          command: [python, -m, {{ .name }}]
          args: {{ toJson .v.migrations.command }}
          resources:
            requests: {cpu: 10m, memory: 128Mi}
            limits: {memory: 256Mi}
{{- end -}}
{{- end -}}

{{/* Whoever was installed just now must hear what there is: the owner says it again. A Job cannot be changed, so what it runs is in its name: a new version or a new set of services runs it once more. */}}
{{- define "kit.republish" -}}
{{- if .v.republish -}}
{{- $s := merge (dict "component" "republish") . -}}
{{- $template := include "kit.republishPod" $s -}}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .name }}-republish-{{ $template | sha256sum | trunc 8 }}
  labels:
    {{- include "kit.labels" $s | nindent 4 }}
spec:
  parallelism: 1
  backoffLimit: 6
  template:
    {{- $template | nindent 4 }}
{{- end -}}
{{- end -}}

{{- define "kit.republishPod" -}}
metadata:
  labels:
    {{- include "kit.podLabels" . | nindent 4 }}
spec:
  restartPolicy: OnFailure
  {{- include "kit.podBasics" . | nindent 2 }}
  containers:
    - name: republish
      {{- include "kit.containerBasics" . | nindent 6 }}
      command: [python, -m, {{ .name }}, republish]
      resources:
        requests: {cpu: 10m, memory: 128Mi}
        limits: {memory: 256Mi}
{{- end -}}
