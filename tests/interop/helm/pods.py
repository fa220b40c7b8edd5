"""Pods of rendered manifests as processes: namespaces, read-only root, user, capabilities, volumes and environment as written there."""
import os
import pathlib
import re
import signal
import subprocess
import time

import volumes

HERE = pathlib.Path("tests/interop/helm").resolve()
GATEWAY = "10.244.0.1"
# What the Dockerfile sets; DOTNET_ROOT stands for the place where the runtime image has it.
IMAGE_ENVIRONMENT = {"PATH": "/app:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/home/app", "DOTNET_ROOT": "/dotnet"}


class Cluster:
    """One node: a bridge, the pods on it, and the names of the Services."""

    def __init__(self, scratch, app, objects, namespace):
        self.scratch, self.app, self.objects, self.namespace = scratch / "cluster", app, objects, namespace
        self.scratch.mkdir()
        self.pods = []
        self.hosts = self.scratch / "hosts"
        self.hosts.write_text("127.0.0.1 localhost\n")
        for command in ["ip link set lo up", "ip link add bridge type bridge", f"ip address add {GATEWAY}/24 dev bridge", "ip link set bridge up"]:
            subprocess.run(command.split(), check=True)

    def start(self, owner):
        """The pods of a StatefulSet, or a single pod."""
        replicas = owner["spec"].get("replicas", 1) if owner["kind"] == "StatefulSet" else 1
        template = owner["spec"]["template"] if owner["kind"] == "StatefulSet" else owner
        started = []
        for ordinal in range(replicas):
            name = f"{owner['metadata']['name']}-{ordinal}" if owner["kind"] == "StatefulSet" else owner["metadata"]["name"]
            pod = Pod(self, name, f"10.244.0.{10 + len(self.pods)}", template)
            self.pods.append(pod)
            pod.start()
            started.append(pod)
        return started

    def stop(self):
        for pod in self.pods:
            pod.kill()


class Pod:
    def __init__(self, cluster, name, address, template):
        self.cluster, self.name, self.address = cluster, name, address
        self.labels, self.spec = template["metadata"]["labels"], template["spec"]
        self.container = self.spec["containers"][0]
        self.directory = cluster.scratch / name
        self.log = cluster.scratch / f"{name}.log"
        self.process = None

    @property
    def running(self):
        return self.process is not None and self.process.poll() is None

    def start(self):
        context = self.spec["securityContext"]
        own = self.container["securityContext"]
        assert own["readOnlyRootFilesystem"] and own["capabilities"]["drop"] == ["ALL"], own
        root = self.directory / "root"
        root.mkdir(parents=True, exist_ok=True)
        self.write_volumes()
        environment = IMAGE_ENVIRONMENT | {entry["name"]: self.value(entry) for entry in self.container.get("env", [])}
        arguments = [re.sub(r"\$\((\w+)\)", lambda m: environment.get(m.group(1), m.group(0)), a) for a in self.container.get("args", [])]
        command = self.container.get("command", ["/app/bttproxy-relay"])
        groups = str(context["fsGroup"])
        self.process = subprocess.Popen(
            ["unshare", "--net", "--mount", "--uts", "--ipc", HERE / "pod.sh", root, self.address, GATEWAY, self.cluster.app,
             os.environ.get("DOTNET_ROOT") or pathlib.Path(os.path.realpath(subprocess.check_output(["which", "dotnet"], text=True).strip())).parent,
             self.mounts(), str(context["runAsUser"]), groups, "--", *command, *arguments],
            env=environment, stdin=subprocess.PIPE, stdout=self.log.open("a"), stderr=subprocess.STDOUT)
        self.connect()

    def connect(self):
        number = self.address.rsplit(".", 1)[1]
        while os.readlink(f"/proc/{self.process.pid}/ns/net") == os.readlink("/proc/self/ns/net"):
            assert self.running, f"{self.name} did not start: {self.log.read_text()}"
            time.sleep(0.02)
        for command in [f"ip link add pod{number} type veth peer name eth0 netns {self.process.pid}", f"ip link set pod{number} master bridge",
                        f"ip link set pod{number} up"]:
            subprocess.run(command.split(), check=True)
        self.process.stdin.write(b"\n")
        self.process.stdin.close()

    def value(self, entry):
        if "value" in entry:
            return entry["value"]
        field = entry["valueFrom"]["fieldRef"]["fieldPath"]
        return {"status.podIP": self.address, "metadata.name": self.name, "metadata.namespace": self.cluster.namespace}[field]

    def write_volumes(self):
        for volume in self.spec.get("volumes", []):
            files = {}
            for source in volumes.sources(volume):
                files |= self.cluster.objects.files(source)
            if files or volumes.sources(volume):
                volumes.write(self.directory / volume["name"], files, self.spec["securityContext"]["fsGroup"])

    def mounts(self):
        """Volumes in the order of their paths, so that one inside another is mounted after it."""
        lines = [f"ro {self.cluster.hosts} /etc/hosts"]
        kinds = {v["name"]: v for v in self.spec.get("volumes", [])}
        mounts = sorted(self.container.get("volumeMounts", []), key=lambda m: m["mountPath"])
        for mount in mounts:
            volume, source = kinds.get(mount["name"], {}), self.directory / mount["name"]
            if "emptyDir" in volume:
                source = "tmpfs"
            elif not volumes.sources(volume):
                source.mkdir(exist_ok=True)
                os.chown(source, 0, self.spec["securityContext"]["fsGroup"])
                os.chmod(source, 0o2775)
            # As a kubelet does: the directory for a volume inside this one, which is read-only, must be there.
            for inner in mounts:
                if inner["mountPath"].startswith(mount["mountPath"] + "/") and source != "tmpfs":
                    (source / inner["mountPath"][len(mount["mountPath"]) + 1:]).mkdir(parents=True, exist_ok=True)
            lines.append(f"{'ro' if mount.get('readOnly') else 'rw'} {source} {mount['mountPath']}")
        return "\n".join(lines)

    def tail(self):
        return self.log.read_text(errors="replace")[-3000:]

    def terminate(self):
        """SIGTERM, the grace period, SIGKILL. Returns the exit code, or None when it had to be killed."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(self.spec["terminationGracePeriodSeconds"])
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def kill(self):
        if self.running:
            self.process.kill()
            self.process.wait()
