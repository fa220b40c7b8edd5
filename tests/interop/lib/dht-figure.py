#!/usr/bin/python3
"""Operations of our nodes and libtorrent's in one DHT of libtorrent nodes that are far away, timed side by side.

usage: dht-figure.py PATH_OF_OUR_BINARY [--nodes 50] [--rounds 12] [--round-trip 40]

Prints one JSON line: per operation {"ok": n, "of": n, "ms": median}. What we stored is read by libtorrent and the other
way round: "get_peers", "get ..." are ours of what libtorrent stored, "libtorrent ... of ours" the other direction; other names
with "libtorrent" are its own operations on its own data, the measure for ours. The round trip is in milliseconds. Needs root: all
of it runs in two network namespaces that know only each other.
"""
import argparse
import hashlib
import json
import os
import statistics
import signal
import sys
import time

import libtorrent as lt

import far_network
from dht_probe import Probe, Shell, text
from libtorrent_session import dht_session, introduce, stop_on_signal

PORT = 6881
NEAR, FAR = "10.85", "10.86"
# Rounds whose times do not count, while our runtime still compiles.
WARM_UP = 3
# Our nodes pace themselves below 2.5 packets a second to one remote: a round's eight packets fit in, so no time is of pacing.
ROUND_SECONDS = 3.5
SALT = "r1"
results = {}


def record(turn, name, ok, ms):
    entry = results.setdefault(name, {"ok": 0, "of": 0, "times": []})
    entry["of"] += 1
    entry["ok"] += bool(ok)
    if not ok:
        print(f"failed: {name}, round {turn + 1}", file=sys.stderr)
    elif turn >= WARM_UP:
        entry["times"].append(ms)


def timed(action):
    start = time.monotonic()
    value = action()
    return value, (time.monotonic() - start) * 1000


class Reader(Probe):
    """Asks once per question, as our nodes do."""

    def first_peer(self, info_hash, wanted, seconds=10):
        name, found = lt.sha1_hash(bytes.fromhex(info_hash)), set()

        def accept(alert):
            if alert.info_hash == name:
                found.update(f"{host}:{port}" for host, port in alert.peers())
            return wanted in found
        self.session.dht_get_peers(name)
        return self.wait(lt.dht_get_peers_reply_alert, accept, seconds) is not None

    def read_immutable(self, target, value):
        name = lt.sha1_hash(bytes.fromhex(target))
        self.session.dht_get_immutable_item(name)
        alert = self.wait(lt.dht_immutable_item_alert, lambda a: a.target == name, 10)
        return alert is not None and text(alert) == value

    def read_mutable(self, key, value):
        # The alert comes at each better copy, and as "authoritative" once no newer one can come: ours answers then.
        self.session.dht_get_mutable_item(bytes.fromhex(key), SALT.encode())
        return self.wait(lt.dht_mutable_item_alert, lambda a: text(a) == value and a.authoritative, 10) is not None

    def write_immutable(self, value):
        target = str(self.session.dht_put_immutable_item(value))
        alert = self.wait(lt.dht_put_alert, seconds=15)
        return target if alert and alert.num_success > 0 else None


def live_far(names, ready):
    nodes = [dht_session(name.split(":")[0], int(name.split(":")[1]), [], alert_mask=0) for name in names]
    for i, node in enumerate(nodes):
        introduce(node, [names[(i + step) % len(names)] for step in range(1, 13)])
    ready()
    while True:
        signal.pause()


def measure(binary, options, shells):
    names = [f"{FAR}.0.1:{PORT + i}" for i in range(options.nodes)]
    far_network.move_apart(f"{NEAR}.0.0/16", f"{FAR}.0.0/16", options.round_trip / 2000, lambda ready: live_far(names, ready))
    writer, reader = [Reader(f"{NEAR}.0.{2 + i}", PORT, names[6 * i:6 * i + 6]) for i in range(2)]
    if not (writer.settle(8) and reader.settle(8)):
        sys.exit("the libtorrent nodes did not knit together")
    shells += [Shell(binary, f"{NEAR}.0.4", PORT, 1, names[:3]), Shell(binary, f"{NEAR}.0.4", PORT + 1, 1, names[3:6])]
    ours, other = shells
    for shell in shells:
        joined, ms = timed(lambda: shell.ask("join"))
        record(WARM_UP, "join", joined["nodes"] >= 8, ms)

    for turn in range(options.rounds):
        start = time.monotonic()
        for operation in (peers, immutable, mutable):
            operation(ours, other, writer, reader, turn)
        time.sleep(max(0, ROUND_SECONDS - (time.monotonic() - start)))


