"""bttproxy torrent."""
import json
import os

from client import Client
from lab import Failure


class Ours(Client):
    name = "bttproxy"

    def __init__(self, lab, program):
        super().__init__(lab)
        self.program = program

    def seed(self, mode, jobs):
        (content, torrent), = jobs
        listen = self.lab.listen(mode.ipv6)
        program = self.lab.start(self.program, "torrent", "seed", torrent, content.path, "--json", *self._switches(mode, listen))
        program.wait_for(lambda: '{"ready"' in program.text(), 60, "our seeder is ready")
        return listen

    def download(self, mode, source, folder, peer=None):
        """Returns with how many peers it was connected at once."""
        program = self.lab.start(
            self.program, "torrent", "get", source, "-o", folder, "--json", "--timeout", mode.seconds,
            *(["--peer", peer] if peer else []), *self._switches(mode, self.lab.listen(mode.ipv6)))
        try:
            if program.process.wait(mode.seconds + 30) != 0:
                raise Failure(program.tail())
            result = json.loads(program.text().strip().split("\n")[-1])
            if not result["complete"]:
                raise Failure("it says that it is not complete")
            return result["peers"]
        finally:
            program.stop()

    def linger(self, mode, source, folder, peer):
        """Knows the peer and takes one piece of it."""
        listen = f"{self.lab.address()}:6881"
        program = self.lab.start(
            self.program, "torrent", "get", source, "-o", folder, "--json", "--stream", "0:1", "--seed-after", "--peer", peer,
            *self._switches(mode, listen))
        program.wait_for(lambda: '"complete"' in program.text(), 60, "we have a piece")
        return listen

    def _switches(self, mode, listen):
        switches = ["--listen", listen, "--allow-private", "--transport", mode.transport]
        if mode.dht:
            # Nodes take a peer's address from the announce itself.
            switches += ["--dht-listen", listen]
            switches += [word for node in mode.dht[:3] for word in ("--dht-bootstrap", node)]
        if not mode.pex:
            switches += ["--no-pex"]
        if mode.encrypted:
            switches += ["--encryption", "require"]
        return switches


def find_program(root):
    given = os.environ.get("BTTPROXY")
    return given or os.path.join(root, "artifacts/bin/BttProxy.Client/debug/bttproxy")
