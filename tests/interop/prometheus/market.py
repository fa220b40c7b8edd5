"""A devnet, a relay that a client buys from, and a Prometheus that scrapes it; all on loopback."""
import json
import os
import pathlib
import re
import socket
import subprocess
import time
import urllib.parse
import urllib.request

BIN = pathlib.Path("artifacts/bin").resolve()
RULES = pathlib.Path("helm/bttproxy-relay/rules/bttproxy-relay.yaml")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Market:
    def __init__(self, scratch):
        self.scratch, self.processes = scratch, []
        self.admin, self.prometheus = free_port(), free_port()

    def start(self, name, *command):
        log = (self.scratch / f"{name}.log").open("w")
        self.processes.append(subprocess.Popen([str(part) for part in command], stdout=log, stderr=subprocess.STDOUT, cwd=self.scratch))

    def await_text(self, name, pattern, seconds):
        end, file = time.monotonic() + seconds, self.scratch / f"{name}.log"
        while True:
            found = re.search(pattern, file.read_text())
            if found:
                return found
            assert all(process.poll() is None for process in self.processes) and time.monotonic() < end, f"{name}: {file.read_text()[-2000:]}"
            time.sleep(0.2)

    def open(self):
        world = self.scratch / "world"
        self.start("devnet", BIN / "BttProxy.Devnet/debug/bttproxy-devnet", "up", "--state", world, "--size", "16MiB", "--relays", "1")
        self.await_text("devnet", "ready", 90)
        self.start("relay", BIN / "BttProxy.Relay/debug/bttproxy-relay", "--network", world / "network.json", "--state", self.scratch / "relay",
                   "--listen", "127.0.0.1:0", "--admin", f"127.0.0.1:{self.admin}")
        relay = self.await_text("relay", r"\b[ybndrfg8ejkmcpqxot1uwisza345h769]{52}\b", 60).group(0)
        self.start_prometheus()
        self.buy(world, relay)

    def start_prometheus(self):
        config = {
            "global": {"scrape_interval": "1s", "evaluation_interval": "5s"},
            "rule_files": [str(RULES.resolve())],
            "scrape_configs": [{"job_name": "bttproxy-relay", "static_configs": [{"targets": [f"127.0.0.1:{self.admin}"]}]}],
        }
        # JSON is YAML.
        (self.scratch / "prometheus.yml").write_text(json.dumps(config))
        self.start("prometheus", "prometheus", f"--config.file={self.scratch}/prometheus.yml", f"--storage.tsdb.path={self.scratch}/tsdb",
                   f"--web.listen-address=127.0.0.1:{self.prometheus}")

    def buy(self, world, relay):
        done = subprocess.run(
            [BIN / "BttProxy.Client/debug/bttproxy", "fetch", (world / "content.magnet").read_text().strip(), "--network", world / "network.json",
             "--home", self.scratch / "home", "-o", self.scratch / "fetched", "--relay", relay, "--json"],
            capture_output=True, text=True, timeout=150, env=os.environ | {"NO_COLOR": "1"})
        assert done.returncode == 0, done.stderr[-2000:]
        assert int(json.loads(done.stdout)["paid"]) > 0, done.stdout

    def scrape(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/metrics", timeout=10) as answer:
            return answer.read().decode()

    def query(self, expression):
        address = f"http://127.0.0.1:{self.prometheus}/api/v1/query?" + urllib.parse.urlencode({"query": expression})
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                return json.load(answer)["data"]["result"]
        except urllib.error.HTTPError as e:
            raise AssertionError(f"{expression}: {json.load(e).get('error')}") from e

    def await_samples(self, metric, seconds):
        end = time.monotonic() + seconds
        while not any(float(sample["value"][1]) > 0 for sample in self.query(metric)):
            assert time.monotonic() < end, f"Prometheus has no {metric}"
            time.sleep(0.5)

    def close(self):
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
