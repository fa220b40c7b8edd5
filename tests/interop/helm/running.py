"""Rendered releases as running processes: exactly the rendered commands, environment, volumes, probes, Services and test hook, beside a devnet."""
import json
import os
import pathlib
import re
import secrets
import signal
import subprocess
import time

import image
import probes
from cluster import ADDRESS, Network
from release import BALANCER, Release
from services import Forwarder
from world import SIZE, World

SITE = "<title>Weather of Reykjavik</title>\n"
# The second release's way to the chain, which can be cut.
CHAIN_HOSTS, CHAIN_PORT = ["tron-a.example.org", "tron-b.example.org"], 50051
SLOW = 4 << 20


def check(report, scratch):
    if report.only and report.only not in "running":
        return
    if not report.check("running: the published program is there", lambda: str(len(list(image.built(scratch).iterdir()))) + " files"):
        return
    network, world = Network({host: [ADDRESS] for host in CHAIN_HOSTS}), World(scratch)
    try:
        if report.check("running: the devnet is there", world.ready):
            smallest(report, scratch, network, world)
            everything(report, scratch, network, world)
    finally:
        world.stop()


def smallest(report, scratch, network, world):
    """All defaults, the network's description inside the chart's own ConfigMap."""
    release = Release(scratch, network, world, "smallest", {"network": {"description": world.network}}, {}, {})
    try:
        if not started(report, release):
            return
        report.check("running smallest: a client buys through the Service, and a worker fetches the bytes", lambda: sells(release))
        report.check("running smallest: a killed worker is started again, ready and with its volume", lambda: worker_killed(release))
        report.check("running smallest: SIGTERM drains: not ready, but alive, what is under way goes on, exit code 0 within the grace period", lambda: drains(release))
        report.check("running smallest: helm test fails while the gateway is away", lambda: hook_fails(release, "gateway-headless", "tunnel"))
        report.check("running smallest: the gateway comes back as the same relay, and the client gets the rest", lambda: comes_back(release))
        report.check("running smallest: the books balance, asked as NOTES.txt says", lambda: balances(release))
    finally:
        release.cluster.stop()


def everything(report, scratch, network, world):
    """Other names, other ports, a Secret with the payee's key, an API key, a site, a network that is a ConfigMap, a ServiceMonitor."""
    nodes = world.network["chain"]["nodes"][0]
    chain = Forwarder((ADDRESS, CHAIN_PORT), lambda: endpoint(nodes["fullNode"])), Forwarder((ADDRESS, CHAIN_PORT + 1), lambda: endpoint(nodes["solidityNode"]))
    overlay = {
        "config": {
            "chain": {"nodes": [{"fullNode": f"http://{host}:{CHAIN_PORT}", "solidityNode": f"http://{host}:{CHAIN_PORT + 1}"} for host in CHAIN_HOSTS]},
            "settlement": {"chainCheckInterval": "1 s", "maxChainViewAge": "5 s"},
        },
        "workers": {"replicas": 2},
    }
    config = {"nile": {"network.json": json.dumps(world.network).encode()}, "site": {"index.html": SITE.encode()}}
    key = secrets.token_bytes(32)
    secret = {"relay-keys": {"payee-key": key}, "node-key": {"token": b"a-key\n"}, "collector": {"otlp": b"x-token: of-the-collector\n"}}
    release = Release(scratch, network, world, "everything", overlay, config, secret)
    try:
        if not started(report, release):
            return
        report.check("running everything: the Secrets' keys are used, and only their reader can read them", lambda: keys_used(release, key))
        report.check("running everything: the site of the ConfigMap is what strangers see", lambda: shows_site(release))
        report.check("running everything: a client buys through the Service, and a worker fetches the bytes", lambda: sells(release))
        report.check("running everything: the ServiceMonitor leads to each pod's metrics once", lambda: monitored(release))
        report.check("running everything: without the chain not ready, but alive, and the tunnel is open", lambda: chain_gone(release, chain))
        report.check("running everything: the books balance, asked as NOTES.txt says", lambda: balances(release))
        report.check("running everything: SIGTERM ends every pod with exit code 0", lambda: all_end(release))
    finally:
        release.cluster.stop()
        for way in chain:
            way.close()


def endpoint(url):
    host, port = url.removeprefix("http://").rstrip("/").rsplit(":", 1)
    return host, int(port)


def started(report, release):
    """All at once, as Helm does it: so the gateway is there before any worker has a name."""
    for owner in release.case.of_kind("StatefulSet"):
        release.cluster.start(owner)
    name = f"running {release.name}"
    if not report.check(f"{name}: each pod becomes ready by its startup and readiness probes", lambda: release.wait_ready(release.cluster.pods)):
        return False
    report.check(f"{name}: what runs is what is rendered, as user 1654 without capabilities, and can write to its volumes alone",
                 lambda: [confined(pod) for pod in release.cluster.pods] and None)
    report.check(f"{name}: helm test succeeds", lambda: hook_succeeds(release))
    return True


