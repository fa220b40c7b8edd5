"""What a cell needs of a client."""
from dataclasses import dataclass

SECONDS = 100


@dataclass(frozen=True)
class Mode:
    """How peers talk and find each other; a client that serves several cells is started once for each mode."""
    transport: str = "tcp"
    encrypted: bool = False
    in_clear: bool = False
    dht: tuple = ()


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
