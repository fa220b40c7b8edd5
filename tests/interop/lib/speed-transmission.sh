#!/usr/bin/env bash
# Downloads one torrent with transmission-daemon from whoever dials it. usage: speed-transmission.sh TORRENT OUT_DIR IP:PORT
# Prints {"seconds": S}, from the first data on disk: it asks for data at a 10 s tick.
set -euo pipefail
state=$(mktemp -d)
trap 'kill "$daemon" 2>/dev/null || true; wait; rm -rf "$state"' EXIT
trap 'exit 143' TERM
mkdir "$state/watch"
mkfifo "$state/done"
cp "$1" "$state/watch/"
printf '#!/bin/sh\necho done > %s\n' "$state/done" > "$state/done.sh"
chmod +x "$state/done.sh"
cat > "$state/settings.json" <<J
{ "bind-address-ipv4": "${3%:*}", "bind-address-ipv6": "::1", "peer-port": ${3##*:}, "rpc-enabled": false, "dht-enabled": false,
  "lpd-enabled": false, "pex-enabled": false, "utp-enabled": false, "port-forwarding-enabled": false, "encryption": 0,
  "download-dir": "$2", "watch-dir": "$state/watch", "watch-dir-enabled": true, "start-added-torrents": true,
  "trash-original-torrent-files": false, "preallocation": 0, "script-torrent-done-enabled": true,
  "script-torrent-done-filename": "$state/done.sh", "message-level": 1 }
J
exec 9<> "$state/done"
transmission-daemon -f -g "$state" > "$state/log" 2>&1 & daemon=$!
for ((i = 0; i < 600; i++)); do
  [ -z "$(find "$2" -type f -size +0 -print -quit)" ] || break
  sleep 0.05
done
begin=$EPOCHREALTIME
read -rt 150 -u 9 || { tail -n 5 "$state/log" >&2; exit 1; }
end=$EPOCHREALTIME
kill "$daemon"
wait "$daemon" || true
awk -v a="$begin" -v b="$end" 'BEGIN { printf "{\"seconds\": %.3f}\n", b - a }'