def confined(pod):
    process = pathlib.Path(f"/proc/{pod.process.pid}")
    assert process.joinpath("cmdline").read_text().split("\0")[:-1] == pod.command, f"{pod.name} runs {process.joinpath('cmdline').read_text()}"
    environment = dict(line.split("=", 1) for line in process.joinpath("environ").read_text().split("\0") if "=" in line)
    # The shell that made the root adds its own.
    assert pod.environment == {name: value for name, value in environment.items() if name not in ("PWD", "OLDPWD", "SHLVL", "_")}, environment
    status = dict(line.split(":\t", 1) for line in process.joinpath("status").read_text().splitlines() if ":\t" in line)
    user, group = str(pod.spec["securityContext"]["runAsUser"]), str(pod.spec["securityContext"]["runAsGroup"])
    assert status["Uid"].split() == [user] * 4 and status["Gid"].split() == [group] * 4 and user == "1654", status["Uid"]
    assert status["NoNewPrivs"] == "1", "it could gain privileges"
    for name in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]:
        assert int(status[name], 16) == 0, f"{name} is {status[name]}"
    mounted = [line.split() for line in process.joinpath("mountinfo").read_text().splitlines()]
    writable = {line[4] for line in mounted if "rw" in line[5].split(",") and not line[4].startswith(("/proc", "/dev/"))}
    assert writable == {"/var/lib/bttproxy", "/tmp"}, f"{pod.name} can write to {writable}"
    # The kernel's word for it, as the process's own user.
    for path in ["/x", "/app/x", "/etc/x", "/etc/bttproxy/x", "/usr/x"]:
        tried = pod.inside("/usr/bin/touch", path)
        assert tried.returncode != 0 and re.search("Read-only|Permission denied", tried.stderr), f"{path}: {tried.returncode} {tried.stderr}"


def hook_succeeds(release):
    code, said = release.hook()
    assert code == 0 and said.count("ok ") == 3, f"{code}: {said}"


def hook_fails(release, *parts):
    """It names those that are not well, and nobody else."""
    code, said = release.hook()
    failed = {line.split()[1] for line in said.splitlines() if line.startswith("FAIL")}
    assert code not in (0, None), f"{code}: {said}"
    assert len(failed) == len(parts) and all(any(part in url for url in failed) for part in parts), f"{code}: {said}"
    return f"exit code {code}"


def sells(release):
    paid = release.buy().paid()
    release.paid += paid
    fetched = release.total(release.workers, r'bttproxy_swarm_received_size_bytes_total\{.*"useful"')
    assert fetched >= SIZE, f"the workers have fetched {fetched} of {SIZE} bytes"
    assert not any(series.startswith("bttproxy_swarm_received") for series in release.metrics(release.gateway)), "the gateway has a swarm of its own"
    return f"{SIZE} bytes for {paid} units"


def worker_killed(release):
    held = {pod: release.total([pod], "bttproxy_cache_used_bytes") for pod in release.workers}
    pod = max(held, key=held.get)
    assert held[pod] >= SIZE, f"the workers hold {list(held.values())} bytes"
    name = f"{release.service('-worker-headless').name}.{release.cluster.namespace}.svc.cluster.local"
    os.kill(pod.process.pid, signal.SIGKILL)
    until(lambda: pod.restarts == 1 and not pod.ready, 10, "nobody starts it again")
    assert pod.address not in release.cluster.lookup(name), "its name leads to a pod that is not ready"
    took = release.wait_ready([pod])
    assert sorted(release.cluster.lookup(name)) == sorted(worker.address for worker in release.workers)
    now = release.total([pod], "bttproxy_cache_used_bytes")
    assert pod.restarts == 1 and now == held[pod], f"restarts {pod.restarts}, {now} of {held[pod]} bytes"
    return f"ready after {took}"


def drains(release):
    """What is under way goes on over a slow line; what the client asks for later, the next pod has to give."""
    gateway, tunnel = release.gateway, release.service("-tunnel")
    tunnel.slow_down(SLOW)
    release.under_way = release.buy()
    until(lambda: release.total([gateway], "bttproxy_relay_streams_active") > 0, 30, "the sale does not begin")
    began, carried = time.monotonic(), tunnel.carried
    gateway.delete()
    until(lambda: gateway.probes["readiness"].ask() == (503, "stopping"), 5, "it does not say that it is stopping")
    alive = gateway.probes["liveness"].ask()
    assert alive[0] == 200, f"liveness: {alive}"
    code, seconds = gateway.gone(began), time.monotonic() - began
    tunnel.slow_down(None)
    assert code == 0, f"exit code {code} after {seconds:.1f} s: {gateway.tail()}"
    assert tunnel.carried - carried >= 2 * SLOW, f"{tunnel.carried - carried} bytes after SIGTERM: what was under way was cut off"
    return f"{tunnel.carried - carried} bytes in {seconds:.1f} s of {gateway.spec['terminationGracePeriodSeconds']}"


