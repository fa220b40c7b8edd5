"""Addresses, directories and processes of one run. Everything ends with the lab."""
import itertools
import os
import signal
import socket
import subprocess
import threading
import time


class Failure(Exception):
    """A cell did not pass; the message says why."""


def wait_until(condition, seconds, what):
    """Waits for a condition and returns what it gave."""
    end = time.monotonic() + seconds
    while not (result := condition()):
        if time.monotonic() > end:
            raise Failure(f"not within {seconds} s: {what}")
        time.sleep(0.1)
    return result


def is_listening(endpoint):
    host, port = endpoint.rsplit(":", 1)
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
        return True
    except OSError:
        return False


class Program:
    """A client in a process of its own, with its output in a file."""

    def __init__(self, arguments, log):
        self.log = log
        self.name = os.path.basename(arguments[0])
        with open(log, "wb") as out:
            self.process = subprocess.Popen(
                arguments, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)

    def text(self):
        with open(self.log, errors="replace") as log:
            return log.read()

    def tail(self):
        return " | ".join(self.text().split("\n")[-6:])[-600:]

    def check(self):
        if self.process.poll() is not None:
            raise Failure(f"{self.name} ended with {self.process.returncode}: {self.tail()}")
        return False

    def wait_for(self, condition, seconds, what):
        try:
            return wait_until(lambda: condition() or self.check(), seconds, what)
        except Failure as failure:
            raise Failure(f"{failure}; {self.name} said: {self.tail()}") from None

    def stop(self):
        """Only this process and its children: the group was made for it."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()


class Lab:
    def __init__(self, directory):
        self.directory = directory
        self._numbers = itertools.count(1)
        self._programs = []
        self._lock = threading.Lock()

    def address(self):
        """One that nobody had before: clients remember addresses, and most keep one connection to each."""
        with self._lock:
            number = next(self._numbers)
        return f"10.87.{1 + number // 250}.{1 + number % 250}"

    def listen(self, ipv6):
        """Where a client listens for peers. IPv6 has one local address, so that clients differ by port there."""
        return f"[::1]:{self.local_port()}" if ipv6 else f"{self.address()}:6881"

    def local_port(self):
        with self._lock:
            return 20000 + next(self._numbers)

    def folder(self, name):
        with self._lock:
            path = os.path.join(self.directory, f"{name}-{next(self._numbers)}")
        os.makedirs(path)
        return path

    def start(self, *arguments):
        log = os.path.join(self.folder("log"), "out")
        program = Program([str(argument) for argument in arguments], log)
        with self._lock:
            self._programs.append(program)
        return program

    def stop(self):
        for program in self._programs:
            program.stop()
