#!/usr/bin/python3
"""Seeds one torrent with libtorrent. Peers can find it through the DHT only.

usage: seed-libtorrent.py TORRENT CONTENT_DIR --address IP --port N --bootstrap IP:PORT [--bootstrap ...]
                          [--max-seconds 600]

Prints "ready" when the content is checked and the session seeds; ends on SIGTERM or after --max-seconds.
"""
import argparse
import sys
import time

import libtorrent as lt

from libtorrent_session import dht_session, stop_on_signal


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("torrent")
    parser.add_argument("content_dir")
    parser.add_argument("--address", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--bootstrap", action="append", required=True)
    parser.add_argument("--max-seconds", type=float, default=600)
    options = parser.parse_args()
    stopped = stop_on_signal()
    end = time.monotonic() + options.max_seconds

    session = dht_session(options.address, options.port, options.bootstrap, unchoke_slots_limit=16,
                          # Relays of a test share one address.
                          allow_multiple_connections_per_ip=True)
    parameters = lt.add_torrent_params()
    parameters.ti = lt.torrent_info(options.torrent)
    parameters.save_path = options.content_dir
    handle = session.add_torrent(parameters)
    ready = False
    announce_at = 0.0
    while not stopped and time.monotonic() < end:
        if not ready and handle.status().is_seeding:
            ready = True
            print("ready", flush=True)
        # The first announce may come before the routing table has a node; the next one would be minutes away.
        if ready and time.monotonic() >= announce_at:
            handle.force_dht_announce()
            announce_at = time.monotonic() + 15
        time.sleep(0.2)
    if not ready:
        sys.exit("libtorrent did not get to seed in time")


main()