def comes_back(release):
    """And the client that it left goes on with what is missing."""
    before = release.relay_id()
    release.gateway.log.unlink()
    took = release.wait_ready([release.cluster.again(release.gateway)])
    assert release.relay_id() == before, f"{release.relay_id()} is not {before}"
    release.paid += release.under_way.paid()
    return f"ready after {took}"


def balances(release):
    """To the unit: what the clients signed is what the ledger has, and nothing is owed."""
    pod, command = re.search(r"exec (\S+) -- (.+)", (release.case.directory / "notes.txt").read_text()).groups()
    assert pod == release.gateway.name, f"NOTES.txt names {pod}"
    asked = release.gateway.inside(*command.split(), "--json")
    assert asked.returncode == 0, asked.stdout + asked.stderr
    totals = json.loads(asked.stdout)["totals"]
    assert int(totals["earned"]) == release.paid > 0, f"earned {totals['earned']}, the clients have signed {release.paid}"
    assert sum(int(totals[state]) for state in ["claimable", "underWay", "claimed"]) == release.paid, totals
    assert int(totals["debt"]) == int(totals["lost"]) == 0 and totals["bytesPaid"] == totals["bytesDelivered"], totals
    return f"{release.paid} units"


def keys_used(release, key):
    for path, content in [("/etc/bttproxy/keys/payee-key", key), ("/etc/bttproxy/api-keys/node-1", b"a-key\n"), ("/etc/bttproxy/telemetry/headers", b"x-token: of-the-collector\n")]:
        file = pathlib.Path(f"/proc/{release.gateway.process.pid}/root{path}")
        assert file.read_bytes() == content, f"{path} is something else"
        assert (file.stat().st_mode & 0o777, file.stat().st_uid, file.stat().st_gid) == (0o440, 0, 1654), f"{path}: {file.stat()}"
    made = {file.name for file in (release.gateway.directory / "state").iterdir()}
    assert "payee-key" not in made and "ledger.db" in made, f"on the volume: {made}"
    for pod in release.workers:
        tried = pod.inside("/usr/bin/ls", "/etc/bttproxy")
        assert tried.stdout.split() == ["network.json", "policy.json", "relay.json", "telemetry"], f"{pod.name} has {tried.stdout}"


def shows_site(release):
    # At the address that publicEndPoints names.
    answer = probes.get(f"https://{BALANCER}:443/", 5)
    assert answer == (200, SITE), answer


def monitored(release):
    monitor = release.case.one("ServiceMonitor", "")
    scraped = []
    for service in release.cluster.services:
        if not monitor["spec"]["selector"]["matchLabels"].items() <= service.labels.items():
            continue
        for wanted in monitor["spec"]["endpoints"]:
            port = service.port(wanted["port"])
            for pod in service.pods() if port else []:
                status, text = probes.get(f"http://{pod.address}:{pod.port(port['targetPort'], 'TCP')}{wanted['path']}", 5)
                assert status == 200 and re.search(r"^bttproxy_\w+", text, re.M), f"{service.name}, {pod.name}: {status} {text[:300]}"
                assert all(label in service.labels for label in monitor["spec"]["targetLabels"]), service.labels
                scraped.append(pod.name)
    assert sorted(scraped) == sorted(pod.name for pod in release.cluster.pods), f"scraped: {scraped}"
    return ", ".join(scraped)


def chain_gone(release, chain):
    gateway, ways = release.gateway, [way.target for way in chain]
    for way in chain:
        way.target = lambda: ("127.0.0.1", 1)
        way.cut()
    began = time.monotonic()
    until(lambda: not gateway.ready, 40, "it stays ready")
    took = time.monotonic() - began
    assert gateway.probes["readiness"].ask() == (503, "the chain does not answer"), gateway.probes["readiness"].ask()
    assert gateway.probes["liveness"].ask()[0] == 200 and gateway.restarts == 0, "it was started again, which mends nothing"
    assert all(pod.ready for pod in release.workers), "workers need no chain"
    shows_site(release)
    hook_fails(release, "gateway-headless")
    for way, target in zip(chain, ways):
        way.target = target
    return f"not ready after {took:.1f} s, again ready after {release.wait_ready([gateway])}"


def all_end(release):
    began = time.monotonic()
    for pod in release.cluster.pods:
        pod.delete()
    codes = {pod.name: pod.gone(began) for pod in release.cluster.pods}
    assert set(codes.values()) == {0}, codes
    return f"{time.monotonic() - began:.1f} s"


def until(condition, seconds, why):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, why
        time.sleep(0.02)
