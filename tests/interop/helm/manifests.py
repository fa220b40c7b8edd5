"""Renders the chart for each values file and judges what comes out."""
import json
import pathlib
import re
import subprocess

CHART = pathlib.Path("helm/bttproxy-relay")
HERE = pathlib.Path("tests/interop/helm")
LOADER = "artifacts/bin/Manifests/debug/Manifests"
RELAY = "artifacts/bin/BttProxy.Relay/debug/bttproxy-relay"
RELEASE, NAMESPACE = "shop", "market"


class Rendered:
    def __init__(self, directory):
        self.directory = directory
        self.manifests = [entry["manifest"] for entry in json.loads((directory / "manifests.json").read_text())]

    def of_kind(self, kind):
        return [m for m in self.manifests if m["kind"] == kind]

    def one(self, kind, suffix):
        found = [m for m in self.of_kind(kind) if m["metadata"]["name"].endswith(suffix)]
        assert len(found) == 1, f"{len(found)} of {kind} …{suffix}"
        return found[0]


def render(scratch, values, name=None, over=None):
    directory = scratch / "cases" / (name or values.stem)
    directory.mkdir(parents=True, exist_ok=True)
    files = [values, over] if over else [values]
    done = subprocess.run([scratch / "render", CHART, directory, RELEASE, NAMESPACE, *files], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr.strip()
    return Rendered(directory)


def check(report, scratch, modules):
    cases = sorted((HERE / "values").glob("*.yaml"))
    good = []
    for values in cases:
        judged = report.check(f"renders: {values.stem}", lambda: str(len(render(scratch, values).manifests)) + " manifests")
        if judged is not False:
            # Without a verdict it was not asked for: others need it all the same.
            good.append(Rendered(scratch / "cases" / values.stem) if judged else render(scratch, values))
    report.check("every manifest is what the Kubernetes API knows, field by field", lambda: load([case.directory for case in good]))
    report.check("every manifest passes the validators of kubernetes-models, every values file the schema", lambda: validated(scratch, modules))
    report.check("a field that the API does not know is found", lambda: refused(scratch, good[0], "terminationGracePeriodSeconds", "terminationGraceSeconds", "terminationGraceSeconds"))
    report.check("a value of a wrong type is found", lambda: refused(scratch, good[0], "automountServiceAccountToken: false", "automountServiceAccountToken: 7", "not a valid YAML Boolean"))
    for case in good:
        report.check(f"selectors, names and ports agree: {case.directory.name}", lambda: agree(case))
        report.check(f"pods are locked down: {case.directory.name}", lambda: locked_down(case))
        report.check(f"no secret is in a manifest: {case.directory.name}", lambda: no_secrets(case))
        report.check(f"config check takes the rendered relay.json: {case.directory.name}", lambda: config_checked(case))
    wrong_values(report, scratch, modules)
    for case in good:
        report.check(f"notes say what to do next: {case.directory.name}", lambda: notes(case))
    report.check("an amount may be written as in relay.json: the patterns are those of relay.schema.json", amounts_as_in_relay_json)
    report.check("a policy is what policy.schema.json describes, but for files that no pod has", policy_as_in_its_schema)
    report.check("prices and the policy restart no pod, everything else does", lambda: restarts(scratch))
    report.check("the egress policy denies what the relay's own guard denies", lambda: guarded(good))


def config_checked(case):
    """The program's own judgement of what the pods will read."""
    configurations = [(m["metadata"]["name"], m["data"]["relay.json"]) for m in case.of_kind("ConfigMap") if "relay.json" in m.get("data", {})]
    assert configurations, "no ConfigMap has a relay.json"
    for name, text in configurations:
        file = case.directory / f"{name}.relay.json"
        file.write_text(text)
        policy_checked(case, name)
        done = subprocess.run([RELAY, "config", "check", file, "--for-another-machine"], capture_output=True, text=True)
        assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"
    return ", ".join(name for name, _ in configurations)


def policy_checked(case, name):
    """The policy is judged where it lies, by a configuration that has nothing else."""
    text = case.one("ConfigMap", name)["data"].get("policy.json")
    if text is not None:
        policy, alone = case.directory / f"{name}.policy.json", case.directory / f"{name}.policy-alone.json"
        policy.write_text(text)
        alone.write_text(json.dumps({"policyFile": str(policy)}))
        done = subprocess.run([RELAY, "config", "check", alone, "--preset", "devnet"], capture_output=True, text=True)
        assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"


def restarts(scratch):
    """A running relay reads its files again: the pods' checksum leaves out what holds at once."""
    def checksums(name, text):
        over = scratch / f"restarts-{name}.yaml"
        over.write_text(text)
        case = render(scratch, HERE / "values" / "everything.yaml", f"restarts-{name}", over)
        return [m["spec"]["template"]["metadata"]["annotations"]["checksum/config"] for m in case.of_kind("StatefulSet")]

    before = checksums("nothing", "{}")
    hours = 'config: {offer: {pricePerMegabyte: 9 BTT, timeZone: Europe/Berlin, priceByHour: [{from: "18:00", to: "23:00", price: 10 BTT}]}}'
    for name, text in (("price", hours), ("policy", "policy: {quotaPerDay: 1 GB}"), ("deposit", "config: {offer: {minimumDeposit: 3 BTT, openFee: 1 BTT}}")):
        assert checksums(name, text) == before, f"{name} restarts the pods"
    for name, text in (("withdraw", 'config: {offer: {minimumWithdrawDelay: "2 h"}}'), ("sessions", "config: {credit: {maxSessions: 7}}")):
        assert all(a != b for a, b in zip(checksums(name, text), before, strict=True)), f"{name} restarts nothing"
    return f"{len(before)} StatefulSets"


def validated(scratch, modules):
    done = subprocess.run(["node", HERE / "validate.mjs", modules, CHART / "values.schema.json", scratch / "cases"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def wrong_values(report, scratch, modules):
    """Each file says in its first line who must refuse it, the schema or a template, and with what."""
    for values in sorted((HERE / "values/broken").glob("*.yaml")):
        report.check(f"refused: {values.stem}", lambda: wrong(scratch, modules, values))


def wrong(scratch, modules, values):
    who, said = re.match(r"# expect: (schema|template) (.+)", values.read_text()).groups()
    directory = scratch / "wrong" / values.stem
    directory.mkdir(parents=True)
    done = subprocess.run([scratch / "render", CHART, directory, RELEASE, NAMESPACE, values], capture_output=True, text=True)
    if who == "template":
        assert done.returncode == 1 and said in done.stderr, f"{done.returncode}: {done.stderr}"
    refusals = subprocess.run(["node", HERE / "refusals.mjs", modules, CHART / "values.schema.json", directory / "values.json"],
                              capture_output=True, text=True)
    assert refusals.returncode == 0, refusals.stderr
    if who == "schema":
        assert any(line.startswith(said) for line in refusals.stdout.splitlines()), f"the schema says: {refusals.stdout or 'nothing'}"
    else:
        assert not refusals.stdout, f"the schema, which Helm asks first, says: {refusals.stdout}"


def load(directories):
    done = subprocess.run([LOADER, *directories], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr.strip()
    return f"{len(done.stdout.splitlines())} manifests"


def refused(scratch, case, old, new, said):
    directory = scratch / "broken"
    directory.mkdir(exist_ok=True)
    text = (case.directory / "manifests.yaml").read_text()
    assert old in text, f"{old} is not in the manifests"
    (directory / "manifests.yaml").write_text(text.replace(old, new))
    done = subprocess.run([LOADER, directory], capture_output=True, text=True)
    assert done.returncode == 1 and said in done.stderr, f"{done.returncode}: {done.stderr}"


def pods(case):
    return [(owner, owner["spec"]["template"]) for owner in case.of_kind("StatefulSet")] + [(pod, pod) for pod in case.of_kind("Pod")]


def agree(case):
    names = [(m["kind"], m["metadata"]["name"]) for m in case.manifests]
    assert len(names) == len(set(names)), "two manifests of one name"
    for kind, name in names:
        assert re.fullmatch(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", name), f"{kind} {name} is no name"
    labels = {owner["metadata"]["name"]: template["metadata"]["labels"] for owner, template in pods(case)}
    ports = {owner["metadata"]["name"]: {(p["name"], p["protocol"]) for c in template["spec"]["containers"] for p in c.get("ports", [])}
             for owner, template in pods(case)}

    def selected(selector):
        wanted = {k: v for k, v in selector.items() if k != "statefulset.kubernetes.io/pod-name"}
        return [name for name, have in labels.items() if wanted.items() <= have.items()]

    for owner in case.of_kind("StatefulSet"):
        assert selected(owner["spec"]["selector"]["matchLabels"]) == [owner["metadata"]["name"]], "a StatefulSet selects others' pods"
        governing = [s for s in case.of_kind("Service") if s["metadata"]["name"] == owner["spec"]["serviceName"]]
        assert governing and governing[0]["spec"]["clusterIP"] == "None", f"{owner['spec']['serviceName']} is no headless Service"
        assert selected(governing[0]["spec"]["selector"]) == [owner["metadata"]["name"]], "the governing Service selects others' pods"
    for service in case.of_kind("Service"):
        for name in selected(service["spec"]["selector"]) or [None]:
            assert name, f"{service['metadata']['name']} selects no pod"
            for port in service["spec"]["ports"]:
                assert (port["targetPort"], port["protocol"]) in ports[name], f"{service['metadata']['name']}: {name} has no port {port}"
    for policy in case.of_kind("NetworkPolicy"):
        for name in selected(policy["spec"]["podSelector"]["matchLabels"]) or [None]:
            assert name, f"{policy['metadata']['name']} selects no pod"
            for rule in policy["spec"]["ingress"]:
                for port in rule["ports"]:
                    assert (port["port"], port["protocol"]) in ports[name], f"{policy['metadata']['name']}: {name} has no port {port}"
    for budget in case.of_kind("PodDisruptionBudget"):
        assert selected(budget["spec"]["selector"]["matchLabels"]), f"{budget['metadata']['name']} selects no pod"
    mounts_agree(case)


def mounts_agree(case):
    for owner, template in pods(case):
        volumes = {v["name"] for v in template["spec"].get("volumes", [])}
        volumes |= {c["metadata"]["name"] for c in owner["spec"].get("volumeClaimTemplates", [])}
        mounted = {m["name"] for c in template["spec"]["containers"] for m in c.get("volumeMounts", [])}
        assert volumes == mounted, f"{owner['metadata']['name']}: volumes {volumes}, mounted {mounted}"
        for volume in template["spec"].get("volumes", []):
            for source in volume.get("projected", {}).get("sources", []):
                name = source.get("configMap", {}).get("name", "")
                ours = name.startswith(RELEASE)
                assert not ours or any(m["metadata"]["name"] == name for m in case.of_kind("ConfigMap")), f"no ConfigMap {name}"


def locked_down(case):
    for owner, template in pods(case):
        spec = template["spec"]
        name = owner["metadata"]["name"]
        assert spec["automountServiceAccountToken"] is False, f"{name} has a token of the cluster's API"
        pod = spec["securityContext"]
        assert pod["runAsNonRoot"] and pod["seccompProfile"] == {"type": "RuntimeDefault"}, f"{name}: {pod}"
        for container in spec["containers"]:
            own = container["securityContext"]
            assert own["readOnlyRootFilesystem"] and own["allowPrivilegeEscalation"] is False, f"{name}: {own}"
            assert own["capabilities"] == {"drop": ["ALL"]}, f"{name}: {own}"
            assert all(port["containerPort"] >= 1024 for port in container.get("ports", [])), f"{name} needs a capability for its ports"
            assert container["resources"]["limits"]["memory"] and container["resources"]["requests"]["cpu"], f"{name} has no resources"


def no_secrets(case):
    assert not case.of_kind("Secret"), "the chart makes a Secret: what it holds is in the release's history"


def notes(case):
    text = (case.directory / "notes.txt").read_text()
    names = {m["metadata"]["name"] for m in case.manifests}
    for kind, name in re.findall(r"\b(statefulset/|service |exec )([a-z0-9-]+)", text):
        assert name in names or name.removesuffix("-0") in names, f"the notes name {kind}{name}, which is not there"
    assert f"helm test {RELEASE}" in text and "payee-key" in text, text
    assert max(len(line) for line in text.splitlines()) <= 160, "a line is too long for a terminal"


def amounts_as_in_relay_json():
    relay = json.loads(pathlib.Path("relay-config/relay.schema.json").read_text())
    chart = json.loads((CHART / "values.schema.json").read_text())["properties"]["config"]
    count = 0
    for group, options in relay["properties"].items():
        for name, option in options.get("properties", {}).items():
            if "BTT" in option.get("pattern", ""):
                ours = chart["properties"].get(group, {}).get("properties", {}).get(name, {})
                assert (ours.get("type"), ours.get("pattern")) == (option["type"], option["pattern"]), f"config.{group}.{name}: {ours or 'is not in the schema'}"
                count += 1
    assert count > 5, "relay.schema.json has another form now"
    return f"{count} options"


def policy_as_in_its_schema():
    own = json.loads(pathlib.Path("relay-config/policy.schema.json").read_text())["properties"]
    chart = json.loads((CHART / "values.schema.json").read_text())["properties"]["policy"]["properties"]
    assert chart == {name: option for name, option in own.items() if name not in ("$schema", "denylistFile")}, "write them again from policy.schema.json"
    return f"{len(chart)} options"


def guarded(cases):
    source = pathlib.Path("src/BttProxy.BitTorrent/ConnectGuard.cs").read_text()
    denied = set(re.findall(r'IPNetwork\.Parse\("([^"]+)"\)', source))
    four = {network for network in denied if "." in network}
    assert len(four) > 10, "ConnectGuard.cs has another form now"
    count = 0
    for case in cases:
        for policy in case.of_kind("NetworkPolicy"):
            blocks = [to["ipBlock"] for rule in policy["spec"]["egress"] for to in rule["to"] if "ipBlock" in to]
            by_range = {block["cidr"]: set(block.get("except", [])) for block in blocks}
            assert by_range.get("0.0.0.0/0") == four, f"{policy['metadata']['name']}: IPv4 differs: {four ^ by_range.get('0.0.0.0/0', set())}"
            # Of IPv6 only global unicast is open, so of the guard's list only what lies in it has to be named; 2001::/23 holds 2001::/32.
            missing = {n for n in denied if re.match(r"[23][0-9a-f]{3}:", n)} - by_range.get("2000::/3", set()) - {"2000::/3"}
            assert missing <= {"2001::/32"}, f"{policy['metadata']['name']}: IPv6 misses {missing}"
            count += 1
    assert count > 0, "no NetworkPolicy was rendered"
    return f"{count} policies, {len(four)} IPv4 ranges"
