"""The Dockerfile: judged as text, and its commands run on exactly the files that it copies."""
import json
import os
import pathlib
import re
import subprocess
import sys
import time

DOCKERFILE = pathlib.Path("src/BttProxy.Relay/Dockerfile")
PROJECT = "src/BttProxy.Relay/BttProxy.Relay.csproj"
HERE = pathlib.Path("tests/interop/helm")


def instructions():
    """(word, rest) of each instruction, continued lines joined."""
    text = re.sub(r"\\\n", " ", DOCKERFILE.read_text())
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [tuple(line.split(None, 1)) for line in lines]


def build(scratch):
    """Runs the build stage: takes longer than everything else here, so run starts it first, outside the namespaces, and nobody waits for it yet."""
    source, out = scratch / "source", scratch / "out"
    source.mkdir()
    script, stages = ["set -e"], 0
    for word, rest in instructions():
        stages += word == "FROM"
        if stages == 1 and word == "COPY":
            *sources, target = rest.split()
            script.append(f"mkdir -p {source}/{target if target.endswith('/') else os.path.dirname(target) or '.'}")
            script.append(f"(cd {os.getcwd()} && git ls-files -z -- {' '.join(sources)} | tar c --null -T -) | tar x -C {source}")
        elif stages == 1 and word == "RUN":
            script.append(rest.replace("${TARGETARCH}", "amd64").replace("/out/", f"{out}/"))
    # No servers that outlive the build.
    environment = os.environ | {"DOTNET_CLI_TELEMETRY_OPTOUT": "1", "DOTNET_NOLOGO": "1", "MSBUILDDISABLENODEREUSE": "1", "UseSharedCompilation": "false"}
    with (scratch / "image.log").open("w") as log:
        done = subprocess.run(["bash", "-c", "\n".join(script)], cwd=source, env=environment, stdout=log, stderr=subprocess.STDOUT)
    (scratch / "image.result").write_text(str(done.returncode))


def built(scratch):
    end = time.monotonic() + 400
    while not (scratch / "image.result").exists() or not (scratch / "image.result").read_text():
        assert time.monotonic() < end, "the build takes too long"
        time.sleep(0.2)
    assert (scratch / "image.result").read_text() == "0", (scratch / "image.log").read_text()[-3000:]
    return scratch / "out/app"


def check(report, scratch, modules):
    report.check("Dockerfile: no problem that Docker's language service reports", lambda: linted(modules))
    report.check("Dockerfile: two stages, not root, nothing copied that is not needed", shape)
    report.check("Dockerfile and SDK container settings make the same image", same_as_sdk)
    report.check("Dockerfile: its commands publish the program from the files it copies", lambda: published(scratch))


def linted(modules):
    done = subprocess.run(["node", HERE / "dockerfile.mjs", modules, DOCKERFILE], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def shape():
    found = instructions()
    words = [word for word, _ in found]
    assert words.count("FROM") == 2, "not two stages"
    last = found[len(words) - 1 - words[::-1].index("FROM"):]
    assert ("USER", "1654:1654") in last, "the program would run as root, or as a name that Kubernetes cannot judge"
    copied = [rest for word, rest in last if word == "COPY"]
    assert copied and all("--from=build" in rest for rest in copied), f"the image takes files of the build context: {copied}"
    assert not any(word == "RUN" for word, _ in last), "the runtime image has no shell to run anything"
    assert not any(word == "ADD" for word in words), "ADD fetches and unpacks; COPY says what is meant"
    ignored = pathlib.Path(".dockerignore").read_text().split()
    assert "*" in ignored and "**/obj" in ignored, ".dockerignore lets in what was built here"


def same_as_sdk():
    names = "ContainerBaseImage,ContainerUser,ContainerRepository,ContainerWorkingDirectory"
    items = "ContainerDefaultArgs,ContainerPort,ContainerEnvironmentVariable"
    done = subprocess.run(["dotnet", "msbuild", PROJECT, f"-getProperty:{names}", f"-getItem:{items}", "-nologo"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    asked = json.loads(done.stdout)
    found = instructions()
    last = [pair for pair in found[len(found) - 1 - [w for w, _ in found][::-1].index("FROM"):]]
    rest = {word: value for word, value in last}
    images = dict(value.split("=", 1) for word, value in found if word == "ARG" and "=" in value)
    sdk = asked["Properties"]
    assert sdk["ContainerBaseImage"] == images["RUNTIME_IMAGE"], sdk
    assert sdk["ContainerUser"] == rest["USER"], sdk
    assert rest["ENTRYPOINT"] == json.dumps([sdk["ContainerWorkingDirectory"] + "/bttproxy-relay"]), rest["ENTRYPOINT"]
    assert json.loads(rest["CMD"]) == [item["Identity"] for item in asked["Items"]["ContainerDefaultArgs"]], rest["CMD"]
    ports = {f"{item['Identity']}/{item['Type']}" for item in asked["Items"]["ContainerPort"]}
    assert ports == set(rest["EXPOSE"].split()), f"{ports} and {rest['EXPOSE']}"
    for item in asked["Items"]["ContainerEnvironmentVariable"]:
        assert f"{item['Identity']}={item['Value']}" in rest["ENV"], item


def published(scratch):
    app = built(scratch)
    assert os.access(app / "bttproxy-relay", os.X_OK), "no program"
    done = subprocess.run([app / "bttproxy-relay", "--version"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    chart = re.search(r'^appVersion: "([^"]+)"', pathlib.Path("helm/bttproxy-relay/Chart.yaml").read_text(), re.M).group(1)
    assert done.stdout.strip().split("+")[0] == chart, f"the program is {done.stdout.strip()}, the chart's appVersion {chart}"
    size = sum(file.stat().st_size for file in app.rglob("*") if file.is_file())
    return f"{size // 1_000_000} MB, {done.stdout.strip()}"


if __name__ == "__main__":
    build(pathlib.Path(sys.argv[1]))
