#!/usr/bin/python3
"""Runs the cells, several at once, and prints what passed.

usage: matrix.py DIRECTORY [--only TEXT] [--at-once N]

--only runs the cells whose name contains the text: a client, a situation, "from" or "to". Needs a network of its own: see run.
"""
import argparse
import concurrent.futures
import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, replace

from cells import EVERYBODY, LT, NG, SITUATIONS, Situation
from client import Mode
from client_aria2 import Aria2
from client_libtorrent import Libtorrent
from client_nginx import Nginx
from client_ours import Ours, find_program
from client_qbittorrent import QBittorrent
from client_rtorrent import RTorrent
from client_transmission import Transmission
from content import Content
from lab import Failure, Lab
from tracker import Tracker

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../..")
LIB = os.path.join(ROOT, "tests/interop/lib")
DHT_NODES = 14
# Transmission takes about 80 before it announces.
ANNOUNCED_SECONDS = 200
# The largest contents at the end would run alone.
SLOWEST = ("over 4 GiB", "large")


@dataclass(frozen=True)
class Cell:
    situation: Situation
    client: str
    is_download: bool

    @property
    def name(self):
        return f"{self.situation.name}, {'from' if self.is_download else 'to'} {self.client}"


class Once:
    """Makes each thing once, whoever asks first, and hands everybody the same."""

    def __init__(self):
        self._lock = threading.Lock()
        self._made = {}

    def get(self, key, make):
        with self._lock:
            future = self._made.get(key)
            is_mine = future is None
            if is_mine:
                future = self._made[key] = concurrent.futures.Future()
        if is_mine:
            try:
                future.set_result(make())
            except BaseException as failure:
                future.set_exception(failure)
        return future.result()


class Matrix:
    def __init__(self, lab, cells):
        self.lab, self.cells = lab, cells
        self.ours = Ours(lab, find_program(ROOT))
        self._clients = {kind.name: kind(lab) for kind in (Libtorrent, Transmission, Aria2, QBittorrent, RTorrent, Nginx)}
        self._tracker = Tracker(lab.address(), 6969)
        self._shared = Once()

    def run(self, cell):
        situation = cell.situation
        folder = self.lab.folder("copy")
        content = self._content(cell)
        (self._download if cell.is_download else self._upload)(cell, situation, content, folder)
        content.verify(folder, with_empty=cell.is_download or self._clients[cell.client].makes_empty_files)
        subprocess.run(["rm", "-rf", folder], check=True)

    def _download(self, cell, situation, content, folder):
        mode, trackers = self._mode(situation), self._trackers(situation)
        if situation.by == "web seed":
            server = self._clients[cell.client].seed(mode, [(content, None)])
            self.ours.download(mode, content.torrent(web_seeds=[f"http://{server}/"]), folder)
            return
        if situation.by == "pex":
            known = content.torrent([self._tracker.that_knows(self._silent_seeder(content))])
            peer = self._clients[cell.client].linger(replace(mode, slow=True), known, self.lab.folder("copy"))
        elif situation.by == "address":
            peer = self._seeder(cell)
        else:
            peer = None
            self._clients[cell.client].seed(mode, [(content, content.torrent(trackers, mode.dht))])
            self._wait_for_dht(mode, content)
        source = content.magnet(trackers) if situation.magnet else content.torrent(trackers)
        peers = self.ours.download(mode, source, folder, peer)
        if situation.by == "pex" and peers < 2:
            raise Failure("it took everything from the peer that should only tell of another")

    def _upload(self, cell, situation, content, folder):
        mode, trackers = self._mode(situation), self._trackers(situation)
        if situation.by == "address":
            key = (situation.content, mode)
            peer = self._shared.get(key, lambda: self.ours.seed(mode, [(content, content.torrent())]))
            trackers = [self._tracker.that_knows(peer)]
        elif situation.by == "pex":
            peer = self.ours.linger(mode, content.torrent(), self.lab.folder("copy"), self._silent_seeder(content))
            trackers = [self._tracker.that_knows(peer)]
        else:
            self.ours.seed(mode, [(content, content.torrent(trackers))])
            self._wait_for_dht(mode, content)
        source = content.magnet(trackers) if situation.magnet else content.torrent(trackers, mode.dht)
        self._clients[cell.client].download(mode, source, folder)

    def _silent_seeder(self, content):
        """A third that tells nobody of anybody: whoever gets to it was told by the two that the cell is about."""
        return self._clients[LT].seed(Mode(), [(content, content.torrent())])

    def _seeder(self, cell):
        """One process of the client for all cells that are told its address and talk to it alike."""
        mode = self._mode(cell.situation)
        fellows = {other.situation.content: other for other in self.cells
                   if other.is_download and other.client == cell.client and other.situation.by == "address"
                   and self._mode(other.situation) == mode}

        def seed():
            contents = [self._content(fellow) for fellow in fellows.values()]
            client = self._clients[cell.client]
            trackers = [self._tracker.that_knows()] if client.needs_tracker else []
            return client.seed(mode, [(content, content.torrent(trackers)) for content in contents])

        return self._shared.get((cell.client, mode), seed)

    def _content(self, cell):
        """Where peers find each other by info-hash, the cell has one of its own: it meets nobody else."""
        situation = cell.situation
        key = situation.content if situation.by == "address" else cell.name
        name = "".join(letter if letter.isalnum() else "-" for letter in key)
        return self._shared.get(("content", key), lambda: Content(self.lab, situation.content, name))

    def _trackers(self, situation):
        return {"http": [self._tracker.http], "udp": [self._tracker.udp]}.get(situation.by, [])

    def _mode(self, situation):
        dht = self._shared.get("dht", self._start_dht) if situation.by == "dht" else ()
        return Mode(situation.transport, situation.encrypted, situation.in_clear, situation.ipv6, dht, pex=situation.by == "pex", seconds=situation.seconds)

    def _wait_for_dht(self, mode, content):
        """Whoever looks before the seeder is announced looks again after a quarter of an hour."""
        if mode.dht:
            program = self.lab.start(
                os.path.join(LIB, "find-peers.py"), str(content.info.info_hash()), "--address", self.lab.address(),
                *(word for node in mode.dht for word in ("--bootstrap", node)), "--max-seconds", ANNOUNCED_SECONDS)
            if program.process.wait(ANNOUNCED_SECONDS + 30) != 0:
                raise Failure(program.tail())

    def _start_dht(self):
        # Clients take nodes that share a block of addresses for one.
        addresses = ",".join(f"10.87.{200 + i}.1" for i in range(DHT_NODES))
        program = self.lab.start(os.path.join(LIB, "dht-nodes.py"), "--nodes", DHT_NODES, "--address", addresses, "--first-port", 7001)
        program.wait_for(lambda: program.text().startswith("{"), 70, "the DHT is there")
        return tuple(json.loads(program.text().split("\n")[0])["bootstrap"])


