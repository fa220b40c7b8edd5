# Seeds one torrent with transmission-daemon, found through the DHT only; source this file.
#
# start_transmission STATE_DIR TORRENT CONTENT_DIR ADDRESS PORT BOOTSTRAP...
#   leaves the daemon's process id in $SEEDER. Its DHT and peer code refuse 127.0.0.0/8: use another address.
#   It announces when its table has more than 8 nodes, 4 of them good: 40 to 60 s after its start.
start_transmission() {
  local state=$1 torrent=$2 content=$3 address=$4 port=$5
  shift 5
  mkdir -p "$state/watch"
  cp "$torrent" "$state/watch/"
  cat > "$state/settings.json" <<J
{ "bind-address-ipv4": "$address", "bind-address-ipv6": "::1", "peer-port": $port, "rpc-enabled": false,
  "dht-enabled": true, "lpd-enabled": false, "pex-enabled": false, "utp-enabled": false, "port-forwarding-enabled": false,
  "download-dir": "$content", "watch-dir": "$state/watch", "watch-dir-enabled": true, "start-added-torrents": true,
  "trash-original-torrent-files": false, "ratio-limit-enabled": false, "idle-seeding-limit-enabled": false,
  "speed-limit-up-enabled": false, "upload-slots-per-torrent": 16, "encryption": 0, "message-level": 3 }
J
  printf '%s\n' "$@" | tr ':' ' ' > "$state/dht.bootstrap"
  transmission-daemon -f -g "$state" > "$state/log" 2>&1 &
  SEEDER=$!
}
