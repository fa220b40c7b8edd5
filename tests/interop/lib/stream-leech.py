#!/usr/bin/python3
"""Time from a magnet to its first verified bytes with libtorrent and piece deadlines, in one session for all magnets.

usage: stream-leech.py OUT_DIR IP:PORT PERMILLE PEER [PEER ...] < MAGNETS

PERMILLE says where the stream begins: 0, 500, or 1000 for the last byte. Takes one magnet per line and prints for each one JSON
line: milliseconds from adding the magnet to the first piece of the stream. All but the stream is left out, so that nothing is under
way that the deadline would have to overtake.
"""
import json
import sys
import time

import libtorrent as lt

MAX_SECONDS = 60
WINDOW = 16


def first_byte(session, magnet, directory, permille, peers):
    begin = time.monotonic()
    parameters = lt.parse_magnet_uri(magnet)
    parameters.save_path = directory
    parameters.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
    parameters.flags |= lt.torrent_flags.default_dont_download
    handle = session.add_torrent(parameters)
    for peer in peers:
        host, port = peer.rsplit(":", 1)
        handle.connect_peer((host, int(port)))
    piece = None
    while time.monotonic() - begin < MAX_SECONDS:
        session.wait_for_alert(1000)
        for alert in session.pop_alerts():
            if isinstance(alert, lt.metadata_received_alert):
                info = handle.torrent_file()
                piece = min(info.total_size() * permille // 1000, info.total_size() - 1) // info.piece_length()
                for ahead in range(min(WINDOW, info.num_pieces() - piece)):
                    handle.set_piece_deadline(piece + ahead, ahead * 10)
            elif isinstance(alert, lt.piece_finished_alert) and alert.piece_index == piece:
                seconds = time.monotonic() - begin
                session.remove_torrent(handle)
                return seconds
            elif isinstance(alert, lt.torrent_error_alert):
                sys.exit(alert.message())
    sys.exit(f"no piece after {MAX_SECONDS} s: {handle.status().num_peers} peers")


def main():
    directory, listen, permille, *peers = sys.argv[1:]
    session = lt.session({
        "listen_interfaces": listen, "outgoing_interfaces": listen.rsplit(":", 1)[0],
        "enable_dht": False, "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False,
        "enable_outgoing_utp": False, "enable_incoming_utp": False,
        "in_enc_policy": int(lt.enc_policy.pe_disabled), "out_enc_policy": int(lt.enc_policy.pe_disabled),
        "allow_multiple_connections_per_ip": True, "connection_speed": 100, "max_out_request_queue": 2000,
        # Until the deadlines are set the torrent wants nothing, and peers that have everything would be sent away.
        "close_redundant_connections": False,
        "alert_mask": int(lt.alert.category_t.status_notification | lt.alert.category_t.error_notification
                          | lt.alert.category_t.piece_progress_notification),
    })
    print("ready", flush=True)
    for line in sys.stdin:
        seconds = first_byte(session, line.strip(), directory, int(permille), peers)
        print(json.dumps({"milliseconds": seconds * 1000}), flush=True)


main()
