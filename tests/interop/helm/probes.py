"""Rendered probes, asked as a kubelet asks them."""
import ssl
import time
import urllib.error
import urllib.request


class Probe:
    def __init__(self, pod, rendered):
        # Of other kinds none is rendered; a new one has to be asked here too.
        assert set(rendered) <= {"httpGet", "periodSeconds", "timeoutSeconds", "failureThreshold"}, f"not known here: {rendered}"
        self.get = rendered["httpGet"]
        assert set(self.get) <= {"path", "port", "scheme"}, f"not known here: {self.get}"
        self.pod, self.period = pod, rendered.get("periodSeconds", 10)
        self.timeout, self.threshold = rendered.get("timeoutSeconds", 1), rendered.get("failureThreshold", 3)
        self.forget()

    def forget(self):
        self.due, self.failures = 0.0, 0

    def ask(self):
        """(status, body), or (None, why there is none)."""
        return get(f"{self.get.get('scheme', 'HTTP').lower()}://{self.pod.address}:{self.pod.port(self.get['port'], 'TCP')}{self.get['path']}", self.timeout)

    def step(self):
        """Asks when it is time. True and False are verdicts by its thresholds; None is none."""
        if time.monotonic() < self.due:
            return None
        self.due = time.monotonic() + self.period
        status, _ = self.ask()
        if status is not None and 200 <= status < 400:
            self.failures = 0
            return True
        self.failures += 1
        return False if self.failures >= self.threshold else None


def get(url, timeout):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with urllib.request.urlopen(url, timeout=timeout, context=context if url.startswith("https") else None) as answer:
            return answer.status, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as e:
        return e.code, e.read().decode(errors="replace")
    except OSError as e:
        return None, str(e)
