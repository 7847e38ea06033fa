{{- define "heliostat.name" -}}
{{- if contains "heliostat" .Release.Name }}{{ .Release.Name | trunc 52 | trimSuffix "-" }}{{ else }}{{ printf "%s-heliostat" .Release.Name | trunc 52 | trimSuffix "-" }}{{ end }}
{{- end }}
{{- define "heliostat.selector" -}}
app.kubernetes.io/name: heliostat
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
{{- define "heliostat.labels" -}}
{{ include "heliostat.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}
{{- define "heliostat.secret" -}}
{{ .Values.secrets.existingSecret | default (printf "%s-keys" (include "heliostat.name" .)) }}
{{- end }}
{{- define "heliostat.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}{{ .Values.serviceAccount.name | default (include "heliostat.name" .) }}{{ else }}{{ .Values.serviceAccount.name | default "default" }}{{ end }}
{{- end }}
{{- define "heliostat.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}
{{- define "heliostat.paths" -}}
{{- $paths := list "/openai/v1" "/v1" "/media" -}}
{{- if .Values.exposeAdmin }}{{ $paths = concat $paths (list "/admin" "/console") }}{{ end -}}
{{ toJson $paths }}
{{- end }}
{{- define "heliostat.check" -}}
{{- if and (or (gt (int .Values.replicas) 1) .Values.autoscaling.enabled) (or (not .Values.store.url) (not .Values.media.existingClaim)) }}
{{- fail "More than one gateway needs store.url (PostgreSQL) and media.existingClaim (a volume that many pods may write)." }}
{{- end }}
{{- end }}
