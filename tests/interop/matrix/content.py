"""What is moved: deterministic files and their torrents, made by libtorrent."""
import os
import random
import threading

import libtorrent as lt

from lab import Failure

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
CHUNK = 4 * MIB
KINDS = {
    "v1": lt.create_torrent.v1_only,
    "v1 padded": lt.create_torrent.v1_only | lt.create_torrent.canonical_files,
    "v2": lt.create_torrent.v2_only,
    "hybrid": 0,
}


class Shape:
    """Files (path below the torrent's name, or none for a single file, and size), piece length, version."""

    def __init__(self, piece, files, kind="v1", sparse=False):
        self.piece, self.files, self.kind, self.sparse = piece, files, kind, sparse


SEVERAL = [("a.bin", 700_001), ("empty", 0), ("Übung/naïve – 文件.bin", 1_300_000), ("Übung/last", 3), ("z.bin", 900_000)]
SHAPES = {
    "small": Shape(16 * KIB, [(None, 3_000_001)]),
    "large": Shape(256 * KIB, [(None, 128 * MIB)]),
    "1 MiB pieces": Shape(MIB, [(None, 64 * MIB + 5)]),
    "several": Shape(32 * KIB, SEVERAL),
    "padded": Shape(32 * KIB, SEVERAL, "v1 padded"),
    "v2": Shape(32 * KIB, SEVERAL, "v2"),
    "hybrid": Shape(32 * KIB, SEVERAL, "hybrid"),
    # Mostly holes: 16 MiB pieces and offsets beyond 32 bits.
    "over 4 GiB": Shape(16 * MIB, [(None, 4 * GIB + 33 * MIB + 7)], sparse=True),
}


class Content:
    """One shape under a name of its own, so that its info-hash is its own too."""

    def __init__(self, lab, shape, name):
        self.shape, self.name = SHAPES[shape], name
        self.folder = lab.folder("content")
        self._lock = threading.Lock()
        self._count = 0
        storage = lt.file_storage()
        for path, size in self.shape.files:
            relative = self._relative(path)
            self._write(os.path.join(self.folder, relative), size)
            storage.add_file(relative, size)
        torrent = lt.create_torrent(storage, piece_size=self.shape.piece, flags=KINDS[self.shape.kind])
        lt.set_piece_hashes(torrent, self.folder)
        self._entry = torrent.generate()
        self.info = lt.torrent_info(self._entry)
        self._write_padding()

    @property
    def path(self):
        return os.path.join(self.folder, self.name)

    def torrent(self, trackers=(), nodes=(), web_seeds=()):
        """A .torrent file that says where to look."""
        entry = dict(self._entry)
        if trackers:
            entry[b"announce"] = trackers[0].encode()
            entry[b"announce-list"] = [[tracker.encode()] for tracker in trackers]
        if nodes:
            entry[b"nodes"] = [[host.encode(), int(port)] for host, port in (node.rsplit(":", 1) for node in nodes)]
        if web_seeds:
            entry[b"url-list"] = [url.encode() for url in web_seeds]
        with self._lock:
            self._count += 1
            path = os.path.join(self.folder, f"{self._count}.torrent")
        with open(path, "wb") as out:
            out.write(lt.bencode(entry))
        return path

    def magnet(self, trackers=()):
        hashes = self.info.info_hashes()
        topics = [f"xt=urn:btih:{hashes.v1}"] if hashes.has_v1() else []
        topics += [f"xt=urn:btmh:1220{hashes.v2}"] if hashes.has_v2() else []
        return "magnet:?" + "&".join(topics + [f"tr={tracker.replace('&', '%26').replace('?', '%3F').replace('=', '%3D')}" for tracker in trackers])

    def verify(self, folder, with_empty=True):
        """Compares every file, byte by byte."""
        for path, size in self.shape.files:
            if size == 0 and not with_empty:
                continue
            relative = self._relative(path)
            copy = os.path.join(folder, relative)
            if not os.path.exists(copy):
                raise Failure(f"{relative} is missing")
            if os.path.getsize(copy) != size:
                raise Failure(f"{relative} has {os.path.getsize(copy)} of {size} bytes")
            with open(os.path.join(self.folder, relative), "rb") as one, open(copy, "rb") as other:
                position = 0
                while expected := one.read(CHUNK):
                    if other.read(CHUNK) != expected:
                        raise Failure(f"{relative} differs within 4 MiB after byte {position}")
                    position += len(expected)

    def _write_padding(self):
        """For seeders that know no padding files (BEP 47): to them these are files like others."""
        files = self.info.files()
        for i in range(files.num_files()):
            if files.file_flags(i) & lt.file_flags_t.flag_pad_file:
                path = os.path.join(self.folder, files.file_path(i))
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as out:
                    out.truncate(files.file_size(i))

    def _relative(self, path):
        return self.name if path is None else f"{self.name}/{path}"

    def _write(self, path, size):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        source = random.Random(path.rsplit("/content-", 1)[-1])
        with open(path, "wb") as out:
            if self.shape.sparse:
                out.truncate(size)
                for offset in (0, 4 * GIB - 5000, size - 10_000):
                    out.seek(offset)
                    out.write(source.randbytes(10_000))
                return
            while size > 0:
                out.write(source.randbytes(min(CHUNK, size)))
                size -= min(CHUNK, size)
