"""What a cell needs of a client."""
from dataclasses import dataclass

SECONDS = 100
# Bytes per second of a client that lingers.
SLOW = 10 * 1024


@dataclass(frozen=True)
class Mode:
    """How peers talk and find each other; a client that serves several cells is started once for each mode."""
    transport: str = "tcp"
    encrypted: bool = False
    in_clear: bool = False
    ipv6: bool = False
    dht: tuple = ()
    # Peers tell each other of peers; off elsewhere, or cells would meet each other's clients.
    pex: bool = False
    # Takes hardly anything: a client that shall only know others.
    slow: bool = False
    seconds: int = SECONDS


class Client:
    """Seeds and downloads. "lab" gives addresses, folders and processes."""

    name = ""
    # False for one that leaves empty files out.
    makes_empty_files = True
    # True for one that refuses torrents without a tracker, even where it does not need one.
    needs_tracker = False

    def __init__(self, lab):
        self.lab = lab

    def seed(self, mode, jobs):
        """Seeds each (content, .torrent file) and returns "IP:PORT" when it does."""
        raise NotImplementedError

    def download(self, mode, source, folder):
        """Downloads a .torrent file or magnet link to the folder; returns when it is complete."""
        raise NotImplementedError

    def linger(self, mode, source, folder):
        """Begins a slow download and returns "IP:PORT" of a client that goes on with it."""
        raise NotImplementedError
