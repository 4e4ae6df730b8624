{{- define "metal-api.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "metal-api.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains (include "metal-api.name" .) .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "metal-api.name" .) | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "metal-api.selector" -}}
app.kubernetes.io/name: {{ include "metal-api.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: server
{{- end -}}

{{- define "metal-api.labels" -}}
app.kubernetes.io/name: {{ include "metal-api.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "metal-api.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}

{{/* The base path with slashes at both ends. */}}
{{- define "metal-api.basePath" -}}
{{- $inner := trimAll "/" .Values.basePath -}}
{{- if $inner }}/{{ $inner }}/{{ else }}/{{ end -}}
{{- end -}}

{{/* Fails with one sentence for each value without which an installation would be insecure or could not start. */}}
{{- define "metal-api.check" -}}
{{- $v := .Values -}}
{{- $missing := list -}}
{{- if not $v.image.repository -}}
{{- $missing = append $missing "image.repository is not set, expected the repository of the metal-api image" -}}
{{- end -}}
{{- if not $v.auth.existingSecret -}}
{{- $missing = append $missing (printf "auth.existingSecret is not set, expected the name of a Secret with the keys %s, %s, %s and %s: there are no default keys" $v.auth.keys.hmacView $v.auth.keys.hmacEdit $v.auth.keys.hmacAdmin $v.auth.keys.tokenKey) -}}
{{- end -}}
{{- if not $v.encryption.existingSecret -}}
{{- $missing = append $missing (printf "encryption.existingSecret is not set, expected the name of a Secret with the key %s, made by \"metal-api encryption-key --generate FILE\"" $v.encryption.key) -}}
{{- end -}}
{{- if not $v.database.address -}}
{{- $missing = append $missing "database.address is not set, expected host:port of RethinkDB" -}}
{{- end -}}
{{- if not $v.database.existingSecret -}}
{{- $missing = append $missing (printf "database.existingSecret is not set, expected the name of a Secret with the key %s" $v.database.passwordKey) -}}
{{- end -}}
{{- if and $v.nats.url (not $v.nats.existingSecret) -}}
{{- $missing = append $missing "nats.existingSecret is not set, expected the name of a Secret with the credentials of the broker" -}}
{{- end -}}
{{- if contains "@" $v.nats.url -}}
{{- $missing = append $missing "nats.url contains credentials, expected them in nats.existingSecret" -}}
{{- end -}}
{{- if and $v.grpc.enabled (not $v.grpc.tlsSecret) (not $v.grpc.insecure) -}}
{{- $missing = append $missing "grpc.tlsSecret is not set, expected the name of a Secret with ca.crt, tls.crt and tls.key (deploy/make-certificates.sh); grpc.enabled=false turns gRPC off, and grpc.insecure=true lets every host that reaches the port take over machines" -}}
{{- end -}}
{{- if and $v.ingress.enabled (not $v.ingress.host) -}}
{{- $missing = append $missing "ingress.host is not set, expected the host name of the API" -}}
{{- end -}}
{{- if and $v.ingress.enabled (not $v.ingress.tlsSecret) (not $v.ingress.tlsElsewhere) -}}
{{- $missing = append $missing "ingress.tlsSecret is not set, expected the name of a Secret with the certificate of the host; ingress.tlsElsewhere=true says that a proxy in front ends TLS" -}}
{{- end -}}
{{- if and $v.ingress.grpc.enabled (not $v.ingress.grpc.host) -}}
{{- $missing = append $missing "ingress.grpc.host is not set, expected the host name of the gRPC port" -}}
{{- end -}}
{{- if and $v.ingress.grpc.enabled (or (not $v.grpc.enabled) $v.grpc.insecure) -}}
{{- $missing = append $missing "ingress.grpc.enabled needs grpc.enabled with TLS: the ingress selects the server by the name in the TLS handshake" -}}
{{- end -}}
{{- if and $v.database.tls.serverName (not $v.database.tls.enabled) -}}
{{- $missing = append $missing "database.tls.enabled is false although database.tls.serverName is set, expected true" -}}
{{- end -}}
{{- if and (or $v.database.tls.caSecret $v.database.tls.clientSecret) (not $v.database.tls.enabled) -}}
{{- $missing = append $missing "database.tls.enabled is false although a Secret of database.tls is set, expected true" -}}
{{- end -}}
{{- range $name, $value := $v.settings -}}
{{- if not (hasPrefix "METAL_API_" $name) -}}
{{- $missing = append $missing (printf "settings.%s is not a setting of metal-api, expected a name METAL_API_…" $name) -}}
{{- else if regexMatch "(_KEY|_PASSWORD|_SECRET|_HMAC)$" $name -}}
{{- $missing = append $missing (printf "settings.%s is a secret, expected it in extraEnv with valueFrom.secretKeyRef" $name) -}}
{{- else if eq $name "METAL_API_DEV" -}}
{{- $missing = append $missing "settings.METAL_API_DEV is for trying it out on loopback, expected keys of your own in auth.existingSecret" -}}
{{- end -}}
{{- end -}}
{{- if $missing -}}
{{- fail (printf "\n\n  - %s\n" (join "\n  - " $missing)) -}}
{{- end -}}
{{- end -}}

{{/* A value as text; Helm reads numbers as floats, whose text is 1e+06 for a million. */}}
{{- define "metal-api.text" -}}
{{- if and (kindIs "float64" .) (eq . (floor .)) }}{{ int64 . }}{{ else }}{{ toString . }}{{ end -}}
{{- end -}}

{{/* Variables of servers and migrations; `user` is the user of the database. */}}
{{- define "metal-api.env" -}}
{{- $v := .root.Values -}}
- { name: METAL_API_BIND_ADDR, value: 0.0.0.0 }
- { name: METAL_API_PORT, value: '8080' }
- { name: METAL_API_METRICS_SERVER_BIND_ADDR, value: ':2112' }
- { name: METAL_API_BASE_PATH, value: {{ include "metal-api.basePath" .root | quote }} }
- { name: METAL_API_LOG_LEVEL, value: {{ $v.logLevel | quote }} }
# Below the mount, which belongs to root: the server makes the folder private.
- { name: METAL_API_DATA_DIR, value: /data/metal-api }
{{- range list (list "METAL_API_HMAC_VIEW_KEY" $v.auth.keys.hmacView) (list "METAL_API_HMAC_EDIT_KEY" $v.auth.keys.hmacEdit) (list "METAL_API_HMAC_ADMIN_KEY" $v.auth.keys.hmacAdmin) (list "METAL_API_TOKEN_KEY" $v.auth.keys.tokenKey) }}
- name: {{ index . 0 }}
  valueFrom: { secretKeyRef: { name: {{ $v.auth.existingSecret | quote }}, key: {{ index . 1 | quote }} } }
{{- end }}
- { name: METAL_API_ENCRYPTION_KEY_FILE, value: {{ printf "/secrets/encryption/%s" $v.encryption.key | quote }} }
- { name: METAL_API_DB, value: rethinkdb }
- { name: METAL_API_DB_ADDR, value: {{ $v.database.address | quote }} }
- { name: METAL_API_DB_NAME, value: {{ $v.database.name | quote }} }
- { name: METAL_API_DB_USER, value: {{ .user | quote }} }
- name: METAL_API_DB_PASSWORD
  valueFrom: { secretKeyRef: { name: {{ $v.database.existingSecret | quote }}, key: {{ $v.database.passwordKey | quote }} } }
{{- if $v.database.tls.enabled }}
- { name: METAL_API_DB_TLS, value: 'true' }
{{- if $v.database.tls.caSecret }}
- { name: METAL_API_DB_CA_FILE, value: {{ printf "/secrets/database-ca/%s" $v.database.tls.caKey | quote }} }
{{- end }}
{{- with $v.database.tls.serverName }}
- { name: METAL_API_DB_SERVER_NAME, value: {{ . | quote }} }
{{- end }}
{{- if $v.database.tls.clientSecret }}
- { name: METAL_API_DB_CLIENT_CERT_FILE, value: /secrets/database-client/tls.crt }
- { name: METAL_API_DB_CLIENT_KEY_FILE, value: /secrets/database-client/tls.key }
{{- end }}
{{- end }}
{{- if $v.nats.url }}
- { name: METAL_API_NATS_URL, value: {{ $v.nats.url | quote }} }
- { name: METAL_API_INSTALLATION, value: {{ $v.nats.installation | quote }} }
{{- if $v.nats.credsKey }}
- { name: METAL_API_NATS_CREDS_FILE, value: {{ printf "/secrets/nats/%s" $v.nats.credsKey | quote }} }
{{- else }}
- { name: METAL_API_NATS_USER, value: {{ $v.nats.user | quote }} }
- name: METAL_API_NATS_PASSWORD
  valueFrom: { secretKeyRef: { name: {{ $v.nats.existingSecret | quote }}, key: {{ $v.nats.passwordKey | quote }} } }
{{- end }}
{{- if $v.nats.caSecret }}
- { name: METAL_API_NATS_CA_FILE, value: {{ printf "/secrets/nats-ca/%s" $v.nats.caKey | quote }} }
{{- end }}
{{- end }}
- { name: METAL_API_GRPC_BIND_ADDR, value: {{ ternary "0.0.0.0" "127.0.0.1" $v.grpc.enabled }} }
- { name: METAL_API_GRPC_PORT, value: '50051' }
{{- if $v.grpc.enabled }}
{{- if $v.grpc.tlsSecret }}
- { name: METAL_API_GRPC_TLS_ENABLED, value: 'true' }
- { name: METAL_API_GRPC_CA_CERT_FILE, value: /secrets/grpc/ca.crt }
- { name: METAL_API_GRPC_SERVER_CERT_FILE, value: /secrets/grpc/tls.crt }
- { name: METAL_API_GRPC_SERVER_KEY_FILE, value: /secrets/grpc/tls.key }
{{- else }}
- { name: METAL_API_GRPC_INSECURE, value: 'true' }
{{- end }}
{{- end }}
{{- range $name, $value := $v.settings }}
- { name: {{ $name }}, value: {{ include "metal-api.text" $value | quote }} }
{{- end }}
{{- with $v.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Mounted Secrets: name of the volume → Secret; JSON, for the two templates below. */}}
{{- define "metal-api.secrets" -}}
{{- $v := .Values -}}
{{- $secrets := dict "encryption" $v.encryption.existingSecret -}}
{{- if and $v.grpc.enabled $v.grpc.tlsSecret }}{{ $secrets = set $secrets "grpc" $v.grpc.tlsSecret }}{{ end -}}
{{- if and $v.nats.url $v.nats.credsKey }}{{ $secrets = set $secrets "nats" $v.nats.existingSecret }}{{ end -}}
{{- if and $v.nats.url $v.nats.caSecret }}{{ $secrets = set $secrets "nats-ca" $v.nats.caSecret }}{{ end -}}
{{- if $v.database.tls.caSecret }}{{ $secrets = set $secrets "database-ca" $v.database.tls.caSecret }}{{ end -}}
{{- if $v.database.tls.clientSecret }}{{ $secrets = set $secrets "database-client" $v.database.tls.clientSecret }}{{ end -}}
{{- toJson $secrets -}}
{{- end -}}

{{- define "metal-api.volumes" -}}
- { name: data, emptyDir: {} }
- { name: tmp, emptyDir: {} }
{{- range $name, $secret := include "metal-api.secrets" . | fromJson }}
- name: {{ $name }}
  # Read by the group of the process and by no other user.
  secret: { secretName: {{ $secret | quote }}, defaultMode: 0440 }
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "metal-api.mounts" -}}
- { name: data, mountPath: /data }
- { name: tmp, mountPath: /tmp }
{{- range $name, $_ := include "metal-api.secrets" . | fromJson }}
- { name: {{ $name }}, mountPath: /secrets/{{ $name }}, readOnly: true }
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}