def in_turns(turn, *measurements):
    """Runs the (name, action, verdict on its value) of both sides, each of them first every other time."""
    for name, action, is_good in measurements if turn % 2 else reversed(measurements):
        value, ms = timed(action)
        record(turn, name, is_good(value), ms)


def peers(ours, other, writer, reader, turn):
    info_hash = hashlib.sha1(f"ours {turn} {os.getpid()}".encode()).hexdigest()
    announced, ms = timed(lambda: ours.ask(f"announce {info_hash} 4001"))
    record(turn, "announce", announced["stored"] >= 8, ms)
    expected = f"{ours.address}:4001"
    record(turn, "libtorrent get_peers of ours", *timed(lambda: reader.first_peer(info_hash, expected)))

    name = hashlib.sha1(f"theirs {turn} {os.getpid()}".encode()).hexdigest()
    peer = writer.announce(name)
    # When libtorrent announces is its own affair: wait until the network has it. The reader does not ask yet, for answers
    # that come late would count as those of its measured question.
    end = time.monotonic() + 15
    writer.push_announces()
    while peer not in writer.peers(name, peer, 0.5) and time.monotonic() < end:
        writer.push_announces()
    in_turns(
        turn,
        ("get_peers", lambda: other.ask(f"peers {name} {peer}"), lambda found: peer in found["peers"]),
        ("libtorrent get_peers", lambda: reader.first_peer(name, peer), bool))
    writer.drop_torrents()


def immutable(ours, other, writer, reader, turn):
    value, theirs, targets = f"ours {turn}", f"theirs {turn}", {}

    def put():
        return targets.setdefault("ours", ours.ask(f"put {value}"))

    def put_theirs():
        return targets.setdefault("theirs", writer.write_immutable(theirs))
    in_turns(turn, ("put immutable", put, is_kept), ("libtorrent put immutable", put_theirs, bool))
    record(turn, "libtorrent get immutable of ours", *timed(lambda: reader.read_immutable(targets["ours"]["target"], value)))
    target = targets["theirs"]
    if target:
        in_turns(
            turn,
            ("get immutable", lambda: other.ask(f"get {target}"), lambda read: read["text"] == theirs),
            ("libtorrent get immutable", lambda: reader.read_immutable(target, theirs), bool))


def mutable(ours, other, writer, reader, turn):
    seed, value = hashlib.sha256(f"ours {turn}".encode()).hexdigest(), f"signed by us {turn}"
    their_seed, theirs = hashlib.sha256(f"theirs {turn}".encode()).hexdigest(), f"signed by libtorrent {turn}"
    key, their_key = ours.ask(f"key {seed}")["key"], ours.ask(f"key {their_seed}")["key"]
    in_turns(
        turn,
        ("put mutable", lambda: ours.ask(f"sign {seed} {SALT} 1 - {value}"), is_kept),
        ("libtorrent put mutable", lambda: writer.put_mutable(their_seed, their_key, SALT, theirs), bool))
    record(turn, "libtorrent get mutable of ours", *timed(lambda: reader.read_mutable(key, value)))
    in_turns(
        turn,
        ("get mutable", lambda: other.ask(f"read {their_key} {SALT}"), lambda read: read["text"] == theirs),
        ("libtorrent get mutable", lambda: reader.read_mutable(their_key, theirs), bool))


def is_kept(put):
    """Stored as widely as BEP 44 wants, and read back by the writer from as many."""
    return put["stored"] >= 8 and put["copies"] >= 8


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--nodes", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--round-trip", type=int, default=40)
    options = parser.parse_args()
    stop_on_signal()
    shells = []
    try:
        measure(options.binary, options, shells)
    finally:
        for shell in shells:
            shell.close()
    print(json.dumps({
        name: {"ok": entry["ok"], "of": entry["of"], "ms": round(statistics.median(entry["times"]), 2) if entry["times"] else None}
        for name, entry in results.items()}), flush=True)


main()
