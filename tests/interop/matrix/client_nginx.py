"""nginx, as a web seed (BEP 19)."""
import os

from client import Client
from lab import is_listening


class Nginx(Client):
    name = "nginx"

    def seed(self, mode, jobs):
        (content, _), = jobs
        endpoint = f"{self.lab.address()}:8080"
        state = self.lab.folder("nginx")
        temporary = [f"{kind}_temp_path {state}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")]
        path = os.path.join(state, "nginx.conf")
        with open(path, "w") as out:
            out.write("\n".join([
                # One process, which the lab ends.
                "daemon off;", "master_process off;", f"pid {state}/pid;", "error_log stderr;", "events {}",
                "http {", "access_log off;", *temporary, "server {", f"listen {endpoint};", f'root "{content.folder}";', "}", "}", ""]))
        program = self.lab.start("nginx", "-c", path, "-p", state)
        program.wait_for(lambda: is_listening(endpoint), 30, "nginx listens")
        return endpoint
