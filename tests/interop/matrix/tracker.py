"""A tracker over HTTP (BEP 3, 23) and UDP (BEP 15) on one port, in threads of this process.

An HTTP announce URL with "?peers=IP:PORT" always answers exactly that peer, or nobody when none is named: a way to tell a client about one that it takes peers from a
tracker only. Other announces are answered with whoever announced the same torrent.
"""
import http.server
import os
import socket
import socketserver
import struct
import threading
import urllib.parse

INTERVAL = 5
PROTOCOL = 0x41727101980


class Book:
    def __init__(self):
        self._swarms = {}
        self._lock = threading.Lock()

    def announce(self, info_hash, peer, stopped):
        """The others of the swarm, compact."""
        with self._lock:
            swarm = self._swarms.setdefault(info_hash, set())
            others = [other for other in swarm if other != peer]
            (swarm.discard if stopped else swarm.add)(peer)
        return compact(others)


def compact(peers):
    return b"".join(socket.inet_aton(host) + struct.pack(">H", port) for host, port in peers)


class Http(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        fields = {}
        for part in urllib.parse.urlsplit(self.path).query.split("&"):
            key, _, value = part.partition("=")
            fields[key] = urllib.parse.unquote_to_bytes(value)
        info_hash = fields.get("info_hash", b"")
        peers6 = b""
        if "peers" in fields:
            host, _, port = fields["peers"].decode().rpartition(":")
            peers = compact([(host, int(port))] if host and host[0] != "[" else [])
            if host.startswith("["):
                peers6 = socket.inet_pton(socket.AF_INET6, host.strip("[]")) + struct.pack(">H", int(port))
        elif len(info_hash) == 20:
            own = (self.client_address[0], int(fields.get("port", b"0")))
            peers = self.server.book.announce(info_hash, own, fields.get("event") == b"stopped")
        else:
            peers = b""
        body = b"d8:completei1e10:incompletei1e8:intervali%de12:min intervali%de5:peers%d:%b6:peers6%d:%be" % (
            INTERVAL, INTERVAL, len(peers), peers, len(peers6), peers6)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            # A client that says goodbye does not wait for the answer.
            pass

    def log_message(self, *_):
        pass


class Udp(socketserver.BaseRequestHandler):
    def handle(self):
        data, sock = self.request
        if len(data) < 16:
            return
        connection, action, transaction = struct.unpack_from(">QII", data)
        if action == 0 and connection == PROTOCOL:
            connection = int.from_bytes(os.urandom(8), "big")
            self.server.connections.add(connection)
            sock.sendto(struct.pack(">IIQ", 0, transaction, connection), self.client_address)
        elif connection not in self.server.connections:
            sock.sendto(struct.pack(">II", 3, transaction) + b"unknown connection id", self.client_address)
        elif action == 1 and len(data) >= 98:
            event, = struct.unpack_from(">I", data, 80)
            port, = struct.unpack_from(">H", data, 96)
            peers = self.server.book.announce(data[16:36], (self.client_address[0], port), event == 3)
            sock.sendto(struct.pack(">IIIII", 1, transaction, INTERVAL, 1, 1) + peers, self.client_address)


class Http6Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6


class Tracker:
    def __init__(self, address, port):
        self._at, self._at6 = f"{address}:{port}", f"[::1]:{port}"
        book = Book()
        web = http.server.ThreadingHTTPServer((address, port), Http)
        web6 = Http6Server(("::1", port), Http)
        web.daemon_threads = web6.daemon_threads = True
        udp = socketserver.UDPServer((address, port), Udp)
        udp.connections = set()
        for server in (web, web6, udp):
            server.book = book
            threading.Thread(target=server.serve_forever, daemon=True).start()

    @property
    def http(self):
        return f"http://{self._at}/announce"

    @property
    def udp(self):
        return f"udp://{self._at}/announce"

    def that_knows(self, peer=""):
        return f"http://{self._at6 if peer.startswith('[') else self._at}/announce?peers={peer}"
