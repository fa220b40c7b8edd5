"""The cluster's name server: Services and pods by their names, as CoreDNS gives them, and a few hosts outside."""
import socket
import struct
import threading

DOMAIN = "cluster.local"
A, INTERNET = 1, 1
NO_SUCH_NAME = 3


class NameServer:
    """lookup(name) gives a name's IPv4 addresses, or None when there is no such name."""

    def __init__(self, address, lookup):
        self.lookup = lookup
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 53))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            question, asker = self.socket.recvfrom(512)
            self.socket.sendto(self.answer(question), asker)

    def answer(self, message):
        labels, at = [], 12
        while message[at]:
            labels.append(message[at + 1:at + 1 + message[at]].decode("ascii").lower())
            at += 1 + message[at]
        kind, _ = struct.unpack("!HH", message[at + 1:at + 5])
        found = self.lookup(".".join(labels))
        records = [b"\xc0\x0c" + struct.pack("!HHIH", A, INTERNET, 1, 4) + socket.inet_aton(address) for address in (found or []) if kind == A]
        flags = 0x8180 | (NO_SUCH_NAME if found is None else 0)
        return message[:2] + struct.pack("!HHHHH", flags, 1, len(records), 0, 0) + message[12:at + 5] + b"".join(records)
