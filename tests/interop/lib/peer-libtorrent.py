#!/usr/bin/python3
"""One libtorrent peer over plain TCP, with peers given by address and nothing else (no DHT, no PEX, no tracker).

usage: peer-libtorrent.py seed TORRENT CONTENT_DIR IP:PORT
       peer-libtorrent.py get TORRENT|MAGNET OUT_DIR IP:PORT PEER [PEER ...]

"seed" prints "ready" and serves until SIGTERM; "get" downloads, prints one JSON line with the seconds, and ends.
"""
import json
import sys
import time

import libtorrent as lt

from libtorrent_session import stop_on_signal

MAX_SECONDS = 120
MAX_ATTEMPTS = 6

# libtorrent's torrent_inconsistent_hashes. Up to 2.0.8 at least, a hybrid torrent from a v2 magnet ends with it now and then, also between
# two libtorrents, when pieces pass their v1 hash before the layer with their v2 hashes comes.
INCONSISTENT_HASHES = 217


def start(source, directory, listen):
    session = lt.session({
        "listen_interfaces": listen, "outgoing_interfaces": listen.rsplit(":", 1)[0],
        "enable_dht": False, "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False,
        "enable_outgoing_utp": False, "enable_incoming_utp": False, "in_enc_policy": 1, "out_enc_policy": 2,
        "allow_multiple_connections_per_ip": True, "alert_mask": 0,
    })
    parameters = lt.parse_magnet_uri(source) if source.startswith("magnet:") else lt.add_torrent_params()
    if not source.startswith("magnet:"):
        parameters.ti = lt.torrent_info(source)
    parameters.save_path = directory
    return session, session.add_torrent(parameters)


def seed(torrent, directory, listen):
    stopped = stop_on_signal()
    _, handle = start(torrent, directory, listen)
    end = time.monotonic() + 600
    ready = False
    while not stopped and time.monotonic() < end:
        if not ready and handle.status().is_seeding:
            ready = True
            print("ready", flush=True)
        time.sleep(0.05)


def get(source, directory, listen, peers):
    begin = time.monotonic()
    for attempt in range(1, MAX_ATTEMPTS + 1):
        session, handle = start(source, directory, listen)
        error = wait_for_all(handle, peers, begin)
        if error is None:
            print(json.dumps({"seconds": time.monotonic() - begin}))
            return
        if error.value() != INCONSISTENT_HASHES or attempt == MAX_ATTEMPTS:
            sys.exit(f"stopped with an error: {error.message()}")
        print(f"begins anew: {error.message()}", file=sys.stderr)
        session.remove_torrent(handle, lt.session.delete_files)
        del session, handle


def wait_for_all(handle, peers, begin):
    """Returns the error that ended the download, or None."""
    for peer in peers:
        host, port = peer.rsplit(":", 1)
        handle.connect_peer((host, int(port)))
    while not (status := handle.status()).is_seeding:
        if status.errc.value() != 0:
            return status.errc
        if time.monotonic() - begin > MAX_SECONDS:
            sys.exit(f"not complete after {MAX_SECONDS} s: {status.progress:.0%}, {status.state}, {status.num_peers} peers")
        time.sleep(0.02)
    return None


if len(sys.argv) == 5 and sys.argv[1] == "seed":
    seed(*sys.argv[2:])
elif len(sys.argv) > 5 and sys.argv[1] == "get":
    get(*sys.argv[2:5], sys.argv[5:])
else:
    sys.exit(__doc__)
