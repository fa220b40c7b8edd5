"""Pods of rendered manifests as processes: namespaces, read-only root, user, capabilities, volumes, environment and probes as written there."""
import os
import pathlib
import re
import signal
import subprocess
import threading
import time

import probes
import volumes

HERE = pathlib.Path("tests/interop/helm").resolve()
# What the Dockerfile sets; DOTNET_ROOT stands for the place where the runtime image has it.
IMAGE_ENVIRONMENT = {"PATH": "/app:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/home/app", "DOTNET_EnableDiagnostics": "0",
                     "DOTNET_ROOT": "/dotnet"}
ENTRYPOINT = ["/app/bttproxy-relay"]
KINDS = ["startup", "liveness", "readiness"]


class Pod:
    """One pod, and the part of the kubelet that looks after it."""

    def __init__(self, cluster, name, address, template):
        self.cluster, self.name, self.address = cluster, name, address
        self.labels, self.spec = dict(template["metadata"]["labels"]), template["spec"]
        self.container = self.spec["containers"][0]
        for part in ["initContainers", "hostNetwork", "dnsPolicy"]:
            assert part not in self.spec, f"{name}: {part} is not known here"
        assert len(self.spec["containers"]) == 1 and "lifecycle" not in self.container and "envFrom" not in self.container, f"{name}: not known here"
        self.directory = cluster.scratch / name
        self.log = cluster.scratch / f"{name}.log"
        self.process, self.starts, self.restarts = None, 0, 0
        self.started = self.ready = self.ending = False
        self.probes = {kind: probes.Probe(self, self.container[f"{kind}Probe"]) for kind in KINDS if f"{kind}Probe" in self.container}

    @property
    def running(self):
        return self.process is not None and self.process.poll() is None

    def port(self, name, protocol):
        return next(p["containerPort"] for p in self.container["ports"] if (p["name"], p["protocol"]) == (name, protocol))

    @property
    def command(self):
        environment = self.environment
        return [re.sub(r"\$\((\w+)\)", lambda m: environment.get(m.group(1), m.group(0)), argument)
                for argument in self.container.get("command", ENTRYPOINT) + self.container.get("args", [])]

    @property
    def environment(self):
        return IMAGE_ENVIRONMENT | {entry["name"]: self.value(entry) for entry in self.container.get("env", [])}

    def value(self, entry):
        if "value" in entry:
            return entry["value"]
        source = entry["valueFrom"]
        if "secretKeyRef" in source or "configMapKeyRef" in source:
            return self.cluster.objects.value(source)
        return {"status.podIP": self.address, "metadata.name": self.name, "metadata.namespace": self.cluster.namespace,
                "spec.nodeName": "node"}[source["fieldRef"]["fieldPath"]]

    def start(self):
        context = self.spec["securityContext"]
        own = self.container["securityContext"]
        assert own["readOnlyRootFilesystem"] and own["capabilities"]["drop"] == ["ALL"], own
        root = self.directory / "root"
        root.mkdir(parents=True, exist_ok=True)
        self.write_volumes()
        self.starts += 1
        self.process = subprocess.Popen(
            ["unshare", "--net", "--mount", "--uts", "--ipc", HERE / "pod.sh", root, self.address, self.cluster.address, self.cluster.app,
             os.environ.get("DOTNET_ROOT") or pathlib.Path(os.path.realpath(subprocess.check_output(["which", "dotnet"], text=True).strip())).parent,
             self.mounts(), str(context["runAsUser"]), str(context["fsGroup"]), "--", *self.command],
            env=self.environment, stdin=subprocess.PIPE, stdout=self.log.open("a"), stderr=subprocess.STDOUT)
        self.connect()

    def connect(self):
        number = int(self.address.rsplit(".", 1)[1])
        while os.readlink(f"/proc/{self.process.pid}/ns/net") == os.readlink("/proc/self/ns/net"):
            assert self.running, f"{self.name} did not start: {self.log.read_text()}"
            time.sleep(0.02)
        link = f"pod{number}s{self.starts}"
        # One hardware address for all its lives: what others remember of it stays true.
        for command in [f"ip link add {link} type veth peer name eth0 address 02:00:0a:f4:00:{number:02x} netns {self.process.pid}",
                        f"ip link set {link} master bridge", f"ip link set {link} up"]:
            subprocess.run(command.split(), check=True)
        self.process.stdin.write(b"\n")
        self.process.stdin.close()

    def watch(self):
        """Starts it, and until it is deleted: asks its probes, and starts it again when it ended or is not alive."""
        self.start()
        threading.Thread(target=self.look_after, daemon=True).start()

    def look_after(self):
        while not self.ending or self.running:
            time.sleep(0.05)
            if not self.running and not self.ending:
                self.ready = self.started = False
                self.restarts += 1
                for probe in self.probes.values():
                    probe.forget()
                self.start()
            elif not self.started:
                alive = self.probes["startup"].step() if not self.ending else None
                self.started = alive is True
                if alive is False:
                    self.process.kill()
            else:
                verdict = self.probes["readiness"].step()
                self.ready = self.ready if verdict is None else verdict
                if not self.ending and self.probes["liveness"].step() is False:
                    self.process.kill()
        self.ready = False

    def write_volumes(self):
        for volume in self.spec.get("volumes", []):
            files = {}
            for source in volumes.sources(volume):
                files |= self.cluster.objects.files(source)
            if files or volumes.sources(volume):
                volumes.write(self.directory / volume["name"], files, self.spec["securityContext"]["fsGroup"])

    def mounts(self):
        """Volumes in the order of their paths, so that one inside another is mounted after it."""
        lines = [f"ro {self.cluster.resolver} /etc/resolv.conf", f"ro {self.cluster.hosts} /etc/hosts"]
        kinds = {v["name"]: v for v in self.spec.get("volumes", [])}
        mounts = sorted(self.container.get("volumeMounts", []), key=lambda m: m["mountPath"])
        for mount in mounts:
            volume, source = kinds.get(mount["name"], {}), self.directory / mount["name"]
            if not volumes.sources(volume):
                # A claim's or an emptyDir; both outlive the container.
                source.mkdir(exist_ok=True)
                os.chown(source, 0, self.spec["securityContext"]["fsGroup"])
                os.chmod(source, 0o2777 if "emptyDir" in volume else 0o2775)
            # As a kubelet does: the directory for a volume inside this one, which is read-only, must be there.
            for inner in mounts:
                if inner["mountPath"].startswith(mount["mountPath"] + "/"):
                    (source / inner["mountPath"][len(mount["mountPath"]) + 1:]).mkdir(parents=True, exist_ok=True)
            lines.append(f"{'ro' if mount.get('readOnly') else 'rw'} {source} {mount['mountPath']}")
        return "\n".join(lines)

    def inside(self, *command):
        """What kubectl exec would run: the container's namespaces, root, user and environment."""
        context = self.spec["securityContext"]
        return subprocess.run(
            ["nsenter", "-t", str(self.process.pid), "-n", "-m", "-u", "-i", "-r", "/usr/bin/setpriv", "--reuid", str(context["runAsUser"]),
             "--regid", str(context["runAsGroup"]), "--groups", str(context["fsGroup"]), "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", *command],
            env=self.environment, capture_output=True, text=True, timeout=90)

    def tail(self):
        return self.log.read_text(errors="replace")[-3000:]

    def delete(self):
        """SIGTERM at once."""
        self.ending = True
        self.process.send_signal(signal.SIGTERM)

    def gone(self, began):
        """Waits for the rest of the grace period, then SIGKILL. Returns the exit code, or None when it had to be killed."""
        try:
            return self.process.wait(began + self.spec["terminationGracePeriodSeconds"] - time.monotonic())
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def kill(self):
        self.ending = True
        if self.running:
            self.process.kill()
            self.process.wait()
