# Seeds one torrent with aria2, found through the DHT only; source this file.
#
# start_aria2 STATE_DIR TORRENT CONTENT_DIR ADDRESS PORT BOOTSTRAP...
#   leaves the process id in $SEEDER. aria2 takes one entry point: the first one.
start_aria2() {
  local state=$1 torrent=$2 content=$3 address=$4 port=$5 entry=$6
  mkdir -p "$state"
  aria2c --no-conf --dir="$content" --seed-ratio=0.0 --check-integrity=true --stop=900 --stop-with-process=$$ \
    --enable-dht=true --enable-dht6=false --dht-entry-point="$entry" --dht-listen-port="$port" --dht-file-path="$state/dht.dat" \
    --bt-enable-lpd=false --enable-peer-exchange=false --interface="$address" --listen-port="$port" \
    --summary-interval=0 --show-console-readout=false --console-log-level=warn \
    --log="$state/log" --log-level=info "$torrent" > "$state/out" 2>&1 &
  SEEDER=$!
}
