"""One node of a cluster, in a network namespace of its own: a bridge with the pods on it, the Services, and the name server."""
import subprocess

import names
import services
from pods import Pod

ADDRESS = "10.244.0.1"
SUFFIX = f".svc.{names.DOMAIN}"


class Network:
    """What all releases on the node share."""

    def __init__(self, hosts):
        for command in ["ip link set lo up", "ip link add bridge type bridge", f"ip address add {ADDRESS}/24 dev bridge", "ip link set bridge up"]:
            subprocess.run(command.split(), check=True)
        self.hosts, self.cluster, self.taken = hosts, None, 9
        names.NameServer(ADDRESS, self.lookup)

    def lookup(self, name):
        return self.hosts[name] if name in self.hosts else self.cluster.lookup(name) if self.cluster else None

    def next(self):
        self.taken += 1
        return self.taken


class Cluster:
    """One release: its StatefulSets' pods and its Services."""

    address = ADDRESS

    def __init__(self, scratch, app, network, objects, manifests, namespace):
        self.scratch, self.app, self.network, self.objects, self.namespace = scratch, app, network, objects, namespace
        self.manifests, self.pods = manifests, []
        self.scratch.mkdir()
        self.hosts, self.resolver = self.scratch / "hosts", self.scratch / "resolv.conf"
        self.hosts.write_text("127.0.0.1 localhost\n")
        self.resolver.write_text(f"nameserver {ADDRESS}\nsearch {namespace}{SUFFIX} svc.{names.DOMAIN} {names.DOMAIN}\noptions ndots:5\n")
        self.services = [services.Service(self, m, f"10.96.0.{network.next()}") for m in manifests if m["kind"] == "Service"]
        network.cluster = self
        for service in self.services:
            if service.address:
                service.open()

    def lookup(self, name):
        """Addresses of a Service, or of a StatefulSet's pod in its headless Service."""
        if not name.endswith(f".{self.namespace}{SUFFIX}"):
            return None
        *pod, service = name.removesuffix(f".{self.namespace}{SUFFIX}").split(".")
        found = next((s for s in self.services if s.name == service), None)
        if found is None or len(pod) > 1:
            return None
        if found.address:
            return [found.address] if not pod else None
        return [p.address for p in found.pods() if not pod or p.name == pod[0]] or None

    def start(self, owner):
        """The pods of a StatefulSet, looked after until they are deleted."""
        set_name, started = owner["metadata"]["name"], []
        for ordinal in range(owner["spec"]["replicas"]):
            pod = self.pod(f"{set_name}-{ordinal}", owner["spec"]["template"])
            pod.labels |= {"statefulset.kubernetes.io/pod-name": pod.name, "apps.kubernetes.io/pod-index": str(ordinal)}
            self.pods.append(pod)
            started.append(pod)
        for pod in started:
            pod.watch()
        return started

    def pod(self, name, template):
        return Pod(self, name, f"10.244.0.{self.network.next()}", template)

    def again(self, pod):
        """The StatefulSet makes a pod that is gone anew, with its name and volumes; here it keeps its address too."""
        assert not pod.running, f"{pod.name} is still there"
        made = Pod(self, pod.name, pod.address, {"metadata": {"labels": pod.labels}, "spec": pod.spec})
        made.starts = pod.starts
        self.pods[self.pods.index(pod)] = made
        made.watch()
        return made

    def stop(self):
        for pod in self.pods:
            pod.kill()
        for service in self.services:
            service.close()
        self.network.cluster = None
