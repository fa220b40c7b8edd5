"""Volumes as a kubelet makes them."""
import os


class Objects:
    """The ConfigMaps and Secrets of the namespace: those of the chart, and those that an operator makes."""

    def __init__(self, manifests, config, secrets):
        self.config = {m["metadata"]["name"]: {k: v.encode() for k, v in m["data"].items()} for m in manifests if m["kind"] == "ConfigMap"} | config
        self.secrets = secrets

    def files(self, source):
        """{path: (content, mode)} of one source of a volume."""
        reference = source.get("configMap") or source["secret"]
        name = reference.get("name") or reference["secretName"]
        data = (self.config if "configMap" in source else self.secrets).get(name)
        mode = reference.get("defaultMode", 0o644)
        assert data is not None, f"there is no {'ConfigMap' if 'configMap' in source else 'Secret'} {name}: the pod would wait for it for ever"
        if "items" not in reference:
            return {key: (content, mode) for key, content in data.items()}
        return {item["path"]: (data[item["key"]], item.get("mode", mode)) for item in reference["items"]}

    def value(self, source):
        """Of an environment variable."""
        kind, reference = next(iter(source.items()))
        return (self.secrets if kind == "secretKeyRef" else self.config)[reference["name"]][reference["key"]].decode()


def write(directory, files, group):
    """As links into a folder of this moment, which a kubelet replaces at once when something changes."""
    if directory.exists():
        return
    data = directory / "..data-of-start"
    data.mkdir(parents=True)
    os.symlink(data.name, directory / "..data")
    for path, (content, mode) in files.items():
        file = data / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        os.chown(file, 0, group)
        # As a kubelet does for fsGroup: the group may read whatever the owner may.
        os.chmod(file, mode | (0o040 if mode & 0o400 else 0))
        top = directory / path.split("/")[0]
        if not top.is_symlink():
            os.symlink(f"..data/{top.name}", top)


def sources(volume):
    return volume["projected"]["sources"] if "projected" in volume else [volume] if "configMap" in volume or "secret" in volume else []
