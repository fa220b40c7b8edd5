#!/usr/bin/python3
"""TCP proxies that delay each direction by half a round trip, for kernels without netem.

usage: delay-proxy.py ROUND_TRIP_MS LISTEN_IP:PORT=TARGET_IP:PORT [...]

Prints "ready"; ends on SIGTERM or when its standard input ends. The buffer between the two ends is unbounded on purpose, since
it stands for the bytes under way: transfer a few hundred megabytes at most. Loopback only.
"""
import collections
import ipaddress
import socket
import sys
import threading
import time

from libtorrent_session import stop_on_signal

RECEIVE = 256 * 1024


def endpoint(text):
    host, port = text.rsplit(":", 1)
    if not ipaddress.ip_address(host).is_loopback:
        sys.exit("loopback addresses only")
    return host, int(port)


def pump(source, target, delay):
    """Two threads for one direction: one receives and notes when each part is due, one sends what is due."""
    parts = collections.deque()
    arrived = threading.Semaphore(0)

    def receive():
        data = b"-"
        while data:
            try:
                data = source.recv(RECEIVE)
            except OSError:
                data = b""
            parts.append((time.monotonic() + delay, data))
            arrived.release()

    def send():
        while True:
            arrived.acquire()
            due, data = parts.popleft()
            wait = due - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            try:
                if not data:
                    target.shutdown(socket.SHUT_WR)
                    return
                target.sendall(data)
            except OSError:
                source.close()
                return

    for work in (receive, send):
        threading.Thread(target=work, daemon=True).start()


def serve(listener, target, delay):
    while True:
        near, _ = listener.accept()
        try:
            far = socket.create_connection(target)
        except OSError:
            near.close()
            continue
        for side in (near, far):
            side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        pump(near, far, delay)
        pump(far, near, delay)


def main():
    delay = float(sys.argv[1]) / 2000
    stopped = stop_on_signal()
    for pair in sys.argv[2:]:
        listen, target = pair.split("=")
        listener = socket.create_server(endpoint(listen), backlog=64)
        threading.Thread(target=serve, args=(listener, endpoint(target), delay), daemon=True).start()
    threading.Thread(target=lambda: (sys.stdin.read(), stopped.append(1)), daemon=True).start()
    print("ready", flush=True)
    while not stopped:
        time.sleep(0.1)


main()
