"""transmission-daemon. It acts at a 10 s tick, and has no BitTorrent v2."""
import base64
import json
import os
import urllib.error
import urllib.request

from client import SLOW, Client
from lab import Failure


class Transmission(Client):
    name = "Transmission"
    makes_empty_files = False

    def seed(self, mode, jobs):
        daemon = Daemon(self.lab, mode)
        for content, torrent in jobs:
            daemon.add(torrent, content.folder)
        daemon.program.wait_for(
            lambda: all(torrent["status"] == 6 for torrent in daemon.torrents()), 120, "Transmission seeds")
        return f"{daemon.address}:6881"

    def download(self, mode, source, folder):
        daemon = Daemon(self.lab, mode)
        try:
            daemon.add(source, folder)
            daemon.program.wait_for(
                lambda: all(torrent["percentDone"] == 1 and torrent["metadataPercentComplete"] == 1 and torrent["leftUntilDone"] == 0
                            for torrent in daemon.torrents()), mode.seconds, "Transmission has everything")
        finally:
            daemon.program.stop()

    def linger(self, mode, source, folder):
        daemon = Daemon(self.lab, mode)
        daemon.add(source, folder)
        return f"{daemon.address}:6881"


class Daemon:
    def __init__(self, lab, mode):
        self.address = lab.address()
        state = lab.folder("transmission")
        port = lab.local_port()
        settings = {
            "bind-address-ipv4": self.address, "bind-address-ipv6": "::1", "peer-port": 6881,
            "rpc-enabled": True, "rpc-bind-address": "127.0.0.1", "rpc-port": port, "rpc-whitelist-enabled": False,
            "dht-enabled": bool(mode.dht), "lpd-enabled": False, "port-forwarding-enabled": False,
            # It cannot switch TCP off; who asks it for uTP only has to.
            "utp-enabled": mode.transport == "utp", "encryption": 2 if mode.encrypted else 1,
            "pex-enabled": mode.pex, "speed-limit-down-enabled": mode.slow, "speed-limit-down": SLOW // 1024,
            "preallocation": 0, "rename-partial-files": False, "message-level": 2,
        }
        with open(os.path.join(state, "settings.json"), "w") as out:
            json.dump(settings, out)
        if mode.dht:
            with open(os.path.join(state, "dht.bootstrap"), "w") as out:
                out.writelines(node.replace(":", " ") + "\n" for node in mode.dht)
        self._url = f"http://127.0.0.1:{port}/transmission/rpc"
        self._session = ""
        self.program = lab.start("transmission-daemon", "-f", "-g", state)
        self.program.wait_for(self._is_up, 30, "Transmission answers")

    def add(self, source, folder):
        arguments = {"download-dir": folder, "paused": False}
        if source.startswith("magnet:"):
            arguments["filename"] = source
        else:
            with open(source, "rb") as torrent:
                arguments["metainfo"] = base64.b64encode(torrent.read()).decode()
        answer = self._call("torrent-add", arguments)
        if answer["result"] != "success":
            raise Failure(f"Transmission refuses the torrent: {answer}")

    def torrents(self):
        fields = ["status", "percentDone", "metadataPercentComplete", "leftUntilDone"]
        return self._call("torrent-get", {"fields": fields})["arguments"]["torrents"]

    def _is_up(self):
        try:
            return self._call("session-get", {})
        except urllib.error.URLError:
            return None

    def _call(self, method, arguments):
        body = json.dumps({"method": method, "arguments": arguments}).encode()
        for _ in range(2):
            request = urllib.request.Request(self._url, body, {"X-Transmission-Session-Id": self._session})
            try:
                with urllib.request.urlopen(request, timeout=20) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as refusal:
                if refusal.code != 409:
                    raise
                self._session = refusal.headers["X-Transmission-Session-Id"]
        raise Failure("Transmission takes no session id")
