"""The devnet on the node, and a client that buys from a release's relay."""
import json
import os
import pathlib
import subprocess
import time

from cluster import ADDRESS

BIN = pathlib.Path("artifacts/bin").resolve()
MIB = 1 << 20
SIZE = 32 * MIB


class World:
    def __init__(self, scratch):
        self.scratch, self.state = scratch, scratch / "world"
        self.process = subprocess.Popen(
            [BIN / "BttProxy.Devnet/debug/bttproxy-devnet", "up", "--state", self.state, "--size", f"{SIZE // MIB}MiB", "--relays", "1",
             "--listen-address", ADDRESS], stdout=(scratch / "world.log").open("w"), stderr=subprocess.STDOUT)

    def ready(self):
        end = time.monotonic() + 90
        while not (self.state / "network.json").exists():
            assert self.process.poll() is None and time.monotonic() < end, (self.scratch / "world.log").read_text()
            time.sleep(0.1)
        return self.network["name"]

    @property
    def network(self):
        return json.loads((self.state / "network.json").read_text())

    def stop(self):
        self.process.kill()
        self.process.wait()


class Purchase:
    """A running "bttproxy fetch" of the devnet's torrent from one relay."""

    def __init__(self, world, relay, home, target):
        self.target = target
        magnet = (world.state / "content.magnet").read_text().strip()
        self.process = subprocess.Popen(
            [BIN / "BttProxy.Client/debug/bttproxy", "fetch", magnet, "--network", world.state / "network.json", "--home", home, "-o", target,
             "--relay", relay, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | {"NO_COLOR": "1"})

    def paid(self):
        """Waits for all of it, which the client has compared with its hashes piece by piece; what it cost."""
        try:
            out, error = self.process.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError(f"the client takes too long: {self.process.communicate()[1][-2000:]}")
        assert self.process.returncode == 0, f"{self.process.returncode}: {error[-2000:]}"
        # What it keeps beside the content is in a folder of its own.
        size = sum(file.stat().st_size for file in self.target.rglob("*") if file.is_file() and ".bttproxy" not in file.parts)
        assert size == SIZE, f"{size} bytes"
        paid = int(json.loads(out)["paid"])
        assert paid > 0, out
        return paid
