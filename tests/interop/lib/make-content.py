#!/usr/bin/python3
"""Deterministic content and its .torrent, made by libtorrent.

usage: make-content.py DIR --bytes N [--name NAME] [--files K] [--piece BYTES] [--seed N] [--kind v1|v2|hybrid] [--copies N]

Writes DIR/NAME (a file, or a directory of K files) and DIR/NAME.torrent: no tracker, no node, no peer.
With --copies also DIR/NAME-1 .. NAME-N, links to the same file, each a torrent of its own (of v1).
Prints one JSON line: infoHash (of v1, if there), magnet (info-hashes only), torrent, content, bytes, sha256 (over the concatenated files).
"""
import argparse
import hashlib
import json
import os
import random

import libtorrent as lt

CHUNK = 1 << 20
KINDS = {"v1": int(lt.create_torrent.v1_only), "v2": int(lt.create_torrent.v2_only), "hybrid": 0}


def write_file(path, size, source, digest):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as out:
        while size > 0:
            data = source.randbytes(min(CHUNK, size))
            out.write(data)
            digest.update(data)
            size -= len(data)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("directory")
    parser.add_argument("--bytes", type=int, required=True)
    parser.add_argument("--name", default="content.bin")
    parser.add_argument("--files", type=int, default=1)
    parser.add_argument("--piece", type=int, default=1 << 20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--copies", type=int, default=0, help="of a single file")
    parser.add_argument("--kind", choices=KINDS, default="v1")
    options = parser.parse_args()

    source = random.Random(options.seed)
    digest = hashlib.sha256()
    root = os.path.join(options.directory, options.name)
    storage = lt.file_storage()
    share = options.bytes // options.files
    for i in range(options.files):
        name = options.name if options.files == 1 else f"{options.name}/part-{i:02}.bin"
        size = share if i < options.files - 1 else options.bytes - share * i
        write_file(os.path.join(options.directory, name), size, source, digest)
        storage.add_file(name, size)

    torrent = lt.create_torrent(storage, piece_size=options.piece, flags=KINDS[options.kind])
    lt.set_piece_hashes(torrent, options.directory)
    path = root + ".torrent"
    entry = torrent.generate()
    with open(path, "wb") as out:
        out.write(lt.bencode(entry))
    for copy in range(1, options.copies + 1):
        name = f"{options.name}-{copy}"
        os.link(root, os.path.join(options.directory, name))
        entry[b"info"][b"name"] = name
        with open(os.path.join(options.directory, f"{name}.torrent"), "wb") as out:
            out.write(lt.bencode(entry))
    hashes = lt.torrent_info(path).info_hashes()
    topics = [f"xt=urn:btih:{hashes.v1}"] if hashes.has_v1() else []
    topics += [f"xt=urn:btmh:1220{hashes.v2}"] if hashes.has_v2() else []
    print(json.dumps({
        "infoHash": str(hashes.v1) if hashes.has_v1() else None, "magnet": "magnet:?" + "&".join(topics), "torrent": path,
        "content": root, "bytes": options.bytes, "sha256": digest.hexdigest(),
    }))


main()
