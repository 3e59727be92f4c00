#!/usr/bin/env python3
"""Measures which lines and branches of hw/rtl the hardware tests reach.

    cmake --preset dev -B build-coverage -DNNCC_HW_COVERAGE=ON -DNNCC_RTL_CONFIGS=tiny
    ninja -C build-coverage hardware-coverage
    coverage.py build-coverage [--uncovered] [--markdown FILE]

Runs each testbench of the build, and networks on the Verilated core, and prints a table
with a line a module. Verilator counts how often each block and each branch of procedural
code runs, for each set of parameters; here a branch is reached if it is in any of them. A
line counts as covered when all blocks and branches on it are: a line with `if` also needs
its condition to be false once. Continuous assignments have no branches and are not counted.

Exit code 1 if lines or branches are below --threshold percent, or if waivers.txt names what
is reached. In it, a line `file: kind: text => reason` takes what cannot be reached out of the counts:
the kind of point that --uncovered shows, and the text of the line of source.
"""
import argparse
import collections
import concurrent.futures
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))

# Networks to run on the core, with their calibration data, inputs and how many of these.
NETWORKS = [
    ("examples/digits/digits.onnx", "examples/digits/calibration.npy",
     "examples/digits/test.npy", 2),
]

# A block or branch: where its keyword is, and the lines that it alone holds.
Point = collections.namedtuple("Point", "line column kind lines")


def find_python(build):
    """One that has what the networks need, as test/lit.cfg.py looks for it."""
    candidates = [
        os.environ.get("NNCC_PYTHON"),
        os.path.join(build, "venv", "bin", "python"),
        os.path.join(ROOT, "build", "venv", "bin", "python"),
        sys.executable,
    ]
    for python in candidates:
        if python and shutil.which(python):
            if 0 == subprocess.call([python, "-c", "import numpy, onnx"],
                                    stderr=subprocess.DEVNULL):
                return python
    sys.exit("no Python with numpy and onnx; name one with NNCC_PYTHON, or use --no-networks")


def commands(args, scratch):
    """What to run: name and command."""
    tests = sorted(glob.glob(os.path.join(args.build, "test", "unit", "hw", "HW*Tests")))
    if not tests:
        sys.exit("%s: no testbenches; build them first" % args.build)
    result = [(os.path.basename(test), [test]) for test in tests]
    if args.networks:
        nncc = args.nncc or os.path.join(args.build, "bin", "nncc")
        nncc_run = os.path.join(args.build, "bin", "nncc-run")
        python = find_python(args.build)
        for model, calibration, data, count in NETWORKS:
            name = os.path.basename(model)
            model, calibration, data = (os.path.join(ROOT, f) for f in (model, calibration, data))
            result.append((name, [
                python, os.path.join(ROOT, "test", "hw", "core_network.py"), nncc, nncc_run,
                model, calibration, data, "--arch=tiny", "--count=%d" % count,
                "--folder=" + os.path.join(scratch, name),
            ]))
    return result


