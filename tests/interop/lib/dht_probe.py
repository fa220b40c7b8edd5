"""Our nodes and libtorrent's, as scripts drive them."""
import hashlib
import json
import select
import subprocess
import time

import libtorrent as lt

from libtorrent_session import DHT_ALERTS, dht_session


class Shell:
    """A process with nodes of ours."""

    def __init__(self, binary, address, port, nodes, bootstrap, **options):
        self.address = address
        named = [f"{name}={value}" for name, value in options.items()]
        self.process = subprocess.Popen(
            [binary, "dht", address, str(port), str(nodes), *bootstrap, *named], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, line, seconds=30):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        if not select.select([self.process.stdout], [], [], seconds)[0]:
            raise TimeoutError(f"no answer to '{line}' within {seconds} s")
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"our node ended at '{line}'")
        return json.loads(answer)

    def kill(self):
        """As kill -9 does: nothing is saved at the end."""
        self.process.kill()
        self.process.wait()

    def close(self):
        if self.process.poll() is not None:
            return
        self.process.stdin.close()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Probe:
    """A libtorrent session that asks."""

    def __init__(self, address, port, bootstrap, **settings):
        self.session = dht_session(address, port, bootstrap, alert_mask=DHT_ALERTS, alert_queue_size=100_000, **settings)
        self.address = address
        self.port = port
        self.torrents = []

    def wait(self, kind, accept=lambda alert: True, seconds=20.0, again=None):
        end, next_try = time.monotonic() + seconds, 0.0
        while time.monotonic() < end:
            if again and time.monotonic() > next_try:
                again()
                next_try = time.monotonic() + 2
            self.session.wait_for_alert(100)
            for alert in self.session.pop_alerts():
                if isinstance(alert, kind) and accept(alert):
                    return alert
        return None

    def nodes(self):
        self.session.post_dht_stats()
        alert = self.wait(lt.dht_stats_alert, seconds=2)
        return sum(bucket["num_nodes"] for bucket in alert.routing_table) if alert else 0

    def settle(self, wanted, seconds=30):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.nodes() >= wanted:
                return True
            time.sleep(0.2)
        return False

    def peers(self, info_hash, wanted, seconds=20.0):
        """Peers of the info-hash, once the wanted one is among them."""
        name = lt.sha1_hash(bytes.fromhex(info_hash))
        found = set()

        def accept(alert):
            if alert.info_hash == name:
                found.update(f"{host}:{port}" for host, port in alert.peers())
            return wanted in found
        self.wait(lt.dht_get_peers_reply_alert, accept, seconds, lambda: self.session.dht_get_peers(name))
        return found

    def announce(self, info_hash):
        # The binding's dht_announce cannot be called; an empty magnet torrent announces its session's port.
        torrent = lt.parse_magnet_uri(f"magnet:?xt=urn:btih:{info_hash}")
        torrent.save_path = "/nonexistent"
        torrent.flags = lt.torrent_flags.upload_mode
        self.torrents.append(self.session.add_torrent(torrent))
        return f"{self.address}:{self.port}"

    def drop_torrents(self):
        for torrent in self.torrents:
            self.session.remove_torrent(torrent)
        self.torrents.clear()

    def push_announces(self):
        for torrent in self.torrents:
            torrent.force_dht_announce()

    def immutable(self, target):
        name = lt.sha1_hash(bytes.fromhex(target))
        alert = self.wait(lt.dht_immutable_item_alert, lambda a: a.target == name and text(a), again=lambda: self.session.dht_get_immutable_item(name))
        return text(alert) if alert else None

    def mutable(self, key, salt, seq):
        alert = self.wait(
            lt.dht_mutable_item_alert, lambda a: text(a) and a.seq >= seq,
            again=lambda: self.session.dht_get_mutable_item(bytes.fromhex(key), salt.encode()))
        return (text(alert), alert.seq) if alert else None

    def put_mutable(self, seed, key, salt, value):
        secret = bytearray(hashlib.sha512(bytes.fromhex(seed)).digest())
        secret[0] &= 248
        secret[31] = secret[31] & 63 | 64
        self.session.dht_put_mutable_item(bytes(secret), bytes.fromhex(key), value.encode(), salt.encode())
        alert = self.wait(lt.dht_put_alert)
        return alert.num_success if alert else 0


def text(alert):
    """The value that an item alert carries; None when nobody had the item, which the binding reports by an exception."""
    try:
        value = alert.item["value"]
    except RuntimeError:
        return None
    return value.decode() if isinstance(value, bytes) else value
