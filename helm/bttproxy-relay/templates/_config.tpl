{{/*
relay.json of one component as an object in JSON. What the operator wrote stays; what must agree with the pod (paths, ports, roles) is set
here, and values.schema.json refuses it in "config". Takes (dict "root" $ "component" NAME).
*/}}
{{- define "relay.config" -}}
{{- $values := .root.Values -}}
{{- $worker := eq .component "worker" -}}
{{- $fetches := or $worker (not $values.workers.separate) -}}
{{- $any := include "relay.any" .root -}}
{{- $ports := ternary $values.workers.ports $values.gateway.ports $worker -}}
{{- $config := deepCopy $values.config -}}
{{- $_ := set $config "stateDirectory" "/var/lib/bttproxy" -}}
{{- $_ := set $config "networkFile" "/etc/bttproxy/network.json" -}}
{{- if $values.policy -}}
{{- $_ := set $config "policyFile" "/etc/bttproxy/policy.json" -}}
{{- end -}}
{{- $_ := set $config "roles" (splitList "," (include "relay.roles" .)) -}}
{{- $_ := set $config "admin" (dict "listen" (printf "%s:%v" $any $ports.admin) "allowRemote" true) -}}
{{- $swarmPort := ternary $values.workers.ports.swarm $values.gateway.ports.dht $worker -}}
{{- $_ := set $config "dht" (merge (dict "listen" (printf "%s:%v" $any $swarmPort)) (get $config "dht" | default dict)) -}}
{{- $work := get $config "worker" | default dict -}}
{{- if $fetches -}}
{{- $_ := set $work "swarmListen" (printf "%s:%v" $any $swarmPort) -}}
{{- $gibibyte := 1073741824 -}}
{{- $cache := get $config "cache" | default dict -}}
{{- if not (hasKey $cache "maxBytes") -}}
{{- $_ := set $cache "maxBytes" (div (mul (int64 $values.workers.cache.sizeGiB) $gibibyte 9) 10) -}}
{{- end -}}
{{- $_ := set $config "cache" $cache -}}
{{- end -}}
{{- if $worker -}}
{{- $_ := set $work "listen" (printf "http://%s:%v" $any $values.workers.ports.worker) -}}
{{- else if $values.workers.separate -}}
{{- $host := printf "%s-worker-headless.%s.svc" (include "relay.fullname" .root) .root.Release.Namespace -}}
{{- $_ := set $work "addresses" (list (printf "dns:%s:%v" $host $values.workers.ports.worker)) -}}
{{- $_ := set $work "refresh" (printf "00:00:%02d" (int $values.workers.refreshSeconds)) -}}
{{- end -}}
{{- if $work -}}
{{- $_ := set $config "worker" $work -}}
{{- end -}}
{{- if $values.telemetry.existingSecret -}}
{{- $telemetry := get $config "telemetry" | default dict -}}
{{- if not (get $telemetry "otlpEndpoint") -}}
{{- fail "telemetry.existingSecret has headers for a collector, but config.telemetry.otlpEndpoint names none." -}}
{{- end -}}
{{- $_ := set $config "telemetry" (merge (dict "headersFile" "/etc/bttproxy/telemetry/headers") $telemetry) -}}
{{- end -}}
{{- if not $worker -}}
{{- if $values.keys.existingSecret -}}
{{- $_ := set $config "keysDirectory" "/etc/bttproxy/keys" -}}
{{- end -}}
{{- $tunnel := get $config "tunnel" -}}
{{- $_ := set $tunnel "listen" (printf "%s:%v" $any $ports.tunnel) -}}
{{- $drain := int $values.gateway.drainSeconds -}}
{{- $_ := set $tunnel "drainTimeout" (printf "00:%02d:%02d" (div $drain 60) (mod $drain 60)) -}}
{{- if $values.site.existingConfigMap -}}
{{- $_ := set $tunnel "siteDirectory" "/srv/site" -}}
{{- end -}}
{{- $nodes := list -}}
{{- range $index, $node := dig "chain" "nodes" list $config -}}
{{- $key := dict -}}
{{- if lt $index (len $values.chainApiKeys) -}}
{{- $key = index $values.chainApiKeys $index -}}
{{- end -}}
{{- if get $key "existingSecret" -}}
{{- $nodes = append $nodes (merge (dict "apiKeyFile" (printf "/etc/bttproxy/api-keys/node-%d" $index)) $node) -}}
{{- else -}}
{{- $nodes = append $nodes $node -}}
{{- end -}}
{{- end -}}
{{- if gt (len $values.chainApiKeys) (len $nodes) -}}
{{- fail (printf "chainApiKeys has %d entries, but config.chain.nodes only %d: name the node that each key is for." (len $values.chainApiKeys) (len $nodes)) -}}
{{- end -}}
{{- if $nodes -}}
{{- $_ := set $config.chain "nodes" $nodes -}}
{{- end -}}
{{- end -}}
{{- toPrettyJson $config -}}
{{- end }}

{{/* Changes when the pods must be restarted: prices and the policy hold in a running relay as soon as its files have changed. */}}
{{- define "relay.checksum" -}}
{{- $config := include "relay.config" . | fromJson -}}
{{- $offer := omit (get $config "offer" | default dict) "pricePerMegabyte" "priceByHour" "timeZone" "minimumDeposit" "openFee" -}}
{{- $fixed := set (omit $config "policyFile") "offer" $offer -}}
{{- printf "%s%s" (toJson $fixed) (toJson .root.Values.network) | sha256sum -}}
{{- end }}
