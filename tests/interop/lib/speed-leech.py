#!/usr/bin/python3
"""Downloads one torrent with libtorrent, tuned for speed: plain TCP, deep request queues, peers given by address.

usage: speed-leech.py TORRENT OUT_DIR IP:PORT PEER [PEER ...]

Prints one JSON line: seconds from loading the torrent in a running session to the last verified piece, and duplicateBytes.
"""
import json
import sys
import time

import libtorrent as lt

MAX_SECONDS = 120


def main():
    torrent, directory, listen, *peers = sys.argv[1:]
    session = lt.session({
        "listen_interfaces": listen, "outgoing_interfaces": listen.rsplit(":", 1)[0],
        "enable_dht": False, "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False,
        "enable_outgoing_utp": False, "enable_incoming_utp": False,
        "in_enc_policy": int(lt.enc_policy.pe_disabled), "out_enc_policy": int(lt.enc_policy.pe_disabled),
        "allow_multiple_connections_per_ip": True, "connection_speed": 100, "max_out_request_queue": 2000,
        "alert_mask": int(lt.alert.category_t.status_notification | lt.alert.category_t.error_notification),
    })
    begin = time.monotonic()
    parameters = lt.add_torrent_params()
    parameters.ti = lt.torrent_info(torrent)
    parameters.save_path = directory
    parameters.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
    handle = session.add_torrent(parameters)
    for peer in peers:
        host, port = peer.rsplit(":", 1)
        handle.connect_peer((host, int(port)))
    while time.monotonic() - begin < MAX_SECONDS:
        session.wait_for_alert(1000)
        for alert in session.pop_alerts():
            if isinstance(alert, lt.torrent_finished_alert):
                seconds = time.monotonic() - begin
                print(json.dumps({"seconds": seconds, "duplicateBytes": handle.status().total_redundant_bytes}))
                return
            if isinstance(alert, lt.torrent_error_alert):
                sys.exit(alert.message())
    sys.exit(f"not complete after {MAX_SECONDS} s: {handle.status().progress:.0%}")


main()
