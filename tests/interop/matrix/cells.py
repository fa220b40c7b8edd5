"""The cells: what is moved, how, and with whom. One line is one situation; each client in it is two cells, download and upload."""
from dataclasses import dataclass

from client import SECONDS

LT, TR, AR, QB, RT = "libtorrent", "Transmission", "aria2", "qBittorrent", "rTorrent"
EVERYBODY = (LT, TR, AR, QB, RT)
# A web server: it gives and never takes.
NG = "nginx"
# libtorrent is inside qBittorrent too; the others have no uTP, no BitTorrent v2, or neither. Transmission
# refuses even hybrid torrents, and aria2 computes another info-hash for them.
UTP = (LT, TR, QB)
VERSION_2 = (LT, QB)


@dataclass(frozen=True)
class Situation:
    name: str
    clients: tuple
    content: str
    # How the two find each other: told the address, or by one of "http", "udp" (trackers), "dht"; by "pex" one tells the other of a third.
    # By "web seed" there is no peer at all.
    by: str = "address"
    magnet: bool = False
    transport: str = "tcp"
    encrypted: bool = False
    # The client knows no encryption.
    in_clear: bool = False
    ipv6: bool = False
    # Clients that only seed here.
    only_from: tuple = ()
    # Clients that only download here.
    only_to: tuple = ()
    seconds: int = SECONDS


SITUATIONS = [
    Situation("small, 16 KiB pieces", EVERYBODY, "small"),
    Situation("large, 256 KiB pieces", EVERYBODY, "large"),
    Situation("1 MiB pieces", (LT, AR), "1 MiB pieces"),
    Situation("over 4 GiB, sparse, 16 MiB pieces", (LT,), "over 4 GiB", seconds=300),
    Situation("several files, empty, unicode", EVERYBODY, "several"),
    Situation("several files with padding", EVERYBODY, "padded"),
    Situation("magnet", EVERYBODY, "small", magnet=True),
    Situation("magnet, several files with padding", (LT, QB), "padded", magnet=True),
    Situation("v2", VERSION_2, "v2"),
    Situation("v2 magnet", VERSION_2, "v2", magnet=True),
    Situation("hybrid", (LT, QB, RT), "hybrid"),
    Situation("hybrid magnet", VERSION_2, "hybrid", magnet=True),
    Situation("HTTP tracker only", EVERYBODY, "small", by="http"),
    Situation("UDP tracker only", EVERYBODY, "small", by="udp"),
    # rTorrent finds nobody in this DHT, a seeding libtorrent neither.
    Situation("DHT only", EVERYBODY, "small", by="dht", only_from=(RT,)),
    Situation("DHT only, magnet", (LT,), "small", by="dht", magnet=True),
    # rTorrent names nobody that it dialled itself, to libtorrent neither.
    Situation("PEX only", EVERYBODY, "small", by="pex", seconds=200, only_to=(RT,)),
    Situation("web seed only", (NG,), "small", by="web seed", only_from=(NG,)),
    Situation("web seed only, large", (NG,), "large", by="web seed", only_from=(NG,)),
    Situation("web seed only, several files", (NG,), "several", by="web seed", only_from=(NG,)),
    Situation("web seed only, several files with padding", (NG,), "padded", by="web seed", only_from=(NG,)),
    Situation("web seed only, v2", (NG,), "v2", by="web seed", only_from=(NG,)),
    Situation("web seed only, hybrid", (NG,), "hybrid", by="web seed", only_from=(NG,)),
    Situation("uTP only", UTP, "small", transport="utp"),
    Situation("uTP only, several files", (LT,), "several", transport="utp"),
    Situation("MSE required", EVERYBODY, "small", encrypted=True),
    Situation("MSE required, large", (LT,), "large", encrypted=True),
    Situation("MSE required, uTP only", UTP, "small", encrypted=True, transport="utp"),
    Situation("no MSE", (LT,), "small", in_clear=True),
    Situation("IPv6", (LT,), "small", ipv6=True),
    Situation("IPv6, MSE required, magnet", (LT,), "several", ipv6=True, encrypted=True, magnet=True),
]
