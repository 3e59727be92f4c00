"""Hostile input: damaged, inconsistent and unsupported files, and wrong command lines.

    cases.py [GROUP...] --work FOLDER [--tools FOLDER] [--seed N] [--only TEXT] [--list]

Groups: models, calibration, architecture, programs, command-line; none means all. The
tools are those on PATH. What is asserted is in harness.py. A failure leaves its files in
the work folder and names the call that shows it again.
"""
import argparse
import os
import random
import shutil
import sys
import time

import harness
import architecture  # noqa: F401  (each registers its cases)
import calibration   # noqa: F401
import command_line  # noqa: F401
import models        # noqa: F401
import programs      # noqa: F401


def main():
    groups = list(dict.fromkeys(group for group, _, _ in harness.registry))
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("groups", nargs="*", metavar="GROUP", choices=groups + [[]])
    parser.add_argument("--tools", help="folder of nncc, nncc-run and nncc-objdump")
    parser.add_argument("--work", help="folder for files; made if needed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="cases with this text in their names")
    parser.add_argument("--list", action="store_true", help="print the names of the cases")
    options = parser.parse_args()

    cases = [(group, name, function) for group, name, function in harness.registry
             if (not options.groups or group in options.groups) and options.only in name]
    if options.list:
        for group, name, _ in cases:
            print("%s: %s" % (group, name))
        return 0
    if not options.tools:
        options.tools = os.path.dirname(shutil.which("nncc") or "")
    if not options.tools or not options.work:
        parser.error("--work is needed, and --tools with no nncc on PATH")
    if not cases:
        parser.error("no case has such a name")

    tools = harness.Tools(os.path.abspath(options.tools))
    work = os.path.abspath(options.work)
    print("seed %d, tools %s%s; bounds of a call: %d s, %d MiB"
          % (options.seed, tools.folder, " with sanitizers" if tools.sanitized else "",
             tools.seconds, tools.mebibytes))
    failed = refused = accepted = 0
    shared = {}
    for group, name, function in cases:
        # A case alone sees the same random numbers as in the whole run.
        generator = random.Random("%d/%s/%s" % (options.seed, group, name))
        folder = os.path.join(work, group, name.replace(" ", "-").replace("/", "-"), "files")
        this = harness.Case(name, tools, folder, generator, shared)
        begin = time.monotonic()
        try:
            function(this)
            verdict = "ok"
        except harness.Failure as failure:
            failed += 1
            verdict = "FAILED: %s" % failure
        refused += this.refused
        accepted += this.accepted
        print("%s: %s (%d refused, %d accepted, %.1f s): %s"
              % (group, name, this.refused, this.accepted, time.monotonic() - begin, verdict),
              flush=True)
    print("%d cases, %d failed; %d calls: %d refused, %d accepted; worst %.1f s, %d MiB"
          % (len(cases), failed, tools.calls, refused, accepted, tools.worst_seconds,
             tools.worst_mebibytes))
    if not failed and not options.only and not (refused and accepted):
        print("nothing was refused, or nothing was accepted: the suite proves nothing")
        return 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
