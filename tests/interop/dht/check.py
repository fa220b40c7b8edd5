"""Runs the checks of this suite: check.py PATH_OF_OUR_BINARY. Everything is on loopback and ends with this process."""
import hashlib
import os
import socket
import sys
import tempfile
import time

import libtorrent as lt

from dht_probe import Probe, Shell
from libtorrent_session import dht_session, introduce, stop_on_signal

LIBTORRENT_NODES = 24
# An address of this run: two runs at once, or a busy port, must not meet.
NET = f"127.{64 + os.getpid() % 64}.{os.getpid() // 64 % 256}"
OURS, THEIRS, CLOSED, PROBES, DUAL, KILLED = [f"{NET}.{i}" for i in range(1, 7)]
PORT = 6881
SEED = "11" * 32
SALT = "r1"

passed, failed = [], []


def check(name, condition, seen):
    print(f"ok {name}" if condition else f"FAILED {name}: {seen}", flush=True)
    (passed if condition else failed).append(name)


def among_theirs(binary, shells):
    """Our two nodes join a network in which all others are libtorrent's."""
    names = [f"{THEIRS}:{PORT + i}" for i in range(LIBTORRENT_NODES)]
    nodes = [dht_session(THEIRS, PORT + i, [], alert_mask=0) for i in range(LIBTORRENT_NODES)]
    for name, node in zip(names, nodes):
        introduce(node, [other for other in names if other != name])
    probe = Probe(PROBES, PORT, names[:6])
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

    writer.ask(f"announce {info_hash} 4001 seed")
    counted = reader.ask(f"scrape {info_hash}")
    check("we-scrape-libtorrent-nodes", (counted["seeds"], counted["downloaders"]) == (1, 1) and counted["answered"] >= 8, counted)

    put = writer.ask("put Hello from us")
    check("libtorrent-takes-our-immutable-item", put["stored"] >= 8 and put["copies"] == put["stored"] and put["crowd"] == 0, put)
    check("libtorrent-reads-our-immutable-item", (read := probe.immutable(put["target"])) == "Hello from us", read)
    target = str(probe.session.dht_put_immutable_item("Hello from libtorrent"))
    probe.wait(lt.dht_put_alert)
    check("we-read-libtorrent-immutable-item", (read := reader.ask(f"get {target}"))["text"] == "Hello from libtorrent", read)

    key = writer.ask(f"key {SEED}")["key"]
    put = writer.ask(f"sign {SEED} {SALT} 1 - first")
    check("libtorrent-takes-our-mutable-item", put["stored"] >= 8 and put["copies"] == put["stored"], put)
    read = reader.ask(f"read {key} {SALT}")
    check("we-read-our-mutable-item-from-libtorrent", read["text"] == "first" and read["copies"] >= 8, read)
    check("libtorrent-reads-our-mutable-item", (read := probe.mutable(key, SALT, 1)) == ("first", 1), read)
    put = writer.ask(f"sign {SEED} {SALT} 5 1 second")
    read = reader.ask(f"read {key} {SALT}")
    check("newer-sequence-replaces", put["stored"] >= 8 and (read["text"], read["seq"]) == ("second", 5), (put, read))
    for _ in range(5):
        put = writer.ask(f"sign {SEED} {SALT} 2 - stale")
        if put["stored"] == 0:
            break
        # A node that has come among the nearest since then missed the newer one: it is told, and asked again.
        writer.ask(f"sign {SEED} {SALT} 5 - second")
    read = reader.ask(f"read {key} {SALT}")
    check("older-sequence-is-refused-302", put["stored"] == 0 and put["sequenceTooLow"] >= 8 and read["text"] == "second", (put, read))
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
    first, second = [Probe(PROBES, PORT + 10 + i, names[:2], dht_read_only=True) for i in range(2)]
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

    ours.ask(f"announce {info_hash} 4001 seed")
    # An announce goes to the eight nearest of the ten.
    answers = [krpc((CLOSED, PORT + i), "get_peers", {"info_hash": bytes.fromhex(info_hash), "scrape": 1}) for i in range(10)]
    counted = [(answer.get(b"BFsd"), answer.get(b"BFpe")) for answer in answers]
    check("our-nodes-answer-scrapes", (bloom(CLOSED), bloom(PROBES)) in counted, counted)

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


