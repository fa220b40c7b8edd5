#!/usr/bin/python3
"""One libtorrent seeder for speed measurements: plain TCP, deep request queues, no discovery of any kind.

usage: speed-seed.py IP:PORT CONTENT_DIR TORRENT [TORRENT ...]

Prints "ready" when it seeds all torrents; ends on SIGTERM or when its standard input ends. A line "dial IP:PORT" there names a
leecher that cannot dial; "dial" alone ends that. PEX is off: behind delay-proxy.py it would tell addresses that are not delayed.
"""
import sys
import threading
import time

import libtorrent as lt

from libtorrent_session import stop_on_signal


def main():
    listen, directory, *torrents = sys.argv[1:]
    stopped = stop_on_signal()
    leechers = []

    def take_orders():
        for line in sys.stdin:
            leechers[:] = line.split()[1:]
        stopped.append(1)

    threading.Thread(target=take_orders, daemon=True).start()
    session = lt.session({
        "listen_interfaces": listen, "outgoing_interfaces": listen.rsplit(":", 1)[0],
        "enable_dht": False, "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False,
        "enable_outgoing_utp": False, "enable_incoming_utp": False,
        "in_enc_policy": int(lt.enc_policy.pe_disabled), "out_enc_policy": int(lt.enc_policy.pe_disabled),
        "allow_multiple_connections_per_ip": True, "unchoke_slots_limit": 64, "connections_limit": 500,
        "min_reconnect_time": 1, "max_failcount": 100, "active_limit": 500, "active_seeds": 500,
        # A window of 200 ms at 300 MB/s.
        "max_allowed_in_request_queue": 4000, "send_buffer_watermark": 4 << 20, "send_buffer_watermark_factor": 150,
        "alert_mask": 0,
    })
    handles = []
    for torrent in torrents:
        parameters = lt.add_torrent_params()
        parameters.ti = lt.torrent_info(torrent)
        parameters.save_path = directory
        # The content was made a moment ago and is not hashed again.
        parameters.flags = lt.torrent_flags.seed_mode | lt.torrent_flags.disable_pex
        handles.append(session.add_torrent(parameters))
    if session.listen_port() != int(listen.rsplit(":", 1)[1]):
        sys.exit(f"{listen} is in use")
    while not stopped and not all(handle.status().is_seeding for handle in handles):
        time.sleep(0.02)
    print("ready", flush=True)
    while not stopped:
        time.sleep(0.2)
        for leecher in leechers[:]:
            host, port = leecher.rsplit(":", 1)
            for handle in handles:
                if handle.status().num_peers == 0:
                    handle.connect_peer((host, int(port)))


main()
