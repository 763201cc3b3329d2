{{/* SPDX-License-Identifier: Apache-2.0 */}}
{{- define "evs.name" -}}
{{ .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "evs.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{ .Values.fullnameOverride | trunc 50 | trimSuffix "-" }}
{{- else if contains (include "evs.name" .) .Release.Name -}}
{{ .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else -}}
{{ printf "%s-%s" .Release.Name (include "evs.name" .) | trunc 50 | trimSuffix "-" }}
{{- end -}}
{{- end }}

{{- define "evs.selector" -}}
app.kubernetes.io/name: {{ include "evs.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "evs.labels" -}}
{{ include "evs.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "evs.serviceAccount" -}}
{{ .Values.serviceAccount.name | default (include "evs.fullname" .) }}
{{- end }}

{{- define "evs.image" -}}
{{- $image := .Values.image -}}
{{- if $image.digest -}}
{{ printf "%s@%s" $image.repository $image.digest }}
{{- else -}}
{{ printf "%s:%s" $image.repository ($image.tag | default .Chart.AppVersion) }}
{{- end -}}
{{- end }}

{{/* The name of the mounted Secret. */}}
{{- define "evs.credentialsSecret" -}}
{{- if .Values.simulator.enabled -}}
{{ include "evs.fullname" . }}-simulator
{{- else -}}
{{ .Values.credentials.existingSecret | default (printf "%s-credentials" (include "evs.fullname" .)) }}
{{- end -}}
{{- end }}

{{/* The credentials that are given as values. */}}
{{- define "evs.givenCredentials" -}}
{{ omit .Values.credentials "existingSecret" | toJson }}
{{- end }}

{{/*
Settings as environment variables. The name is EVS and the path of the value, with camelCase split into words.
The argument is a list of the prefix and the tree.
*/}}
{{- define "evs.environment" -}}
{{- $prefix := index . 0 -}}
{{- range $key, $value := index . 1 }}
{{- $name := printf "%s_%s" $prefix (snakecase $key | upper) }}
{{- if kindIs "map" $value }}
{{- include "evs.environment" (list $name $value) }}
{{- else if kindIs "slice" $value }}
- name: {{ $name }}
  value: {{ join "," $value | quote }}
{{- else if kindIs "float64" $value }}
- name: {{ $name }}
  value: {{ toJson $value | quote }}
{{- else if not (kindIs "invalid" $value) }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* The longest call in whole seconds, rounded up. The operator's default is 20 s. */}}
{{- define "evs.longestCall" -}}
{{- $timeout := toString (dig "connection" "timeout" "20s" .Values.settings) -}}
{{- if hasSuffix "ms" $timeout -}}
{{ add 1 (div (int (trimSuffix "ms" $timeout)) 1000) }}
{{- else if hasSuffix "m" $timeout -}}
{{ mul 60 (int (trimSuffix "m" $timeout)) }}
{{- else -}}
{{ int (trimSuffix "s" $timeout) }}
{{- end -}}
{{- end }}

{{- define "evs.leaseNamespace" -}}
{{ dig "leaderElection" "leaseNamespace" .Release.Namespace .Values.settings }}
{{- end }}

{{- define "evs.leaseEnabled" -}}
{{ dig "leaderElection" "enabled" true .Values.settings }}
{{- end }}

{{- define "evs.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* "true" if the operator has a connection of its own. Without it, it serves the connections of users only. */}}
{{- define "evs.ownConnection" -}}
{{- $connection := dig "connection" (dict) .Values.settings -}}
{{- if or .Values.simulator.enabled $connection.region $connection.endpoint -}}true{{- end -}}
{{- end }}

{{/* "true" if namespaces are selected by their labels. */}}
{{- define "evs.selectsByLabels" -}}
{{- $connection := dig "connection" (dict) .Values.settings -}}
{{- range concat ($connection.namespaces | default list) ($connection.rawIdNamespaces | default list) ($connection.importDeletionNamespaces | default list) -}}
{{- if contains "=" . -}}true{{- break -}}{{- end -}}
{{- end -}}
{{- end }}

{{/* "true" if restores create PersistentVolumes and claims. */}}
{{- define "evs.createsClaims" -}}
{{- $restores := dig "restores" (dict) .Values.settings -}}
{{- if and $restores.createClaims (dig "enabled" true $restores) -}}true{{- end -}}
{{- end }}

{{/* Checks that depend on more than one value, which a schema cannot express. */}}
{{- define "evs.check" -}}
{{- $connection := dig "connection" (dict) .Values.settings -}}
{{- $given := include "evs.givenCredentials" . | fromJson -}}
{{- if not .Values.image.repository -}}
{{- fail "\n\nimage.repository is not set. No image of the operator is published yet. Build one (see README.md of the chart), push it, and set its name, for example --set image.repository=registry.example.com/evs-snapshot-operator.\n" -}}
{{- end -}}
{{- if .Values.simulator.enabled -}}
{{- if or $connection.region $connection.endpoint $connection.iamEndpoint $connection.projectId $connection.projectName .Values.credentials.existingSecret $given -}}
{{- fail "\n\nsimulator.enabled connects the operator to the simulator. Remove settings.connection (region, endpoint, iamEndpoint, projectId, projectName) and credentials.\n" -}}
{{- end -}}
{{- else if not (include "evs.ownConnection" .) -}}
{{- if not .Values.connections.namespaces -}}
{{- fail "\n\nThere is no connection to a cloud. List the namespaces that have connections of their own (--set connections.namespaces={team-a}), or give the operator one: a region (--set settings.connection.region=eu-de) or an endpoint. Or try the operator without a cloud (--set simulator.enabled=true).\n" -}}
{{- end -}}
{{- if or .Values.credentials.existingSecret $given -}}
{{- fail "\n\ncredentials are those of the operator's own connection, and settings.connection has neither region nor endpoint. Set one of them, or remove credentials.\n" -}}
{{- end -}}
{{- else -}}
{{- if and .Values.credentials.existingSecret $given -}}
{{- fail "\n\ncredentials.existingSecret and credentials given as values exclude each other. Remove one of them.\n" -}}
{{- end -}}
{{- if not .Values.credentials.existingSecret -}}
{{- if not $given -}}
{{- fail "\n\ncredentials are not set. Name a Secret with the keys username, password and domainName, or accessKey and secretKey (--set credentials.existingSecret=NAME), or give these keys as values under credentials.\n" -}}
{{- end -}}
{{- $user := or $given.username $given.password $given.domainName -}}
{{- $key := or $given.accessKey $given.secretKey $given.securityToken -}}
{{- if and $user $key -}}
{{- fail "\n\ncredentials must be those of a user (username, password, domainName) or of an access key (accessKey, secretKey, securityToken), not both. Remove one of them.\n" -}}
{{- end -}}
{{- if and $user (not (and $given.username $given.password $given.domainName)) -}}
{{- fail "\n\ncredentials of a user need all of username, password and domainName.\n" -}}
{{- end -}}
{{- if and $key (not (and $given.accessKey $given.secretKey)) -}}
{{- fail "\n\ncredentials by access key need both accessKey and secretKey.\n" -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and (not .Values.serviceAccount.create) (not .Values.serviceAccount.name) -}}
{{- fail "\n\nserviceAccount.create is false, but serviceAccount.name is not set. Set the name of the service account that the operator uses, or let the chart create it.\n" -}}
{{- end -}}
{{- if eq .Values.serviceAccount.name "default" -}}
{{- fail "\n\nserviceAccount.name must not be default. Every pod of the namespace that names no service account uses it, and would have the rights of the operator. Name another one.\n" -}}
{{- end -}}
{{- range .Values.extraEnv -}}
{{- if or (hasPrefix "EVS_" (toString .name)) (has .name (list "QUARKUS_HTTP_PORT" "QUARKUS_LOG_LEVEL" "QUARKUS_LOG_CONSOLE_JSON_ENABLED" "JAVA_TOOL_OPTIONS")) -}}
{{- fail (printf "\n\nextraEnv must not contain %s. The chart sets this variable, or its rights depend on it. Use the value for it: settings, watchNamespaces, credentials, caBundle, log or javaOptions.\n" .name) -}}
{{- end -}}
{{- end -}}
{{- range $label := keys .Values.podLabels | sortAlpha -}}
{{- if has $label (list "app.kubernetes.io/name" "app.kubernetes.io/instance" "app.kubernetes.io/component" "app.kubernetes.io/version" "app.kubernetes.io/managed-by" "helm.sh/chart") -}}
{{- fail (printf "\n\npodLabels must not contain %s. The chart sets this label, and selects pods by it. Choose another label.\n" $label) -}}
{{- end -}}
{{- end -}}
{{- if and .Values.admissionPolicy.enabled (.Capabilities.APIVersions.Has "v1/Pod") (not (.Capabilities.APIVersions.Has "admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy")) -}}
{{- fail "\n\nadmissionPolicy.enabled is true, but this API server does not serve ValidatingAdmissionPolicy (admissionregistration.k8s.io/v1). Set admissionPolicy.enabled=false. The operator does not rely on the policy.\n" -}}
{{- end -}}
{{- if and (gt (int .Values.replicaCount) 1) (ne (include "evs.leaseEnabled" .) "true") -}}
{{- fail "\n\nreplicaCount must be 1 while settings.leaderElection.enabled is false. Without leader election two processes could each create a snapshot for the same request.\n" -}}
{{- end -}}
{{- end }}

{{- define "evs.simulatorUrl" -}}
http://{{ include "evs.fullname" . }}-simulator.{{ .Release.Namespace }}.svc:8776
{{- end }}

{{/* Scheduling of the pods, and pull secrets of their image. */}}
{{- define "evs.scheduling" -}}
{{- range $key := list "imagePullSecrets" "nodeSelector" "tolerations" "affinity" "topologySpreadConstraints" "priorityClassName" }}
{{- with index $.Values $key }}
{{ dict $key . | toYaml }}
{{- end }}
{{- end }}
{{- end }}

{{/* Environment variables, mounts and volumes of each container that uses the connection to the cloud. */}}
{{- define "evs.connectionEnvironment" -}}
{{- with include "evs.environment" (list "EVS" .Values.settings) }}
{{- trim . | nindent 0 }}
{{- end }}
{{- with .Values.watchNamespaces }}
- name: EVS_NAMESPACES
  value: {{ join "," . | quote }}
{{- end }}
{{- if include "evs.ownConnection" . }}
- name: EVS_CONNECTION_CREDENTIALS_DIRECTORY
  value: /etc/evs-snapshot-operator/credentials
{{- end }}
{{- if .Values.caBundle.configMap }}
- name: EVS_CONNECTION_CA_BUNDLE
  value: /etc/evs-snapshot-operator/ca/{{ .Values.caBundle.key }}
{{- end }}
{{- if .Values.simulator.enabled }}
- name: EVS_CONNECTION_ENDPOINT
  value: {{ include "evs.simulatorUrl" . }}
- name: EVS_CONNECTION_IAM_ENDPOINT
  value: {{ include "evs.simulatorUrl" . }}
- name: EVS_CONNECTION_SIMULATOR
  value: "true"
- name: EVS_CONNECTION_PROJECT_NAME
  value: eu-de
{{- $connection := dig "connection" (dict) .Values.settings }}
{{- if not (or $connection.namespaces $connection.rawIdNamespaces) }}
# The simulated cloud has no real data.
- name: EVS_CONNECTION_RAW_ID_NAMESPACES
  value: "*"
- name: EVS_CONNECTION_IMPORT_DELETION_NAMESPACES
  value: "*"
{{- end }}
{{- end }}
{{- end }}

{{- define "evs.connectionMounts" -}}
{{- if include "evs.ownConnection" . }}
- name: credentials
  mountPath: /etc/evs-snapshot-operator/credentials
  readOnly: true
{{- end }}
{{- if .Values.caBundle.configMap }}
- name: ca
  mountPath: /etc/evs-snapshot-operator/ca
  readOnly: true
{{- end }}
{{- end }}

{{- define "evs.connectionVolumes" -}}
{{- if include "evs.ownConnection" . }}
# Mounted as a directory, because Kubernetes never updates files that are mounted one by one.
- name: credentials
  secret:
    secretName: {{ include "evs.credentialsSecret" . }}
    defaultMode: 0440
{{- end }}
{{- if .Values.caBundle.configMap }}
- name: ca
  configMap:
    name: {{ .Values.caBundle.configMap }}
{{- end }}
{{- end }}

{{/* The selector of the pods that connect to the API server and to the cloud. */}}
{{- define "evs.operatorPods" -}}
matchLabels:
  {{- include "evs.selector" . | nindent 2 }}
matchExpressions:
  - key: app.kubernetes.io/component
    operator: In
    values: [operator, orphans, handback, handback-dry-run]
{{- end }}

{{/* The ports of EVS, IAM and the proxy as a JSON list: 443, and the ports of the URLs in the settings. */}}
{{- define "evs.cloudPorts" -}}
{{- $connection := dig "connection" (dict) .Values.settings -}}
{{- $ports := list 443 -}}
{{- range $key := list "endpoint" "iamEndpoint" "proxy" -}}
{{- with get $connection $key -}}
{{- $url := urlParse . -}}
{{- $port := regexFind "[0-9]+$" (regexFind ":[0-9]+$" $url.host) -}}
{{- $ports = append $ports (int ($port | default (ternary 80 443 (eq $url.scheme "http")))) -}}
{{- end -}}
{{- end -}}
{{ uniq $ports | toJson }}
{{- end }}