def choose(only):
    cells = [Cell(situation, client, is_download)
             for situation in sorted(SITUATIONS, key=lambda situation: situation.content not in SLOWEST)
             for client in situation.clients for is_download in (True, False) if client not in (situation.only_to if is_download else situation.only_from)]
    return [cell for cell in cells if only in cell.name]


def print_table(results):
    """A row for each situation; for each client "down/up"."""
    marks = {True: "ok", False: "FAIL", None: "not run"}
    width = max(len(situation.name) for situation in SITUATIONS)
    columns = (*EVERYBODY, NG)
    print(f"\n{'':{width}}  " + "  ".join(f"{client:>12}" for client in columns))
    for situation in SITUATIONS:
        row = []
        for client in columns:
            pair = [marks[results[cell]] for cell in (Cell(situation, client, True), Cell(situation, client, False)) if cell in results]
            row.append(f"{'/'.join(pair) or '-':>12}")
        print(f"{situation.name:{width}}  " + "  ".join(row))
    print("Each: download from / upload to. -: the client does not have it, or no cell.")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("directory")
    parser.add_argument("--only", default="")
    parser.add_argument("--at-once", type=int, default=6)
    options = parser.parse_args()
    lab = Lab(options.directory)
    cells = choose(options.only)
    matrix = Matrix(lab, cells)
    results = {cell: None for cell in cells}
    report = threading.Lock()

    def run(cell):
        begin = time.monotonic()
        try:
            matrix.run(cell)
            results[cell], line = True, f"ok {cell.name}"
        except Exception as failure:
            results[cell], line = False, f"FAILED {cell.name}: {type(failure).__name__} {failure}"
        with report:
            print(f"{line} ({time.monotonic() - begin:.0f} s)", flush=True)

    try:
        with concurrent.futures.ThreadPoolExecutor(options.at_once) as pool:
            list(pool.map(run, cells))
    finally:
        lab.stop()
    print_table(results)
    passed, failed = (list(results.values()).count(result) for result in (True, False))
    print(f"{passed} passed, {failed} failed", flush=True)
    # Sessions of libtorrent take seconds to say goodbye to trackers that are gone.
    os._exit(1 if failed or not passed else 0)


main()
