#!/usr/bin/python3
"""Checks what a fetch was charged: exactly the price of the bytes that it received.

usage: check-bill.py FETCH_JSON CONTENT_BYTES SHA256 STATE_DIRECTORY_OF_THE_DEVNET

Compares accounts that share no code: what the client says that it paid, what the relays' ledgers accepted, what the relays'
payees own on the chain, and the price worked out here.
"""
import glob
import hashlib
import json
import os
import sqlite3
import sys
import time
import urllib.parse

import grpc

MEGABYTE = 1_000_000
# The most that a client may pay for without having verified it: a relay's largest window, or one piece.
CLIENT_WINDOW = 16 << 20
CLAIM_SECONDS = 60


def owed(size, price):
    return -(-size * price // MEGABYTE)


def check(holds, line):
    if not holds:
        sys.exit(f"WRONG: {line}")
    print(line)


def prefixed(text):
    """The 21 bytes of an address in Base58Check."""
    number = 0
    for character in text:
        number = number * 58 + "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".index(character)
    payload = number.to_bytes(25, "big")
    if hashlib.sha256(hashlib.sha256(payload[:21]).digest()).digest()[:4] != payload[21:]:
        sys.exit(f"{text} is no address")
    return payload[:21]


def read_ledgers(state):
    """Sum of the vouchers that the relays accepted, and the addresses that they are paid to."""
    accepted, payees = 0, set()
    for path in glob.glob(os.path.join(state, "relay-*", "ledger.db")):
        # Not read-only: the relay runs, and its newest pages are in the write-ahead log beside the file.
        ledger = sqlite3.connect(path, timeout=10)
        accepted += sum(int.from_bytes(row[0], "big") for row in ledger.execute("SELECT amount FROM earning"))
        payees.update(row[0] for row in ledger.execute("SELECT payee FROM channel"))
        ledger.close()
    return accepted, payees


def field(number, value):
    """A protobuf field of bytes, shorter than 128."""
    return bytes([number << 3 | 2, len(value)]) + value


def read_varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if data[at - 1] < 0x80:
            return value, at


def first_field(data, wanted):
    """The first field of bytes with this number in a protobuf message."""
    at = 0
    while at < len(data):
        key, at = read_varint(data, at)
        value, at = read_varint(data, at)
        if key & 7 == 2:
            if key >> 3 == wanted:
                return data[at:at + value]
            at += value
    sys.exit(f"the node's answer has no field {wanted}")


def balance(call, token, owner):
    """balanceOf(owner) in solidified state, by TRON's own service (TriggerSmartContract: owner 1, contract 2, data 4; answer 3)."""
    data = bytes.fromhex("70a08231") + bytes(12) + owner
    return int.from_bytes(first_field(call(field(1, b"\x41" + owner) + field(2, token) + field(4, data), timeout=10), 3), "big")


def main():
    fetch_file, content_bytes, sha256, state = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
    with open(fetch_file, encoding="utf-8") as file:
        fetch = json.load(file)
    with open(os.path.join(state, "network.json"), encoding="utf-8") as file:
        network = json.load(file)
    token = prefixed(network["token"])
    channel = grpc.insecure_channel(urllib.parse.urlparse(network["chain"]["nodes"][0]["solidityNode"]).netloc)
    call = channel.unary_unary("/protocol.WalletSolidity/TriggerConstantContract")
    used = [relay for relay in fetch["relays"] if relay["bytes"] > 0 or int(relay["paid"]) > 0]
    received = sum(relay["bytes"] for relay in used)
    paid = sum(int(relay["paid"]) for relay in used)
    price = sum(owed(relay["bytes"], int(relay["price"])) for relay in used)
    tolerance = sum(owed(CLIENT_WINDOW, int(relay["price"])) for relay in used)

    check(fetch["bytes"] == content_bytes, f"content: {fetch['bytes']} of {content_bytes} bytes")
    check(fetch["sha256"] == sha256, f"SHA-256 as the client reports it: {fetch['sha256']}")
    check(used and 0 <= received - content_bytes <= CLIENT_WINDOW * len(used),
          f"received {received} bytes in {len(used)} session(s): {received - content_bytes} more than the content has")
    check(paid == int(fetch["paid"]), f"paid {fetch['paid']}; the sum over the relays is {paid}")
    check(abs(paid - price) <= tolerance, f"owed {price}; paid minus owed is {paid - price} (tolerance {tolerance})")
    accepted, payees = read_ledgers(state)
    check(0 <= paid - accepted <= tolerance, f"the relays' ledgers hold vouchers over {accepted}, {paid - accepted} less than was signed")

    # A relay claims when a session is closed. One that the client had to leave is closed after ten idle minutes.
    closed = all(relay["reason"] in ("Finished", "ChannelSpent") for relay in used)
    end = time.monotonic() + CLAIM_SECONDS
    while (claimed := sum(balance(call, token, payee) for payee in payees)) != accepted and closed and time.monotonic() < end:
        time.sleep(0.5)
    check(claimed == accepted or (not closed and claimed < accepted), f"claimed on the chain by {len(payees)} payee(s): {claimed}")
    print(f"{fetch['seconds']} s, {content_bytes / max(fetch['seconds'], 0.001) / MEGABYTE:.1f} MB/s")


main()
