"""qbittorrent-nox, by its web interface."""
import json
import os
import urllib.error
import urllib.parse
import urllib.request

from client import SLOW, Client

SEEDING = {"stalledUP", "uploading", "forcedUP"}
PAUSED = {"pausedUP", "pausedDL"}


class QBittorrent(Client):
    name = "qBittorrent"

    def seed(self, mode, jobs):
        daemon = Daemon(self.lab, mode)
        for content, torrent in jobs:
            daemon.add(torrent, content.folder, skip_checking=True)
        daemon.wait(lambda states: len(states) == len(jobs) and set(states) <= SEEDING, 60)
        if mode.dht:
            daemon.announce_in_dht()
        return f"{daemon.address}:6881"

    def download(self, mode, source, folder):
        daemon = Daemon(self.lab, mode)
        try:
            daemon.add(source, folder)
            if mode.dht:
                daemon.announce_in_dht()
            daemon.wait(lambda states: bool(states) and set(states) <= SEEDING, mode.seconds)
        finally:
            daemon.program.stop()

    def linger(self, mode, source, folder):
        daemon = Daemon(self.lab, mode)
        daemon.add(source, folder)
        return f"{daemon.address}:6881"


class Daemon:
    def __init__(self, lab, mode):
        self.address = lab.address()
        profile = lab.folder("qbittorrent")
        port = lab.local_port()
        settings = [
            "[LegalNotice]", "Accepted=true",
            "[BitTorrent]", "Session\\Port=6881", "Session\\Interface=lo", "Session\\InterfaceName=lo",
            f"Session\\InterfaceAddress={self.address}", f"Session\\DHTEnabled={'true' if mode.dht else 'false'}",
            "Session\\LSDEnabled=false", f"Session\\Encryption={1 if mode.encrypted else 0}", "Session\\MultiConnectionsPerIp=true",
            "Session\\QueueingSystemEnabled=false", "Session\\Preallocation=false", f"Session\\PeXEnabled={'true' if mode.pex else 'false'}",
            "Session\\IgnoreLimitsOnLAN=false", f"Session\\GlobalDLSpeedLimit={SLOW // 1024 if mode.slow else 0}",
            f"Session\\BTProtocol={'UTP' if mode.transport == 'utp' else 'TCP'}",
            "[Network]", "PortForwardingEnabled=false",
            "[Preferences]", "General\\Locale=en", "WebUI\\LocalHostAuth=false", "WebUI\\Address=127.0.0.1", f"WebUI\\Port={port}",
        ]
        os.makedirs(os.path.join(profile, "qBittorrent/config"))
        with open(os.path.join(profile, "qBittorrent/config/qBittorrent.conf"), "w") as out:
            out.write("\n".join(settings) + "\n")
        self._url = f"http://127.0.0.1:{port}/api/v2/"
        self.program = lab.start("qbittorrent-nox", f"--profile={profile}", f"--webui-port={port}")
        self.program.wait_for(lambda: self._states() is not None, 60, "qBittorrent answers")

    def add(self, source, folder, skip_checking=False):
        fields = {"savepath": folder, "skip_checking": str(skip_checking).lower(), "paused": "false", "autoTMM": "false"}
        boundary = "----------------matrix"
        parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields.items()]
        if source.startswith("magnet:"):
            parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="urls"\r\n\r\n{source}\r\n'.encode())
        else:
            with open(source, "rb") as torrent:
                head = (f'--{boundary}\r\nContent-Disposition: form-data; name="torrents"; filename="t.torrent"\r\n'
                        'Content-Type: application/x-bittorrent\r\n\r\n')
                parts.append(head.encode() + torrent.read() + b"\r\n")
        body = b"".join(parts) + f"--{boundary}--\r\n".encode()
        request = urllib.request.Request(self._url + "torrents/add", body, {"Content-Type": f"multipart/form-data; boundary={boundary}"})
        urllib.request.urlopen(request, timeout=20).close()

    def wait(self, condition, seconds):
        self.program.wait_for(lambda: condition(self._states() or []), seconds, "qBittorrent has everything")

    def announce_in_dht(self):
        """It goes to the DHT when a torrent begins, and again after 15 minutes; begun with the program, it knows no node yet."""
        self.program.wait_for(lambda: (self._get("transfer/info") or {}).get("dht_nodes", 0) >= 4, 60, "qBittorrent knows DHT nodes")
        self._order("torrents/pause")
        self.wait(lambda states: set(states) <= PAUSED, 30)
        self._order("torrents/resume")

    def _states(self):
        torrents = self._get("torrents/info")
        return None if torrents is None else [torrent["state"] for torrent in torrents]

    def _get(self, what):
        try:
            with urllib.request.urlopen(self._url + what, timeout=20) as answer:
                return json.load(answer)
        except urllib.error.URLError:
            return None

    def _order(self, what):
        urllib.request.urlopen(self._url + what, b"hashes=all", timeout=20).close()
