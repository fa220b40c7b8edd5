#!/usr/bin/python3
"""Torrents of v1, v2 and both, made by libtorrent, as test vectors: prints the JSON of tests/BttProxy.UnitTests/Vectors/torrent-vectors.json."""
import base64
import json
import os
import tempfile

import libtorrent as lt

KINDS = {"v1": 1 << 6, "v2": int(lt.create_torrent_flags_t.v2_only), "hybrid": 0}
SETS = {
    "folder": [("folder/a.bin", 100_000), ("folder/b-empty", 0), ("folder/d/k.bin", 40_000), ("folder/d/ü ファイル", 16_384), ("folder/z", 5)],
    "one piece.bin": [("one piece.bin", 20_000)],
    "several pieces.bin": [("several pieces.bin", 200_000)],
    "exact.bin": [("exact.bin", 131_072)],
    "equal": [("equal/1", 70_000), ("equal/2", 70_000)],
}
PIECE = 32_768


def content(length):
    return bytes(((i * 131) ^ (i >> 7) ^ length) & 255 for i in range(length))


def make(name, files, kind, directory):
    storage = lt.file_storage()
    for path, length in files:
        full = os.path.join(directory, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as out:
            out.write(content(length))
        storage.add_file(path, length)
    torrent = lt.create_torrent(storage, PIECE, KINDS[kind])
    lt.set_piece_hashes(torrent, directory)
    entry = torrent.generate()
    entry.pop(b"creation date", None)
    data = lt.bencode(entry)
    info = lt.torrent_info(lt.bdecode(data))
    hashes = info.info_hashes()
    laid = info.files()
    return {
        "set": name, "kind": kind, "torrent": base64.b64encode(data).decode(),
        "infoHashV1": str(hashes.v1) if hashes.has_v1() else None,
        "infoHashV2": str(hashes.v2) if hashes.has_v2() else None,
        "magnet": lt.make_magnet_uri(info), "pieces": info.num_pieces(),
        "files": [{"path": laid.file_path(i), "length": laid.file_size(i), "offset": laid.file_offset(i)}
                  for i in range(laid.num_files()) if not laid.file_flags(i) & 1],
    }


with tempfile.TemporaryDirectory() as directory:
    vectors = [make(name, files, kind, directory) for name, files in SETS.items() for kind in KINDS]
print(json.dumps({"libtorrent": lt.version, "pieceLength": PIECE, "torrents": vectors}, ensure_ascii=False, indent=1))
