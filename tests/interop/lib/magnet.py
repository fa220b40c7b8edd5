#!/usr/bin/python3
"""Prints the magnet link of a torrent: its info-hash and nothing else. usage: magnet.py TORRENT"""
import sys

import libtorrent as lt

print(f"magnet:?xt=urn:btih:{lt.torrent_info(sys.argv[1]).info_hash()}")