def krpc(node, method, arguments):
    """One query to one node, spoken by hand; what it replies."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plain:
        plain.bind((PROBES, 0))
        plain.settimeout(5)
        plain.sendto(lt.bencode({"t": b"aa", "y": b"q", "q": method, "ro": 1, "a": {"id": os.urandom(20), **arguments}}), node)
        return lt.bdecode(plain.recv(4096))[b"r"]


def bloom(*addresses):
    """The filter of BEP 33."""
    filled = bytearray(256)
    for address in addresses:
        digest = hashlib.sha1(socket.inet_aton(address)).digest()
        for bit in (digest[0] | digest[1] << 8) % 2048, (digest[2] | digest[3] << 8) % 2048:
            filled[bit // 8] |= 1 << bit % 8
    return bytes(filled)


def in_both_networks(binary, shells):
    """A node of ours in IPv4 and IPv6 among libtorrent nodes of IPv6 (BEP 32)."""
    if not socket.has_ipv6 or not os.path.exists("/proc/net/if_inet6"):
        if os.environ.get("CI"):
            check("host-has-ipv6", False, "these checks need it")
        else:
            print("skipped: this host has no IPv6", flush=True)
        return None
    first_port = 20_000 + os.getpid() % 20_000
    names = [f"[::1]:{first_port + i}" for i in range(12)]
    nodes = [dht_session("[::1]", first_port + i, [], alert_mask=0) for i in range(12)]
    for i, node in enumerate(nodes):
        introduce(node, names[:i] + names[i + 1:])
    probe = Probe("[::1]", first_port + 12, names[:6])
    probe.settle(6)
    first = Shell(binary, DUAL, PORT, 1, names[:3], also=f"[::1]:{first_port + 13}")
    shells.append(first)
    # The second node is told of one IPv4 address only.
    second = Shell(binary, DUAL, PORT + 1, 1, [f"{DUAL}:{PORT}"], also=f"[::1]:{first_port + 14}")
    shells.append(second)
    end, seen = time.monotonic() + 60, []
    while time.monotonic() < end and not (len(seen) == 2 and seen[1]["nodes"] >= 8):
        second.ask("join")
        seen = second.ask("stats")["networks"]
        time.sleep(0.5)
    check("ipv6-network-is-found-through-ipv4", seen[0]["nodes"] >= 1 and seen[1]["nodes"] >= 8, seen)
    put = second.ask("put Hello from IPv6")
    check("libtorrent-reads-our-item-over-ipv6", (read := probe.immutable(put["target"])) == "Hello from IPv6", (put, read))
    target = str(probe.session.dht_put_immutable_item("Hello from libtorrent over IPv6"))
    probe.wait(lt.dht_put_alert)
    check("we-read-libtorrent-item-over-ipv6", (read := first.ask(f"get {target}"))["text"] == "Hello from libtorrent over IPv6", read)
    answer = krpc((DUAL, PORT), "find_node", {"target": os.urandom(20), "want": ["n4", "n6"]})
    check("want-is-answered-with-both", len(answer[b"nodes6"]) >= 8 * 38 and len(answer[b"nodes"]) % 26 == 0, answer)
    return nodes, probe


def killed(binary, shells):
    """A node that is killed comes back with its id and knows the way without bootstrap nodes."""
    network = Shell(binary, KILLED, PORT, 10, [])
    shells.append(network)
    network.ask("join")
    with tempfile.TemporaryDirectory() as directory:
        state = os.path.join(directory, "dht")
        victim = Shell(binary, KILLED, PORT + 20, 1, [f"{KILLED}:{PORT}"], state=state)
        shells.append(victim)
        victim.ask("join")
        before = victim.ask("stats")["networks"][0]
        end = time.monotonic() + 15
        while not os.path.exists(state) and time.monotonic() < end:
            time.sleep(0.1)
        victim.kill()
        victim = Shell(binary, KILLED, PORT + 20, 1, [], state=state)
        shells.append(victim)
        joined = victim.ask("join")
        after = victim.ask("stats")["networks"][0]
        check("killed-node-comes-back", joined["nodes"] >= 8 and after["id"] == before["id"], (joined, before, after))
        victim.close()


def main():
    stopped = stop_on_signal()
    shells, kept = [], []
    try:
        for part in (among_theirs, among_ours, in_both_networks, killed):
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
