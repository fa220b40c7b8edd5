"""aria2c. It has neither uTP nor BitTorrent v2."""
import os

from client import SLOW, Client
from lab import Failure, is_listening


class Aria2(Client):
    name = "aria2"

    def seed(self, mode, jobs):
        address = self.lab.address()
        # One folder for all: aria2 takes one.
        folder = self.lab.folder("aria2")
        for content, _ in jobs:
            os.symlink(content.path, os.path.join(folder, content.name))
        program = self.lab.start(
            "aria2c", f"--dir={folder}", "--seed-ratio=0.0", "--check-integrity=true", "--max-concurrent-downloads=100",
            *self._switches(mode, address), *[torrent for _, torrent in jobs])
        program.wait_for(lambda: is_listening(f"{address}:6881"), 60, "aria2 listens")
        return f"{address}:6881"

    def download(self, mode, source, folder):
        program = self.lab.start(
            "aria2c", f"--dir={folder}", "--seed-time=0", "--file-allocation=none", f"--stop={mode.seconds}",
            *self._switches(mode, self.lab.address()), source)
        try:
            if program.process.wait(mode.seconds + 30) != 0:
                raise Failure(program.tail())
        finally:
            program.stop()

    def linger(self, mode, source, folder):
        address = self.lab.address()
        program = self.lab.start("aria2c", f"--dir={folder}", "--file-allocation=none", *self._switches(mode, address), source)
        program.wait_for(lambda: is_listening(f"{address}:6881"), 60, "aria2 listens")
        return f"{address}:6881"

    def _switches(self, mode, address):
        state = self.lab.folder("aria2-state")
        switches = [
            "--no-conf", "--disable-ipv6=true", f"--interface={address}", "--listen-port=6881", "--bt-enable-lpd=false", "--enable-dht6=false",
            "--summary-interval=0", "--show-console-readout=false", "--console-log-level=warn", f"--log={state}/log", "--log-level=notice",
        ]
        switches += ["--bt-require-crypto=true", "--bt-min-crypto-level=arc4"] if mode.encrypted else []
        switches += [f"--enable-peer-exchange={'true' if mode.pex else 'false'}"]
        switches += [f"--max-download-limit={SLOW}"] if mode.slow else []
        if mode.dht:
            return switches + ["--enable-dht=true", f"--dht-entry-point={mode.dht[0]}", "--dht-listen-port=6881", f"--dht-file-path={state}/dht.dat"]
        # Its UDP trackers need the socket of its DHT node, which knows nobody here.
        return switches + ["--enable-dht=true", "--dht-listen-port=6881", f"--dht-file-path={state}/dht.dat"]
