"""Runs the checks of this suite: check.py PATH_OF_OUR_BINARY. Everything is on loopback and ends with this process."""
import hashlib
import json
import os
import select
import subprocess
import sys
import time

import libtorrent as lt

from libtorrent_session import DHT_ALERTS, dht_session, introduce, stop_on_signal

LIBTORRENT_NODES = 24
# An address of this run: two runs at once, or a busy port, must not meet.
NET = f"127.{64 + os.getpid() % 64}.{os.getpid() // 64 % 256}"
OURS, THEIRS, CLOSED, PROBES = f"{NET}.1", f"{NET}.2", f"{NET}.3", f"{NET}.4"
PORT = 6881
SEED = "11" * 32
SALT = "r1"

passed, failed = [], []


class Shell:
    """A process with nodes of ours."""

    def __init__(self, binary, address, port, nodes, bootstrap):
        self.process = subprocess.Popen(
            [binary, "dht", address, str(port), str(nodes), *bootstrap], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, line, seconds=30):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        if not select.select([self.process.stdout], [], [], seconds)[0]:
            raise TimeoutError(f"no answer to '{line}' within {seconds} s")
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"our node ended at '{line}'")
        return json.loads(answer)

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Probe:
    """A libtorrent session that asks."""

    def __init__(self, port, bootstrap, **settings):
        self.session = dht_session(PROBES, port, bootstrap, alert_mask=DHT_ALERTS, alert_queue_size=100_000, **settings)
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

    def peers(self, info_hash, wanted):
        """Peers of the info-hash, once the wanted one is among them."""
        name = lt.sha1_hash(bytes.fromhex(info_hash))
        found = set()

        def accept(alert):
            if alert.info_hash == name:
                found.update(f"{host}:{port}" for host, port in alert.peers())
            return wanted in found
        self.wait(lt.dht_get_peers_reply_alert, accept, again=lambda: self.session.dht_get_peers(name))
        return found

    def announce(self, info_hash):
        # The binding's dht_announce cannot be called; an empty magnet torrent announces its session's port.
        torrent = lt.parse_magnet_uri(f"magnet:?xt=urn:btih:{info_hash}")
        torrent.save_path = "/nonexistent"
        torrent.flags = lt.torrent_flags.upload_mode
        self.torrents.append(self.session.add_torrent(torrent))
        return f"{PROBES}:{self.port}"

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


def check(name, condition, seen):
    print(f"ok {name}" if condition else f"FAILED {name}: {seen}", flush=True)
    (passed if condition else failed).append(name)


def among_theirs(binary, shells):
    """Our two nodes join a network in which all others are libtorrent's."""
    names = [f"{THEIRS}:{PORT + i}" for i in range(LIBTORRENT_NODES)]
    nodes = [dht_session(THEIRS, PORT + i, [], alert_mask=0) for i in range(LIBTORRENT_NODES)]
    for name, node in zip(names, nodes):
        introduce(node, [other for other in names if other != name])
    probe = Probe(PORT, names[:6])
    probe.settle(8)
    writer = Shell(binary, OURS, PORT, 1, names[:3])
    reader = Shell(binary, OURS, PORT + 1, 1, names[3:6])
    shells += [writer, reader]

    joined = [writer.ask("join")["nodes"], reader.ask("join")["nodes"]]
    check("our-nodes-join", min(joined) >= 8, joined)

    info_hash = hashlib.sha1(b"announced by us").hexdigest()
    stored = writer.ask(f"announce {info_hash} 4001")["stored"]
    check("libtorrent-takes-our-announce", stored >= 8, f"{stored} nodes")
    found = probe.peers(info_hash, f"{OURS}:4001")
    check("libtorrent-finds-our-peer", f"{OURS}:4001" in found, found)
    stored = writer.ask(f"announce {info_hash} -")["stored"]
    found = reader.ask(f"peers {info_hash}")["peers"]
    check("implied-port-is-our-udp-port", stored >= 8 and f"{OURS}:{PORT}" in found, found)

    info_hash = hashlib.sha1(b"announced by libtorrent").hexdigest()
    expected, found, end = probe.announce(info_hash), [], time.monotonic() + 30
    while expected not in found and time.monotonic() < end:
        probe.push_announces()
        time.sleep(0.5)
        found = reader.ask(f"peers {info_hash}")["peers"]
    check("we-find-libtorrent-peer", expected in found, found)

    put = writer.ask("put Hello from us")
    check("libtorrent-takes-our-immutable-item", put["stored"] >= 8, put)
    check("libtorrent-reads-our-immutable-item", (read := probe.immutable(put["target"])) == "Hello from us", read)
    target = str(probe.session.dht_put_immutable_item("Hello from libtorrent"))
    probe.wait(lt.dht_put_alert)
    check("we-read-libtorrent-immutable-item", (read := reader.ask(f"get {target}"))["text"] == "Hello from libtorrent", read)

    key = writer.ask(f"key {SEED}")["key"]
    put = writer.ask(f"sign {SEED} {SALT} 1 - first")
    check("libtorrent-takes-our-mutable-item", put["stored"] >= 8, put)
    read = reader.ask(f"read {key} {SALT}")
    check("we-read-our-mutable-item-from-libtorrent", read["text"] == "first" and read["copies"] >= 8, read)
    check("libtorrent-reads-our-mutable-item", (read := probe.mutable(key, SALT, 1)) == ("first", 1), read)
    put = writer.ask(f"sign {SEED} {SALT} 5 1 second")
    read = reader.ask(f"read {key} {SALT}")
    check("newer-sequence-replaces", put["stored"] >= 8 and (read["text"], read["seq"]) == ("second", 5), (put, read))
    put = writer.ask(f"sign {SEED} {SALT} 2 - stale")
    check("older-sequence-is-refused-302", put["stored"] == 0 and put["sequenceTooLow"] >= 8, put)
    put = writer.ask(f"sign {SEED} {SALT} 9 4 lost-race")
    check("wrong-cas-is-refused-301", put["stored"] == 0 and put["casMismatch"] >= 8, put)
    check("other-salt-is-another-item", (read := reader.ask(f"read {key} other"))["text"] is None and read["answered"] >= 8, read)

    taken = probe.put_mutable("22" * 32, key := writer.ask(f"key {'22' * 32}")["key"], SALT, "signed by libtorrent")
    read = reader.ask(f"read {key} {SALT}")
    check("we-read-libtorrent-mutable-item", taken > 0 and read["text"] == "signed by libtorrent", (taken, read))
    return nodes, probe


