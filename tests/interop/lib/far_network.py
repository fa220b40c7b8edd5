"""Another network namespace at the end of a slow wire, for kernels without netem. Needs root and /dev/net/tun."""
import ctypes
import fcntl
import heapq
import os
import select
import signal
import socket
import struct
import subprocess
import time
import traceback

CLONE_NEWNET = 0x40000000
PR_SET_PDEATHSIG = 1
TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
PACKET_BYTES = 65_536

_libc = ctypes.CDLL(None, use_errno=True)


def move_apart(near, far, seconds, live):
    """Moves this process into a namespace of its own that has the addresses of `near` (a network, "10.1.0.0/16"), and calls
    `live(ready)` in a child in another one that has those of `far`. What goes from one to the other takes `seconds`.
    Returns when the child has called `ready`; it ends with this process, at the latest."""
    ours, theirs = socket.socketpair()
    child = _fork(lambda: _live_far(theirs, near, far, live))
    theirs.close()
    wire = _enter_namespace(near, far)
    _, far_wires, _, _ = socket.recv_fds(ours, 1, 1)
    if not far_wires:
        raise RuntimeError("the far side has no wire")
    far_wire = far_wires[0]
    _fork(lambda: _carry(wire, far_wire, seconds))
    os.close(wire)
    os.close(far_wire)
    if ours.recv(1) != b"r":
        raise RuntimeError("the far side did not come up")
    return child


def _live_far(parent, near, far, live):
    socket.send_fds(parent, [b"f"], [_enter_namespace(far, near)])
    live(lambda: parent.send(b"r"))


def _fork(work):
    child = os.fork()
    if child:
        return child
    try:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        work()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


def _enter_namespace(own, other):
    if _libc.unshare(CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "a network namespace of one's own needs root")
    wire = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(wire, TUNSETIFF, struct.pack("16sH", b"wire", IFF_TUN | IFF_NO_PI))
    for command in ("link set lo up", "link set wire up", f"route add local {own} dev lo", f"route add {other} dev wire"):
        subprocess.run(["ip", *command.split()], check=True)
    return wire


def _carry(near, far, seconds):
    on_the_way, order = [], 0
    while True:
        wait = max(0, on_the_way[0][0] - time.monotonic()) if on_the_way else None
        for source in select.select([near, far], [], [], wait)[0]:
            order += 1
            packet = os.read(source, PACKET_BYTES)
            heapq.heappush(on_the_way, (time.monotonic() + seconds, order, far if source == near else near, packet))
        while on_the_way and on_the_way[0][0] <= time.monotonic():
            _, _, to, packet = heapq.heappop(on_the_way)
            os.write(to, packet)
