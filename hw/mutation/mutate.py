#!/usr/bin/env python3
"""Breaks the Verilog on purpose and sees whether the testbenches notice.

    mutate.py SCRATCH                     every mutation of mutations.json
    mutate.py SCRATCH fence-ignored ...   these
    mutate.py --check                     do the texts still occur, once each? (no build)

A mutation replaces one text of one module and names the testbench, and those tests of it,
that should fail. SCRATCH is a build folder of its own, made by this script: it has a copy
of hw/rtl, so that each mutation builds only the models that it changes. First the tests
must pass on the unchanged copy. A test that fails, or does not end, catches the mutation;
a mutation that survives shows a hole in the tests. Exit code 1 if one does.
"""
import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
RTL = os.path.join(ROOT, "hw", "rtl")


def read_mutations(names):
    with open(os.path.join(HERE, "mutations.json"), encoding="utf-8") as file:
        mutations = json.load(file)
    known = [mutation["name"] for mutation in mutations]
    if len(set(known)) != len(known):
        sys.exit("mutations.json: a name occurs twice")
    for name in names:
        if name not in known:
            sys.exit("no mutation %s; there are %s" % (name, ", ".join(known)))
    return [mutation for mutation in mutations if not names or mutation["name"] in names]


def mutated(mutation):
    """The text of the broken module; ends the program if it cannot be made."""
    with open(os.path.join(RTL, mutation["file"]), encoding="utf-8") as source:
        text = source.read()
    found = text.count(mutation["old"])
    if found != 1:
        sys.exit("%s: in %s, %r occurs %d times, expected once"
                 % (mutation["name"], mutation["file"], mutation["old"], found))
    return text.replace(mutation["old"], mutation["new"])


def write(path, text):
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)


def spent(started):
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return "%d s, of a processor %d s" % (time.monotonic() - started,
                                          usage.ru_utime + usage.ru_stime)


class Builder:
    def __init__(self, args):
        self.build = os.path.realpath(args.scratch)
        self.rtl = os.path.join(self.build, "mutated-rtl")
        self.jobs = args.jobs
        self.timeout = args.timeout
        os.makedirs(self.build, exist_ok=True)
        shutil.rmtree(self.rtl, ignore_errors=True)
        shutil.copytree(RTL, self.rtl)
        # Models run for seconds only, so that compiling them fast is what counts.
        self.run(["cmake", "-S", ROOT, "--preset", "dev", "-B", self.build,
                  "-DNNCC_RTL_DIR=" + self.rtl, "-DNNCC_RTL_CONFIGS=tiny",
                  "-DNNCC_RTL_TRACE=OFF", "-DNNCC_HW_OPTIMIZE=-O0"])

    def run(self, command):
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                text=True)
        if result.returncode != 0:
            sys.exit("%s\nexited with %d:\n%s"
                     % (" ".join(command), result.returncode, result.stdout[-6000:]))

    def make(self, tests):
        self.run(["cmake", "--build", self.build, "-j%d" % self.jobs, "--target"] + tests)

    def passes(self, test, tests):
        """Whether these tests of the testbench pass, and what they say."""
        command = [os.path.join(self.build, "test", "unit", "hw", test),
                   "--gtest_filter=" + tests, "--gtest_brief=1", "--gtest_fail_fast"]
        try:
            result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                    timeout=self.timeout)
        except subprocess.TimeoutExpired:
            return False, "does not end"
        text = result.stdout.decode(errors="replace")
        if "0 tests ran" in text or "did not match any test" in text:
            sys.exit("%s has no tests %s" % (test, tests))
        failed = [line.split("]")[1].split(",")[0].split("(")[0].strip()
                  for line in text.splitlines() if line.startswith("[  FAILED  ]")]
        if result.returncode == 0:
            return True, ""
        return False, failed[0] if failed else "exit code %d" % result.returncode


def run_all(args, mutations):
    started = time.monotonic()
    broken = {mutation["name"]: mutated(mutation) for mutation in mutations}
    builder = Builder(args)
    builder.make(sorted({mutation["test"] for mutation in mutations}))
    for test, tests in sorted({(mutation["test"], mutation["filter"]) for mutation in mutations}):
        good, what = builder.passes(test, tests)
        if not good:
            sys.exit("without a mutation, %s fails already: %s" % (test, what))
    print("unchanged: all pass, %s" % spent(started), flush=True)

    survivors = []
    for mutation in mutations:
        begin = time.monotonic()
        path = os.path.join(builder.rtl, mutation["file"])
        with open(path, encoding="utf-8") as source:
            unbroken = source.read()
        write(path, broken[mutation["name"]])
        builder.make([mutation["test"]])
        good, what = builder.passes(mutation["test"], mutation["filter"])
        write(path, unbroken)
        if good:
            survivors.append(mutation["name"])
        print("%-22s %-22s %-8s %3d s  %s" % (
            mutation["name"], mutation["file"], "SURVIVES" if good else "caught",
            time.monotonic() - begin, mutation["why"] if good else what), flush=True)
    print("%d of %d caught, %s" % (len(mutations) - len(survivors), len(mutations),
                                   spent(started)))
    return not survivors


def main():
    parser = argparse.ArgumentParser(description="Mutations of hw/rtl.")
    parser.add_argument("scratch", nargs="?", help="build folder of this script")
    parser.add_argument("names", nargs="*", help="mutations; default: all")
    parser.add_argument("--check", action="store_true", help="only look for the texts")
    parser.add_argument("-j", dest="jobs", type=int, default=1, help="compile so many at once")
    parser.add_argument("--timeout", type=int, default=120, help="seconds a test may take")
    args = parser.parse_intermixed_args()
    mutations = read_mutations(args.names)
    if args.check:
        for mutation in mutations:
            mutated(mutation)
        print("%d mutations in %d modules"
              % (len(mutations), len({mutation["file"] for mutation in mutations})))
        return 0
    if not args.scratch:
        parser.error("SCRATCH is needed")
    return 0 if run_all(args, mutations) else 1


if __name__ == "__main__":
    sys.exit(main())