def among_ours(binary, shells):
    """libtorrent sessions meet in a network in which only our nodes store: they use what we answer."""
    ours = Shell(binary, CLOSED, PORT, 10, [])
    shells.append(ours)
    ours.ask("join")
    names = [f"{CLOSED}:{PORT + i}" for i in range(10)]
    # Read-only (BEP 43) sessions are listed by nobody, so all that they find was stored by our nodes.
    # libtorrent never lists a bootstrap node, so it is given two and must learn the other eight from their answers.
    first, second = [Probe(PORT + 10 + i, names[:2], dht_read_only=True) for i in range(2)]
    check("libtorrent-lists-our-nodes", first.settle(6) and second.settle(6), (first.nodes(), second.nodes()))

    info_hash = hashlib.sha1(b"between libtorrent sessions").hexdigest()
    expected = first.announce(info_hash)
    end = time.monotonic() + 30
    found = set()
    while expected not in found and time.monotonic() < end:
        first.push_announces()
        time.sleep(0.5)
        found = set(ours.ask(f"peers {info_hash}")["peers"])
    check("our-nodes-take-libtorrent-announce", expected in found, found)
    check("libtorrent-finds-peer-through-our-nodes", expected in (found := second.peers(info_hash, expected)), found)

    target = str(first.session.dht_put_immutable_item("kept by our nodes"))
    first.wait(lt.dht_put_alert)
    check("libtorrent-reads-immutable-item-from-our-nodes", (read := second.immutable(target)) == "kept by our nodes", read)
    key = ours.ask(f"key {SEED}")["key"]
    taken = first.put_mutable(SEED, key, SALT, "one")
    check("our-nodes-take-libtorrent-mutable-item", taken >= 8, f"{taken} nodes")
    check("libtorrent-reads-mutable-item-from-our-nodes", (read := second.mutable(key, SALT, 1)) and read[0] == "one", read)
    first.put_mutable(SEED, key, SALT, "two")
    check("our-nodes-replace-by-sequence", (read := second.mutable(key, SALT, 2)) and read[0] == "two", read)
    return first, second


def main():
    stopped = stop_on_signal()
    shells, kept = [], []
    try:
        for part in (among_theirs, among_ours):
            try:
                if not stopped:
                    kept.append(part(sys.argv[1], shells))
            except Exception as error:  # a dead node ends its part, and is one failure
                check(part.__name__.replace("_", "-"), False, repr(error))
    finally:
        for shell in shells:
            shell.close()
    print(f"{len(passed)} passed, {len(failed)} failed", flush=True)
    sys.exit(1 if failed or stopped else 0)


main()
