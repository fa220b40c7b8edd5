#!/usr/bin/python3
"""Waits until the DHT knows a peer for an info-hash.

usage: find-peers.py INFOHASH --address IP --bootstrap IP:PORT [--bootstrap ...] [--max-seconds 120]

Prints one JSON line {"peers": ["ip:port"], "seconds": S}; exit 1 when nobody announced in time.
"""
import argparse
import json
import sys
import time

import libtorrent as lt

from libtorrent_session import DHT_ALERTS, dht_session


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("info_hash")
    parser.add_argument("--address", required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--bootstrap", action="append", required=True)
    parser.add_argument("--max-seconds", type=float, default=120)
    options = parser.parse_args()
    start = time.monotonic()

    # Read-only (BEP 43): the probe is no node that anybody stores things on.
    session = dht_session(options.address, options.port, options.bootstrap, dht_read_only=True, alert_mask=DHT_ALERTS)
    info_hash = lt.sha1_hash(bytes.fromhex(options.info_hash))
    ask_at = start + 1
    while time.monotonic() - start < options.max_seconds:
        if time.monotonic() >= ask_at:
            session.dht_get_peers(info_hash)
            ask_at = time.monotonic() + 2
        session.wait_for_alert(200)
        for alert in session.pop_alerts():
            if isinstance(alert, lt.dht_get_peers_reply_alert) and alert.peers():
                peers = [f"{host}:{port}" for host, port in alert.peers()]
                print(json.dumps({"peers": peers, "seconds": round(time.monotonic() - start, 1)}))
                return
    sys.exit(f"nobody announced {options.info_hash} within {options.max_seconds:.0f} s")


main()
