"""The published program as the gateway pod's process: its user, its capabilities, its volumes, a root that nobody can write; and a sale."""
import json
import os
import pathlib
import re
import ssl
import subprocess
import time
import urllib.request

import image
import manifests
import pods
import volumes

BIN = pathlib.Path("artifacts/bin").resolve()
PORT = 8443


def check(report, scratch):
    if report.only and report.only not in "processes":
        return
    case = manifests.Rendered(scratch / "cases/smallest")
    world, cluster = None, None
    built = report.check("processes: the published program is there", lambda: str(len(list(image.built(scratch).iterdir()))) + " files")
    if not built:
        return
    try:
        cluster = pods.Cluster(scratch, image.built(scratch), volumes.Objects(case.manifests), manifests.NAMESPACE)
        world = start_world(scratch)
        pod = start_pod(cluster, case, scratch)
        report.check("processes: the relay starts in its pod and shows its site", lambda: shows_site(pod))
        report.check("processes: it is user 1654 without capabilities, and can write to its volumes alone", lambda: confined(pod))
        report.check("processes: a client buys through it", lambda: sells(pod, scratch))
        report.check("processes: SIGTERM ends it within the grace period, and it comes back as the same relay", lambda: comes_back(pod))
    finally:
        if cluster:
            cluster.stop()
        if world:
            world.kill()
            world.wait()


def start_world(scratch):
    state = scratch / "world"
    log = (scratch / "world.log").open("w")
    process = subprocess.Popen(
        [BIN / "BttProxy.Devnet/debug/bttproxy-devnet", "up", "--state", state, "--size", "4MiB", "--relays", "1", "--listen-address", pods.GATEWAY],
        stdout=log, stderr=subprocess.STDOUT)
    end = time.monotonic() + 90
    while not (state / "network.json").exists():
        assert process.poll() is None and time.monotonic() < end, (scratch / "world.log").read_text()
        time.sleep(0.2)
    return process


def start_pod(cluster, case, scratch):
    """The rendered gateway pod, with the devnet for a network: its own address is the public one, and it does all that a relay does."""
    owner = case.one("StatefulSet", "-gateway")
    owner["spec"]["template"]["spec"]["containers"][0]["args"] = ["--config", "/etc/bttproxy/relay.json"]
    config = {
        "stateDirectory": "/var/lib/bttproxy", "networkFile": "/etc/bttproxy/network.json",
        "tunnel": {"listen": f"0.0.0.0:{PORT}", "publicEndPoints": [f"10.244.0.10:{PORT}"]},
        "worker": {"swarmListen": "10.244.0.10:6881"}, "dht": {"listen": "10.244.0.10:6881"},
        "cache": {"maxBytes": 1 << 30, "minFreeBytes": 1 << 26}, "settlement": {"checkInterval": "00:00:02", "chainCheckInterval": "00:00:05"},
    }
    name = owner["metadata"]["name"]
    cluster.objects.config[name] = {"relay.json": json.dumps(config).encode(), "network.json": (scratch / "world/network.json").read_bytes()}
    return cluster.start(owner)[0]


def site(pod):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with urllib.request.urlopen(f"https://{pod.address}:{PORT}/", timeout=5, context=context) as answer:
        return answer.status, answer.read()


def shows_site(pod):
    end = time.monotonic() + 60
    while True:
        try:
            status, body = site(pod)
            assert status == 200 and body, status
            return f"{len(body)} bytes"
        except OSError as e:
            assert pod.running, f"it ended with {pod.process.returncode}: {pod.tail()}"
            assert time.monotonic() < end, f"{e}: {pod.tail()}"
            time.sleep(0.2)


def confined(pod):
    status = dict(line.split(":\t", 1) for line in pathlib.Path(f"/proc/{pod.process.pid}/status").read_text().splitlines() if ":\t" in line)
    assert status["Uid"].split() == ["1654"] * 4 and status["Gid"].split() == ["1654"] * 4, status["Uid"]
    assert status["NoNewPrivs"] == "1", "it could gain privileges"
    for name in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]:
        assert int(status[name], 16) == 0, f"{name} is {status[name]}"
    writable = set()
    for line in pathlib.Path(f"/proc/{pod.process.pid}/mountinfo").read_text().splitlines():
        target, options = line.split()[4], line.split()[5]
        if "rw" in options.split(",") and not target.startswith(("/proc", "/dev/")):
            writable.add(target)
    assert writable == {"/var/lib/bttproxy", "/tmp"}, f"it can write to {writable}"
    # The kernel's word for it, as the process's own user.
    for path in ["/x", "/app/x", "/etc/x", "/etc/bttproxy/x", "/usr/x"]:
        tried = subprocess.run(["nsenter", "-t", str(pod.process.pid), "-m", "-r", "/usr/bin/setpriv", "--reuid", "1654", "--clear-groups",
                                "/usr/bin/touch", path], capture_output=True, text=True)
        assert tried.returncode != 0 and re.search("Read-only|Permission denied", tried.stderr), f"{path}: {tried.returncode} {tried.stderr}"


def relay_id(pod):
    """As the program says it when everything runs."""
    end = time.monotonic() + 30
    while True:
        said = re.search(r"\b[ybndrfg8ejkmcpqxot1uwisza345h769]{52}\b", pod.log.read_text())
        if said:
            return said.group(0)
        assert pod.running and time.monotonic() < end, f"it does not say its name: {pod.tail()}"
        time.sleep(0.1)


def sells(pod, scratch):
    name = relay_id(pod)
    magnet = (scratch / "world/content.magnet").read_text().strip()
    done = subprocess.run(
        [BIN / "BttProxy.Client/debug/bttproxy", "fetch", magnet, "--network", scratch / "world/network.json", "--home", scratch / "home",
         "-o", scratch / "fetched", "--relay", name, "--json"], capture_output=True, text=True, timeout=120, env=os.environ | {"NO_COLOR": "1"})
    assert done.returncode == 0, f"{done.stderr[-2000:]}\n{pod.tail()}"
    # The client checks every piece; what it keeps beside the content is in a folder of its own.
    size = sum(file.stat().st_size for file in (scratch / "fetched").rglob("*") if file.is_file() and ".bttproxy" not in file.parts)
    assert size == 4 << 20, f"{size} bytes"
    bill = json.loads(done.stdout)
    assert int(bill["paid"]) > 0, done.stdout
    return f"{size} bytes for {bill['paid']} units"


def comes_back(pod):
    before = relay_id(pod)
    began = time.monotonic()
    code = pod.terminate()
    assert code == 0, f"exit code {code}: {pod.tail()}"
    seconds = time.monotonic() - began
    pod.log.unlink()
    pod.start()
    shows_site(pod)
    assert relay_id(pod) == before, f"{relay_id(pod)} is not {before}"
    return f"{seconds:.1f} s"
