{{/* What the pods of both StatefulSets have in common. Takes (dict "root" $ "component" NAME "settings" VALUES). */}}
{{- define "relay.podMetadata" -}}
labels:
  {{- include "relay.labels" . | nindent 2 }}
  {{- with .settings.podLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
annotations:
  checksum/config: {{ include "relay.checksum" . }}
  {{- with .settings.podAnnotations }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{- define "relay.podPlacement" -}}
serviceAccountName: {{ include "relay.serviceAccountName" .root }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .root.Values.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .settings.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
securityContext:
  {{- include "relay.podSecurityContext" . | nindent 2 }}
{{- with .settings.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .settings.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "relay.container" -}}
image: {{ include "relay.image" .root | quote }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
args:
  - --config
  - /etc/bttproxy/relay.json
  - --roles
  - {{ include "relay.roles" . }}
env:
  # The runtime's debugging socket would need a writable directory, and the pod has nobody to attach.
  - name: DOTNET_EnableDiagnostics
    value: "0"
  {{- if dig "telemetry" "otlpEndpoint" "" .root.Values.config }}
  # A collector gets the same of every pod, and must tell them apart.
  - name: POD_NAME
    valueFrom: { fieldRef: { fieldPath: metadata.name } }
  - name: OTEL_RESOURCE_ATTRIBUTES
    value: service.instance.id=$(POD_NAME)
  {{- end }}
  {{- with .settings.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
securityContext:
  {{- include "relay.securityContext" . | nindent 2 }}
resources:
  {{- toYaml .settings.resources | nindent 2 }}
# A ledger or a cache that was not closed well is checked first; liveness begins when that is done.
startupProbe:
  httpGet: { path: /healthz, port: admin }
  periodSeconds: 2
  failureThreshold: 150
livenessProbe:
  httpGet: { path: /healthz, port: admin }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: { path: /readyz, port: admin }
  periodSeconds: 5
  timeoutSeconds: 3
  failureThreshold: 2
{{- end }}

{{/* Directories, not single files: only those are renewed in a running pod. */}}
{{- define "relay.mounts" -}}
- name: config
  mountPath: /etc/bttproxy
  readOnly: true
- name: tmp
  mountPath: /tmp
{{- end }}

{{- define "relay.volumes" -}}
- name: config
  projected:
    sources:
      - configMap:
          name: {{ include "relay.fullname" .root }}-{{ .component }}
      {{- with .root.Values.network.existingConfigMap }}
      - configMap:
          name: {{ . }}
          items:
            - { key: network.json, path: network.json }
      {{- end }}
      {{- with .root.Values.telemetry.existingSecret }}
      - secret:
          name: {{ . }}
          items:
            - { key: {{ $.root.Values.telemetry.key }}, path: telemetry/headers, mode: 0440 }
      {{- end }}
      {{- if eq .component "gateway" }}
      {{- range $index, $key := .root.Values.chainApiKeys }}
      {{- if $key.existingSecret }}
      - secret:
          name: {{ $key.existingSecret }}
          items:
            - { key: {{ $key.key | default "api-key" }}, path: api-keys/node-{{ $index }}, mode: 0440 }
      {{- end }}
      {{- end }}
      {{- end }}
- name: tmp
  emptyDir:
    sizeLimit: 256Mi
{{- end }}
