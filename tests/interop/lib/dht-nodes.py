#!/usr/bin/python3
"""A DHT of N libtorrent nodes on the addresses in turn, ports FIRST .. FIRST+N-1.

usage: dht-nodes.py --nodes N --address IP[,IP...] --first-port P [--max-seconds 600]

Prints one JSON line {"bootstrap": ["ip:port", ...], "table": [smallest, greatest]} when every node knows others;
ends on SIGTERM or after --max-seconds.
"""
import argparse
import json
import sys
import time

import libtorrent as lt

from libtorrent_session import DHT_ALERTS, dht_session, introduce, stop_on_signal


def table_sizes(sessions):
    for session in sessions:
        session.post_dht_stats()
    time.sleep(0.2)
    sizes = []
    for session in sessions:
        for alert in session.pop_alerts():
            if isinstance(alert, lt.dht_stats_alert):
                sizes.append(sum(bucket["num_nodes"] for bucket in alert.routing_table))
    return sizes


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--nodes", type=int, default=12)
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--first-port", type=int, required=True)
    parser.add_argument("--max-seconds", type=float, default=600)
    options = parser.parse_args()
    stopped = stop_on_signal()
    end = time.monotonic() + options.max_seconds

    addresses = options.address.split(",")
    places = [(addresses[i % len(addresses)], options.first_port + i) for i in range(options.nodes)]
    names = [f"{address}:{port}" for address, port in places]
    sessions = [dht_session(address, port, [], alert_mask=DHT_ALERTS) for address, port in places]
    # No node can tell another one of a third before they know each other: introduce all to all.
    for name, session in zip(names, sessions):
        introduce(session, [other for other in names if other != name])
    wanted = min(options.nodes - 1, 6)
    settle = time.monotonic() + 60
    sizes = []
    while not stopped:
        sizes = table_sizes(sessions)
        if len(sizes) == options.nodes and min(sizes) >= wanted:
            break
        if time.monotonic() > settle:
            sys.exit(f"the DHT did not knit together: tables {sizes}")
    print(json.dumps({"bootstrap": names, "table": [min(sizes, default=0), max(sizes, default=0)]}), flush=True)
    while not stopped and time.monotonic() < end:
        time.sleep(0.2)
        for session in sessions:
            session.pop_alerts()


main()
