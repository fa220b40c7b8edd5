"""Services: which pods they lead to, and the way to them that a node's proxy makes."""
import socket
import struct
import subprocess
import threading
import time

CHUNK = 128 * 1024
# Connecting to it is refused.
NOBODY = ("127.0.0.1", 1)


class Service:
    def __init__(self, cluster, manifest, address):
        self.cluster, self.name, self.spec = cluster, manifest["metadata"]["name"], manifest["spec"]
        self.labels, self.forwarders = manifest["metadata"]["labels"], []
        # Of a headless one there is none. The load balancer gives addresses to those alone that ask for theirs.
        self.address = None if self.spec.get("clusterIP") == "None" else address
        balanced = [self.spec["loadBalancerIP"]] if any(port["protocol"] == "TCP" for port in self.spec["ports"]) and "loadBalancerIP" in self.spec else []
        self.addresses = [self.address, *balanced] if self.address else []

    def pods(self):
        """The endpoints of this moment."""
        wanted = self.spec["selector"].items()
        return [pod for pod in self.cluster.pods if wanted <= pod.labels.items() and pod.running
                and (self.spec.get("publishNotReadyAddresses") or pod.ready and not pod.ending)]

    def port(self, name):
        """The port of that name, as ServiceMonitors have it."""
        found = [port for port in self.spec["ports"] if port["name"] == name]
        return found[0] if found else None

    def open(self):
        """Its TCP ports listen on its addresses: that of the cluster and, if it has one, that of the load balancer."""
        for address in self.addresses:
            subprocess.run(["ip", "address", "add", f"{address}/32", "dev", "lo"], check=True)
            for port in self.spec["ports"]:
                if port["protocol"] == "TCP":
                    self.forwarders.append(Forwarder((address, port["port"]), lambda target=port["targetPort"]: self.first(target)))

    def close(self):
        for forwarder in self.forwarders:
            forwarder.close()
        for address in self.addresses:
            subprocess.run(["ip", "address", "del", f"{address}/32", "dev", "lo"], check=True)

    @property
    def carried(self):
        """Bytes to clients."""
        return sum(forwarder.carried for forwarder in self.forwarders)

    def slow_down(self, rate):
        """Bytes per second to each client's connection."""
        for forwarder in self.forwarders:
            forwarder.rate = rate

    def first(self, target):
        pods = self.pods()
        return (pods[0].address, pods[0].port(target, "TCP")) if pods else NOBODY


class Forwarder:
    """Takes connections and leads them to where target() says; nobody there is a reset, as of a Service without endpoints."""

    def __init__(self, listen, target):
        self.target, self.rate, self.ends, self.carried = target, None, [], 0
        self.listener = socket.create_server(listen, backlog=64)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.join, args=(near,), daemon=True).start()

    def join(self, near):
        try:
            far = socket.create_connection(self.target(), timeout=5)
        except OSError:
            near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            near.close()
            return
        far.settimeout(None)
        self.ends += [near, far]
        threading.Thread(target=self.pump, args=(near, far, False), daemon=True).start()
        self.pump(far, near, True)

    def cut(self):
        """Whoever is connected is not any more."""
        for end in self.ends:
            shut(end, socket.SHUT_RDWR)

    def close(self):
        shut(self.listener, socket.SHUT_RDWR)
        self.listener.close()
        self.cut()

    def pump(self, source, target, is_answer):
        try:
            while data := source.recv(CHUNK):
                target.sendall(data)
                if is_answer:
                    self.carried += len(data)
                    if self.rate:
                        time.sleep(len(data) / self.rate)
        except OSError:
            shut(source, socket.SHUT_RDWR)
        shut(target, socket.SHUT_WR)


def shut(end, how):
    try:
        end.shutdown(how)
    except OSError:
        pass
