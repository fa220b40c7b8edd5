"""The chart's suite: see run. usage: check.py SCRATCH NODE-MODULES [--only TEXT]"""
import argparse
import pathlib

import image
import manifests
import running
from report import Report


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("scratch", type=pathlib.Path)
    arguments.add_argument("modules", type=pathlib.Path)
    arguments.add_argument("--only")
    given = arguments.parse_args()
    report = Report(given.only)
    manifests.check(report, given.scratch, given.modules)
    image.check(report, given.scratch, given.modules)
    running.check(report, given.scratch)
    report.finish()


main()
