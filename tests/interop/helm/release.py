"""A rendered release on the node: its pods, its Services, its test hook, and what its relay is paid."""
import json
import re
import subprocess
import time

import image
import manifests
import probes
from cluster import Cluster
from volumes import Objects
from world import Purchase

# What the cloud's load balancer has for the tunnel. The values files name addresses for documentation, which no client dials.
BALANCER = "10.200.0.1"


class Release:
    """A values file's release, with what only the devnet knows laid over it, as a second -f does."""

    def __init__(self, scratch, network, world, values, overlay, config, secret):
        over = scratch / f"over-{values}.json"
        overlay.setdefault("config", {})["tunnel"] = {"publicEndPoints": [f"{BALANCER}:443"]}
        over.write_text(json.dumps(overlay | {"tunnelService": {"loadBalancerIP": BALANCER}}))
        self.case = manifests.render(scratch, manifests.HERE / f"values/{values}.yaml", f"running-{values}", over)
        self.name, self.world, self.scratch = values, world, scratch
        self.paid, self.purchases, self.under_way = 0, 0, None
        objects = Objects(self.case.manifests, config, secret)
        self.cluster = Cluster(scratch / values, image.built(scratch), network, objects, self.case.manifests, manifests.NAMESPACE)

    @property
    def gateway(self):
        return next(pod for pod in self.cluster.pods if pod.labels["app.kubernetes.io/component"] == "gateway")

    @property
    def workers(self):
        return [pod for pod in self.cluster.pods if pod.labels["app.kubernetes.io/component"] == "worker"]

    def service(self, suffix):
        return next(s for s in self.cluster.services if s.name.endswith(suffix))

    def metrics(self, pod):
        """{series: value} of a pod's admin port."""
        status, text = probes.get(f"http://{pod.address}:{pod.port('admin', 'TCP')}/metrics", 5)
        assert status == 200, text
        return {series: float(value) for series, value in re.findall(r"^(\w+(?:\{.*\})?) (\S+)", text, re.M)}

    def total(self, pods, name):
        """Of all series of a name, over some pods."""
        return sum(value for pod in pods for series, value in self.metrics(pod).items() if re.match(name, series))

    def relay_id(self):
        """As the program says it when everything runs, at the latest a moment after it is ready."""
        end = time.monotonic() + 10
        while not (said := re.findall(r"\brelay ([ybndrfg8ejkmcpqxot1uwisza345h769]{52}) listens", self.gateway.log.read_text())):
            assert time.monotonic() < end, f"it does not say its name: {self.gateway.tail()}"
            time.sleep(0.05)
        return said[-1]

    def buy(self):
        self.purchases += 1
        return Purchase(self.world, self.relay_id(), self.scratch / f"home-{self.name}", self.scratch / f"fetched-{self.name}-{self.purchases}")

    def hook(self):
        """The pod of "helm test": its exit code and what it said."""
        manifest = self.case.one("Pod", "-test")
        pod = self.cluster.pod(f"{manifest['metadata']['name']}-{self.cluster.network.next()}", manifest)
        relay = self.case.one("StatefulSet", "-gateway")["spec"]["template"]["spec"]["containers"][0]["image"]
        assert pod.container["image"] == relay, f"{pod.container['image']} is not the relay's image: nobody has tried it"
        pod.start()
        try:
            code = pod.process.wait(60)
        except subprocess.TimeoutExpired:
            pod.kill()
            code = None
        return code, pod.tail()

    def wait_ready(self, pods, seconds=90):
        """Seconds until all are, by their probes and thresholds alone."""
        began = time.monotonic()
        while not all(pod.ready for pod in pods):
            late = [pod for pod in pods if not pod.ready]
            assert time.monotonic() - began < seconds, f"{late[0].name} is not ready, restarts {late[0].restarts}: {late[0].probes['readiness'].ask()} {late[0].tail()}"
            time.sleep(0.05)
        return f"{time.monotonic() - began:.1f} s"