def run(name, command, scratch):
    """Runs one and returns the names of the files with its counts, and what went wrong."""
    folder = os.path.join(scratch, "coverage-" + name)
    os.makedirs(folder)
    result = subprocess.run(command, env=dict(os.environ, NNCC_COVERAGE=folder),
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    data = glob.glob(os.path.join(folder, "*.dat"))
    if result.returncode != 0:
        return data, "%s exited with %d:\n%s" % (name, result.returncode, result.stdout[-4000:])
    if not data:
        return data, "%s: no counts; is NNCC_HW_COVERAGE on in this build?" % name
    return data, ""


def measure(args):
    """Runs everything; the merged counts are then in the file that is returned."""
    with tempfile.TemporaryDirectory() as scratch:
        data, errors = [], []
        with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
            jobs = [pool.submit(run, *job, scratch) for job in commands(args, scratch)]
            for job in jobs:
                files, error = job.result()
                data += files
                errors += [error] if error else []
        if errors:
            sys.exit("\n".join(errors))
        subprocess.run(["verilator_coverage", "--write", args.data] + data, check=True,
                       stdout=subprocess.DEVNULL)


def read_counts(path, rtl):
    """{file: {point: count}} of the modules in `rtl`."""
    counts = collections.defaultdict(collections.Counter)
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            match = re.match(r"C '(.*)' (\d+)$", line)
            if not match:
                continue
            fields = dict(part.split("\2", 1) for part in match.group(1).split("\1") if part)
            file = os.path.realpath(fields["f"])
            if os.path.dirname(file) != rtl:
                continue
            point = Point(int(fields["l"]), int(fields["n"]), fields["o"], fields.get("S", ""))
            counts[os.path.basename(file)][point] += int(match.group(2))
    return counts


def read_waivers(path):
    """{(file, kind, text): place in the file}"""
    waivers = {}
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            match = re.match(r"(\w+\.v): (\w+): (.*\S) => (.*)$", line)
            if not match:
                sys.exit("%s:%d: expected `file: kind: text => reason`" % (path, number))
            waivers[match.groups()[:3]] = "%s:%d" % (path, number)
    return waivers


def lines_of(point):
    """The lines that a point stands for."""
    result = {point.line}
    for part in filter(None, point.lines.split(",")):
        first, _, last = part.partition("-")
        result.update(range(int(first), int(last or first) + 1))
    return result


class Module:
    """Counts of one file, without what is waived."""

    def __init__(self, name, rtl, points, waivers, used):
        self.name = name
        with open(os.path.join(rtl, name), encoding="utf-8") as source:
            text = [""] + source.read().split("\n")
        self.missing = []  # points that are not reached, and their source
        hit = {}  # line: all points on it are reached
        self.branches = self.branches_hit = 0
        for point, count in sorted(points.items()):
            waiver = (name, point.kind, text[point.line].strip())
            if count == 0 and waiver in waivers:
                used.add(waiver)
                continue
            for line in lines_of(point):
                hit[line] = hit.get(line, True) and count > 0
            if point.kind != "block":
                self.branches += 1
                self.branches_hit += count > 0
            if count == 0:
                self.missing.append((point, text[point.line].strip()))
        self.lines = len(hit)
        self.lines_hit = sum(hit.values())


def percent(hit, total):
    return 100.0 * hit / total if total else 100.0


def table(modules):
    """Rows of text: the head, one a module, the total."""
    yield ("module", "lines", "covered", "%", "branches", "covered", "%")
    rows = [(m.name[: -len(".v")], m.lines, m.lines_hit, m.branches, m.branches_hit)
            for m in modules]
    rows.append(("all",) + tuple(sum(row[i] for row in rows) for i in range(1, 5)))
    for name, lines, lines_hit, branches, branches_hit in rows:
        yield (name, str(lines), str(lines_hit), "%.1f" % percent(lines_hit, lines),
               str(branches), str(branches_hit), "%.1f" % percent(branches_hit, branches))


MARKDOWN = """# Coverage of the Verilog

Which lines and branches of `hw/rtl` the testbenches of `hw/tb` and a network on the
whole core reach; written by `hw/coverage/coverage.py --markdown`, which says how they are
counted. Continuous assignments are not counted, and modules that have nothing else are
left out: that their faults are noticed is what `hw/mutation/mutate.py` shows. What
cannot be reached is in `hw/coverage/waivers.txt`: %d of the branches.

"""


def write_markdown(path, modules, waivers):
    text = MARKDOWN % len(waivers)
    for number, row in enumerate(table(modules)):
        text += "| %s |\n" % " | ".join(row)
        if number == 0:
            text += "| --- |" + " ---: |" * (len(row) - 1) + "\n"
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)


def main():
    parser = argparse.ArgumentParser(description="Coverage of hw/rtl.")
    parser.add_argument("build", help="build folder with NNCC_HW_COVERAGE=ON")
    parser.add_argument("--threshold", type=float, default=95, help="percent (default 95)")
    parser.add_argument("--uncovered", action="store_true", help="list what is not reached")
    parser.add_argument("--markdown", help="write the table to this file")
    parser.add_argument("--data", help="merged counts (default: BUILD/hw/coverage.dat)")
    parser.add_argument("--no-run", action="store_true", help="use the counts in --data")
    parser.add_argument("--no-networks", dest="networks", action="store_false",
                        help="testbenches only")
    parser.add_argument("--nncc", help="compiler for the networks (default: the build's)")
    parser.add_argument("--rtl", default=os.path.join(ROOT, "hw", "rtl"),
                        help="folder of the modules")
    parser.add_argument("--waivers", default=os.path.join(HERE, "waivers.txt"))
    parser.add_argument("-j", dest="jobs", type=int, default=os.cpu_count(), help="at once")
    args = parser.parse_args()
    args.build = os.path.realpath(args.build)
    args.data = args.data or os.path.join(args.build, "hw", "coverage.dat")
    if not args.no_run:
        measure(args)
    rtl = os.path.realpath(args.rtl)
    waivers, used = read_waivers(args.waivers), set()
    counts = read_counts(args.data, rtl)
    modules = [Module(name, rtl, counts[name], waivers, used) for name in sorted(counts)]
    if not modules:
        sys.exit("%s: nothing about %s" % (args.data, rtl))

    for row in table(modules):
        print("%-22s %8s %8s %6s %9s %8s %6s" % row)
    if args.uncovered:
        for module in modules:
            for point, text in module.missing:
                print("%s:%d: %s: %s" % (module.name, point.line, point.kind, text))
    if args.markdown:
        write_markdown(args.markdown, modules, waivers)
    good = True
    for waiver in sorted(set(waivers) - used):
        print("%s: is reached, or does not exist" % waivers[waiver])
        good = False
    for what, hit, total in (
        ("lines", sum(m.lines_hit for m in modules), sum(m.lines for m in modules)),
        ("branches", sum(m.branches_hit for m in modules), sum(m.branches for m in modules)),
    ):
        if percent(hit, total) < args.threshold:
            print("%s: %.2f %% covered, expected at least %g %%"
                  % (what, percent(hit, total), args.threshold))
            good = False
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
