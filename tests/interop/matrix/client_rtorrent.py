"""rtorrent, as a daemon. It has neither uTP nor BitTorrent v2."""
import os

from client import SLOW, Client
from lab import is_listening


class RTorrent(Client):
    name = "rTorrent"
    needs_tracker = True

    def seed(self, mode, jobs):
        address = self.lab.address()
        # It listens before it has hashed what it seeds; whoever comes too early tries again.
        program = self._start(mode, address, [(torrent, content.folder) for content, torrent in jobs])
        program.wait_for(lambda: is_listening(f"{address}:6881"), 60, "rTorrent listens")
        return f"{address}:6881"

    def download(self, mode, source, folder):
        marks = self.lab.folder("rtorrent-marks")
        program = self._start(
            mode, self.lab.address(), [(source, folder)],
            f'method.set_key = event.download.finished, mark, "execute.nothrow=touch,(cat,{marks}/,(d.hash))"')
        try:
            program.wait_for(lambda: os.listdir(marks), mode.seconds, "rTorrent has everything")
        finally:
            program.stop()

    def linger(self, mode, source, folder):
        address = self.lab.address()
        program = self._start(mode, address, [(source, folder)])
        program.wait_for(lambda: is_listening(f"{address}:6881"), 60, "rTorrent listens")
        return f"{address}:6881"

    def _start(self, mode, address, torrents, *more):
        state = self.lab.folder("rtorrent")
        settings = [
            "system.daemon.set = true", f"session.path.set = {state}", f"network.bind_address.set = {address}",
            f"network.local_address.set = {address}", "network.port_range.set = 6881-6881", "network.port_random.set = no",
            f"protocol.pex.set = {'yes' if mode.pex else 'no'}", "trackers.use_udp.set = yes", "pieces.hash.on_completion.set = no",
            "network.http.dns_cache_timeout.set = 0",
            "protocol.encryption.set = " + ("allow_incoming,try_outgoing,require,require_RC4" if mode.encrypted else "allow_incoming,prefer_plaintext"),
            *([f"throttle.global_down.max_rate.set_kb = {SLOW // 1024}"] if mode.slow else []), *more,
        ]
        if mode.dht:
            settings += ["dht.mode.set = on", "dht.port.set = 6881"]
            settings += [f'schedule2 = node{i}, 1, 0, "dht.add_node={node}"' for i, node in enumerate(mode.dht)]
        else:
            settings += ["dht.mode.set = disable"]
        settings += [
            f'schedule2 = load{i}, 1, 0, "load.start=\\"{source}\\",d.directory.set=\\"{folder}\\""' for i, (source, folder) in enumerate(torrents)
        ]
        path = os.path.join(state, "rtorrent.rc")
        with open(path, "w") as out:
            out.write("\n".join(settings) + "\n")
        return self.lab.start("rtorrent", "-n", "-o", f"import={path}")
