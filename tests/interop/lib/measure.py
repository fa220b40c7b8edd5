#!/usr/bin/python3
"""Runs a command and adds what it cost to the JSON line that it prints last.

usage: measure.py COMMAND [ARGUMENT ...]

Adds wallSeconds, cpuSeconds (user and system of the process and its children) and peakMebibytes (the largest process).
"""
import json
import os
import subprocess
import sys
import time

begin = time.monotonic()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
output = process.stdout.read().decode()
_, status, usage = os.wait4(process.pid, 0)
if status != 0:
    sys.exit(f"{sys.argv[1]} ended with {os.waitstatus_to_exitcode(status)}: {output}")
lines = [line for line in output.splitlines() if line.startswith("{")]
result = json.loads(lines[-1]) if lines else {}
result.update(
    wallSeconds=time.monotonic() - begin, cpuSeconds=usage.ru_utime + usage.ru_stime, peakMebibytes=usage.ru_maxrss / 1024)
print(json.dumps(result))
