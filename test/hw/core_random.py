#!/usr/bin/env python3
"""Random programs on the Verilog and the simulator: HWCoreTests, many at a time.

    core_random.py BUILD programs --arch tiny --count 5000 [--seed 20001]
    core_random.py BUILD architectures --count 3 --programs 300 [--seed 7]

BUILD is a build folder with HWCoreTests. Seeds are new ones unless given, and printed;
a failure prints the command that shows it again. architectures: draws random legal
descriptions, builds the Verilog of each in a folder of its own and runs programs on it.
"""
import argparse
import concurrent.futures
import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "test", "e2e"))

import architectures  # pylint: disable=wrong-import-position

# Larger arrays take minutes to compile.
MOST_MULTIPLIERS = 1024
# Programs in a process: it ends at its first failure.
CHUNK = 250
# What the build of a random architecture takes over from BUILD.
TAKEN_OVER = ("CMAKE_C_COMPILER", "CMAKE_CXX_COMPILER", "CMAKE_BUILD_TYPE", "MLIR_DIR",
              "CMAKE_CXX_FLAGS_RELWITHDEBINFO", "CMAKE_CXX_FLAGS_RELEASE", "NNCC_VERILATOR",
              "NNCC_RTL_DIR")


def new_seed():
    return int.from_bytes(os.urandom(3), "little")


def run_chunk(build, arch, first, last):
    """None, or what the tests print when they fail."""
    tests = os.path.join(build, "test", "unit", "hw", "HWCoreTests")
    result = subprocess.run(
        [tests, "--gtest_filter=*CoreRandom.Programs/" + arch],
        env=dict(os.environ, NNCC_CORE_SEEDS="%d-%d" % (first, last)),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if result.returncode == 0 and "[  PASSED  ] 1 test." in result.stdout:
        return None
    return "seeds %d to %d, exit status %d:\n%s" % (first, last, result.returncode,
                                                   result.stdout[-4000:])


def run_programs(build, arch, seed, count, jobs):
    """Number of failures."""
    print("%s: %d programs, seeds %d to %d" % (arch, count, seed, seed + count - 1))
    sys.stdout.flush()
    chunks = [(first, min(first + CHUNK, seed + count) - 1)
              for first in range(seed, seed + count, CHUNK)]
    failures = 0
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for message in pool.map(lambda chunk: run_chunk(build, arch, *chunk), chunks):
            if message:
                failures += 1
                print(message)
                sys.stdout.flush()
    return failures


def cached(build):
    """The settings of a build folder."""
    settings = {}
    with open(os.path.join(build, "CMakeCache.txt"), encoding="utf-8") as file:
        for line in file:
            name, separator, value = line.rstrip("\n").partition("=")
            if separator and ":" in name and not name.startswith(("#", "//")):
                settings[name.split(":")[0]] = value
    return settings


def draw(seed, count, folder):
    """Paths of `count` descriptions that are small enough, with seeds from `seed` on."""
    paths = []
    while len(paths) < count:
        array = architectures.random_architecture(seed)["array"]
        if array["vector"] * array["outputs"] <= MOST_MULTIPLIERS:
            path = os.path.join(folder, "random_%d.json" % seed)
            paths.append(architectures.write_architecture(seed, path))
        seed += 1
    return paths


def build_cores(build, paths, folder):
    settings = cached(build)
    own = os.path.join(folder, "build")
    for command in (
        ["cmake", "-S", ROOT, "-B", own, "-G", "Ninja", "-DNNCC_RTL_TRACE=OFF",
         "-DNNCC_RTL_CONFIGS=" + ";".join(paths)]
        + ["-D%s=%s" % (name, settings[name]) for name in TAKEN_OVER if settings.get(name)],
        ["ninja", "-C", own, "-j2", "HWCoreTests"],
    ):
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                text=True)
        if result.returncode:
            sys.exit("%s\n%s" % (" ".join(command), result.stdout[-8000:]))
    return own


def run_architectures(options):
    folder = os.path.abspath(options.folder)
    os.makedirs(folder, exist_ok=True)
    paths = draw(options.seed, options.count, folder)
    for path in paths:
        with open(path, encoding="utf-8") as file:
            print("%s: %s" % (os.path.basename(path), json.dumps(
                {key: value for key, value in json.load(file).items()
                 if isinstance(value, dict) and key not in ("clock", "memory")})))
    sys.stdout.flush()
    own = build_cores(options.build, paths, folder)
    failures = 0
    for path in paths:
        arch = os.path.splitext(os.path.basename(path))[0]
        found = run_programs(own, arch, options.programs_seed, options.programs, options.jobs)
        if found:
            print("FAIL: %s (again: core_random.py BUILD architectures --seed %s --count 1 "
                  "--programs-seed %d --programs %d)"
                  % (path, arch.split("_")[1], options.programs_seed, options.programs))
        failures += found
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build")
    parser.add_argument("what", choices=["programs", "architectures"])
    parser.add_argument("--arch", default="tiny")
    parser.add_argument("--seed", type=int, help="first seed; default: a new one")
    parser.add_argument("--count", type=int, default=3)
    parser.add_argument("--programs", type=int, default=300, help="on each architecture")
    parser.add_argument("--programs-seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--folder", default="core_random")
    options = parser.parse_args()
    if options.seed is None:
        options.seed = new_seed()
    if options.what == "programs":
        failures = run_programs(options.build, options.arch, options.seed, options.count,
                                options.jobs)
    else:
        failures = run_architectures(options)
    print("%d processes failed" % failures if failures else "all agree")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
